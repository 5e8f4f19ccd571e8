//! Runs that bring an organisation up to date.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dingtalk_qr_shared::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::error::NoSuchOrganisation;
use super::need;
use crate::error::RouteError;
use crate::organisation::Progress;
use crate::routes::access::{Allowed, Program};
use crate::routes::body::Body;
use crate::routes::convert::seconds_until;
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::store;

/// Asks for a run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartSync {
    /// The name of the app that asks DingTalk. It has to be the organisation's.
    app: String,
    /// How thoroughly it looks; `incremental` without it. The first run of an organisation is a full one.
    #[schema(nullable = false)]
    mode: Option<SyncMode>,
}

/// How thoroughly a run looks.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SyncMode {
    /// It reads everybody.
    Full,
    /// It compares who is where, and reads those who are new.
    Incremental,
}

/// How far a run is.
#[derive(Serialize, ToSchema)]
pub(super) struct Sync {
    /// The organisation.
    corp_id: String,
    mode: SyncMode,
    state: SyncState,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ErrorCode>, nullable = false)]
    failure: Option<ErrorCode>,
    /// How many departments it has found so far.
    departments: i64,
    /// How many of them it has read.
    departments_read: i64,
    /// How often it has asked DingTalk.
    calls: i64,
    /// How many people are new, moved, or known better.
    changed: i64,
    /// How many people are gone.
    removed: i64,
    /// When it began, in milliseconds since the Unix epoch.
    started_at: i64,
    /// When it ended, in milliseconds since the Unix epoch.
    ended_at: Option<i64>,
    /// Seconds until it asks again, while DingTalk does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retry_in: Option<u32>,
}

/// How a run stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SyncState {
    /// It goes on.
    Running,
    /// It came to its end.
    Done,
    /// DingTalk does not let it go on.
    Failed,
    /// Somebody broke it off.
    Cancelled,
}

/// Begins to bring an organisation up to date, unless that is under way; then it answers how far it is.
///
/// The run goes on by itself, also after a restart. DingTalk is asked at most `ORGANISATION_CALLS_PER_SECOND` times a second.
#[utoipa::path(
    post,
    path = "/api/v1/organisations/{corp_id}/sync",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)")),
    request_body = StartSync,
    responses(
        (status = 202, description = "Under way", body = Sync),
        (status = 400, description = "`invalid_request`: `app` also of an app that is another organisation's", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`organisation_unknown`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:write"])),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsWrite>,
    Path(corp_id): Path<String>,
    Body(body): Body<StartSync>,
) -> Result<(StatusCode, Json<Sync>), RouteError> {
    let mode = body.mode.unwrap_or(SyncMode::Incremental).into();
    let progress = state.organisations().start(&corp_id, &body.app, mode).await?;
    Ok((StatusCode::ACCEPTED, Json(told(&state, progress))))
}

/// Tells how far the last run of an organisation is.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{corp_id}/sync",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)")),
    responses(
        (status = 200, description = "How far it is", body = Sync),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    Path(corp_id): Path<String>,
) -> Result<Json<Sync>, RouteError> {
    let progress = state.organisations().progress(&corp_id).await?.ok_or(NoSuchOrganisation)?;
    Ok(Json(told(&state, progress)))
}

/// Breaks the run of an organisation off. What it has brought stays. Without one under way that is done already.
#[utoipa::path(
    delete,
    path = "/api/v1/organisations/{corp_id}/sync",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)")),
    responses(
        (status = 204, description = "No run is under way"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:write"])),
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsWrite>,
    Path(corp_id): Path<String>,
) -> Result<StatusCode, RouteError> {
    state.organisations().cancel(&corp_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(state: &AppState, progress: Progress) -> Sync {
    Sync {
        corp_id: progress.corp_id,
        mode: progress.mode.into(),
        state: progress.state.into(),
        failure: progress.failure.and_then(|name| serde_json::from_value(Value::String(name)).ok()),
        departments: progress.departments,
        departments_read: progress.departments_read,
        calls: progress.calls,
        changed: progress.changed,
        removed: progress.removed,
        started_at: progress.started_at.as_millis(),
        ended_at: progress.ended_at.map(crate::Timestamp::as_millis),
        retry_in: progress.retry_at.map(|at| seconds_until(at, state.clock().now())),
    }
}

impl From<SyncMode> for store::SyncMode {
    fn from(mode: SyncMode) -> Self {
        match mode {
            SyncMode::Full => Self::Full,
            SyncMode::Incremental => Self::Incremental,
        }
    }
}

impl From<store::SyncMode> for SyncMode {
    fn from(mode: store::SyncMode) -> Self {
        match mode {
            store::SyncMode::Full => Self::Full,
            store::SyncMode::Incremental => Self::Incremental,
        }
    }
}

impl From<store::SyncState> for SyncState {
    fn from(state: store::SyncState) -> Self {
        match state {
            store::SyncState::Running => Self::Running,
            store::SyncState::Done => Self::Done,
            store::SyncState::Failed => Self::Failed,
            store::SyncState::Cancelled => Self::Cancelled,
        }
    }
}
