use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

/// `GET /healthz`: the process runs.
async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the process can do its work.
async fn ready(State(state): State<AppState>) -> Result<String, StatusCode> {
    if !state.is_ready().await {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    // That a local does not reach its cloud is for an operator to know: its people go on working.
    #[cfg(feature = "platform")]
    if let Some(finding) = state.cloud_finding() {
        return Ok(format!("ok\n{finding}\n"));
    }
    Ok("ok\n".to_owned())
}
