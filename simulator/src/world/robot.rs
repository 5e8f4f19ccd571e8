//! The robot of an app.

use super::World;
use crate::app::{App, permission};
use crate::clock::Millis;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RobotRefusal {
    Token,
    IpNotAllowed,
    Permission(&'static str),
}

impl World {
    /// Returns the app that an app token speaks for, if its robot may speak. That of a new app may not at once.
    pub(crate) fn robot(&self, token: &str, now: Millis) -> Result<App, RobotRefusal> {
        let app = self.app_of_token(token, now).ok_or(RobotRefusal::Token)?;
        if !app.allow_ip {
            return Err(RobotRefusal::IpNotAllowed);
        }
        let ready_at =
            self.made_at(&app.client_id).map(|made_at| made_at + self.settings.robot_ready_after_s * 1000);
        if !app.may(permission::ROBOT) || ready_at.is_some_and(|ready_at| now < ready_at) {
            return Err(RobotRefusal::Permission(permission::ROBOT));
        }
        Ok(app.clone())
    }
}
