//! Messages, for the servers of embedders. A key sees what it has sent itself.

mod error;
mod need;
mod read;
mod recall;
mod send;
mod shape;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::routes::access::{Principal, Program};
use crate::state::AppState;

/// Largest body of a message, in bytes: it may name thousands of people.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

pub(super) use error::NoSuchMessage;
pub(super) use need::{MessagesRead, MessagesWrite};
pub(super) use read::{MOST_RECIPIENTS, USUAL_RECIPIENTS, cursor};
pub(super) use send::SendMessage;
pub(super) use shape::NotFound;

/// What programs call, with its description.
pub(super) fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(send::send, read::list))
        .routes(routes!(read::read))
        .routes(routes!(recall::recall))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Names in the store whose a message is.
pub(super) fn owner(program: Program) -> String {
    Principal::ApiKey(program.0).owner()
}
