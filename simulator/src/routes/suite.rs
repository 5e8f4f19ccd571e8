//! Tokens of third-party apps: the new API's, and the old one's with its signed calls.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::new_api::{Body, Problem};
use super::old_api;
use super::token::unknown_action;
use super::user_token::TOKEN_HEADER;
use crate::control::Control;
use crate::world::{Agreed, Credentials, Refusal, Signed, SuiteRefusal, SuiteToken};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/v1.0/oauth2/suiteAccessToken", post(suite_token).fallback(unknown_action))
        .route("/v1.0/oauth2/corpAccessToken", post(corp_token).fallback(unknown_action))
        .route("/v1.0/oauth2/apps/authInfo", get(auth_info).fallback(unknown_action))
        .route("/service/get_suite_token", post(old_suite_token).fallback(old_api::post_only))
        .route("/service/get_corp_token", post(old_corp_token).fallback(old_api::post_only))
        .route("/service/get_auth_info", post(old_auth_info).fallback(old_api::post_only))
}

async fn suite_token(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = Body::read(&headers, &body).and_then(|body| {
        let token = control.world().suite_token(credentials(&body)?, control.now());
        token.map_err(problem)
    });
    in_wire_names(&control, asked)
}

async fn corp_token(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = Body::read(&headers, &body).and_then(|body| {
        let missing = Problem::missing_parameter("authCorpId is mandatory for this action");
        let corp_id = body.text("authCorpId").ok_or(missing)?;
        let token = control.world().corp_token(credentials(&body)?, corp_id, control.now());
        token.map_err(problem)
    });
    in_wire_names(&control, asked)
}

fn credentials(body: &Body) -> Result<Credentials<'_>, Problem> {
    let parameter = |name| body.text(name).ok_or(Problem::missing_parameter("a parameter is missing"));
    Ok(Credentials {
        key: parameter("suiteKey")?,
        secret: parameter("suiteSecret")?,
        ticket: parameter("suiteTicket")?,
    })
}

fn in_wire_names(control: &Control, asked: Result<SuiteToken, Problem>) -> Response {
    match asked {
        Ok(token) => {
            Json(json!({ "accessToken": token.value, "expireIn": token.expires_in })).into_response()
        }
        Err(problem) => problem.answer(control),
    }
}

#[derive(Deserialize)]
struct AuthInfo {
    #[serde(rename = "authCorpId", default)]
    corp_id: String,
}

async fn auth_info(
    State(control): State<Control>,
    Query(asked): Query<AuthInfo>,
    headers: HeaderMap,
) -> Response {
    let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agreed = control.world().agreed(token, &asked.corp_id, control.now());
    match agreed {
        Ok(agreed) => Json(json!({
            "authInfo": { "agent": [{ "agentId": agreed.agent_id }] },
            "authCorpInfo": { "corpId": agreed.corp_id, "corpName": agreed.name },
            "suiteKey": agreed.suite_key,
        }))
        .into_response(),
        Err(refusal) => problem(refusal).answer(&control),
    }
}

fn problem(refusal: SuiteRefusal) -> Problem {
    match refusal {
        SuiteRefusal::Key => Problem::bad("invalidSuiteKey", "无效的suiteKey"),
        SuiteRefusal::Secret | SuiteRefusal::Signature => {
            Problem::bad("invalidClientIdOrSecret", "无效的suiteKey或者suiteSecret")
        }
        SuiteRefusal::Ticket => Problem::bad("invalidSuiteTicket", "无效的suiteTicket"),
        SuiteRefusal::Token => Problem::USER_TOKEN,
        SuiteRefusal::NotAuthorized => Problem::bad("invalidAuthInfo", "企业未授权该应用"),
    }
}

#[derive(Deserialize)]
struct OldSuiteToken {
    #[serde(rename = "suite_key")]
    key: String,
    #[serde(rename = "suite_secret")]
    secret: String,
    #[serde(rename = "suite_ticket")]
    ticket: String,
}

async fn old_suite_token(
    State(control): State<Control>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: OldSuiteToken = old_api::read(&headers, &body)?;
    let credentials = Credentials { key: &body.key, secret: &body.secret, ticket: &body.ticket };
    let token = control.world().suite_token(credentials, control.now()).map_err(errcode)?;
    Ok(old_api::success(json!({ "suite_access_token": token.value, "expires_in": token.expires_in })))
}

/// The query of a signed call.
#[derive(Deserialize)]
struct SignedQuery {
    #[serde(rename = "accessKey", default)]
    key: String,
    #[serde(default)]
    timestamp: String,
    #[serde(rename = "suiteTicket", default)]
    ticket: String,
    #[serde(default)]
    signature: String,
}

impl SignedQuery {
    fn signed(&self) -> Signed<'_> {
        Signed {
            key: &self.key,
            timestamp: &self.timestamp,
            ticket: &self.ticket,
            signature: &self.signature,
        }
    }
}

#[derive(Deserialize)]
struct OldCorp {
    auth_corpid: String,
}

async fn old_corp_token(
    State(control): State<Control>,
    Query(query): Query<SignedQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: OldCorp = old_api::read(&headers, &body)?;
    let token = control.world().signed_corp_token(query.signed(), &body.auth_corpid, control.now());
    let token = token.map_err(errcode)?;
    Ok(old_api::success(json!({ "access_token": token.value, "expires_in": token.expires_in })))
}

async fn old_auth_info(
    State(control): State<Control>,
    Query(query): Query<SignedQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: OldCorp = old_api::read(&headers, &body)?;
    let agreed = control.world().signed_agreed(query.signed(), &body.auth_corpid, control.now());
    Ok(old_api::success(in_old_names(&agreed.map_err(errcode)?)))
}

fn in_old_names(agreed: &Agreed) -> Value {
    json!({
        "auth_corp_info": { "corpid": agreed.corp_id, "corp_name": agreed.name },
        "auth_info": { "agent": [{ "agentid": agreed.agent_id }] },
    })
}

fn errcode(refusal: SuiteRefusal) -> Refusal {
    let (errcode, errmsg) = match refusal {
        SuiteRefusal::Key => (40082, "不合法的suitekey"),
        SuiteRefusal::Secret => (40089, "不合法的suitesecret"),
        SuiteRefusal::Signature => (40083, "不合法的签名"),
        SuiteRefusal::Ticket => (40085, "没有suite ticket"),
        SuiteRefusal::Token => (40014, "不合法的access_token"),
        SuiteRefusal::NotAuthorized => (40088, "企业未授权该应用"),
    };
    Refusal { errcode, errmsg }
}
