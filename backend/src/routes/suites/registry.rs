use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{named, need};
use crate::clock::Timestamp;
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::suite::SuiteOverview;

/// A third-party app.
#[derive(Serialize, ToSchema)]
pub(super) struct Suite {
    /// What we call it; people sign in with it by this name.
    name: String,
    /// Its key (DingTalk's `SuiteKey`).
    client_id: String,
    /// What DingTalk's console wants as the address to push to.
    callback_url: String,
    /// How many seconds ago DingTalk pushed the newest ticket; none yet if it is missing. Every five hours there is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_age: Option<u64>,
    /// How many organisations have installed it.
    customers: i64,
    /// The cursor of the newest event.
    last_event: i64,
}

/// The third-party apps.
#[derive(Serialize, ToSchema)]
pub(super) struct SuiteList {
    suites: Vec<Suite>,
}

impl Suite {
    fn of(suite: SuiteOverview, state: &AppState) -> Self {
        let now = state.clock().now();
        let age = |pushed_at: Timestamp| now.since(pushed_at).as_secs();
        Self {
            callback_url: format!("{}/suite/{}/callback", state.config().server.public_base(), suite.name),
            name: suite.name,
            client_id: suite.client_id,
            ticket_age: suite.ticket_pushed_at.map(age),
            customers: suite.customers,
            last_event: suite.last_event,
        }
    }
}

/// Lists the third-party apps.
#[utoipa::path(
    get,
    path = "/api/v1/suites",
    tag = "suites",
    responses(
        (status = 200, description = "The third-party apps", body = SuiteList),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["suites:read"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Allowed<Program, need::SuitesRead>,
) -> Result<Json<SuiteList>, RouteError> {
    let all = state.suites().all().await?;
    Ok(Json(SuiteList { suites: all.into_iter().map(|suite| Suite::of(suite, &state)).collect() }))
}

/// Tells how a third-party app stands.
#[utoipa::path(
    get,
    path = "/api/v1/suites/{name}",
    tag = "suites",
    params(("name" = String, Path, description = "The name of the third-party app")),
    responses(
        (status = 200, description = "The third-party app", body = Suite),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`suite_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["suites:read"])),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::SuitesRead>,
    Path(name): Path<String>,
) -> Result<Json<Suite>, RouteError> {
    let overview = state.suites().overview(named(&state, &name)?).await?;
    Ok(Json(Suite::of(overview, &state)))
}
