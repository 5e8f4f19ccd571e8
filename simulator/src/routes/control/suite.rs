//! `/_sim/suites/*`.

use axum::extract::{Path, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read;
use crate::control::{Control, ControlError};
use crate::suite::{Customer, PushSummary, SuiteSummary};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/suites", get(suites).post(put_suite))
        .route("/suites/{suite_key}/ticket", post(renew_ticket))
        .route("/suites/{suite_key}/customers/{corp_id}", put(put_customer).delete(uninstall))
        .route("/suites/{suite_key}/pushes", get(pushes).post(push))
}

async fn suites(State(control): State<Control>) -> Json<Vec<SuiteSummary>> {
    Json(control.suites())
}

async fn put_suite(State(control): State<Control>, body: Bytes) -> Result<Json<SuiteSummary>, ControlError> {
    control.put_suite(read(&body)?).map(Json)
}

async fn renew_ticket(
    State(control): State<Control>,
    Path(suite_key): Path<String>,
) -> Result<Json<SuiteSummary>, ControlError> {
    control.renew_ticket(&suite_key).map(Json)
}

/// An empty body installs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switched {
    enabled: Option<bool>,
}

async fn put_customer(
    State(control): State<Control>,
    Path((suite_key, corp_id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Customer>, ControlError> {
    let Switched { enabled } = read(&body)?;
    let customer = match enabled {
        Some(enabled) => control.switch(&suite_key, &corp_id, enabled),
        None => control.install(&suite_key, &corp_id),
    };
    customer.map(Json)
}

async fn uninstall(
    State(control): State<Control>,
    Path((suite_key, corp_id)): Path<(String, String)>,
) -> Result<Json<Value>, ControlError> {
    control.uninstall(&suite_key, &corp_id).map(|()| Json(json!({})))
}

async fn pushes(
    State(control): State<Control>,
    Path(suite_key): Path<String>,
) -> Result<Json<Vec<PushSummary>>, ControlError> {
    control.pushes(&suite_key).map(Json)
}

async fn push(
    State(control): State<Control>,
    Path(suite_key): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    control.push(&suite_key, read(&body)?).map(|()| Json(json!({})))
}
