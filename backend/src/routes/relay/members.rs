use axum::Json;
use axum::extract::Query;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Here;
use crate::error::RouteError;
use crate::relay::{LookUp, MemberRecord};
use crate::routes::access::{Allowed, Program};
use crate::routes::login::need;
use crate::routes::openapi::schema;

/// The query of [`find`]: one of the two ids.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FindQuery {
    /// Names the member in the organisation (DingTalk's `userid`).
    staff_id: Option<String>,
    /// Names the member at DingTalk (`unionId`).
    union_id: Option<String>,
    /// The name of the app whose organisation it is; the usual one if it is left out.
    app: Option<String>,
}

/// What the organisation knows of a member, whether they have signed in here or not.
#[derive(Serialize, ToSchema)]
pub(super) struct Member {
    /// The organisation, where the cloud knows it.
    corp_id: Option<String>,
    /// Names them in the organisation (DingTalk's `userid`).
    staff_id: String,
    /// What they are called.
    name: Option<String>,
    /// Their address.
    email: Option<String>,
    /// Their number.
    mobile: Option<String>,
    /// The country code of the number.
    state_code: Option<String>,
    /// Their number in the organisation.
    job_number: Option<String>,
    /// Their picture, an https link.
    avatar_url: Option<String>,
    /// The person here, if they have signed in.
    user_id: Option<String>,
}

/// Looks a member up in their organisation, through the cloud.
#[utoipa::path(
    get,
    path = "/api/v1/members",
    tag = "users",
    params(FindQuery),
    responses(
        (status = 200, description = "The member", body = Member),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_a_member`, `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`login_config_not_found`: the cloud has no such app", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "`upstream_unavailable`: the cloud is not heard, or DingTalk does not say", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:read"])),
)]
pub(super) async fn find(
    Here(local): Here,
    _: Allowed<Program, need::UsersRead>,
    query: Result<Query<FindQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Member>, RouteError> {
    let invalid = || RouteError::Invalid { field: Some("staff_id".to_owned()) };
    let Query(FindQuery { staff_id, union_id, app }) = query.map_err(|_| invalid())?;
    if staff_id.is_some() == union_id.is_some() {
        return Err(invalid());
    }
    let member = local.look_up(&LookUp { app, staff_id, union_id }).await?;
    let user = local.person(member.corp_id.as_deref(), &member.staff_id).await?;
    Ok(Json(Member { user_id: user.map(|user| user.id), ..member.into() }))
}

impl From<MemberRecord> for Member {
    fn from(member: MemberRecord) -> Self {
        Self {
            corp_id: member.corp_id,
            staff_id: member.staff_id,
            name: member.name,
            email: member.email,
            mobile: member.mobile,
            state_code: member.state_code,
            job_number: member.job_number,
            avatar_url: member.avatar_url.filter(|url| url.starts_with("https://")),
            user_id: None,
        }
    }
}
