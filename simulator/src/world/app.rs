//! Apps, and the tokens they get for their credentials.

use std::collections::{BTreeMap, HashMap};

use super::World;
use crate::app::{App, LOOPBACK, permission};
use crate::clock::Millis;
use crate::control::ControlError;
use crate::organisation::{EXISTING_APPS, ExistingApp, Organisation, STUDIO_CORP_ID};

/// Life of an app token, in seconds.
const TOKEN_LIFE_S: u64 = 7200;

#[derive(Debug)]
pub(super) struct AppOnFile {
    pub(super) app: App,
    /// User code of the registration that made it.
    made_by: Option<String>,
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
    Unpublished,
}

pub(super) fn existing() -> BTreeMap<String, AppOnFile> {
    EXISTING_APPS.iter().map(|app| (app.client_id.to_owned(), AppOnFile::existing(app))).collect()
}

impl AppOnFile {
    /// A third-party app, with which people sign in.
    pub(super) fn of_suite(app: App) -> Self {
        Self { app, made_by: None }
    }

    fn existing(app: &ExistingApp) -> Self {
        let corp_id = Organisation::find(app.organisation).map_or(STUDIO_CORP_ID, |found| found.corp_id);
        let app = App {
            client_id: app.client_id.to_owned(),
            secret: app.client_secret.to_owned(),
            agent_id: app.agent_id,
            corp_id: corp_id.to_owned(),
            published: true,
            permissions: permission::ALL.map(str::to_owned).into(),
            redirect_urls: LOOPBACK.map(str::to_owned).into(),
            allow_ip: true,
            robot: true,
            visible_departments: vec![1],
        };
        Self { app, made_by: None }
    }
}

impl World {
    pub(crate) fn apps(&self) -> impl Iterator<Item = &App> {
        self.apps.values().map(|on_file| &on_file.app)
    }

    pub(crate) fn app(&self, client_id: &str) -> Option<&App> {
        self.apps.get(client_id).map(|on_file| &on_file.app)
    }

    pub(crate) fn put_app(&mut self, app: App) -> Result<(), ControlError> {
        let Some(on_file) = self.apps.get_mut(&app.client_id) else {
            return Err(ControlError::UnknownApp(app.client_id));
        };
        on_file.app = app;
        Ok(())
    }

    /// What a scan creates. DingTalk says of no redirect URL or profile permission that it comes along.
    pub(super) fn create_app(&mut self, user_code: &str, organisation: Option<&Organisation>) -> String {
        let (client_id, secret) = (self.random.client_id(), self.random.client_secret());
        let mut app = App {
            client_id: client_id.clone(),
            secret,
            agent_id: self.random.agent_id(),
            corp_id: organisation.map_or(STUDIO_CORP_ID, |organisation| organisation.corp_id).to_owned(),
            published: true,
            permissions: [permission::BASE, permission::ROBOT].map(str::to_owned).into(),
            redirect_urls: Vec::new(),
            allow_ip: true,
            robot: true,
            visible_departments: vec![1],
        };
        if self.settings.new_apps_can_log_in {
            app.permissions.push(permission::PROFILE.to_owned());
            app.redirect_urls = LOOPBACK.map(str::to_owned).into();
        }
        self.apps.insert(client_id.clone(), AppOnFile { app, made_by: Some(user_code.to_owned()) });
        client_id
    }

    /// Asking again within a token's life gives the same token and renews it.
    pub(crate) fn app_token(
        &mut self,
        client_id: &str,
        client_secret: &str,
        now: Millis,
    ) -> Result<AppToken, AppRefusal> {
        // It gets tokens for its customers, and none for itself as an app of one organisation does.
        if self.is_suite(client_id) {
            return Err(AppRefusal::Unknown);
        }
        self.check_credentials(client_id, client_secret, now)?;
        let value = match self.tokens.remove(client_id) {
            Some(token) if now < token.expires_at => token.value,
            Some(_) | None => self.random.access_token(),
        };
        let on_file =
            TokenOnFile { value: value.clone(), expires_at: now.saturating_add(TOKEN_LIFE_S * 1000) };
        self.tokens.insert(client_id.to_owned(), on_file);
        Ok(AppToken { value, expires_in: TOKEN_LIFE_S })
    }

    /// Which app an app token speaks for.
    pub(super) fn app_of_token(&self, token: &str, now: Millis) -> Option<&App> {
        let is_it = |on_file: &TokenOnFile| on_file.value == token && now < on_file.expires_at;
        match self.tokens.iter().find(|(_, on_file)| is_it(on_file)) {
            Some((client_id, _)) => self.app(client_id),
            None => self.app_of_corp_token(token, now),
        }
    }

    /// When a registration made an app; `None` if it was there from the start.
    pub(super) fn made_at(&self, client_id: &str) -> Option<Millis> {
        let user_code = self.apps.get(client_id)?.made_by.as_ref()?;
        Some(self.registration(user_code)?.steps()?.approved_at)
    }

    pub(super) fn check_credentials(
        &self,
        client_id: &str,
        secret: &str,
        now: Millis,
    ) -> Result<&App, AppRefusal> {
        let app = self.app(client_id).filter(|app| app.secret == secret).ok_or(AppRefusal::Unknown)?;
        self.check_is_live(client_id, now)?;
        if app.published { Ok(app) } else { Err(AppRefusal::Unpublished) }
    }

    /// An app that a registration made works as soon as the registration is through.
    pub(super) fn check_is_live(&self, client_id: &str, now: Millis) -> Result<(), AppRefusal> {
        let on_file = self.apps.get(client_id).ok_or(AppRefusal::Unknown)?;
        let Some(user_code) = &on_file.made_by else { return Ok(()) };
        let Some(registration) = self.registration(user_code) else { return Err(AppRefusal::Unknown) };
        match registration.steps() {
            Some(steps) if steps.app_is_live(now) => Ok(()),
            Some(_) if registration.waits_for_administrator() => Err(AppRefusal::AwaitsApproval),
            Some(_) | None => Err(AppRefusal::Unknown),
        }
    }
}

pub(super) type Tokens = HashMap<String, TokenOnFile>;
