use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::need;
use crate::error::RouteError;
use crate::identity::Email;
use crate::routes::access::{Allowed, Principal};
use crate::routes::body::Body;
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::store::InvitationRow;

/// Invites somebody: by address or by union id, one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invite {
    /// An address that DingTalk has of them.
    email: Option<String>,
    /// DingTalk's `unionId` of them: 1 to 128 visible ASCII characters.
    union_id: Option<String>,
}

/// An invitation that nobody has used.
#[derive(Serialize, ToSchema)]
pub(super) struct Invitation {
    /// Names it.
    #[serde(rename = "invitation_id")]
    id: String,
    /// The address of the invited person, in lower case.
    email: Option<String>,
    /// The `unionId` of the invited person.
    union_id: Option<String>,
    /// When it was made, in milliseconds since the Unix epoch.
    created_at: i64,
}

/// The invitations that nobody has used, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationList {
    invitations: Vec<Invitation>,
}

impl From<InvitationRow> for Invitation {
    fn from(row: InvitationRow) -> Self {
        Self { id: row.id, email: row.email, union_id: row.union_id, created_at: row.created_at.as_millis() }
    }
}

/// Invites a person. The invitation is used up when they sign in for the first time.
///
/// It counts where `INVITE_ONLY` is set. The same person has one invitation, however often they are invited.
#[utoipa::path(
    post,
    path = "/api/v1/invitations",
    tag = "users",
    request_body = Invite,
    responses(
        (status = 201, description = "Invited", body = Invitation),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["invitations:write"]), ("operator_session" = [])),
)]
pub(super) async fn invite(
    State(state): State<AppState>,
    _: Allowed<Principal, need::InvitationsWrite>,
    Body(body): Body<Invite>,
) -> Result<(StatusCode, Json<Invitation>), RouteError> {
    let invalid = |field: &str| RouteError::Invalid { field: Some(field.to_owned()) };
    let invitation = match (body.email, body.union_id) {
        (Some(email), None) => {
            let email = Email::invited(&email).ok_or_else(|| invalid("email"))?;
            state.people().invite(Some(&email), None).await?
        }
        (None, Some(union_id)) => {
            let is_plain =
                (1..=128).contains(&union_id.len()) && union_id.bytes().all(|b| b.is_ascii_graphic());
            if !is_plain {
                return Err(invalid("union_id"));
            }
            state.people().invite(None, Some(&union_id)).await?
        }
        (None, None) | (Some(_), Some(_)) => return Err(invalid("email")),
    };
    Ok((StatusCode::CREATED, Json(invitation.into())))
}

/// Lists the invitations that nobody has used, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/invitations",
    tag = "users",
    responses(
        (status = 200, description = "The invitations", body = InvitationList),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["invitations:read"]), ("operator_session" = [])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Allowed<Principal, need::InvitationsRead>,
) -> Result<Json<InvitationList>, RouteError> {
    let invitations = state.people().invitations().await?.into_iter().map(Invitation::from).collect();
    Ok(Json(InvitationList { invitations }))
}

/// Takes an invitation back. One that is used or unknown is gone already.
#[utoipa::path(
    delete,
    path = "/api/v1/invitations/{invitation_id}",
    tag = "users",
    params(("invitation_id" = String, Path, description = "As the invitation has it")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["invitations:write"]), ("operator_session" = [])),
)]
pub(super) async fn uninvite(
    State(state): State<AppState>,
    _: Allowed<Principal, need::InvitationsWrite>,
    Path(invitation_id): Path<String>,
) -> Result<StatusCode, RouteError> {
    state.people().uninvite(&invitation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
