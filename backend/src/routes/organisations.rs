//! The organisations whose people are kept, for the servers of embedders.

mod departments;
mod error;
mod members;
mod need;
mod sync;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::RouteError;
use crate::organisation::Cursor;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::routes::paging;
use crate::state::AppState;
use crate::store::OrganisationRow;

/// How many rows a page has unless somebody says otherwise, and at most.
const USUAL_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 100;

/// What programs call, with its description.
pub(super) fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, forget))
        .routes(routes!(sync::start, sync::read, sync::cancel))
        .routes(routes!(departments::list))
        .routes(routes!(departments::read))
        .routes(routes!(members::list))
        .routes(routes!(members::read))
}

/// An organisation that is kept.
#[derive(Serialize, ToSchema)]
struct Organisation {
    /// Names it (DingTalk's `corpId`).
    corp_id: String,
    /// What it is called, once DingTalk has said so.
    name: Option<String>,
    /// The name of the app that asks for it.
    app: String,
    /// How many departments are kept.
    departments: i64,
    /// How many members are kept.
    people: i64,
    /// When the last run came to its end, in milliseconds since the Unix epoch.
    synced_at: Option<i64>,
}

/// The organisations, by corp id; a page of them.
#[derive(Serialize, ToSchema)]
struct OrganisationList {
    organisations: Vec<Organisation>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self {
            corp_id: row.corp_id,
            name: row.name,
            app: row.app,
            departments: row.departments,
            people: row.people,
            synced_at: row.synced_at.map(crate::Timestamp::as_millis),
        }
    }
}

/// The query of [`list`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many organisations at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

fn invalid(field: &str) -> RouteError {
    RouteError::Invalid { field: Some(field.to_owned()) }
}

fn parsed_limit(limit: Option<u32>) -> Result<u32, RouteError> {
    paging::limit(limit, USUAL_LIMIT, LARGEST_LIMIT)
}

fn parsed_cursor(cursor: Option<String>) -> Result<Cursor, RouteError> {
    let parsed = cursor.map(|cursor| cursor.parse()).transpose().map_err(|_| invalid("cursor"))?;
    Ok(parsed.unwrap_or_default())
}

/// Lists the organisations whose departments and members are kept.
#[utoipa::path(
    get,
    path = "/api/v1/organisations",
    tag = "organisations",
    params(ListQuery),
    responses(
        (status = 200, description = "The organisations", body = OrganisationList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
async fn list(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<OrganisationList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let (after, limit) = (parsed_cursor(query.cursor)?, parsed_limit(query.limit)?);
    let page = state.organisations().list(&after, limit).await?;
    let organisations = page.rows.into_iter().map(Organisation::from).collect();
    Ok(Json(OrganisationList { organisations, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Tells what is kept of an organisation.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{corp_id}",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)")),
    responses(
        (status = 200, description = "The organisation", body = Organisation),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:read"])),
)]
async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsRead>,
    Path(corp_id): Path<String>,
) -> Result<Json<Organisation>, RouteError> {
    Ok(Json(state.organisations().find(&corp_id).await?.into()))
}

/// Forgets an organisation: its departments, its members, and the run that may be under way.
///
/// People who have signed in stay known, and signed in. Without an organisation that is done already.
#[utoipa::path(
    delete,
    path = "/api/v1/organisations/{corp_id}",
    tag = "organisations",
    params(("corp_id" = String, Path, description = "The organisation (DingTalk's `corpId`)")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["organisations:write"])),
)]
async fn forget(
    State(state): State<AppState>,
    _: Allowed<Program, need::OrganisationsWrite>,
    Path(corp_id): Path<String>,
) -> Result<StatusCode, RouteError> {
    state.organisations().forget(&corp_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
