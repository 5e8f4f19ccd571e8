//! On whose behalf DingTalk is asked: an app, for the organisation that owns it, or for one that has installed it.

use crate::app::{Apps, Choice, LoginApp, TokenError};
use crate::dingtalk::{DingTalkError, Meaning};
use crate::flow::Failure;
use crate::secret::Token;
#[cfg(feature = "platform")]
use crate::suite::{Suite, SuiteError, Suites};

/// Finds accounts, and asks DingTalk for them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    apps: Apps,
    #[cfg(feature = "platform")]
    suites: Suites,
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
    /// The third-party app does not speak for the organisation.
    #[cfg(feature = "platform")]
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// DingTalk said no, or nothing.
    #[error(transparent)]
    DingTalk(#[from] DingTalkError),
}

/// Nothing speaks for an organisation.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is no app of the name, or nobody has claimed it.
    #[error("there is no app called {0}")]
    NoApp(String),
    /// It is not known whose the app is.
    #[error(
        "it is not known which organisation owns the app {0}: DINGTALK_CORP_ID, or corp_id in APPS_FILE, says it"
    )]
    OrganisationUnknown(String),
    /// The app is another organisation's.
    #[error("the app {0} is another organisation's")]
    Foreign(String),
    /// It is a third-party app, and the organisation has not installed it or has switched it off, or none was named.
    #[error("the organisation has not installed the third-party app {0}")]
    NotACustomer(String),
    /// The database failed.
    #[error("the app cannot be read")]
    Store(#[from] sqlx::Error),
}

impl Accounts {
    /// Makes it.
    #[cfg(not(feature = "platform"))]
    pub fn new(apps: Apps) -> Self {
        Self { apps }
    }

    /// Makes it.
    #[cfg(feature = "platform")]
    pub fn new(apps: Apps, suites: Suites) -> Self {
        Self { apps, suites }
    }

    /// Returns the third-party apps.
    #[cfg(feature = "platform")]
    pub fn suites(&self) -> &Suites {
        &self.suites
    }

    /// Finds the account of an app, by its name, in an organisation. A third-party app has one in each that has installed it.
    ///
    /// # Errors
    ///
    /// [`FindError`]; nobody speaks for an organisation of which it is not known that the app is its own.
    pub async fn find(&self, app: &str, corp_id: Option<&str>) -> Result<Account, FindError> {
        let found = self.apps.for_login(Choice::Named(app)).await?;
        let account = Account::from(&found.ok_or_else(|| FindError::NoApp(app.to_owned()))?);
        #[cfg(feature = "platform")]
        if let Some(suite) = self.suite(&account) {
            return self.of_customer(suite, account.app, corp_id).await;
        }
        match (&account.corp_id, corp_id) {
            (None, Some(_)) => Err(FindError::OrganisationUnknown(account.app)),
            (Some(own), Some(wanted)) if own != wanted => Err(FindError::Foreign(account.app)),
            (Some(_) | None, _) => Ok(account),
        }
    }

    #[cfg(feature = "platform")]
    async fn of_customer(
        &self,
        suite: &Suite,
        app: String,
        corp_id: Option<&str>,
    ) -> Result<Account, FindError> {
        let Some(corp_id) = corp_id else { return Err(FindError::NotACustomer(app)) };
        let customer = self.suites.customer(suite, corp_id).await?.filter(|customer| customer.is_enabled);
        let customer = customer.ok_or_else(|| FindError::NotACustomer(app.clone()))?;
        Ok(Account {
            client_id: suite.client_id.clone(),
            app,
            corp_id: Some(customer.corp_id),
            agent_id: customer.agent_id,
        })
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
        match ask(self.token(account).await?).await {
            Err(error) if error.meaning() == Meaning::TokenInvalid => {
                self.forget_token(account).await;
                Ok(ask(self.token(account).await?).await?)
            }
            other => Ok(other?),
        }
    }

    async fn token(&self, account: &Account) -> Result<Token, AccountError> {
        #[cfg(feature = "platform")]
        if let Some(suite) = self.suite(account) {
            let corp_id = account.corp_id.as_deref().unwrap_or_default();
            return Ok(self.suites.token(suite, corp_id).await?);
        }
        Ok(self.apps.token(&account.client_id).await?)
    }

    async fn forget_token(&self, account: &Account) {
        #[cfg(feature = "platform")]
        if self.suite(account).is_some() {
            let corp_id = account.corp_id.as_deref().unwrap_or_default();
            return self.suites.forget_token(&account.client_id, corp_id).await;
        }
        self.apps.forget_token(&account.client_id).await;
    }

    /// A third-party app speaks for its customers only, each by a token of its own.
    #[cfg(feature = "platform")]
    fn suite(&self, account: &Account) -> Option<&Suite> {
        self.suites.of_client(&account.client_id)
    }
}

impl AccountError {
    /// Returns what the failure is called.
    pub fn failure(&self) -> Failure {
        if let Some(error) = self.said() {
            return failure_of(error);
        }
        #[cfg(feature = "platform")]
        match self {
            Self::Suite(SuiteError::NotACustomer) => return Failure::ForeignOrganisation,
            Self::Suite(SuiteError::NoTicket) => return Failure::UpstreamUnavailable,
            Self::Suite(_) | Self::Token(_) | Self::DingTalk(_) => {}
        }
        Failure::Internal
    }

    /// Returns what DingTalk said, if it said anything.
    pub fn said(&self) -> Option<&DingTalkError> {
        match self {
            Self::DingTalk(error) | Self::Token(TokenError::DingTalk(error)) => Some(error),
            #[cfg(feature = "platform")]
            Self::Suite(error) => error.said(),
            Self::Token(TokenError::Secret(_)) => None,
        }
    }
}

/// Says what a failed call is called.
pub(crate) fn failure_of(error: &DingTalkError) -> Failure {
    match error.meaning() {
        Meaning::AddressNotAllowed => Failure::AddressNotAllowed,
        Meaning::Busy => Failure::UpstreamBusy,
        Meaning::CodeInvalid => Failure::AuthorizationCodeInvalid,
        Meaning::CredentialsRejected => Failure::CredentialsRejected,
        Meaning::Incomplete => Failure::ProfileIncomplete,
        Meaning::NotAMember => Failure::NotAMember,
        Meaning::NotAuthorized => Failure::ForeignOrganisation,
        Meaning::PermissionMissing => Failure::PermissionMissing,
        Meaning::NoDepartment
        | Meaning::OutOfRange
        | Meaning::Refused
        | Meaning::TicketInvalid
        | Meaning::TokenInvalid => Failure::UpstreamRefused,
        Meaning::Unavailable => Failure::UpstreamUnavailable,
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
