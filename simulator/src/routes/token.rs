//! The three ways to an app token: the new API's two and the old one's. Clients use them to try out credentials.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::new_api::{Body, Problem, UNKNOWN_ACTION};
use super::old_api;
use crate::control::Control;
use crate::world::{AppRefusal, AppToken, Refusal};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/v1.0/oauth2/accessToken", post(access_token).fallback(unknown_action))
        .route("/v1.0/oauth2/{corp_id}/token", post(corp_token).fallback(unknown_action))
        .route("/v1.0/{*path}", any(unknown_action))
        .route("/gettoken", get(get_token).fallback(old_api::get_only))
}

async fn access_token(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    match ask(&control, &headers, &body) {
        Ok(token) => {
            Json(json!({ "accessToken": token.value, "expireIn": token.expires_in })).into_response()
        }
        Err(problem) => problem.answer(&control),
    }
}

fn ask(control: &Control, headers: &HeaderMap, body: &[u8]) -> Result<AppToken, Problem> {
    let body = Body::read(headers, body)?;
    let (Some(key), Some(secret)) = (body.text("appKey"), body.text("appSecret")) else {
        return Err(Problem::missing_parameter("appKey and appSecret are mandatory"));
    };
    control.world().app_token(key, secret, control.now()).map_err(Problem::credentials)
}

/// 获取企业内部应用的accessToken, by the names of RFC 6749 §4.4.
async fn corp_token(
    State(control): State<Control>,
    Path(corp_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match ask_for_corp(&control, &corp_id, &headers, &body) {
        Ok(token) => {
            Json(json!({ "access_token": token.value, "expires_in": token.expires_in })).into_response()
        }
        Err(problem) => problem.answer(&control),
    }
}

fn ask_for_corp(
    control: &Control,
    corp_id: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<AppToken, Problem> {
    let body = Body::read(headers, body)?;
    if body.text("grant_type") != Some("client_credentials") {
        return Err(Problem::bad("unsupported.grant.type", "grant_type must be client_credentials"));
    }
    let (id, secret) =
        (body.text("client_id").unwrap_or_default(), body.text("client_secret").unwrap_or_default());
    let mut world = control.world();
    let token = world.app_token(id, secret, control.now()).map_err(|refusal| match refusal {
        AppRefusal::Unknown => Problem::bad("invalid.client", "无效的client_id或者client_secret"),
        AppRefusal::AwaitsApproval | AppRefusal::Unpublished => {
            Problem::bad("unauthorized.client", "the app has no published version")
        }
    })?;
    if world.app(id).is_some_and(|app| app.corp_id == corp_id) {
        Ok(token)
    } else {
        Err(Problem::bad("unauthorized.client", "the app belongs to another organisation"))
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
            AppRefusal::Unpublished => "the app has no published version",
        },
    })?;
    Ok(old_api::success(json!({ "access_token": token.value, "expires_in": token.expires_in })))
}

pub(super) async fn unknown_action(State(control): State<Control>) -> Response {
    UNKNOWN_ACTION.answer(&control)
}
