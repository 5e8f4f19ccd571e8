use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::{FlowStarted, Qr, StartRegistration};

use super::access::{Allowed, Beginner, need};
use super::body::Body;
use super::convert::{flow_state, seconds_until};
use super::openapi::schema;
use super::peer::Peer;
use super::reveal::OwnBrowser;
use crate::app::AppName;
use crate::error::RouteError;
use crate::flow::{Start, Started};
use crate::registration::{Registration, Subject};
use crate::secret::digest;
use crate::state::AppState;

/// Begins a registration.
///
/// A scan of the code in the answer creates a DingTalk app. Needs an operator: an API key, or a session from the
/// setup link. Or an embed token, from a page of its origin. While a simulator plays DingTalk on loopback, nothing.
#[utoipa::path(
    post,
    path = "/api/v1/registrations",
    tag = "registrations",
    request_body = schema::StartRegistration,
    responses(
        (status = 201, description = "The flow has begun", body = schema::FlowStarted),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required` or `embed_token_invalid`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`app_name_taken`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_flows`, with `Retry-After`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk did not begin it: `upstream_unavailable`, `upstream_refused`, `init_lacks_nonce`, \
            `begin_lacks_device_code`, `begin_lacks_verification_uri`, `verification_uri_rejected`",
            body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["registrations:write"]), ("operator_session" = []), ("embed_token" = [])),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    Allowed { who: beginner, .. }: Allowed<Beginner, need::RegistrationsWrite>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Body(body): Body<StartRegistration>,
) -> Result<Response, RouteError> {
    let app_name = body.app_name.map(AppName::try_from).transpose().map_err(|_| invalid("app_name"))?;
    let app_name = beginner.app_name(app_name)?;
    if let Some(name) = &app_name
        && state.apps().named(name.as_str()).await?.is_some()
    {
        return Err(RouteError::AppNameTaken);
    }
    let idempotency = match &body.idempotency_key {
        // Another name is another wish.
        Some(key) if is_idempotency_key(key) => {
            let name = app_name.as_ref().map_or("", AppName::as_str);
            Some(digest(&[&beginner.idempotency_scope(), key, name]))
        }
        Some(_) => return Err(invalid("idempotency_key")),
        None => None,
    };
    let flow = state.config().flow;
    let start = Start {
        kind: Registration::KIND,
        owner: beginner.owner(),
        peer,
        idempotency,
        live_per_peer: flow.max_live_per_peer,
        live_per_owner: flow.max_live_per_owner,
    };
    let started = state.engine().start(start, state.registration().begin(app_name)).await?;
    let set_cookie = match OwnBrowser::of(&state, &headers) {
        Some(browser) => browser.allow(&state, &started.flow_id).await?,
        None => None,
    };
    let location = format!("/api/v1/flows/{}", started.flow_id);
    let body = flow_started(&state, started)?;
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response();
    if let Some(cookie) = set_cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Says how a flow has begun.
pub(crate) fn flow_started(state: &AppState, started: Started) -> Result<FlowStarted, RouteError> {
    let subject: Subject = serde_json::from_str(&started.subject).map_err(RouteError::Stored)?;
    let qr = crate::qr::Qr::encode(&subject.verification_uri_complete).map_err(RouteError::Qr)?;
    let dingtalk = &state.config().dingtalk;
    Ok(FlowStarted {
        flow_id: started.flow_id,
        poll_token: started.poll_token,
        qr: Some(Qr {
            text: subject.verification_uri_complete,
            size: u32::try_from(qr.size).unwrap_or_default(),
            path: qr.path,
        }),
        user_code: Some(subject.user_code),
        door: None,
        expires_in: seconds_until(started.snapshot.deadline, state.clock().now()),
        interval: started
            .interval
            .map_or(0, |interval| u32::try_from(interval.as_secs()).unwrap_or(u32::MAX)),
        brand: dingtalk.brand.clone(),
        simulated: dingtalk.simulator.is_some(),
        state: flow_state(started.snapshot.status),
    })
}

fn is_idempotency_key(key: &str) -> bool {
    (16..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn invalid(field: &str) -> RouteError {
    RouteError::Invalid { field: Some(field.to_owned()) }
}
