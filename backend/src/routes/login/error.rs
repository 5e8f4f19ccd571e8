//! What the errors of logins, sessions and people mean to a client.

use std::time::Duration;

use axum::http::StatusCode;
use dingtalk_qr_shared::ErrorCode;

use crate::app::TokenError;
use crate::error::{RouteError, Told};
use crate::flow::Failure;
use crate::identity::BindError;
use crate::login::LoginError;
use crate::routes::convert::failure_code;
use crate::session::SessionError;

/// Nobody is signed in.
#[derive(Debug, thiserror::Error)]
#[error("nobody is signed in")]
pub(super) struct NobodySignedIn;

/// There is no such person.
#[derive(Debug, thiserror::Error)]
#[error("no such person")]
pub(in crate::routes) struct NoSuchUser;

impl From<NobodySignedIn> for RouteError {
    fn from(error: NobodySignedIn) -> Self {
        RouteError::told((StatusCode::UNAUTHORIZED, ErrorCode::NotSignedIn), error)
    }
}

impl From<NoSuchUser> for RouteError {
    fn from(error: NoSuchUser) -> Self {
        RouteError::told((StatusCode::NOT_FOUND, ErrorCode::UserNotFound), error)
    }
}

impl From<LoginError> for RouteError {
    fn from(error: LoginError) -> Self {
        let (status, code) = login_public(&error);
        let retry_after = retry_after(&error);
        Self::Told(Told { status, code, retry_after, cause: Box::new(error) })
    }
}

impl From<SessionError> for RouteError {
    fn from(error: SessionError) -> Self {
        RouteError::told((StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal), error)
    }
}

impl From<BindError> for RouteError {
    fn from(error: BindError) -> Self {
        let invalid = |field: &str| Self::Invalid { field: Some(field.to_owned()) };
        match error {
            BindError::NotFound => NoSuchUser.into(),
            BindError::ExternalId => invalid("external_id"),
            BindError::Extension => invalid("extension"),
            BindError::Taken => RouteError::told((StatusCode::CONFLICT, ErrorCode::ExternalIdTaken), error),
            BindError::Store(error) => Self::Store(error),
        }
    }
}

fn retry_after(error: &LoginError) -> Option<Duration> {
    match error {
        LoginError::TooMany { retry_after } => Some(*retry_after),
        LoginError::DingTalk(error) | LoginError::Token(TokenError::DingTalk(error)) => error.retry_after(),
        LoginError::NoApp
        | LoginError::NotFound
        | LoginError::Ended
        | LoginError::State
        | LoginError::SignInRequired
        | LoginError::Ticket
        | LoginError::ForeignOrganisation
        | LoginError::NoTicket
        | LoginError::Refused(_)
        | LoginError::Token(TokenError::Secret(_))
        | LoginError::Store(_) => None,
    }
}

/// What becomes of a login, under its status.
fn login_public(error: &LoginError) -> (StatusCode, ErrorCode) {
    match error {
        LoginError::NoApp => (StatusCode::NOT_FOUND, ErrorCode::LoginConfigNotFound),
        LoginError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyFlows),
        LoginError::NotFound => (StatusCode::NOT_FOUND, ErrorCode::FlowNotFound),
        LoginError::Ended => (StatusCode::CONFLICT, ErrorCode::LoginEnded),
        LoginError::State => (StatusCode::BAD_REQUEST, ErrorCode::LoginStateInvalid),
        LoginError::Ticket => (StatusCode::BAD_REQUEST, ErrorCode::TicketInvalid),
        LoginError::SignInRequired => (StatusCode::CONFLICT, ErrorCode::SignInRequired),
        LoginError::ForeignOrganisation
        | LoginError::NoTicket
        | LoginError::Refused(_)
        | LoginError::DingTalk(_)
        | LoginError::Token(_)
        | LoginError::Store(_) => {
            let failure = error.failure();
            (failure_status(failure), failure_code(failure))
        }
    }
}

/// Returns the status under which a failure is told.
pub(in crate::routes) fn failure_status(failure: Failure) -> StatusCode {
    match failure {
        Failure::AuthorizationCodeInvalid | Failure::WorkspaceCodeInvalid => StatusCode::BAD_REQUEST,
        Failure::EmailDomainNotAllowed
        | Failure::ForeignOrganisation
        | Failure::NotAMember
        | Failure::NotInvited
        | Failure::NumberMismatch => StatusCode::FORBIDDEN,
        Failure::UpstreamBusy => StatusCode::SERVICE_UNAVAILABLE,
        Failure::AddressNotAllowed
        | Failure::AppCredentialMissing
        | Failure::CredentialsRejected
        | Failure::PermissionMissing
        | Failure::ProfileIncomplete
        | Failure::UpstreamRefused
        | Failure::UpstreamUnavailable => StatusCode::BAD_GATEWAY,
        Failure::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
