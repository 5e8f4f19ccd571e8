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
async fn ready(State(state): State<AppState>) -> Result<&'static str, StatusCode> {
    if state.is_ready().await { Ok("ok\n") } else { Err(StatusCode::SERVICE_UNAVAILABLE) }
}
