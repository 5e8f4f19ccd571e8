use super::{Base, OpenError, messages, organisations, relay};
use crate::account::Accounts;
use crate::dingtalk::RobotClient;
use crate::session::Sessions;
use crate::suite::Suites;

/// What goes beyond making apps and signing people in.
#[derive(Debug)]
pub(super) struct Platform {
    pub(super) messages: messages::Running,
    pub(super) organisations: organisations::Running,
    pub(super) relay: relay::Relay,
    pub(super) suites: Suites,
}

impl Platform {
    /// Makes it, and begins its work in the background.
    pub(super) fn begin(
        base: Base<'_>,
        accounts: &Accounts,
        sessions: &Sessions,
        robot: RobotClient,
    ) -> Result<Self, OpenError> {
        let Base { config, clock, store, sealer, .. } = base;
        Ok(Self {
            relay: relay::Relay::new(config, clock, store, sealer).map_err(OpenError::Http)?,
            organisations: organisations::begin(base, accounts, sessions),
            messages: messages::begin(base, accounts, robot),
            suites: accounts.suites().clone(),
        })
    }
}
