use std::sync::Arc;

use tokio::task::JoinSet;

use super::{AppState, Clients, OpenError};
use crate::account::Accounts;
use crate::app::Apps;
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::{NoticeClient, RobotClient};
use crate::message::{Messages, Parts};
use crate::secret::Sealer;
use crate::store::Store;

/// What messages stand on.
pub(super) struct Base<'a> {
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) store: &'a Store,
    pub(super) sealer: Arc<Sealer>,
    pub(super) apps: &'a Apps,
    pub(super) http: reqwest::Client,
    pub(super) robot: RobotClient,
}

/// Messages, and the work on them in the background. It ends with this.
#[derive(Debug)]
pub(super) struct Running {
    messages: Messages,
    _background: JoinSet<()>,
}

pub(super) fn begin(config: &Config, base: Base<'_>) -> Running {
    let messages = messages(config, base);
    let mut background = JoinSet::new();
    background.spawn({
        let messages = messages.clone();
        async move { messages.run().await }
    });
    Running { messages, _background: background }
}

fn messages(config: &Config, base: Base<'_>) -> Messages {
    Messages::new(Parts {
        clock: Arc::clone(base.clock),
        store: base.store.clone(),
        sealer: base.sealer,
        accounts: Accounts::new(base.apps.clone()),
        notices: NoticeClient::new(base.http, config.dingtalk.oapi_base.clone()),
        robot: base.robot,
        keep: config.message.keep,
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
    let options = super::options(config, &clock, &store).map_err(OpenError::Http)?;
    let tokens = clients.tokens;
    let apps = Apps::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), tokens, options);
    super::adopt(&apps, config).await.map_err(OpenError::App)?;
    super::login::adopt(&apps, config).await?;
    let (http, robot) = (clients.http, clients.robot);
    Ok(messages(config, Base { clock: &clock, store: &store, sealer, apps: &apps, http, robot }))
}
