use std::sync::Arc;

use super::{OpenError, messages, organisations, relay};
use crate::app::Apps;
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::RobotClient;
use crate::secret::Sealer;
use crate::session::Sessions;
use crate::store::Store;

/// What goes beyond making apps and signing people in.
#[derive(Debug)]
pub(super) struct Platform {
    pub(super) messages: messages::Running,
    pub(super) organisations: organisations::Running,
    pub(super) relay: relay::Relay,
}

/// What it stands on.
pub(super) struct Base<'a> {
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) store: &'a Store,
    pub(super) sealer: &'a Arc<Sealer>,
    pub(super) apps: &'a Apps,
    pub(super) sessions: &'a Sessions,
    pub(super) http: reqwest::Client,
    pub(super) robot: RobotClient,
}

impl Platform {
    /// Makes it, and begins its work in the background.
    pub(super) fn begin(config: &Config, base: Base<'_>) -> Result<Self, OpenError> {
        let Base { clock, store, sealer, apps, sessions, http, robot } = base;
        let relay = relay::Relay::new(config, clock, store, sealer).map_err(OpenError::Http)?;
        let base = organisations::Base { clock, store, apps, http: http.clone() };
        let organisations = organisations::begin(config, base, sessions);
        let base = messages::Base { clock, store, sealer: Arc::clone(sealer), apps, http, robot };
        let messages = messages::begin(config, base);
        Ok(Self { messages, organisations, relay })
    }
}
