//! Tokens of people, and what an app sees of somebody with one.

use super::World;
use super::app::AppRefusal;
use super::code::Purpose;
use crate::app::{App, permission};
use crate::clock::Millis;
use crate::people::Person;

/// Life of an access token, in seconds. From DingTalk's page 获取用户token, as the next one.
const ACCESS_LIFE_S: u64 = 7200;
const REFRESH_LIFE_S: u64 = 30 * 24 * 3600;

/// Somebody's sign-in to an app.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    client_id: String,
    userid: String,
    corp_id: Option<String>,
    expires_at: Millis,
}

#[derive(Debug)]
pub(crate) struct UserToken {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expire_in: u64,
    pub(crate) corp_id: Option<String>,
}

/// What the token is asked for with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof<'a> {
    Code(&'a str),
    RefreshToken(&'a str),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenRefusal {
    Credentials(AppRefusal),
    IpNotAllowed,
    Code,
    RefreshToken,
}

/// Whose profile is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    Own,
    UnionId(&'a str),
}

/// A person as one app may see them.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) person: Person,
    pub(crate) open_id: String,
    /// Country code and number, where the app may have them.
    pub(crate) mobile: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProfileRefusal {
    Token,
    IpNotAllowed,
    Permission(&'static str),
    UnknownPerson,
}

impl World {
    /// Exchanges a code, or a refresh token, which dies by it.
    pub(crate) fn user_token(
        &mut self,
        client_id: &str,
        secret: &str,
        proof: Proof<'_>,
        now: Millis,
    ) -> Result<UserToken, TokenRefusal> {
        let app = self.check_credentials(client_id, secret, now).map_err(TokenRefusal::Credentials)?;
        if !app.allow_ip {
            return Err(TokenRefusal::IpNotAllowed);
        }
        let grant = match proof {
            Proof::Code(code) => self.redeem_oauth_code(code, client_id, now).ok_or(TokenRefusal::Code),
            Proof::RefreshToken(token) => {
                self.redeem_refresh_token(token, client_id, now).ok_or(TokenRefusal::RefreshToken)
            }
        }?;
        Ok(self.issue_user_token(&grant, now))
    }

    pub(crate) fn profile(
        &self,
        access_token: &str,
        whose: Whose<'_>,
        now: Millis,
    ) -> Result<Profile, ProfileRefusal> {
        let grant = self.user_tokens.get(access_token).filter(|grant| now < grant.expires_at);
        let grant = grant.ok_or(ProfileRefusal::Token)?;
        let app = self.app(&grant.client_id).ok_or(ProfileRefusal::Token)?;
        if !app.allow_ip {
            return Err(ProfileRefusal::IpNotAllowed);
        }
        if !app.may(permission::PROFILE) {
            return Err(ProfileRefusal::Permission(permission::PROFILE));
        }
        let person = match whose {
            Whose::Own => self.person(&grant.userid),
            Whose::UnionId(unionid) => self.colleague(app, grant, unionid),
        };
        let person = person.ok_or(ProfileRefusal::UnknownPerson)?;
        Ok(self.profile_for(app, person))
    }

    fn redeem_oauth_code(&mut self, code: &str, client_id: &str, now: Millis) -> Option<Grant> {
        let is_for_it = |purpose: &Purpose| match purpose {
            Purpose::OAuth { client_id: owner, .. } => owner == client_id,
            Purpose::Jsapi { .. } => false,
        };
        match self.redeem_code(code, now, is_for_it)? {
            (Purpose::OAuth { client_id, corp_id }, userid) => {
                Some(Grant { client_id, userid, corp_id, expires_at: now })
            }
            (Purpose::Jsapi { .. }, _) => None,
        }
    }

    fn redeem_refresh_token(&mut self, token: &str, client_id: &str, now: Millis) -> Option<Grant> {
        let grant = self.refresh_tokens.get(token)?;
        if grant.client_id != client_id || now >= grant.expires_at {
            return None;
        }
        self.refresh_tokens.remove(token)
    }

    fn issue_user_token(&mut self, grant: &Grant, now: Millis) -> UserToken {
        let (access_token, refresh_token) = (self.random.access_token(), self.random.refresh_token());
        let corp_id = grant.corp_id.clone();
        let lasting =
            |seconds: u64| Grant { expires_at: now.saturating_add(seconds * 1000), ..grant.clone() };
        self.user_tokens.insert(access_token.clone(), lasting(ACCESS_LIFE_S));
        self.refresh_tokens.insert(refresh_token.clone(), lasting(REFRESH_LIFE_S));
        UserToken { access_token, refresh_token, expire_in: ACCESS_LIFE_S, corp_id }
    }

    /// Whoever signed in, or somebody of the app's organisation.
    fn colleague(&self, app: &App, grant: &Grant, unionid: &str) -> Option<&Person> {
        let is_visible =
            |person: &&Person| person.userid == grant.userid || person.is_member_of(&app.corp_id);
        self.people().iter().find(|person| person.unionid == unionid).filter(is_visible)
    }

    fn profile_for(&self, app: &App, person: &Person) -> Profile {
        let number = if self.settings.masked_mobile { person.masked_mobile() } else { person.mobile.clone() };
        let may_see_number = app.may(permission::PROFILE_MOBILE);
        Profile {
            person: person.clone(),
            open_id: person.open_id(&app.client_id),
            mobile: may_see_number.then(|| (person.state_code.clone(), number)),
        }
    }
}
