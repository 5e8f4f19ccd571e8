//! The relay: what a cloud does for its locals, and what a local does for its pages and servers.

mod auth;
mod cloud;
mod error;
mod guard;
mod members;
mod messages;
mod session;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::login;
use super::openapi;
use crate::error::RouteError;
use crate::relay::Local;
use crate::state::AppState;

pub(super) use cloud::routes as cloud;

/// Largest body on the way to the cloud, in bytes: a message, and what is around it.
const BODY_LIMIT: usize = super::messages::BODY_LIMIT + 64 * 1024;

/// What a local serves: its people with their sessions, and what it asks its cloud for. Nobody registers an app here.
pub(super) fn local() -> Router<AppState> {
    let messages = OpenApiRouter::new()
        .routes(routes!(messages::send))
        .layer(DefaultBodyLimit::max(super::messages::BODY_LIMIT))
        .routes(routes!(messages::read))
        .routes(routes!(messages::recipients));
    let api = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(session::start, login::session::read, login::session::end))
        .routes(routes!(login::users::find))
        .routes(routes!(login::users::read, login::users::update))
        .routes(routes!(session::refresh))
        .routes(routes!(login::users::sign_out))
        .routes(routes!(members::find))
        .merge(messages);
    let (api, document) = openapi::described(api);
    Router::new().merge(api).merge(openapi::served(document)).merge(auth::routes())
}

/// What a local does. Only a local serves routes that ask for it.
#[derive(Debug)]
struct Here(Local);

impl FromRequestParts<AppState> for Here {
    type Rejection = RouteError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        state.local().cloned().map(Self).ok_or(RouteError::AppNotFound)
    }
}
