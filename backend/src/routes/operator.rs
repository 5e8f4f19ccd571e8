use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::StartOperatorSession;

use super::access::Asker;
use super::body::Body;
use super::cookies::Jar;
use super::openapi::schema;
use crate::error::RouteError;
use crate::secret::Presented;
use crate::state::AppState;

/// Exchanges the setup link for an operator session.
///
/// The link is printed once when the backend starts and works once. The session is a cookie of twelve hours.
#[utoipa::path(
    post,
    path = "/api/v1/operator-session",
    tag = "operator",
    request_body = schema::StartOperatorSession,
    responses(
        (status = 204, description = "Begun, with `Set-Cookie`"),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`setup_code_invalid` or `forbidden_origin`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    headers: axum::http::HeaderMap,
    Body(body): Body<StartOperatorSession>,
) -> Result<Response, RouteError> {
    if Asker::of(&headers, state.config()) == Asker::Foreign {
        return Err(RouteError::ForbiddenOrigin);
    }
    let code = Presented::new(&body.setup_code);
    let token = state.access().start_session(&code).await?.ok_or(RouteError::SetupCodeInvalid)?;
    tracing::info!("operator session started");
    let set_cookie = (header::SET_COOKIE, Jar::Operator.set(state.config(), &token));
    Ok((StatusCode::NO_CONTENT, [set_cookie]).into_response())
}
