//! What the errors of third-party apps mean to a client.

use axum::http::StatusCode;
use dingtalk_qr_shared::ErrorCode;

use super::invalid;
use crate::app::TokenError;
use crate::dingtalk::{DingTalkError, Meaning};
use crate::error::{RouteError, Told};
use crate::suite::{ReceiveError, Rejected, SuiteError};

/// There is no such third-party app.
#[derive(Debug, thiserror::Error)]
#[error("no such third-party app")]
pub(super) struct NoSuchSuite;

impl From<NoSuchSuite> for RouteError {
    fn from(error: NoSuchSuite) -> Self {
        RouteError::told((StatusCode::NOT_FOUND, ErrorCode::SuiteNotFound), error)
    }
}

impl From<SuiteError> for RouteError {
    fn from(error: SuiteError) -> Self {
        let public = match &error {
            SuiteError::NotACustomer => (StatusCode::NOT_FOUND, ErrorCode::CustomerNotFound),
            SuiteError::NoTicket => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::SuiteTicketMissing),
            SuiteError::DingTalk(error) | SuiteError::Secret(TokenError::DingTalk(error)) => upstream(error),
            SuiteError::Secret(TokenError::Secret(_)) | SuiteError::Sealed(_) | SuiteError::Store(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal)
            }
        };
        let retry_after = if let SuiteError::DingTalk(error) = &error { error.retry_after() } else { None };
        Self::Told(Told { status: public.0, code: public.1, retry_after, cause: Box::new(error) })
    }
}

impl From<ReceiveError> for RouteError {
    /// Who has no right signature is told no more than that.
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Rejected(Rejected::Signature) => invalid("signature"),
            ReceiveError::Rejected(rejected) => {
                tracing::warn!(error = %rejected, "what DingTalk pushed is not good");
                invalid("encrypt")
            }
            ReceiveError::Unreadable => invalid("encrypt"),
            ReceiveError::Store(error) => Self::Store(error),
        }
    }
}

fn upstream(error: &DingTalkError) -> (StatusCode, ErrorCode) {
    match error.meaning() {
        Meaning::AddressNotAllowed => (StatusCode::BAD_GATEWAY, ErrorCode::AddressNotAllowed),
        Meaning::Busy => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::UpstreamBusy),
        Meaning::CredentialsRejected => (StatusCode::BAD_GATEWAY, ErrorCode::CredentialsRejected),
        Meaning::NotAuthorized => (StatusCode::NOT_FOUND, ErrorCode::CustomerNotFound),
        Meaning::PermissionMissing => (StatusCode::BAD_GATEWAY, ErrorCode::PermissionMissing),
        Meaning::Unavailable => (StatusCode::BAD_GATEWAY, ErrorCode::UpstreamUnavailable),
        Meaning::CodeInvalid
        | Meaning::Incomplete
        | Meaning::NoDepartment
        | Meaning::NotAMember
        | Meaning::OutOfRange
        | Meaning::Refused
        | Meaning::TicketInvalid
        | Meaning::TokenInvalid => (StatusCode::BAD_GATEWAY, ErrorCode::UpstreamRefused),
    }
}
