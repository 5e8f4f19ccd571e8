//! The robot of an app.

use super::World;
use crate::app::permission;
use crate::clock::Millis;

/// An app's robot, and whom it may speak to.
pub(crate) struct Robot {
    /// The client id of its app.
    pub(crate) code: String,
    /// Whether it is switched on.
    pub(crate) is_on: bool,
    /// The user ids of the app's organisation.
    pub(crate) members: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RobotRefusal {
    Token,
    IpNotAllowed,
    Permission(&'static str),
}

impl World {
    /// Returns the robot of the app that an app token speaks for.
    pub(crate) fn robot(&self, token: &str, now: Millis) -> Result<Robot, RobotRefusal> {
        let app = self.app_of_token(token, now).ok_or(RobotRefusal::Token)?;
        if !app.allow_ip {
            return Err(RobotRefusal::IpNotAllowed);
        }
        if !app.may(permission::ROBOT) {
            return Err(RobotRefusal::Permission(permission::ROBOT));
        }
        let members = self.people().iter().filter(|person| person.is_member_of(&app.corp_id));
        let members = members.map(|person| person.userid.clone()).collect();
        Ok(Robot { code: app.client_id.clone(), is_on: app.robot, members })
    }
}
