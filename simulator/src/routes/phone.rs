//! The page behind the QR code.

use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::{PHONE_DECISION_PATH, PHONE_DONE_PATH, PHONE_PATH};
use crate::control::{Control, ControlError};
use crate::organisation::{ExistingApp, Organisation};
use crate::page::{notice, phone};
use crate::registration::Progress;
use crate::status::Status;
use crate::world::{ApprovalPlan, ChosenApp};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route(PHONE_PATH, get(show))
        .route(PHONE_DECISION_PATH, post(decide))
        .route(PHONE_DONE_PATH, get(show_result))
}

#[derive(Deserialize)]
struct Visit {
    user_code: Option<String>,
    account: Option<String>,
}

async fn show(State(control): State<Control>, Query(visit): Query<Visit>) -> Response {
    let Some(user_code) = visit.user_code.as_deref().map(normalised).filter(|code| !code.is_empty()) else {
        return phone::code_form();
    };
    let now = control.now();
    let world = control.world();
    let Some(registration) = world.registration(&user_code) else { return notice::unknown_code() };
    match registration.progress {
        Progress::Approved(_) | Progress::Denied { .. } => notice::used_code(StatusCode::OK),
        Progress::Waiting if registration.status(now) == Status::Expired => {
            notice::expired_code(StatusCode::OK)
        }
        Progress::Waiting if visit.account.as_deref() == Some("none") => {
            notice::no_organisation(registration)
        }
        Progress::Waiting => phone::question(registration),
    }
}

async fn show_result(State(control): State<Control>, Query(visit): Query<Visit>) -> Response {
    let user_code = normalised(&visit.user_code.unwrap_or_default());
    let now = control.now();
    let world = control.world();
    world.registration(&user_code).map_or_else(notice::unknown_code, |found| notice::outcome(found, now))
}

#[derive(Deserialize)]
struct Decision {
    user_code: String,
    organisation: Option<String>,
    app: Option<String>,
    #[serde(rename = "decision")]
    choice: Choice,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Create,
    Bind,
    Refuse,
}

async fn decide(State(control): State<Control>, form: Result<Form<Decision>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else {
        return notice::unusable_form(StatusCode::BAD_REQUEST, "The form is incomplete.");
    };
    let user_code = normalised(&form.user_code);
    let step_s = control.settings().step_s;
    let plan = match form.choice {
        Choice::Refuse => None,
        Choice::Create => match form.organisation.as_deref().and_then(Organisation::find) {
            Some(organisation) => Some(creation(organisation, step_s)),
            None => return notice::unusable_form(StatusCode::BAD_REQUEST, "Choose an organisation first."),
        },
        Choice::Bind => match chosen_app(&form) {
            Some(app) => Some(binding(app, step_s)),
            None => {
                return notice::unusable_form(
                    StatusCode::BAD_REQUEST,
                    "Choose one of the organisation's apps first.",
                );
            }
        },
    };
    let done = control.change(&user_code, |world, now| match plan {
        Some(plan) => world.approve(&user_code, plan, now),
        None => world.deny(&user_code, None, now),
    });
    match done {
        Ok(_) => Redirect::to(&format!("{PHONE_DONE_PATH}?user_code={user_code}")).into_response(),
        Err(ControlError::Conflict { status: Status::Expired, .. }) => {
            notice::expired_code(StatusCode::CONFLICT)
        }
        Err(ControlError::Conflict { .. }) => notice::used_code(StatusCode::CONFLICT),
        Err(
            ControlError::UnknownUserCode(_)
            | ControlError::UnknownApp(_)
            | ControlError::UnknownPerson(_)
            | ControlError::UnknownSuite(_)
            | ControlError::UnknownCustomer(_)
            | ControlError::Invalid(_),
        ) => notice::unknown_code(),
    }
}

fn chosen_app(form: &Decision) -> Option<&'static ExistingApp> {
    let client_id = form.app.as_deref()?;
    let mut apps = Organisation::find(form.organisation.as_deref()?)?.apps();
    apps.find(|app| app.client_id == client_id)
}

fn creation(organisation: &'static Organisation, step_s: u64) -> ApprovalPlan {
    let end = if organisation.needs_approval { Status::Approving } else { Status::Success };
    ApprovalPlan {
        app: ChosenApp::New,
        organisation: Some(organisation),
        statuses: vec![Status::Creating, Status::Publishing, end],
        step_s,
    }
}

/// Nothing is created and nobody has to approve: the app gets a new version and that is it.
fn binding(app: &'static ExistingApp, step_s: u64) -> ApprovalPlan {
    ApprovalPlan {
        app: ChosenApp::Existing(app),
        organisation: Organisation::find(app.organisation),
        statuses: vec![Status::Publishing, Status::Success],
        step_s,
    }
}

/// People type codes in small letters and with spaces around them.
fn normalised(user_code: &str) -> String {
    user_code.trim().to_ascii_uppercase()
}
