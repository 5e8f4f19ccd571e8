//! Signing in: the four doors, sessions, tickets and people.

pub(super) mod access;
pub(super) mod auth;
pub(super) mod browser;
mod config;
mod current_user;
mod embed;
pub(super) mod error;
mod invitations;
pub(super) mod landing;
pub(super) mod logins;
pub(super) mod need;
pub(super) mod pages;
mod phone;
pub(super) mod session;
mod tickets;
pub(super) mod users;

use axum::Router;
use dingtalk_qr_shared::{FlowId, FlowState};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::RouteError;
use crate::state::AppState;

pub use current_user::{CurrentUser, NotSignedIn};
#[cfg(feature = "platform")]
pub(super) use error::failure_status;

/// What browsers go to by themselves.
pub(super) fn pages() -> Router<AppState> {
    Router::new().merge(auth::routes()).merge(phone::routes()).merge(embed::routes())
}

/// What programs and scripts call, with its description.
pub(super) fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(config::read))
        .routes(routes!(logins::start))
        .routes(routes!(logins::authorization))
        .routes(routes!(logins::code))
        .routes(routes!(logins::workspace))
        .routes(routes!(logins::proof))
        .routes(routes!(session::start, session::read, session::end))
        .routes(routes!(tickets::redeem))
        .routes(routes!(users::find))
        .routes(routes!(users::read, users::update))
        .routes(routes!(users::refresh))
        .routes(routes!(users::sign_out))
        .routes(routes!(invitations::invite, invitations::list))
        .routes(routes!(invitations::uninvite))
}

/// Puts the ticket into what the page of a login is told, as long as it is good.
pub(super) async fn add_ticket(
    state: &AppState,
    flow_id: &FlowId,
    flow: &mut FlowState,
) -> Result<(), RouteError> {
    if let FlowState::Authenticated(signed_in) = flow {
        signed_in.ticket = state.logins().ticket(flow_id).await?;
    }
    Ok(())
}
