//! `/_sim/messages`.

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read;
use crate::control::{Control, ControlError, SentMessage};

pub(super) fn routes() -> Router<Control> {
    Router::new().route("/messages", get(list)).route("/messages/read", post(read_all))
}

#[derive(Deserialize)]
struct Whose {
    userid: Option<String>,
}

async fn list(State(control): State<Control>, Query(whose): Query<Whose>) -> Json<Vec<SentMessage>> {
    let mut messages = control.messages();
    messages.retain(|message| whose.userid.is_none() || message.userid == whose.userid);
    Json(messages)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reader {
    userid: String,
}

async fn read_all(State(control): State<Control>, body: Bytes) -> Result<Json<Value>, ControlError> {
    let reader: Reader = read(&body)?;
    Ok(Json(json!({ "read": control.read_messages(&reader.userid) })))
}
