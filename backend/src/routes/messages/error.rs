//! What the errors of messages mean to a client.

use axum::http::StatusCode;
use dingtalk_qr_shared::ErrorCode;

use crate::error::RouteError;
use crate::message::{RecallError, SubmitError};

/// There is no such message.
#[derive(Debug, thiserror::Error)]
#[error("no such message")]
pub(in crate::routes) struct NoSuchMessage;

impl From<NoSuchMessage> for RouteError {
    fn from(error: NoSuchMessage) -> Self {
        RouteError::told((StatusCode::NOT_FOUND, ErrorCode::MessageNotFound), error)
    }
}

impl From<SubmitError> for RouteError {
    fn from(error: SubmitError) -> Self {
        let meaning = match error {
            SubmitError::Draft(error) => return Self::Invalid { field: Some(error.field().to_owned()) },
            SubmitError::Find(error) => return error.into(),
            SubmitError::Store(error) => return Self::Store(error),
            SubmitError::AgentIdMissing(_) => (StatusCode::CONFLICT, ErrorCode::AgentIdMissing),
            SubmitError::NobodyFound(_) => (StatusCode::NOT_FOUND, ErrorCode::RecipientsNotFound),
            SubmitError::KeyReused => (StatusCode::CONFLICT, ErrorCode::IdempotencyKeyReused),
        };
        RouteError::told(meaning, error)
    }
}

impl From<RecallError> for RouteError {
    fn from(error: RecallError) -> Self {
        match error {
            RecallError::NotFound => NoSuchMessage.into(),
            RecallError::Store(error) => Self::Store(error),
        }
    }
}
