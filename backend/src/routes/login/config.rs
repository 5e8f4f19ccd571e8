use axum::Json;
use axum::extract::{Path, State};
use dingtalk_qr_shared::LoginConfig;

use crate::app::Choice;
use crate::error::RouteError;
use crate::login::LoginError;
use crate::routes::openapi::schema;
use crate::state::AppState;

/// Tells what a page may know of an app before anybody has signed in: its client id, and nothing else.
///
/// `name` may also be the full name of a login type, such as `auths.loginTypes.support`.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{name}/login-config",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    responses(
        (status = 200, description = "The client id", body = schema::LoginConfig),
        (status = 404, description = "`login_config_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Json<LoginConfig>, RouteError> {
    let app = state.apps().for_login(Choice::Named(&name)).await?.ok_or(LoginError::NoApp)?;
    Ok(Json(LoginConfig { client_id: app.client_id }))
}
