//! The envelope of DingTalk's new API: the HTTP status means something, and errors have a `code` in words.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::old_api;
use crate::control::Control;
use crate::world::AppRefusal;

/// A no, as it goes into the envelope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    required_scope: Option<&'static str>,
}

impl Problem {
    pub(super) const MISSING_BODY: Self = Self::bad("Missingbody", "body is mandatory for this action");
    pub(super) const IP: Self = Self {
        status: StatusCode::FORBIDDEN,
        ..Self::bad("Forbidden.AccessDenied.IpNotInWhiteList", "访问ip不在白名单之中")
    };
    pub(super) const USER_TOKEN: Self = Self::bad("InvalidAuthentication", "不合法的access_token");

    /// HTTP 400.
    pub(super) const fn bad(code: &'static str, message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message, required_scope: None }
    }

    /// HTTP 404.
    pub(super) const fn not_found(code: &'static str, message: &'static str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad(code, message) }
    }

    pub(super) const fn missing_parameter(message: &'static str) -> Self {
        Self::bad("AuthenticationFailed.MissingParameter", message)
    }

    pub(super) const fn permission(scope: &'static str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "Forbidden.AccessDenied.AccessTokenPermissionDenied",
            message: "应用尚未开通所需的权限",
            required_scope: Some(scope),
        }
    }

    pub(super) fn credentials(refusal: AppRefusal) -> Self {
        match refusal {
            AppRefusal::Unknown => Self::bad("invalidClientIdOrSecret", "无效的clientId或者clientSecret"),
            AppRefusal::Unpublished => {
                Self::bad("invalidClientIdOrSecret", "the app has no published version")
            }
            AppRefusal::AwaitsApproval => {
                Self::bad("appNotApproved", "the app waits for an administrator's approval")
            }
        }
    }

    pub(super) fn answer(self, control: &Control) -> Response {
        let requestid = control.world().random.request_id();
        let mut body = json!({ "code": self.code, "requestid": requestid, "message": self.message });
        if let Some(scope) = self.required_scope {
            body["accessdenieddetail"] = json!({ "requiredScopes": [scope] });
        }
        (self.status, Json(body)).into_response()
    }
}

/// The members of a JSON body.
pub(super) struct Body(Value);

impl Body {
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let value = if old_api::is_json(headers) { serde_json::from_slice(body).ok() } else { None };
        value.filter(Value::is_object).map(Self).ok_or(Problem::MISSING_BODY)
    }

    /// All of it, of one shape.
    pub(super) fn parsed<T: DeserializeOwned>(self) -> Result<T, Problem> {
        serde_json::from_value(self.0)
            .map_err(|_| Problem::missing_parameter("a parameter is missing or of another type"))
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

pub(super) const UNKNOWN_ACTION: Problem = Problem::not_found(
    "InvalidAction.NotFound",
    "Specified api is not found, please check your url and method.",
);
