//! The members of an organisation. Their records never go to a browser, so they are not among the shared types.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::NoSuchMember;
use super::{invalid, need, parsed_cursor, parsed_limit};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::store::{MemberKey, MemberRow};

/// The most characters of what a member is looked up by.
const LONGEST_KEY: usize = 128;

/// What is kept of a member. What DingTalk does not show to the app is `null`.
#[derive(Serialize, ToSchema)]
pub(super) struct Member {
    /// Names them in the organisation (DingTalk's `userid`).
    staff_id: String,
    /// Names them in all apps of one developer (DingTalk's `unionId`).
    union_id: Option<String>,
    /// Names them here (`GET /api/v1/users/{user_id}`), if they have signed in.
    user_id: Option<String>,
    /// What they are called.
    name: Option<String>,
    /// Their address.
    email: Option<String>,
    /// Their phone number.
    mobile: Option<String>,
    /// The country code of the phone number.
    state_code: Option<String>,
    /// Their number in the organisation.
    job_number: Option<String>,
    /// When they were hired, in milliseconds since the Unix epoch.
    hired_at: Option<i64>,
    /// Their picture, an https link.
    avatar_url: Option<String>,
    /// The departments that they are in.
    departments: Vec<i64>,
    /// When any of this but the departments changed last, in milliseconds since the Unix epoch.
    changed_at: i64,
}

/// Members, by staff id; a page of them.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberList {
    members: Vec<Member>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        let MemberRow { details, changed_at, user_id } = row;
        Self {
            staff_id: details.staff_id,
            union_id: details.union_id,
            user_id,
            name: details.name,
            email: details.email,
            mobile: details.mobile,
            state_code: details.state_code,
            job_number: details.job_number,
            hired_at: details.hired_at,
            avatar_url: details.avatar_url,
            departments: details.departments,
            changed_at: changed_at.as_millis(),
        }
    }
}

/// The query of [`list`]. One of `department`, `mobile` and `union_id` at most.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those directly in this department.
    department: Option<i64>,
    /// Whoever has this phone number, without the country code: one, or none.
    mobile: Option<String>,
    /// Whoever has this union id: one, or none.
    union_id: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many members at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

impl ListQuery {
    /// Returns what one member is looked up by, if it is that.
    fn key(&self) -> Result<Option<MemberKey<'_>>, RouteError> {
        match (&self.department, &self.mobile, &self.union_id) {
            (_, None, None) => Ok(None),
            (None, Some(mobile), None) => checked(mobile, "mobile").map(MemberKey::Mobile).map(Some),
            (None, None, Some(union_id)) => checked(union_id, "union_id").map(MemberKey::UnionId).map(Some),
            (Some(_), ..) | (None, Some(_), Some(_)) => Err(RouteError::Invalid { field: None }),
        }
    }
}

fn checked<'a>(text: &'a str, field: &str) -> Result<&'a str, RouteError> {
    let is_good = (1..=LONGEST_KEY).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_good { Ok(text) } else { Err(invalid(field)) }
}

/// Lists the members of an organisation, or looks one up.
///
/// With `mobile` or `union_id` somebody who is not kept is asked for at DingTalk, and kept then.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{corp_id}/members",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)"), ListQuery),
    responses(
        (status = 200, description = "The members", body = MemberList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk does not say: `permission_missing`, `upstream_unavailable` and others", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    Path(corp_id): Path<String>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<MemberList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    if let Some(key) = query.key()? {
        let found = state.organisations().member(&corp_id, key).await?;
        return Ok(Json(MemberList {
            members: found.into_iter().map(Member::from).collect(),
            next_cursor: None,
        }));
    }
    let (after, limit) = (parsed_cursor(query.cursor)?, parsed_limit(query.limit)?);
    let page = state.organisations().members(&corp_id, query.department, &after, limit).await?;
    let members = page.rows.into_iter().map(Member::from).collect();
    Ok(Json(MemberList { members, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Tells what is kept of a member. Somebody who is not kept is asked for at DingTalk, and kept then.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{corp_id}/members/{staff_id}",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)"), ("staff_id" = String, Path, description = "Their id in the organisation (DingTalk's `userid`)")),
    responses(
        (status = 200, description = "The member", body = Member),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found` or `member_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk does not say: `permission_missing`, `upstream_unavailable` and others", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    Path((corp_id, staff_id)): Path<(String, String)>,
) -> Result<Json<Member>, RouteError> {
    let key = MemberKey::StaffId(checked(&staff_id, "staff_id")?);
    let member = state.organisations().member(&corp_id, key).await?;
    Ok(Json(member.ok_or(NoSuchMember)?.into()))
}
