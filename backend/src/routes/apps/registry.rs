//! The apps that are kept: listed, read, handed out and forgotten.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use dingtalk_qr_shared::{AppEntry, AppList, RevealedCredentials};
use serde::Deserialize;

use crate::app::{AppQuery, RemoveError};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Principal, Program, need};
use crate::routes::convert::{app_delivery, app_entry};
use crate::routes::openapi::schema;
use crate::routes::paging;
use crate::state::AppState;

/// How many apps a page has unless somebody says otherwise, and at most.
const USUAL_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 100;

/// The query of [`list`].
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::routes) struct ListQuery {
    /// `true`: only apps that somebody may use instead of making another one.
    claimable: Option<bool>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many apps at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

impl ListQuery {
    fn parsed(self) -> Result<AppQuery, RouteError> {
        let invalid = |field: &str| RouteError::Invalid { field: Some(field.to_owned()) };
        let limit = paging::limit(self.limit, USUAL_LIMIT, LARGEST_LIMIT)?;
        let after = self.cursor.map(|cursor| cursor.parse()).transpose().map_err(|_| invalid("cursor"))?;
        Ok(AppQuery { after, is_for_use: self.claimable.unwrap_or(false), limit })
    }
}

/// Lists the apps whose credentials are kept, newest first.
///
/// With `claimable=true` these are the apps that an operator may use in place of another one: `POST …/claim` sends one to
/// the sinks again.
#[utoipa::path(
    get,
    path = "/api/v1/apps",
    tag = "apps",
    params(ListQuery),
    responses(
        (status = 200, description = "The apps", body = schema::AppList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:read"]), ("operator_session" = [])),
)]
pub(in crate::routes) async fn list(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsRead>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<AppList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let page = state.apps().page(&query.parsed()?).await?;
    let now = state.clock().now();
    let apps = page.apps.into_iter().map(|app| app_entry(app, now)).collect();
    Ok(Json(AppList { apps, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Tells what is known of one app, without asking DingTalk.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{name}",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    responses(
        (status = 200, description = "The app", body = schema::AppEntry),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:read"]), ("operator_session" = [])),
)]
pub(in crate::routes) async fn read(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsRead>,
    Path(name): Path<String>,
) -> Result<Json<AppEntry>, RouteError> {
    let app = state.apps().find(&name).await?.ok_or(RouteError::AppNotFound)?;
    let now = state.clock().now();
    let deliveries = state.apps().deliveries(&app.app.client_id).await?;
    let deliveries = deliveries.into_iter().map(|delivery| app_delivery(delivery, now)).collect();
    Ok(Json(AppEntry { deliveries, ..app_entry(app, now) }))
}

/// Hands out the credentials of an app, to a server.
///
/// Needs an API key with `credentials:read`, which keys do not have unless somebody says so. No session opens this route,
/// no embed token and no simulator. Each answer is noted in the log, with the name of the key.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{name}/credentials",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    responses(
        (status = 200, description = "The credentials, in clear", body = schema::RevealedCredentials),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["credentials:read"])),
)]
pub(in crate::routes) async fn credentials(
    State(state): State<AppState>,
    Allowed { who: Program(api_key), .. }: Allowed<Program, need::CredentialsRead>,
    Path(name): Path<String>,
) -> Result<Json<RevealedCredentials>, RouteError> {
    let app = state.apps().named(&name).await?.ok_or(RouteError::AppNotFound)?;
    let secret = state.apps().reveal(&app.client_id).await?;
    tracing::info!(
        app.name = name,
        app.client_id = app.client_id,
        api_key = api_key.name,
        "credentials read"
    );
    Ok(Json(RevealedCredentials { client_id: app.client_id, client_secret: secret.expose().to_owned() }))
}

/// Forgets an app: its secret is wiped, and what still had to be delivered is dropped.
///
/// What was delivered stays where it is, the app stays at DingTalk, and people who signed in with it keep their records.
/// One that is unknown is gone already.
#[utoipa::path(
    delete,
    path = "/api/v1/apps/{name}",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`app_configured`: the configuration has it and would bring it back", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:write"]), ("operator_session" = [])),
)]
pub(in crate::routes) async fn remove(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsWrite>,
    Path(name): Path<String>,
) -> Result<StatusCode, RouteError> {
    match state.apps().remove(&name).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(RemoveError::Configured) => Err(RouteError::AppConfigured),
        Err(RemoveError::Store(error)) => Err(error.into()),
    }
}
