//! Third-party apps: what DingTalk pushes to them, their customers and events.

mod callback;
mod customers;
mod error;
mod events;
mod need;
mod registry;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::RouteError;
use crate::routes::paging;
use crate::state::AppState;
use crate::suite::Suite;

/// Where DingTalk pushes to.
pub(super) fn callbacks() -> Router<AppState> {
    callback::routes()
}

/// What servers call, with its description.
pub(super) fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(registry::list))
        .routes(routes!(registry::read))
        .routes(routes!(customers::list))
        .routes(routes!(customers::read, customers::confirm))
        .routes(routes!(events::list))
}

fn named<'a>(state: &'a AppState, name: &str) -> Result<&'a Suite, RouteError> {
    state.suites().named(name).ok_or_else(|| error::NoSuchSuite.into())
}

fn limit(wish: Option<u32>) -> Result<u32, RouteError> {
    paging::limit(wish, USUAL_LIMIT, LARGEST_LIMIT)
}

fn invalid(field: &str) -> RouteError {
    RouteError::Invalid { field: Some(field.to_owned()) }
}

/// How many a page has unless somebody says otherwise, and at most.
const USUAL_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 100;
