//! The envelope of DingTalk's old API: HTTP 200 whatever happens, `errcode` 0 for success.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control::Control;
use crate::world::Refusal;

#[derive(Serialize)]
struct Envelope<T> {
    errcode: i64,
    errmsg: &'static str,
    #[serde(flatten)]
    content: T,
}

pub(super) fn success(content: impl Serialize) -> Response {
    Json(Envelope { errcode: 0, errmsg: "ok", content }).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Json(json!({ "errcode": self.errcode, "errmsg": self.errmsg })).into_response()
    }
}

/// An app token that is unknown or has expired. The old API wraps what it says of tokens.
#[derive(Debug)]
pub(super) struct TokenRefused;

impl IntoResponse for TokenRefused {
    fn into_response(self) -> Response {
        let answer = json!({
            "errcode": 88,
            "errmsg": "ding talk error[subcode=40014,submsg=不合法的access_token]",
            "sub_code": "40014",
            "sub_msg": "不合法的access_token",
        });
        Json(answer).into_response()
    }
}

/// Sends numbers as strings, when the settings say so; DingTalk's own sample of `getbyunionid` does.
pub(super) async fn in_style(State(control): State<Control>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_concerned = path.starts_with("/topapi/") || path == "/gettoken";
    let response = next.run(request).await;
    if !is_concerned || !control.settings().stringified_numbers {
        return response;
    }
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
    Json(stringified(serde_json::from_slice(&body).unwrap_or_default())).into_response()
}

fn stringified(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.into_iter().map(stringified).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, stringified(member))).collect()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value,
    }
}

/// Reads a request body. DingTalk's clients must say that they send JSON, and send an object.
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    if !is_json(headers) {
        return Err(Refusal::parameter("Content-Type must be application/json"));
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Err(Refusal::parameter("body is not JSON"));
    };
    if !value.is_object() {
        return Err(Refusal::parameter("body is not a JSON object"));
    }
    serde_json::from_value(value).map_err(|_| Refusal::parameter("a parameter is missing or not a string"))
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|text| text.split(';').next());
    media_type.is_some_and(|text| text.trim().eq_ignore_ascii_case("application/json"))
}

pub(super) async fn post_only() -> Refusal {
    Refusal { errcode: 43002, errmsg: "需要POST请求" }
}

pub(super) async fn get_only() -> Refusal {
    Refusal { errcode: 43001, errmsg: "需要GET请求" }
}

pub(super) async fn unknown_path() -> Refusal {
    Refusal { errcode: 404, errmsg: "请求的URI地址不存在" }
}
