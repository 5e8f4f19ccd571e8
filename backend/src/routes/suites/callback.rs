//! `POST /suite/{name}/callback`: what DingTalk pushes. It proves itself by its signature.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{invalid, named};
use crate::error::RouteError;
use crate::state::AppState;
use crate::suite::Envelope;

/// Largest push, in bytes: one has the records of several organisations.
const BODY_LIMIT: usize = 1024 * 1024;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/suite/{name}/callback", post(receive)).layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// The query, in either spelling of DingTalk's. It may add more.
#[derive(Debug, Deserialize)]
struct Signed {
    msg_signature: Option<String>,
    signature: Option<String>,
    timestamp: Option<String>,
    #[serde(rename = "timeStamp")]
    time_stamp: Option<String>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
struct Pushed {
    encrypt: String,
}

async fn receive(
    State(state): State<AppState>,
    Path(name): Path<String>,
    query: Result<Query<Signed>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, RouteError> {
    let suite = named(&state, &name)?;
    let Query(signed) = query.map_err(|_| invalid("signature"))?;
    let body = body.map_err(|_| RouteError::PayloadTooLarge)?;
    let pushed: Pushed = serde_json::from_slice(&body).map_err(|_| invalid("encrypt"))?;
    let envelope = Envelope {
        signature: signed.msg_signature.or(signed.signature).unwrap_or_default(),
        timestamp: signed.timestamp.or(signed.time_stamp).unwrap_or_default(),
        nonce: signed.nonce.unwrap_or_default(),
        ciphertext: pushed.encrypt,
    };
    let answer = state.suites().receive(suite, &envelope).await?;
    Ok(Json(json!({
        "msg_signature": answer.signature,
        "timeStamp": answer.timestamp,
        "nonce": answer.nonce,
        "encrypt": answer.ciphertext,
    })))
}
