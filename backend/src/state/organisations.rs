use std::sync::Arc;

use tokio::task::JoinSet;

use super::{AppState, Base, Clients, OpenError, login};
use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::DirectoryClient;
use crate::organisation::{Organisations, Parts};
use crate::session::Sessions;

/// Organisations, and the work on them in the background. It ends with this.
#[derive(Debug)]
pub(super) struct Running {
    organisations: Organisations,
    _background: JoinSet<()>,
}

pub(super) fn begin(base: Base<'_>, accounts: &Accounts, sessions: &Sessions) -> Running {
    let organisations = organisations(base, accounts, sessions);
    let mut background = JoinSet::new();
    background.spawn({
        let organisations = organisations.clone();
        async move { organisations.run().await }
    });
    Running { organisations, _background: background }
}

fn organisations(base: Base<'_>, accounts: &Accounts, sessions: &Sessions) -> Organisations {
    Organisations::new(Parts {
        clock: Arc::clone(base.clock),
        store: base.store.clone(),
        accounts: accounts.clone(),
        directory: DirectoryClient::new(base.http.clone(), base.config.dingtalk.oapi_base.clone()),
        sessions: sessions.clone(),
        calls_per_second: base.config.organisation.calls_per_second,
    })
}

impl AppState {
    /// Returns the organisations.
    pub fn organisations(&self) -> &Organisations {
        &self.inner.platform.organisations.organisations
    }
}

/// Opens the organisations, for an operator beside the server. Nothing works in the background.
///
/// # Errors
///
/// [`OpenError`] names what cannot be used.
pub async fn open_organisations(config: &Config, clock: Arc<dyn Clock>) -> Result<Organisations, OpenError> {
    let (store, sealer) = super::open_store(config).await?;
    let clients = Clients::new(config).map_err(OpenError::Http)?;
    let apps = super::open_apps(config, &clock, &store, &sealer, &clients).await?;
    let (clock, store, sealer, apps, http) = (&clock, &store, &sealer, &apps, &clients.http);
    let base = Base { config, clock, store, sealer, apps, http };
    let accounts = login::accounts(base).await?;
    let issuer = config.server.public_base();
    let sessions = Sessions::new(Arc::clone(clock), store.clone(), Arc::clone(sealer), issuer);
    Ok(organisations(base, &accounts, &sessions))
}
