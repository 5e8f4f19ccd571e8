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
}

/// A member of an app's organisation.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) person: Person,
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
        Ok(Member::seen_by(&app, person))
    }

    pub(crate) fn member_by_userid(
        &self,
        token: &str,
        userid: &str,
        now: Millis,
    ) -> Result<Member, DirectoryRefusal> {
        let app = self.caller(token, permission::MEMBERS, now)?;
        let person = self.person(userid).ok_or(DirectoryRefusal::UserId)?;
        Member::of(app, person)
    }

    pub(crate) fn member_by_unionid(
        &self,
        token: &str,
        unionid: &str,
        now: Millis,
    ) -> Result<Member, DirectoryRefusal> {
        let app = self.caller(token, permission::MEMBERS, now)?;
        let person = self.people().iter().find(|person| person.unionid == unionid);
        Member::of(app, person.ok_or(DirectoryRefusal::NotInOrganisation)?)
    }

    fn caller(&self, token: &str, permission: &'static str, now: Millis) -> Result<&App, DirectoryRefusal> {
        let app = self.app_of_token(token, now).ok_or(DirectoryRefusal::Token)?;
        if !app.allow_ip {
            return Err(DirectoryRefusal::IpNotAllowed);
        }
        if app.may(permission) { Ok(app) } else { Err(DirectoryRefusal::Permission(permission)) }
    }
}

impl Member {
    fn of(app: &App, person: &Person) -> Result<Self, DirectoryRefusal> {
        let is_member = person.is_member_of(&app.corp_id);
        if is_member { Ok(Self::seen_by(app, person)) } else { Err(DirectoryRefusal::NotInOrganisation) }
    }

    fn seen_by(app: &App, person: &Person) -> Self {
        Self {
            person: person.clone(),
            is_administrator: person.is_administrator_of(&app.corp_id),
            shows_mobile: app.may(permission::MEMBER_MOBILE),
            shows_email: app.may(permission::MEMBER_EMAIL),
        }
    }
}
