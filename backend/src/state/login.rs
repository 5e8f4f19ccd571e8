use std::sync::Arc;

use super::{AppState, Base, OpenError};
use crate::account::Accounts;
use crate::app::{Apps, Choice, Defaults, Instance, load_instances};
use crate::config::Config;
use crate::dingtalk::{DirectoryClient, OAuthClient};
use crate::flow::Engine;
use crate::identity::{People, Policy};
use crate::login::{Logins, Parts, Settings};
use crate::session::Sessions;

/// What signing in needs beside the rest.
#[derive(Debug)]
pub(super) struct Login {
    people: People,
    logins: Logins,
    sessions: Sessions,
}

impl Login {
    pub(super) fn new(base: Base<'_>, engine: &Engine, accounts: &Accounts) -> Self {
        let Base { config, clock, store, sealer, apps, http } = base;
        let people = People::new(Arc::clone(clock), store.clone(), Arc::clone(sealer), policy(config));
        let settings = settings(config);
        let issuer = settings.public_url.clone();
        let sessions = Sessions::new(Arc::clone(clock), store.clone(), Arc::clone(sealer), issuer);
        let dingtalk = &config.dingtalk;
        let logins = Logins::new(Parts {
            clock: Arc::clone(clock),
            store: store.clone(),
            sealer: Arc::clone(sealer),
            engine: engine.clone(),
            accounts: accounts.clone(),
            apps: apps.clone(),
            people: people.clone(),
            oauth: OAuthClient::new(http.clone(), dingtalk.login_base.clone(), dingtalk.api_base.clone()),
            directory: DirectoryClient::new(http.clone(), dingtalk.oapi_base.clone()),
            settings,
        });
        Self { people, logins, sessions }
    }
}

#[cfg(feature = "platform")]
impl Login {
    pub(super) fn sessions(&self) -> &Sessions {
        &self.sessions
    }
}

impl AppState {
    /// Returns the people.
    pub fn people(&self) -> &People {
        &self.inner.login.people
    }

    /// Returns the logins.
    pub fn logins(&self) -> &Logins {
        &self.inner.login.logins
    }

    /// Returns the sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.inner.login.sessions
    }
}

/// Keeps the apps that the configuration names, and returns who asks DingTalk in the name of any.
pub(super) async fn accounts(base: Base<'_>) -> Result<Accounts, OpenError> {
    let instances = adopt(base.apps, base.config).await?;
    #[cfg(feature = "platform")]
    let accounts = Accounts::new(base.apps.clone(), super::suites::open(&instances, base).await?);
    #[cfg(not(feature = "platform"))]
    let accounts = {
        drop(instances);
        Accounts::new(base.apps.clone())
    };
    Ok(accounts)
}

/// Notes what signing in needs to know of the apps that the configuration names, and returns those of files.
pub(super) async fn adopt(apps: &Apps, config: &Config) -> Result<Vec<Instance>, OpenError> {
    if let Some(app) = &config.app {
        let (corp_id, agent_id) = (app.corp_id.as_deref(), app.agent_id);
        apps.describe_default(app.client_id.as_str(), corp_id, agent_id).await.map_err(OpenError::App)?;
    }
    let login = &config.login;
    let instances = load_instances(login.apps_file.as_deref(), login.login_types_dir.as_deref());
    let instances = instances.map_err(OpenError::Instance)?;
    #[cfg(feature = "platform")]
    let instances: Vec<_> = super::suites::configured(config)?.into_iter().chain(instances).collect();
    apps.adopt_instances(&instances).await.map_err(OpenError::Adopt)?;
    if let Some(name) = &login.app
        && apps.for_login(Choice::Default).await.map_err(OpenError::App)?.is_none()
    {
        tracing::warn!(app.name = name, "there is no app of the name in LOGIN_APP: nobody can sign in yet");
    }
    Ok(instances)
}

fn policy(config: &Config) -> Policy {
    let login = &config.login;
    Policy {
        domains: login.allowed_domains.clone(),
        corp_ids: login.allowed_corp_ids.clone(),
        admins: login.admin_emails.clone(),
        is_invite_only: login.is_invite_only,
        trusts_profiles: login.trusts_profiles,
    }
}

fn settings(config: &Config) -> Settings {
    let (server, login) = (&config.server, &config.login);
    Settings {
        public_url: server.public_base(),
        callback: login.callback(&server.public_url),
        script_url: config.dingtalk.script_url.as_str().to_owned(),
        lifetime: login.lifetime,
        live_per_peer: login.max_live_per_peer,
        live_per_site: login.max_live_per_site,
        wants_corp: !login.allowed_corp_ids.is_empty(),
    }
}

pub(super) fn defaults(config: &Config) -> Defaults {
    Defaults {
        name: config.login.app.clone(),
        client_id: config.app.as_ref().map(|app| app.client_id.as_str().to_owned()),
    }
}
