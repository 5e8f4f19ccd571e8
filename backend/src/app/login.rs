//! Apps as people sign in with them.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::Mutex;

use super::instances::{FULL_NAME_PREFIX, Instance, LoginOptions};
use super::{Apps, Keep, Origin, SecretError};
use crate::clock::Timestamp;
use crate::dingtalk::DingTalkError;
use crate::secret::{ClientSecret, Token};
use crate::store::{AppRow, InFile, LoginDetails};

/// A token this close to its end is not used any more.
const MARGIN: Duration = Duration::from_mins(5);

/// Which app to sign in with.
#[derive(Clone, Copy, Debug)]
pub enum Choice<'a> {
    /// The one that is meant when none is named.
    Default,
    /// By its name, or by the full name of its login type.
    Named(&'a str),
    /// The app of an organisation.
    OfOrganisation(&'a str),
    /// By its name, for an organisation.
    InOrganisation {
        /// The name, as above.
        name: &'a str,
        /// The organisation.
        corp_id: &'a str,
    },
}

/// An app that people sign in with.
#[derive(Clone, Debug)]
pub struct LoginApp {
    /// Its client id.
    pub client_id: String,
    /// What we call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The organisation that owns it.
    pub corp_id: Option<String>,
    /// Its id in the organisation.
    pub agent_id: Option<i64>,
    /// How people sign in with it.
    pub options: LoginOptions,
}

/// An app of the configuration cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// Another app has its name.
    #[error("the name {0} is another app's")]
    NameTaken(String),
    /// The database failed.
    #[error("the app cannot be stored")]
    Store(#[from] sqlx::Error),
}

/// What speaks for an app cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The secret cannot be had.
    #[error("the secret of the app cannot be had")]
    Secret(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// DingTalk gives no token.
    #[error("there is no token for the app")]
    DingTalk(#[from] DingTalkError),
}

/// The tokens of the apps, by client id. Held while one is got, so that it is got once.
pub(super) type Tokens = Mutex<HashMap<String, (Token, Timestamp)>>;

impl Apps {
    /// Keeps the apps of the configuration. The configuration wins over what was stored.
    ///
    /// # Errors
    ///
    /// [`AdoptError`]; those before the one at fault are kept.
    pub async fn adopt_instances(&self, instances: &[Instance]) -> Result<(), AdoptError> {
        for instance in instances {
            let client_id = instance.client_id.as_str();
            if let Some(other) = self.shared.store.app_named(instance.name.as_str()).await?
                && other.client_id != client_id
            {
                return Err(AdoptError::NameTaken(other.name));
            }
            if !self.has_secret(client_id, &instance.client_secret).await? {
                let keep = Keep {
                    name: Some(&instance.name),
                    client_id: &instance.client_id,
                    client_secret: &instance.client_secret,
                    origin: Origin::Configured,
                };
                self.keep(&keep).await?;
            }
            self.describe_login(client_id, instance).await?;
        }
        let present: Vec<&str> = instances.iter().map(|instance| instance.client_id.as_str()).collect();
        for app in self.shared.store.withdraw_apps(&present).await? {
            tracing::warn!(app.name = app, "app is in no file any more: nobody signs in with it");
        }
        Ok(())
    }

    async fn has_secret(&self, client_id: &str, secret: &ClientSecret) -> sqlx::Result<bool> {
        match self.secret(client_id).await {
            Ok(known) => Ok(known.expose() == secret.expose()),
            Err(SecretError::Store(sqlx::Error::RowNotFound) | SecretError::Open(_)) => Ok(false),
            Err(SecretError::Store(error)) => Err(error),
        }
    }

    async fn describe_login(&self, client_id: &str, instance: &Instance) -> sqlx::Result<()> {
        let options = serde_json::to_string(&instance.options).unwrap_or_default();
        let details = LoginDetails {
            name: Some(instance.name.as_str()),
            title: instance.title.as_deref(),
            corp_id: instance.corp_id.as_deref(),
            agent_id: instance.agent_id,
            options: &options,
        };
        self.shared.store.set_login_details(client_id, &details).await
    }

    /// Notes whose the app of `DINGTALK_CLIENT_ID` is, where the configuration says so.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn describe_default(
        &self,
        client_id: &str,
        corp_id: Option<&str>,
        agent_id: Option<i64>,
    ) -> sqlx::Result<()> {
        let known = self.shared.store.app(client_id).await?;
        let known = known.as_ref();
        let details = LoginDetails {
            name: None,
            title: known.and_then(|app| app.title.as_deref()),
            corp_id: corp_id.or_else(|| known.and_then(|app| app.corp_id.as_deref())),
            agent_id: agent_id.or_else(|| known.and_then(|app| app.agent_id)),
            options: "{}",
        };
        self.shared.store.set_login_details(client_id, &details).await
    }

    /// Finds the app to sign in with. One whose credentials nobody has claimed is nobody's to sign in with.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn for_login(&self, choice: Choice<'_>) -> sqlx::Result<Option<LoginApp>> {
        let row = match choice {
            Choice::Default => self.default_for_login().await?,
            Choice::Named(name) | Choice::InOrganisation { name, .. } => {
                self.shared.store.app_named(&short_name(name)).await?
            }
            Choice::OfOrganisation(corp_id) => self.shared.store.app_of_organisation(corp_id).await?,
        };
        Ok(row.filter(|row| row.is_claimed && row.in_file != InFile::Withdrawn).map(LoginApp::from))
    }

    /// Finds an app that a login was begun with.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn login_app(&self, client_id: &str) -> sqlx::Result<Option<LoginApp>> {
        Ok(self.shared.store.app(client_id).await?.map(LoginApp::from))
    }

    /// The one that the configuration names, else the only one there is.
    async fn default_for_login(&self) -> sqlx::Result<Option<AppRow>> {
        let store = &self.shared.store;
        if let Some(name) = &self.shared.defaults.name {
            return store.app_named(&short_name(name)).await;
        }
        if let Some(client_id) = &self.shared.defaults.client_id {
            return store.app(client_id).await;
        }
        let mut claimed = store.apps().await?.into_iter().filter(|app| app.is_claimed);
        let first = claimed.next();
        Ok(if claimed.next().is_none() { first } else { None })
    }

    /// Returns the secret of an app, for an exchange at DingTalk.
    ///
    /// # Errors
    ///
    /// [`TokenError::Secret`].
    pub async fn exchange_secret(&self, client_id: &str) -> Result<ClientSecret, TokenError> {
        self.secret(client_id).await.map_err(|error| TokenError::Secret(Box::new(error)))
    }

    /// Returns a token that speaks for an app. It is kept until shortly before its end.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    pub async fn token(&self, client_id: &str) -> Result<Token, TokenError> {
        let mut tokens = self.shared.app_tokens.lock().await;
        let now = self.shared.clock.now();
        if let Some((token, until)) = tokens.get(client_id)
            && now < *until
        {
            return Ok(token.clone());
        }
        let secret = self.exchange_secret(client_id).await?;
        let (token, lifetime) = self.shared.tokens.token(client_id, &secret).await?;
        tokens.insert(client_id.to_owned(), (token.clone(), now + lifetime.saturating_sub(MARGIN)));
        Ok(token)
    }

    /// Forgets the token of an app, because DingTalk does not take it.
    pub async fn forget_token(&self, client_id: &str) {
        self.shared.app_tokens.lock().await.remove(client_id);
    }
}

/// Takes the full name of a login type, or a short one, in any case.
fn short_name(name: &str) -> String {
    name.strip_prefix(FULL_NAME_PREFIX).unwrap_or(name).to_ascii_lowercase()
}

/// Which app is meant when none is named.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// `LOGIN_APP`.
    pub name: Option<String>,
    /// `DINGTALK_CLIENT_ID`.
    pub client_id: Option<String>,
}

impl From<AppRow> for LoginApp {
    fn from(row: AppRow) -> Self {
        Self {
            title: row.title.unwrap_or_else(|| row.name.clone()),
            name: row.name,
            client_id: row.client_id,
            corp_id: row.corp_id,
            agent_id: row.agent_id,
            options: serde_json::from_str(&row.login_options).unwrap_or_default(),
        }
    }
}
