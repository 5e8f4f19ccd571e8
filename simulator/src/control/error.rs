//! Why a control call was refused.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::status::Status;

/// Why a control call was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// No registration has this user code. HTTP 404.
    #[error("user_code: no registration has the code {0:?}")]
    UnknownUserCode(String),
    /// No app has this client id. HTTP 404.
    #[error("client_id: there is no app {0:?}")]
    UnknownApp(String),
    /// Nobody has this user id. HTTP 404.
    #[error("userid: there is nobody called {0:?}")]
    UnknownPerson(String),
    /// No third-party app has this key. HTTP 404.
    #[error("suite_key: there is no third-party app {0:?}")]
    UnknownSuite(String),
    /// The organisation has not installed the third-party app. HTTP 404.
    #[error("corp_id: {0:?} has not installed the third-party app")]
    UnknownCustomer(String),
    /// The registration is past the point where this could be decided. HTTP 409.
    #[error("registration {user_code} is {status} already")]
    Conflict {
        /// The registration.
        user_code: String,
        /// Where it stands.
        status: Status,
    },
    /// The body cannot be used; the text begins with the field's name. HTTP 400.
    #[error("{0}")]
    Invalid(String),
}

impl ControlError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::UnknownUserCode(_)
            | Self::UnknownApp(_)
            | Self::UnknownPerson(_)
            | Self::UnknownSuite(_)
            | Self::UnknownCustomer(_) => StatusCode::NOT_FOUND,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.to_string() }))).into_response()
    }
}
