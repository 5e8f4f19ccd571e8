//! Apps, and the tokens they get for their credentials.

use std::collections::HashMap;

use super::World;
use crate::clock::Millis;
use crate::organisation::EXISTING_APPS;

/// Life of an app token, in seconds.
const TOKEN_LIFE_S: u64 = 7200;

#[derive(Debug)]
pub(super) struct App {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// User code of the registration that made it.
    pub(super) made_by: Option<String>,
}

#[derive(Debug)]
pub(super) struct TokenOnFile {
    value: String,
    expires_at: Millis,
}

#[derive(Debug)]
pub(crate) struct AppToken {
    pub(crate) value: String,
    pub(crate) expires_in: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppRefusal {
    Unknown,
    AwaitsApproval,
}

pub(super) fn existing() -> HashMap<String, App> {
    let app = |client_id: &str, client_secret: &str| App {
        client_id: client_id.to_owned(),
        client_secret: client_secret.to_owned(),
        made_by: None,
    };
    EXISTING_APPS.iter().map(|a| (a.client_id.to_owned(), app(a.client_id, a.client_secret))).collect()
}

impl World {
    /// Asking again within a token's life gives the same token and renews it.
    pub(crate) fn app_token(
        &mut self,
        client_id: &str,
        client_secret: &str,
        now: Millis,
    ) -> Result<AppToken, AppRefusal> {
        self.check_app(client_id, client_secret, now)?;
        let value = match self.tokens.remove(client_id) {
            Some(token) if now < token.expires_at => token.value,
            Some(_) | None => self.random.access_token(),
        };
        let on_file =
            TokenOnFile { value: value.clone(), expires_at: now.saturating_add(TOKEN_LIFE_S * 1000) };
        self.tokens.insert(client_id.to_owned(), on_file);
        Ok(AppToken { value, expires_in: TOKEN_LIFE_S })
    }

    fn check_app(&self, client_id: &str, client_secret: &str, now: Millis) -> Result<(), AppRefusal> {
        let found = self.apps.get(client_id).filter(|app| app.client_secret == client_secret);
        let Some(app) = found else { return Err(AppRefusal::Unknown) };
        let Some(user_code) = &app.made_by else { return Ok(()) };
        let Some(registration) = self.registration(user_code) else { return Err(AppRefusal::Unknown) };
        match registration.steps() {
            Some(steps) if steps.app_is_live(now) => Ok(()),
            Some(_) if registration.waits_for_administrator() => Err(AppRefusal::AwaitsApproval),
            Some(_) | None => Err(AppRefusal::Unknown),
        }
    }
}
