//! What an operator knows of an app and a scan does not tell.

use axum::Json;
use axum::extract::{Path, State};
use dingtalk_qr_shared::AppEntry;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::app::{AppUpdate, Change, UpdateError};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Principal, need};
use crate::routes::body::Body;
use crate::routes::convert::app_entry;
use crate::routes::openapi::schema;
use crate::state::AppState;

/// What to note of an app (RFC 7396): what is left out stays, null takes away.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct UpdateApp {
    /// The organisation that owns it (DingTalk's `corpId`).
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    corp_id: Change<String>,
    /// Its id in the organisation (DingTalk's `AgentId`), which work notices need.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<i64>)]
    agent_id: Change<i64>,
    /// What people call it: 1 to 64 characters.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    title: Change<String>,
}

/// Tells null from nothing.
fn change<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Change<T>, D::Error> {
    Option::deserialize(deserializer).map(|value| value.map_or(Change::Remove, Change::Set))
}

/// Notes whose an app is, and what it is called. For apps that came by a scan, which tells neither.
#[utoipa::path(
    patch,
    path = "/api/v1/apps/{name}",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    request_body = UpdateApp,
    responses(
        (status = 200, description = "The app", body = schema::AppEntry),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`app_configured`: a file of the configuration has it and says these things itself", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:write"]), ("operator_session" = [])),
)]
pub(in crate::routes) async fn update(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsWrite>,
    Path(name): Path<String>,
    Body(body): Body<UpdateApp>,
) -> Result<Json<AppEntry>, RouteError> {
    let UpdateApp { corp_id, agent_id, title } = body;
    state.apps().update(&name, AppUpdate { corp_id, agent_id, title }).await?;
    let app = state.apps().find(&name).await?.ok_or(RouteError::AppNotFound)?;
    Ok(Json(app_entry(app, state.clock().now())))
}

impl From<UpdateError> for RouteError {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::NotFound => Self::AppNotFound,
            UpdateError::Configured => Self::AppConfigured,
            UpdateError::Invalid(field) => Self::Invalid { field: Some(field.to_owned()) },
            UpdateError::Store(error) => Self::Store(error),
        }
    }
}
