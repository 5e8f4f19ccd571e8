use std::time::Duration;

use crate::account::{AccountError, failure_of};
use crate::app::TokenError;
use crate::dingtalk::{DingTalkError, Meaning, Step};
use crate::flow::{Failure, FlowError};
use crate::identity::{AdmitError, Refusal};
#[cfg(feature = "platform")]
use crate::suite::SuiteError;

/// A login cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No app is configured for it.
    #[error("no app to sign in with")]
    NoApp,
    /// There are too many.
    #[error("too many live logins")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// There is no such login, or it is somebody else's.
    #[error("no such login")]
    NotFound,
    /// It is over, or another browser has taken it up.
    #[error("the login is over")]
    Ended,
    /// The state is unknown, used, or of another browser.
    #[error("the state is not good")]
    State,
    /// DingTalk's permission to ask about the person has ended.
    #[error("the person has to sign in again")]
    SignInRequired,
    /// The ticket is unknown, used or too old.
    #[error("the ticket is not good")]
    Ticket,
    /// The organisation is not the one that owns the app.
    #[error("the person signed in for another organisation than the app's")]
    ForeignOrganisation,
    /// DingTalk has pushed no ticket for the third-party app yet.
    #[error("DingTalk has pushed no ticket for the third-party app yet")]
    NoTicket,
    /// The rules keep the person out.
    #[error("the person may not come in: {0}")]
    Refused(Refusal),
    /// DingTalk does not say who it is.
    #[error("DingTalk does not say who it is")]
    DingTalk(#[from] DingTalkError),
    /// DingTalk gives no token for the app.
    #[error("the app cannot ask DingTalk")]
    Token(#[from] TokenError),
    /// The database failed.
    #[error("the login could not be read or stored")]
    Store(#[from] sqlx::Error),
}

impl LoginError {
    /// Returns what the page is told.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::DingTalk(error) | Self::Token(TokenError::DingTalk(error)) => dingtalk_failure(error),
            Self::ForeignOrganisation | Self::Refused(Refusal::ForeignOrganisation) => {
                Failure::ForeignOrganisation
            }
            Self::NoTicket => Failure::UpstreamUnavailable,
            Self::Refused(Refusal::EmailDomain) => Failure::EmailDomainNotAllowed,
            Self::Refused(Refusal::NotInvited) => Failure::NotInvited,
            Self::NoApp
            | Self::TooMany { .. }
            | Self::NotFound
            | Self::Ended
            | Self::State
            | Self::Ticket
            | Self::SignInRequired
            | Self::Token(TokenError::Secret(_))
            | Self::Store(_) => Failure::Internal,
        }
    }
}

impl LoginError {
    /// Returns whether it is the person who may not come in, rather than anything that failed.
    pub fn is_refusal_of_person(&self) -> bool {
        matches!(
            self.failure(),
            Failure::ForeignOrganisation
                | Failure::NotAMember
                | Failure::EmailDomainNotAllowed
                | Failure::NotInvited
        )
    }
}

/// Says what a failed call means to the person: codes of the two kinds are told apart by where they were given in.
fn dingtalk_failure(error: &DingTalkError) -> Failure {
    match (error.meaning(), error.step()) {
        (Meaning::CodeInvalid, Step::WorkspaceUser) => Failure::WorkspaceCodeInvalid,
        _ => failure_of(error),
    }
}

impl From<AccountError> for LoginError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Token(error) => Self::Token(error),
            #[cfg(feature = "platform")]
            AccountError::Suite(error) => error.into(),
            AccountError::DingTalk(error) => Self::DingTalk(error),
        }
    }
}

#[cfg(feature = "platform")]
impl From<SuiteError> for LoginError {
    fn from(error: SuiteError) -> Self {
        match error {
            SuiteError::NotACustomer => Self::ForeignOrganisation,
            SuiteError::NoTicket => Self::NoTicket,
            SuiteError::Secret(error) => Self::Token(error),
            SuiteError::Sealed(error) => Self::Token(TokenError::Secret(Box::new(error))),
            SuiteError::DingTalk(error) => Self::DingTalk(error),
            SuiteError::Store(error) => Self::Store(error),
        }
    }
}

impl From<FlowError> for LoginError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::NotFound => Self::NotFound,
            FlowError::Store(error) => Self::Store(error),
        }
    }
}

impl From<AdmitError> for LoginError {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::Refused(refusal) => Self::Refused(refusal),
            AdmitError::Store(error) => Self::Store(error),
        }
    }
}
