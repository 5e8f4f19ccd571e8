//! The departments of an organisation.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::NoSuchDepartment;
use super::{invalid, need, parsed_cursor, parsed_limit};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::store::DepartmentRow;

/// A department.
#[derive(Serialize, ToSchema)]
pub(super) struct Department {
    /// Names it in the organisation; the root is 1.
    id: i64,
    /// The department that it is in; `null` for the root.
    parent_id: Option<i64>,
    /// Its name; of the root, the organisation's.
    name: String,
    /// How many members are in it, not below it.
    people: i64,
}

/// Departments, by id; a page of them.
#[derive(Serialize, ToSchema)]
pub(super) struct DepartmentList {
    departments: Vec<Department>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

impl From<DepartmentRow> for Department {
    fn from(row: DepartmentRow) -> Self {
        let DepartmentRow { details, people } = row;
        Self { id: details.id, parent_id: details.parent_id, name: details.name, people }
    }
}

/// The query of [`list`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those directly below this one.
    parent: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many departments at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

/// Lists the departments of an organisation.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{corp_id}/departments",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)"), ListQuery),
    responses(
        (status = 200, description = "The departments", body = DepartmentList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    Path(corp_id): Path<String>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<DepartmentList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let (after, limit) = (parsed_cursor(query.cursor)?, parsed_limit(query.limit)?);
    let after = (&after).try_into().map_err(|_| invalid("cursor"))?;
    let page = state.organisations().departments(&corp_id, query.parent, after, limit).await?;
    let departments = page.rows.into_iter().map(Department::from).collect();
    Ok(Json(DepartmentList { departments, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Tells what is kept of a department.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{corp_id}/departments/{department_id}",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)"), ("department_id" = i64, Path, description = "The department")),
    responses(
        (status = 200, description = "The department", body = Department),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found` or `department_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    path: Result<Path<(String, i64)>, PathRejection>,
) -> Result<Json<Department>, RouteError> {
    let Path((corp_id, id)) = path.map_err(|_| invalid("department_id"))?;
    let department = state.organisations().department(&corp_id, id).await?;
    Ok(Json(department.ok_or(NoSuchDepartment)?.into()))
}
