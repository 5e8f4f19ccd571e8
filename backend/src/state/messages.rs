use std::sync::Arc;

use tokio::task::JoinSet;

use super::{AppState, Base, Clients, OpenError, login};
use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::{NoticeClient, RobotClient};
use crate::message::{Messages, Parts};

/// Messages, and the work on them in the background. It ends with this.
#[derive(Debug)]
pub(super) struct Running {
    messages: Messages,
    _background: JoinSet<()>,
}

pub(super) fn begin(base: Base<'_>, accounts: &Accounts, robot: RobotClient) -> Running {
    let messages = messages(base, accounts, robot);
    let mut background = JoinSet::new();
    background.spawn({
        let messages = messages.clone();
        async move { messages.run().await }
    });
    Running { messages, _background: background }
}

fn messages(base: Base<'_>, accounts: &Accounts, robot: RobotClient) -> Messages {
    Messages::new(Parts {
        clock: Arc::clone(base.clock),
        store: base.store.clone(),
        sealer: Arc::clone(base.sealer),
        accounts: accounts.clone(),
        notices: NoticeClient::new(base.http.clone(), base.config.dingtalk.oapi_base.clone()),
        robot,
        keep: base.config.message.keep,
    })
}

impl AppState {
    /// Returns the messages.
    pub fn messages(&self) -> &Messages {
        &self.inner.platform.messages.messages
    }
}

/// Opens the messages, for an operator beside the server. Nothing works in the background: what is taken is sent by a server.
///
/// # Errors
///
/// [`OpenError`] names what cannot be used.
pub async fn open_messages(config: &Config, clock: Arc<dyn Clock>) -> Result<Messages, OpenError> {
    let (store, sealer) = super::open_store(config).await?;
    let clients = Clients::new(config).map_err(OpenError::Http)?;
    let apps = super::open_apps(config, &clock, &store, &sealer, &clients).await?;
    let (clock, store, sealer, apps, http) = (&clock, &store, &sealer, &apps, &clients.http);
    let base = Base { config, clock, store, sealer, apps, http };
    let accounts = login::accounts(base).await?;
    Ok(messages(base, &accounts, clients.robot))
}
