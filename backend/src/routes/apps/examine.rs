//! An app examined.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::doctor::{Code, Report};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Principal, need};
use crate::routes::openapi::schema;
use crate::state::AppState;

/// What was found.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct AppExamined {
    /// The name of the app.
    app: String,
    /// Its client id.
    client_id: String,
    /// Whether DingTalk accepts the credentials; as it was before, if it could not be asked.
    verified: bool,
    /// What is wrong, most important first. Empty when all is well.
    findings: Vec<AppFinding>,
}

/// One thing that is wrong with an app.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct AppFinding {
    /// Which.
    #[schema(example = "permission_missing")]
    code: &'static str,
    /// What to do, in English; for people there are the documents.
    advice: &'static str,
    /// The page of DingTalk's console where it is put right; left out where it is put right elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    console: Option<&'static str>,
}

/// Examines an app: tries its credentials, and whether its robot may speak. Nobody gets a message.
#[utoipa::path(
    post,
    path = "/api/v1/apps/{name}/verify",
    tag = "apps",
    params(("name" = String, Path, description = "The name of the app")),
    responses(
        (status = 200, description = "Examined, whatever was found", body = AppExamined),
        (status = 401, description = "`operator_required`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin` or `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["apps:write"]), ("operator_session" = [])),
)]
pub(in crate::routes) async fn verify(
    State(state): State<AppState>,
    _: Allowed<Principal, need::AppsWrite>,
    Path(name): Path<String>,
) -> Result<Json<AppExamined>, RouteError> {
    let app = state.apps().named(&name).await?.ok_or(RouteError::AppNotFound)?;
    Ok(Json(state.doctor().examine(&app.client_id, None).await?.into()))
}

impl From<Report> for AppExamined {
    fn from(report: Report) -> Self {
        Self {
            app: report.app,
            client_id: report.client_id,
            verified: report.is_verified,
            findings: report.findings.into_iter().map(AppFinding::from).collect(),
        }
    }
}

impl From<Code> for AppFinding {
    fn from(code: Code) -> Self {
        Self { code: code.as_str(), advice: code.advice(), console: code.console() }
    }
}
