//! Temporary codes: those of the authorize page and those of the DingTalk app's JavaScript. They look alike and are not
//! interchangeable.

use super::World;
use crate::clock::Millis;
use crate::control::ControlError;
use crate::organisation::Organisation;
use crate::people::Person;

#[derive(Debug)]
pub(super) struct Code {
    purpose: Purpose,
    userid: String,
    expires_at: Millis,
}

/// Which exchange a code is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `userAccessToken`, for one app.
    OAuth {
        client_id: String,
        /// The organisation chosen, when the scope had `corpid`.
        corp_id: Option<String>,
    },
    /// `getuserinfo`, in one organisation.
    Jsapi {
        /// The app, when the page named it.
        client_id: Option<String>,
        corp_id: String,
    },
}

impl World {
    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    pub(crate) fn person(&self, userid: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.userid == userid)
    }

    pub(crate) fn put_person(&mut self, person: Person) {
        match self.people.iter_mut().find(|known| known.userid == person.userid) {
            Some(known) => *known = person,
            None => self.people.push(person),
        }
    }

    /// Hands out a code that works once.
    pub(crate) fn issue_code(&mut self, purpose: Purpose, userid: &str, now: Millis) -> String {
        let value = self.random.temporary_code();
        let expires_at = now.saturating_add(self.settings.code_life_s.saturating_mul(1000));
        self.codes.insert(value.clone(), Code { purpose, userid: userid.to_owned(), expires_at });
        value
    }

    /// Like [`Self::issue_code`], for tests: whom and what it names has to exist, and nothing more.
    pub(crate) fn mint_code(
        &mut self,
        purpose: Purpose,
        userid: &str,
        now: Millis,
    ) -> Result<String, ControlError> {
        let (client_id, corp_id) = match &purpose {
            Purpose::OAuth { client_id, corp_id } => (Some(client_id), corp_id.as_ref()),
            Purpose::Jsapi { client_id, corp_id } => (client_id.as_ref(), Some(corp_id)),
        };
        if let Some(client_id) = client_id.filter(|client_id| self.app(client_id).is_none()) {
            return Err(ControlError::UnknownApp(client_id.clone()));
        }
        if let Some(corp_id) = corp_id {
            check_corp_id("corp_id", corp_id)?;
        }
        self.check_userid(userid)?;
        Ok(self.issue_code(purpose, userid, now))
    }

    pub(crate) fn check_userid(&self, userid: &str) -> Result<(), ControlError> {
        let known = self.anybody(userid).map(|_| ());
        known.ok_or_else(|| ControlError::UnknownPerson(userid.to_owned()))
    }

    /// Uses a code up, if it is alive and `accepts` what it is for. A code that is refused stays good for its owner.
    pub(super) fn redeem_code(
        &mut self,
        code: &str,
        now: Millis,
        accepts: impl FnOnce(&Purpose) -> bool,
    ) -> Option<(Purpose, String)> {
        let found = self.codes.get(code)?;
        if now >= found.expires_at || !accepts(&found.purpose) {
            return None;
        }
        self.codes.remove(code).map(|code| (code.purpose, code.userid))
    }
}

pub(crate) fn check_corp_id(member: &str, corp_id: &str) -> Result<(), ControlError> {
    match Organisation::find_corp(corp_id) {
        Some(_) => Ok(()),
        None => Err(ControlError::Invalid(format!("{member}: no organisation has the corp id {corp_id:?}"))),
    }
}
