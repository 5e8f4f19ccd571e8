//! The organisation's directory, as an app sees it with its own token.

use super::World;
use super::code::Purpose;
use crate::app::{App, permission};
use crate::clock::Millis;
use crate::people::Person;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DirectoryRefusal {
    Token,
    IpNotAllowed,
    Permission(&'static str),
    Code,
    UserId,
    NotInOrganisation,
    OutOfRange,
    Department,
    DepartmentOutOfRange,
}

/// A member of an app's organisation.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) departments: Vec<u64>,
    pub(crate) is_administrator: bool,
    pub(crate) shows_mobile: bool,
    pub(crate) shows_email: bool,
}

impl World {
    /// Whoever a code of the DingTalk app's JavaScript stands for. The code works once.
    pub(crate) fn member_by_code(
        &mut self,
        token: &str,
        code: &str,
        now: Millis,
    ) -> Result<Member, DirectoryRefusal> {
        let app = self.caller(token, permission::BASE, now)?.clone();
        let is_for_it = |purpose: &Purpose| match purpose {
            Purpose::Jsapi { client_id, corp_id } => {
                *corp_id == app.corp_id && client_id.as_ref().is_none_or(|id| *id == app.client_id)
            }
            Purpose::OAuth { .. } => false,
        };
        let (_, userid) = self.redeem_code(code, now, is_for_it).ok_or(DirectoryRefusal::Code)?;
        let person = self.person(&userid).ok_or(DirectoryRefusal::Code)?;
        Ok(Member::seen_by(self, &app, person))
    }

    pub(crate) fn member_by_userid(
        &self,
        token: &str,
        userid: &str,
        now: Millis,
    ) -> Result<Member, DirectoryRefusal> {
        let app = self.caller(token, permission::MEMBERS, now)?;
        self.anybody(userid).ok_or(DirectoryRefusal::UserId)?;
        Member::of(self, app, userid)
    }

    pub(crate) fn member_by_unionid(
        &self,
        token: &str,
        unionid: &str,
        now: Millis,
    ) -> Result<Member, DirectoryRefusal> {
        let app = self.caller(token, permission::MEMBERS, now)?;
        let known = self.people().iter().find(|person| person.unionid == unionid);
        let userid = known.map_or_else(|| unionid.trim_start_matches("simUnion"), |person| &person.userid);
        let is_theirs = self.anybody(userid).is_some_and(|person| person.unionid == unionid);
        if is_theirs { Member::of(self, app, userid) } else { Err(DirectoryRefusal::NotInOrganisation) }
    }

    pub(super) fn caller(
        &self,
        token: &str,
        permission: &'static str,
        now: Millis,
    ) -> Result<&App, DirectoryRefusal> {
        let app = self.app_of_token(token, now).ok_or(DirectoryRefusal::Token)?;
        if !app.allow_ip {
            return Err(DirectoryRefusal::IpNotAllowed);
        }
        if app.may(permission) { Ok(app) } else { Err(DirectoryRefusal::Permission(permission)) }
    }
}

impl Member {
    /// A member of an app's organisation, if it may see them.
    pub(super) fn of(world: &World, app: &App, userid: &str) -> Result<Self, DirectoryRefusal> {
        let person = world.anybody(userid).filter(|person| person.is_member_of(&app.corp_id));
        let person = person.ok_or(DirectoryRefusal::NotInOrganisation)?;
        if world.shows(app, userid) {
            Ok(Self::seen_by(world, app, &person))
        } else {
            Err(DirectoryRefusal::OutOfRange)
        }
    }

    fn seen_by(world: &World, app: &App, person: &Person) -> Self {
        Self {
            person: person.clone(),
            departments: world.departments_of(&app.corp_id, &person.userid),
            is_administrator: person.is_administrator_of(&app.corp_id),
            shows_mobile: app.may(permission::MEMBER_MOBILE),
            shows_email: app.may(permission::MEMBER_EMAIL),
        }
    }
}
