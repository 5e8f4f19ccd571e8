//! On whose behalf DingTalk is asked: an app, for the organisation that owns it.

use crate::app::{Apps, LoginApp, TokenError};
use crate::dingtalk::{DingTalkError, Meaning};
use crate::secret::Token;

/// Finds accounts, and asks DingTalk for them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    apps: Apps,
}

/// An app in an organisation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The app's client id. Its robot is called the same.
    pub client_id: String,
    /// What we call the app.
    pub app: String,
    /// The organisation, where it is known.
    pub corp_id: Option<String>,
    /// The app's id in the organisation, where it is known.
    pub agent_id: Option<i64>,
}

/// DingTalk could not be asked, or said no.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Nothing speaks for the app.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// DingTalk said no, or nothing.
    #[error(transparent)]
    DingTalk(#[from] DingTalkError),
}

impl Accounts {
    /// Makes it.
    pub fn new(apps: Apps) -> Self {
        Self { apps }
    }

    /// Asks with a token that speaks for the account, and once more with a new one if DingTalk does not take it.
    ///
    /// # Errors
    ///
    /// [`AccountError`].
    ///
    /// # Cancellation
    ///
    /// As with `ask`.
    pub async fn ask<T, F: Future<Output = Result<T, DingTalkError>>>(
        &self,
        account: &Account,
        ask: impl Fn(Token) -> F,
    ) -> Result<T, AccountError> {
        match ask(self.apps.token(&account.client_id).await?).await {
            Err(error) if error.meaning() == Meaning::TokenInvalid => {
                self.apps.forget_token(&account.client_id).await;
                Ok(ask(self.apps.token(&account.client_id).await?).await?)
            }
            other => Ok(other?),
        }
    }
}

impl From<&LoginApp> for Account {
    fn from(app: &LoginApp) -> Self {
        Self {
            client_id: app.client_id.clone(),
            app: app.name.clone(),
            corp_id: app.corp_id.clone(),
            agent_id: app.agent_id,
        }
    }
}
