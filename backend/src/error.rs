//! What a handler answers when it cannot: a status and a stable code for the client, the cause for the log.

use std::error::Error;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::ErrorCode;

use crate::access::Scope;
use crate::app::SecretError;
use crate::causes::Causes;
use crate::dingtalk::{DingTalkError, Step};
use crate::flow::{FlowError, StartError};
use crate::signing::SignError;

/// A handler cannot do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// The request cannot be understood.
    #[error("the request is invalid")]
    Invalid {
        /// The field at fault.
        field: Option<String>,
    },
    /// The body is not JSON by its content type.
    #[error("the body is not application/json")]
    UnsupportedMediaType,
    /// The body is too large.
    #[error("the body is too large")]
    PayloadTooLarge,
    /// Nobody in particular asks for what is an operator's to ask.
    #[error("an operator is required")]
    OperatorRequired,
    /// The API key may not do this.
    #[error("the API key lacks {0}")]
    InsufficientScope(Scope),
    /// The embed token is not good, or not for this.
    #[error("the embed token is not good, or not for this")]
    EmbedTokenInvalid,
    /// The page that asks is of the wrong origin.
    #[error("the origin may not do this")]
    ForbiddenOrigin,
    /// The setup code is wrong or used.
    #[error("the setup code is wrong or used")]
    SetupCodeInvalid,
    /// There is no such flow, or it is somebody else's.
    #[error("no such flow")]
    FlowNotFound,
    /// The secret was shown before, or the time for it is over.
    #[error("the secret was shown before, or the time for it is over")]
    AlreadyRevealed,
    /// Another part failed, and says itself what that means.
    #[error(transparent)]
    Told(Told),
    /// There is no such app.
    #[error("no such app")]
    AppNotFound,
    /// The configuration has the app.
    #[error("the configuration has the app")]
    AppConfigured,
    /// Another app has the name.
    #[error("the name of the app is taken")]
    AppNameTaken,
    /// A limit is reached.
    #[error("too many live flows")]
    TooManyFlows {
        /// When to try again.
        retry_after: Duration,
    },
    /// DingTalk did not begin the registration.
    #[error("the registration could not be begun")]
    Begin(#[source] DingTalkError),
    /// The link that DingTalk gave does not fit into a QR code.
    #[error("the link to scan is too long")]
    Qr(#[source] crate::qr::TooLong),
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] sqlx::Error),
    /// A kept secret cannot be had.
    #[error("a secret cannot be had")]
    Secret(#[source] SecretError),
    /// A token cannot be signed or checked.
    #[error("a token cannot be signed or checked")]
    Token(#[source] SignError),
    /// A stored value cannot be read.
    #[error("a stored value cannot be read")]
    Stored(#[source] serde_json::Error),
}

/// An error of a part that says itself what it means.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Told {
    pub(crate) status: StatusCode,
    pub(crate) code: ErrorCode,
    pub(crate) retry_after: Option<Duration>,
    #[source]
    pub(crate) cause: Box<dyn Error + Send + Sync>,
}

/// What a client may know of an error. The outermost layer turns it into `application/problem+json`.
#[derive(Clone, Debug)]
pub(crate) struct Public {
    pub(crate) code: ErrorCode,
    pub(crate) field: Option<String>,
}

impl RouteError {
    /// Makes one of an error of a part that says itself what it means.
    #[cfg(feature = "login")]
    pub(crate) fn told(
        (status, code): (StatusCode, ErrorCode),
        error: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self::Told(Told { status, code, retry_after: None, cause: Box::new(error) })
    }

    pub(crate) fn public(&self) -> (StatusCode, ErrorCode) {
        match self {
            Self::Invalid { .. } => (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::UnsupportedMediaType)
            }
            Self::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge),
            Self::OperatorRequired => (StatusCode::UNAUTHORIZED, ErrorCode::OperatorRequired),
            Self::InsufficientScope(_) => (StatusCode::FORBIDDEN, ErrorCode::InsufficientScope),
            Self::EmbedTokenInvalid => (StatusCode::UNAUTHORIZED, ErrorCode::EmbedTokenInvalid),
            Self::ForbiddenOrigin => (StatusCode::FORBIDDEN, ErrorCode::ForbiddenOrigin),
            Self::SetupCodeInvalid => (StatusCode::FORBIDDEN, ErrorCode::SetupCodeInvalid),
            Self::Told(told) => (told.status, told.code),
            Self::FlowNotFound => (StatusCode::NOT_FOUND, ErrorCode::FlowNotFound),
            Self::AlreadyRevealed => (StatusCode::GONE, ErrorCode::AlreadyRevealed),
            Self::AppNotFound => (StatusCode::NOT_FOUND, ErrorCode::AppNotFound),
            Self::AppConfigured => (StatusCode::CONFLICT, ErrorCode::AppConfigured),
            Self::AppNameTaken => (StatusCode::CONFLICT, ErrorCode::AppNameTaken),
            Self::TooManyFlows { .. } => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyFlows),
            Self::Begin(error) => (StatusCode::BAD_GATEWAY, begin_code(error)),
            Self::Qr(_) => (StatusCode::BAD_GATEWAY, ErrorCode::VerificationUriRejected),
            Self::Store(_) | Self::Secret(_) | Self::Token(_) | Self::Stored(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal)
            }
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyFlows { retry_after } => Some(*retry_after),
            Self::Told(told) => told.retry_after,
            Self::Begin(error) => error.retry_after(),
            Self::Invalid { .. }
            | Self::UnsupportedMediaType
            | Self::PayloadTooLarge
            | Self::OperatorRequired
            | Self::InsufficientScope(_)
            | Self::EmbedTokenInvalid
            | Self::ForbiddenOrigin
            | Self::SetupCodeInvalid
            | Self::FlowNotFound
            | Self::AlreadyRevealed
            | Self::AppNotFound
            | Self::AppConfigured
            | Self::AppNameTaken
            | Self::Qr(_)
            | Self::Store(_)
            | Self::Secret(_)
            | Self::Token(_)
            | Self::Stored(_) => None,
        }
    }

    /// Says what would be let in (RFC 6750 §3.1).
    fn challenge(&self, status: StatusCode) -> Option<HeaderValue> {
        if let Self::InsufficientScope(scope) = self {
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            return HeaderValue::from_str(&challenge).ok();
        }
        (status == StatusCode::UNAUTHORIZED).then(|| HeaderValue::from_static("Bearer"))
    }

    fn log(&self, status: StatusCode) {
        let error = Causes(self);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%error, "request failed");
        } else if status.is_server_error() {
            tracing::warn!(%error, "request failed");
        } else {
            tracing::debug!(%error, "request refused");
        }
    }
}

/// What a registration that cannot begin is called: the step is part of it.
fn begin_code(error: &DingTalkError) -> ErrorCode {
    match error {
        DingTalkError::Lacks { step: Step::Init, .. } => ErrorCode::InitLacksNonce,
        DingTalkError::Lacks { field: "device_code", .. } => ErrorCode::BeginLacksDeviceCode,
        DingTalkError::Lacks { .. } => ErrorCode::BeginLacksVerificationUri,
        DingTalkError::VerificationUri => ErrorCode::VerificationUriRejected,
        error if error.is_refusal() => ErrorCode::UpstreamRefused,
        DingTalkError::Refused { .. }
        | DingTalkError::Http { .. }
        | DingTalkError::Api { .. }
        | DingTalkError::Unreachable { .. }
        | DingTalkError::Unreadable { .. } => ErrorCode::UpstreamUnavailable,
    }
}

impl IntoResponse for RouteError {
    fn into_response(self) -> Response {
        let (status, code) = self.public();
        self.log(status);
        let mut response = status.into_response();
        if let Some(retry_after) = self.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)));
        }
        if let Some(challenge) = self.challenge(status) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        let field = if let Self::Invalid { field } = self { field } else { None };
        response.extensions_mut().insert(Public { code, field });
        response
    }
}

impl From<FlowError> for RouteError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::NotFound => Self::FlowNotFound,
            FlowError::Store(error) => Self::Store(error),
        }
    }
}

impl From<StartError<DingTalkError>> for RouteError {
    fn from(error: StartError<DingTalkError>) -> Self {
        match error {
            StartError::TooMany { retry_after } => Self::TooManyFlows { retry_after },
            StartError::Begin(error) => Self::Begin(error),
            StartError::Store(error) => Self::Store(error),
        }
    }
}

impl From<SignError> for RouteError {
    fn from(error: SignError) -> Self {
        Self::Token(error)
    }
}

impl From<SecretError> for RouteError {
    fn from(error: SecretError) -> Self {
        Self::Secret(error)
    }
}

impl From<sqlx::Error> for RouteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
}
