//! The administrator's page.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::{ADMIN_DECISION_PATH, ADMIN_PATH};
use crate::control::Control;
use crate::page::{admin, notice};

pub(super) fn routes() -> Router<Control> {
    Router::new().route(ADMIN_PATH, get(show)).route(ADMIN_DECISION_PATH, post(decide))
}

async fn show(State(control): State<Control>) -> Response {
    let world = control.world();
    admin::list(world.registrations().iter().filter(|found| found.waits_for_administrator()))
}

#[derive(Deserialize)]
struct Decision {
    user_code: String,
    #[serde(rename = "decision")]
    choice: Choice,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Approve,
    Refuse,
}

async fn decide(State(control): State<Control>, form: Result<Form<Decision>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else {
        return notice::unusable_form(StatusCode::BAD_REQUEST, "The form is incomplete.");
    };
    let reason = Some(form.reason).filter(|reason| !reason.trim().is_empty());
    let done = match form.choice {
        Choice::Approve => control.admin_approve(&form.user_code),
        Choice::Refuse => control.admin_deny(&form.user_code, reason),
    };
    match done {
        Ok(_) => Redirect::to(ADMIN_PATH).into_response(),
        Err(error) => notice::unusable_form(error.status(), "This app does not wait for approval."),
    }
}
