use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::{Session, TicketPresented};

use super::access::Site;
use crate::error::RouteError;
use crate::routes::body::Body;
use crate::routes::convert::{identity, seconds_until};
use crate::routes::cookies::Jar;
use crate::routes::openapi::schema;
use crate::secret::Presented;
use crate::session::LiveSession;
use crate::state::AppState;
use crate::store::UserRow;

/// Exchanges the ticket of a login for a session of the browser that began it.
///
/// For pages of the backend's own origin. The session is a cookie of seven days; the one before ends.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "session",
    request_body = schema::TicketPresented,
    responses(
        (status = 200, description = "Begun, with `Set-Cookie`", body = schema::Session),
        (status = 400, description = "`ticket_invalid` or `invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<TicketPresented>,
) -> Result<Response, RouteError> {
    site.only_own()?;
    let cookie = Jar::Browser.read(&headers, state.config());
    let ticket = Presented::new(&body.ticket);
    let redeemed = state.logins().redeem_for_session(&ticket, cookie.as_ref()).await?;
    let set_cookie = begin(&state, &headers, &redeemed.user.id, &redeemed.method).await?;
    let lifetime = crate::session::SESSION_LIFETIME.as_secs();
    let session = Session {
        identity: identity(redeemed.user.into()),
        expires_in: u32::try_from(lifetime).unwrap_or(u32::MAX),
    };
    Ok(([(header::SET_COOKIE, set_cookie)], Json(session)).into_response())
}

/// Tells who is signed in; nothing, if it is nobody.
///
/// Pages ask this before anything else, and browsers report every error to the console of the page.
#[utoipa::path(
    get,
    path = "/api/v1/session",
    tag = "session",
    responses(
        (status = 200, description = "The session of this browser", body = schema::Session),
        (status = 204, description = "Nobody is signed in: there is no session, or it is over"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("session" = [])),
)]
pub(in crate::routes) async fn read(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let Some((session, user)) = current(&state, &headers).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let expires_in = seconds_until(session.expires_at, state.clock().now());
    Ok(Json(Session { identity: identity(user.into()), expires_in }).into_response())
}

/// Signs out. Without a session that is done already.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "session",
    responses(
        (status = 204, description = "Signed out; the token of the session is worth nothing any more"),
        (status = 403, description = "`forbidden_origin`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("session" = [])),
)]
pub(in crate::routes) async fn end(
    State(state): State<AppState>,
    site: Site,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    site.only_own()?;
    if let Some((session, _)) = current(&state, &headers).await? {
        state.sessions().end(&session.id).await?;
        tracing::info!(user.id = session.user_id, "signed out");
    }
    let cookie = Jar::Session.clear(state.config());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Begins a session in place of the one that the browser has, and returns the header that sets its cookie.
pub(in crate::routes) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    user_id: &str,
    method: &str,
) -> Result<HeaderValue, RouteError> {
    if let Some((session, _)) = current(state, headers).await? {
        state.sessions().end(&session.id).await?;
    }
    let token = state.sessions().begin(user_id, method).await?;
    Ok(Jar::Session.set(state.config(), &token))
}

/// Finds the session of the browser, and whose it is.
pub(super) async fn current(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<(LiveSession, UserRow)>, RouteError> {
    let Some(token) = Jar::Session.read(headers, state.config()) else { return Ok(None) };
    let Some(session) = state.sessions().check(&token).await? else { return Ok(None) };
    let user = state.people().user(&session.user_id).await?;
    Ok(user.map(|user| (session, user)))
}
