use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::{ErrorCode, Session, TicketPresented};

use super::Here;
use crate::error::RouteError;
use crate::relay::LocalError;
use crate::routes::access::{Allowed, Program};
use crate::routes::body::Body;
use crate::routes::convert::identity;
use crate::routes::login::access::Site;
use crate::routes::login::error::NoSuchUser;
use crate::routes::login::users::User;
use crate::routes::login::{need, session};
use crate::routes::openapi::schema;
use crate::secret::Presented;
use crate::session::SESSION_LIFETIME;
use crate::state::AppState;

/// Exchanges the ticket of a login at the cloud for a session here.
///
/// For pages of the local's own origin. The session is a cookie of seven days; the one before ends.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "session",
    request_body = schema::TicketPresented,
    responses(
        (status = 200, description = "Begun, with `Set-Cookie`", body = schema::Session),
        (status = 400, description = "`ticket_invalid` or `invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "`upstream_unavailable`: the cloud is not heard", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    Here(local): Here,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<TicketPresented>,
) -> Result<Response, RouteError> {
    site.only_own()?;
    let (user, method) = local.redeem(&Presented::new(&body.ticket)).await?;
    let set_cookie = session::begin(&state, &headers, &user.id, &method).await?;
    let expires_in = u32::try_from(SESSION_LIFETIME.as_secs()).unwrap_or(u32::MAX);
    let session = Session { identity: identity(user.into()), expires_in };
    Ok(([(header::SET_COOKIE, set_cookie)], Json(session)).into_response())
}

/// Has the cloud ask DingTalk again who the person is, without them.
///
/// Somebody who is not a member of the organisation any more, or whom the rules of the cloud keep out, is signed out everywhere.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user_id}/refresh",
    tag = "users",
    params(("user_id" = String, Path, description = "As an identity has it")),
    responses(
        (status = 200, description = "The person", body = User),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_a_member`, `foreign_organisation`, `email_domain_not_allowed`, `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sign_in_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "`upstream_unavailable`: the cloud is not heard, or DingTalk does not say", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:write"])),
)]
pub(super) async fn refresh(
    State(state): State<AppState>,
    Here(local): Here,
    _: Allowed<Program, need::UsersWrite>,
    Path(user_id): Path<String>,
) -> Result<Json<User>, RouteError> {
    let user = state.people().user(&user_id).await?.ok_or(NoSuchUser)?;
    match local.refresh(&user).await {
        Ok(user) => Ok(Json(user.into())),
        Err(error) => {
            if is_refusal_of_person(&error) {
                let ended = state.sessions().end_all_of(&user_id).await?;
                tracing::warn!(user.id = user_id, sessions = ended, "may not come in any more: signed out");
            }
            Err(error.into())
        }
    }
}

fn is_refusal_of_person(error: &LocalError) -> bool {
    let LocalError::Link(error) = error else { return false };
    let code = error.as_refusal().map(|(_, code)| code);
    matches!(
        code,
        Some(
            ErrorCode::EmailDomainNotAllowed
                | ErrorCode::ForeignOrganisation
                | ErrorCode::NotAMember
                | ErrorCode::NotInvited
        )
    )
}
