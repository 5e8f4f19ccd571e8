//! `/app/registration/*`, as DingTalk's page 一键创建钉钉应用扫码接入流程 describes it.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{PHONE_PATH, old_api, percent_encoded};
use crate::control::Control;
use crate::world::{NONCE_LIFE_S, Refusal};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/app/registration/init", post(init).fallback(old_api::post_only))
        .route("/app/registration/begin", post(begin).fallback(old_api::post_only))
        .route("/app/registration/poll", post(poll).fallback(old_api::post_only))
}

#[derive(Deserialize)]
struct InitBody {
    source: Option<String>,
}

async fn init(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let body: InitBody = old_api::read(&headers, &body)?;
    let nonce = control.world().init(body.source, control.now());
    Ok(old_api::success(json!({ "nonce": nonce, "expires_in": NONCE_LIFE_S })))
}

#[derive(Deserialize)]
struct BeginBody {
    nonce: String,
}

async fn begin(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let body: BeginBody = old_api::read(&headers, &body)?;
    let begun = control.world().begin(&body.nonce, control.now())?;
    let page = format!("{}{}", control.public_url(), PHONE_PATH);
    let source =
        begun.approved_source.as_deref().map(|source| format!("&source={}", percent_encoded(source)));
    let complete = format!("{page}?user_code={}{}", begun.user_code, source.unwrap_or_default());
    Ok(old_api::success(json!({
        "device_code": begun.device_code,
        "user_code": begun.user_code,
        "verification_uri": page,
        "verification_uri_complete": complete,
        "expires_in": begun.expires_in,
        "interval": begun.interval,
    })))
}

#[derive(Deserialize)]
struct PollBody {
    device_code: String,
}

async fn poll(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let body: PollBody = old_api::read(&headers, &body)?;
    let answer = control.world().poll(&body.device_code, control.now())?;
    Ok(old_api::success(answer))
}
