use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::FlowId;
use serde::Deserialize;

use super::access::PollToken;
use super::convert::flow_update;
use super::envelope::LONGEST_WAIT;
use super::openapi::schema;
use super::reveal;
use crate::error::RouteError;
use crate::qr::Qr;
use crate::state::AppState;

/// The query of [`watch`].
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WatchQuery {
    /// Seconds to wait for a change; 25 at most.
    wait: Option<u64>,
}

/// The query of [`end`].
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EndQuery {
    /// `true` when the page goes away and may come back, as it does when it is reloaded: the flow is given up unless
    /// a page asks for it within ten seconds.
    leaving: Option<bool>,
}

/// Tells how a flow stands.
///
/// Answers at once if the state is not the one in `If-None-Match`, else as soon as it changes, and with 304 if it has
/// not by the end of `wait`.
#[utoipa::path(
    get,
    path = "/api/v1/flows/{flow_id}",
    tag = "flows",
    params(("flow_id" = String, Path, description = "As the start of the flow gave it"), WatchQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the state that is known")),
    responses(
        (status = 200, description = "The state, with its `ETag`", body = schema::FlowUpdate),
        (status = 304, description = "Nothing has changed"),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`flow_not_found`: no such flow, or not with this token", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn watch(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    query: Result<Query<WatchQuery>, axum::extract::rejection::QueryRejection>,
    PollToken(token): PollToken,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let flow_id = parsed(flow_id)?;
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: Some("wait".to_owned()) })?;
    let wait = Duration::from_secs(query.wait.unwrap_or(0)).min(LONGEST_WAIT);
    let known = known_tag(&headers);
    let browser = reveal::cookie(&state, &headers);
    // The buffer that was read into lives as long as they do, and a page may wait for long.
    drop(headers);
    let Some(snapshot) = state.engine().watch(&flow_id, &token, known.as_deref(), wait).await? else {
        let tag = etag(known.as_deref().unwrap_or_default());
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    };
    let tag = etag(&snapshot.tag);
    let mut update = flow_update(snapshot, state.clock().now());
    Box::pin(reveal::add_right(&state, browser.as_ref(), &flow_id, &mut update.state)).await?;
    #[cfg(feature = "login")]
    Box::pin(super::login::add_ticket(&state, &flow_id, &mut update.state)).await?;
    Ok(([(header::ETAG, tag)], Json(update)).into_response())
}

/// Gives a flow up.
///
/// One that was approved or has ended stays as it is. An approval that comes later is kept and listed as unclaimed.
#[utoipa::path(
    delete,
    path = "/api/v1/flows/{flow_id}",
    tag = "flows",
    params(("flow_id" = String, Path, description = "As the start of the flow gave it"), EndQuery),
    responses(
        (status = 204, description = "Done"),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`flow_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn end(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    query: Result<Query<EndQuery>, axum::extract::rejection::QueryRejection>,
    PollToken(token): PollToken,
) -> Result<StatusCode, RouteError> {
    let flow_id = parsed(flow_id)?;
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: Some("leaving".to_owned()) })?;
    if query.leaving.unwrap_or(false) {
        state.engine().leave(&flow_id, &token).await?;
    } else {
        state.engine().cancel(&flow_id, &token).await?;
        state.apps().end_reveal(&flow_id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Draws the QR of a flow as SVG, with its quiet zone.
#[utoipa::path(
    get,
    path = "/api/v1/flows/{flow_id}/qr.svg",
    tag = "flows",
    params(("flow_id" = String, Path, description = "As the start of the flow gave it")),
    responses(
        (status = 200, description = "The code", body = String, content_type = "image/svg+xml"),
        (status = 404, description = "`flow_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn qr_svg(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
) -> Result<Response, RouteError> {
    let subject = state.engine().subject(&parsed(flow_id)?, &token).await?;
    let subject: Scannable = serde_json::from_str(&subject).map_err(RouteError::Stored)?;
    // A login by another door has none.
    let text = subject.verification_uri_complete.ok_or(RouteError::FlowNotFound)?;
    let qr = Qr::encode(&text).map_err(RouteError::Qr)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], qr.to_svg()).into_response())
}

/// What is stored with every flow that has something to scan.
#[derive(Deserialize)]
struct Scannable {
    verification_uri_complete: Option<String>,
}

/// What is not a flow id names no flow.
pub(super) fn parsed(flow_id: String) -> Result<FlowId, RouteError> {
    FlowId::try_from(flow_id).map_err(|_| RouteError::FlowNotFound)
}

/// Weak: the same state is sent with another `expires_in` each time (RFC 9110 §8.8.1).
fn etag(tag: &str) -> String {
    format!("W/\"{tag}\"")
}

fn known_tag(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?.trim();
    let quoted = value.strip_prefix("W/").unwrap_or(value);
    Some(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}
