//! The two ways to an app token: the new API's and the old one's. Clients use them to try out credentials.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::old_api;
use crate::control::Control;
use crate::world::{AppRefusal, Refusal};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/v1.0/oauth2/accessToken", post(access_token).fallback(unknown_action))
        .route("/v1.0/{*path}", axum::routing::any(unknown_action))
        .route("/gettoken", get(get_token).fallback(old_api::get_only))
}

async fn access_token(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let body = if old_api::is_json(&headers) { serde_json::from_slice::<Value>(&body).ok() } else { None };
    let Some(body) = body.filter(Value::is_object) else {
        return new_api_error(&control, "Missingbody", "body is mandatory for this action");
    };
    let parameter = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(key), Some(secret)) = (parameter("appKey"), parameter("appSecret")) else {
        let message = "appKey and appSecret are mandatory";
        return new_api_error(&control, "AuthenticationFailed.MissingParameter", message);
    };
    let token = control.world().app_token(key, secret, control.now());
    match token {
        Ok(token) => {
            Json(json!({ "accessToken": token.value, "expireIn": token.expires_in })).into_response()
        }
        Err(AppRefusal::Unknown) => {
            new_api_error(&control, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
        }
        Err(AppRefusal::AwaitsApproval) => {
            new_api_error(&control, "appNotApproved", "the app waits for an administrator's approval")
        }
    }
}

#[derive(Deserialize)]
struct GetToken {
    #[serde(default)]
    appkey: String,
    #[serde(default)]
    appsecret: String,
}

async fn get_token(
    State(control): State<Control>,
    query: Result<Query<GetToken>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::parameter("the query is unusable"))?;
    let token = control.world().app_token(&query.appkey, &query.appsecret, control.now());
    let token = token.map_err(|refusal| Refusal {
        errcode: 40089,
        errmsg: match refusal {
            AppRefusal::Unknown => "不合法的appkey或appsecret",
            AppRefusal::AwaitsApproval => "the app waits for an administrator's approval",
        },
    })?;
    Ok(old_api::success(json!({ "access_token": token.value, "expires_in": token.expires_in })))
}

async fn unknown_action(State(control): State<Control>) -> Response {
    let mut response = new_api_error(
        &control,
        "InvalidAction.NotFound",
        "Specified api is not found, please check your url and method.",
    );
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn new_api_error(control: &Control, code: &str, message: &str) -> Response {
    let requestid = control.world().random.request_id();
    (StatusCode::BAD_REQUEST, Json(json!({ "code": code, "requestid": requestid, "message": message })))
        .into_response()
}
