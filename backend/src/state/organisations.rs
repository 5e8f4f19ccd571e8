use std::sync::Arc;

use tokio::task::JoinSet;

use super::{AppState, Clients, OpenError};
use crate::account::Accounts;
use crate::app::Apps;
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::DirectoryClient;
use crate::organisation::{Organisations, Parts};
use crate::session::Sessions;
use crate::store::Store;

/// What organisations stand on.
pub(super) struct Base<'a> {
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) store: &'a Store,
    pub(super) apps: &'a Apps,
    pub(super) http: reqwest::Client,
}

/// Organisations, and the work on them in the background. It ends with this.
#[derive(Debug)]
pub(super) struct Running {
    organisations: Organisations,
    _background: JoinSet<()>,
}

pub(super) fn begin(config: &Config, base: Base<'_>, sessions: &Sessions) -> Running {
    let organisations = organisations(config, base, sessions);
    let mut background = JoinSet::new();
    background.spawn({
        let organisations = organisations.clone();
        async move { organisations.run().await }
    });
    Running { organisations, _background: background }
}

fn organisations(config: &Config, base: Base<'_>, sessions: &Sessions) -> Organisations {
    Organisations::new(Parts {
        clock: Arc::clone(base.clock),
        store: base.store.clone(),
        accounts: Accounts::new(base.apps.clone()),
        directory: DirectoryClient::new(base.http, config.dingtalk.oapi_base.clone()),
        sessions: sessions.clone(),
        calls_per_second: config.organisation.calls_per_second,
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
    let options = super::options(config, &clock, &store).map_err(OpenError::Http)?;
    let tokens = clients.tokens;
    let apps = Apps::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), tokens, options);
    super::adopt(&apps, config).await.map_err(OpenError::App)?;
    super::login::adopt(&apps, config).await?;
    let issuer = config.server.public_base();
    let sessions = Sessions::new(Arc::clone(&clock), store.clone(), sealer, issuer);
    let base = Base { clock: &clock, store: &store, apps: &apps, http: clients.http };
    Ok(organisations(config, base, &sessions))
}
