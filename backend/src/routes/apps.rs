pub(super) mod examine;
pub(super) mod registry;
pub(super) mod update;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dingtalk_qr_shared::AppSaved;
use serde::Deserialize;

use super::access::{Allowed, Beginner, Principal, need};
use super::body::Body;
use super::convert::app_saved;
use super::openapi::schema;
use crate::access::Grant;
use crate::app::{AppName, Keep, Origin};
use crate::client_id::ClientId;
use crate::error::RouteError;
use crate::secret::ClientSecret;
use crate::state::AppState;

/// Credentials that somebody enters by hand.
///
/// Not among the shared types: it carries a secret, and only ever towards the backend.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddApp {
    name: Option<AppName>,
    client_id: ClientId,
    client_secret: ClientSecret,
}

/// Keeps an app whose credentials were entered by hand.
///
/// They take the same way as those of a scan: into the store, to the sinks, tried at DingTalk. A rejection is a finding
/// in the answer and undoes nothing; sending the same `client_id` again replaces the secret.
#[utoipa::path(
    post,
    path = "/api/v1/apps",
    tag = "apps",
    request_body = schema::AddApp,
    responses(
        (status = 201, description = "Kept", body = schema::AppSaved),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required` or `embed_token_invalid`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`app_name_taken`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:write"]), ("operator_session" = []), ("embed_token" = [])),
)]
pub(super) async fn add(
    State(state): State<AppState>,
    Allowed { who: beginner, .. }: Allowed<Beginner, need::AppsWrite>,
    Body(body): Body<AddApp>,
) -> Result<(StatusCode, Json<AppSaved>), RouteError> {
    let name = beginner.app_name(body.name)?;
    if let Some(name) = &name
        && let Some(app) = state.apps().named(name.as_str()).await?
        && app.client_id != body.client_id.as_str()
    {
        return Err(RouteError::AppNameTaken);
    }
    // The app keeps its name, so this would be another than the token is for.
    if let Beginner::Page(Grant { app: Some(name), .. }) = &beginner
        && state.apps().name_of(&body.client_id).await?.is_some_and(|known| known != name.as_str())
    {
        return Err(RouteError::EmbedTokenInvalid);
    }
    let keep = Keep {
        name: name.as_ref(),
        client_id: &body.client_id,
        client_secret: &body.client_secret,
        origin: Origin::Manual,
    };
    state.apps().keep(&keep).await?;
    let app = state.apps().settle(body.client_id.as_str()).await?;
    Ok((StatusCode::CREATED, Json(app_saved(app))))
}

/// Sends an app to the sinks: one whose approval came after its page was gone, or one that should take the place of
/// a newer one there.
#[utoipa::path(
    post,
    path = "/api/v1/apps/{name}/claim",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    responses(
        (status = 200, description = "Claimed", body = schema::AppSaved),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:write"]), ("operator_session" = [])),
)]
pub(super) async fn claim(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsWrite>,
    Path(name): Path<String>,
) -> Result<Json<AppSaved>, RouteError> {
    let app = state.apps().named(&name).await?.ok_or(RouteError::AppNotFound)?;
    let app = state.apps().claim(&app.client_id).await?;
    Ok(Json(app_saved(app)))
}
