//! What the errors of the relay mean to a client.

use axum::http::StatusCode;
use dingtalk_qr_shared::ErrorCode;

use crate::error::RouteError;
use crate::relay::{LinkError, LocalError, MessageError, RelayError};

impl From<RelayError> for RouteError {
    fn from(error: RelayError) -> Self {
        match error {
            RelayError::Refused(_) => Self::OperatorRequired,
            RelayError::Store(error) => Self::Store(error),
            RelayError::Key(_) => {
                RouteError::told((StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal), error)
            }
        }
    }
}

/// What the cloud says is said here as well; what cannot be heard of it is an outage.
impl From<LinkError> for RouteError {
    fn from(error: LinkError) -> Self {
        let said = match &error {
            LinkError::Refused { status, code } => {
                StatusCode::from_u16(*status).ok().map(|status| (status, *code))
            }
            LinkError::Dns(_)
            | LinkError::Tls(_)
            | LinkError::Unreachable(_)
            | LinkError::TimedOut
            | LinkError::NotAdmitted(_)
            | LinkError::Unsigned { .. }
            | LinkError::Unreadable(_)
            | LinkError::TooLarge => None,
        };
        RouteError::told(said.unwrap_or((StatusCode::BAD_GATEWAY, ErrorCode::UpstreamUnavailable)), error)
    }
}

impl From<LocalError> for RouteError {
    fn from(error: LocalError) -> Self {
        match error {
            LocalError::Link(error) => error.into(),
            LocalError::Store(error) => Self::Store(error),
        }
    }
}

impl From<MessageError> for RouteError {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Draft(error) => Self::Invalid { field: Some(error.field().to_owned()) },
            MessageError::SeveralOrganisations => Self::Invalid { field: Some("to".to_owned()) },
            MessageError::Nobody => {
                RouteError::told((StatusCode::NOT_FOUND, ErrorCode::RecipientsNotFound), error)
            }
            MessageError::KeyReused => {
                RouteError::told((StatusCode::CONFLICT, ErrorCode::IdempotencyKeyReused), error)
            }
            MessageError::Store(error) => Self::Store(error),
        }
    }
}
