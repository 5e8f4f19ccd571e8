use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dingtalk_qr_shared::AppDelivery;

use super::access::{Allowed, Principal, need};
use super::convert::app_delivery;
use super::openapi::schema;
use crate::error::RouteError;
use crate::state::AppState;

/// Delivers an app to a sink once more.
///
/// Under the message id that it had, so that a receiver which took it already knows it again. Also for a delivery that
/// was given up, and for an app that was there before the sink was switched on. The attempt is made before the answer if
/// it takes a few seconds at most.
#[utoipa::path(
    post,
    path = "/api/v1/apps/{name}/deliveries/{sink}/redeliver",
    tag = "apps",
    params(
        ("name" = String, Path, description = "The name of the app"),
        ("sink" = String, Path, description = "`env_file` or `webhook`"),
    ),
    responses(
        (status = 202, description = "Queued, and tried once unless that takes long", body = schema::AppDelivery),
        (status = 400, description = "`invalid_request`: there is no such sink, or it is switched off", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:write"]), ("operator_session" = [])),
)]
pub(super) async fn redeliver(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsWrite>,
    Path((name, sink)): Path<(String, String)>,
) -> Result<(StatusCode, Json<AppDelivery>), RouteError> {
    let no_such_sink = || RouteError::Invalid { field: Some("sink".to_owned()) };
    let sink = sink.parse().map_err(|_| no_such_sink())?;
    let app = state.apps().named(&name).await?.ok_or(RouteError::AppNotFound)?;
    let delivery = state.apps().redeliver(&app.client_id, sink).await?.ok_or_else(no_such_sink)?;
    Ok((StatusCode::ACCEPTED, Json(app_delivery(delivery, state.clock().now()))))
}
