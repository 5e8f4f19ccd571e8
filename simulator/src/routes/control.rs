//! `/_sim/*`: one method of [`Control`] per route.

mod login;
mod messages;
mod organisations;
mod suite;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::ClockReading;
use crate::control::{Approval, Control, ControlError, RegistrationSummary};
use crate::fault::FaultRule;
use crate::settings::Settings;

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/reset", post(reset))
        .route("/clock", get(read_clock).post(advance_clock))
        .route("/registrations", get(registrations))
        .route("/registrations/{user_code}/approve", post(approve))
        .route("/registrations/{user_code}/deny", post(deny))
        .route("/registrations/{user_code}/expire", post(expire))
        .route("/registrations/{user_code}/admin-approve", post(admin_approve))
        .route("/registrations/{user_code}/admin-deny", post(admin_deny))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/calls", get(calls))
        .route("/calls/counts", get(call_counts))
        .route("/options", get(options).post(change_options))
        .merge(login::routes())
        .merge(messages::routes())
        .merge(organisations::routes())
        .merge(suite::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
}

type Decided = Result<Json<RegistrationSummary>, ControlError>;

async fn reset(State(control): State<Control>) -> Json<Value> {
    control.reset();
    Json(json!({}))
}

async fn read_clock(State(control): State<Control>) -> Json<ClockReading> {
    Json(control.clock())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceClock {
    advance_s: u64,
}

async fn advance_clock(
    State(control): State<Control>,
    body: Bytes,
) -> Result<Json<ClockReading>, ControlError> {
    let body: AdvanceClock = read(&body)?;
    Ok(Json(control.advance(Duration::from_secs(body.advance_s))))
}

async fn registrations(State(control): State<Control>) -> Json<Vec<RegistrationSummary>> {
    Json(control.registrations())
}

async fn approve(State(control): State<Control>, Path(user_code): Path<String>, body: Bytes) -> Decided {
    let approval: Approval = read(&body)?;
    control.approve(&user_code, approval).map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Denial {
    reason: Option<String>,
}

async fn deny(State(control): State<Control>, Path(user_code): Path<String>, body: Bytes) -> Decided {
    let denial: Denial = read(&body)?;
    control.deny(&user_code, denial.reason).map(Json)
}

async fn expire(State(control): State<Control>, Path(user_code): Path<String>) -> Decided {
    control.expire(&user_code).map(Json)
}

async fn admin_approve(State(control): State<Control>, Path(user_code): Path<String>) -> Decided {
    control.admin_approve(&user_code).map(Json)
}

async fn admin_deny(State(control): State<Control>, Path(user_code): Path<String>, body: Bytes) -> Decided {
    let denial: Denial = read(&body)?;
    control.admin_deny(&user_code, denial.reason).map(Json)
}

async fn faults(State(control): State<Control>) -> Json<Vec<FaultRule>> {
    Json(control.faults())
}

async fn add_fault(State(control): State<Control>, body: Bytes) -> Result<Json<FaultRule>, ControlError> {
    control.add_fault(read(&body)?).map(Json)
}

async fn clear_faults(State(control): State<Control>) -> Json<Value> {
    control.clear_faults();
    Json(json!({}))
}

async fn calls(State(control): State<Control>) -> Json<Vec<Call>> {
    Json(control.calls())
}

async fn call_counts(State(control): State<Control>) -> Json<BTreeMap<String, u64>> {
    Json(control.call_counts())
}

async fn options(State(control): State<Control>) -> Json<Settings> {
    Json(control.settings())
}

async fn change_options(State(control): State<Control>, body: Bytes) -> Result<Json<Settings>, ControlError> {
    Ok(Json(control.change_settings(read(&body)?)))
}

async fn unknown() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "the control API has no such path" }))).into_response()
}

async fn wrong_method() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, Json(json!({ "error": "this path takes another method" })))
        .into_response()
}

/// Reads a control body, whatever its content type; no body is an empty object.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ControlError> {
    crate::script::parse(if body.is_empty() { b"{}" } else { body })
}
