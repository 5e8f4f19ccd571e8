//! The HTTP surface: extract, call one method, convert.

mod access;
mod apps;
mod body;
mod convert;
mod cookies;
mod deliveries;
mod embed_files;
mod embed_tokens;
mod envelope;
mod events;
mod flows;
mod headers;
mod health;
#[cfg(feature = "login")]
mod login;
#[cfg(feature = "platform")]
mod messages;
mod openapi;
mod operator;
#[cfg(feature = "platform")]
mod organisations;
mod page;
mod paging;
mod peer;
mod registrations;
#[cfg(feature = "platform")]
mod relay;
mod reveal;
#[cfg(feature = "platform")]
mod suites;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

#[cfg(feature = "platform")]
use crate::config::Mode;
use crate::state::AppState;

#[cfg(feature = "terminal")]
pub(crate) use convert::{app_saved, flow_update};
#[cfg(feature = "login")]
pub use login::{CurrentUser, NotSignedIn};
pub use openapi::document;
#[cfg(feature = "terminal")]
pub(crate) use registrations::flow_started;

/// Largest request body, in bytes.
const BODY_LIMIT: usize = 16 * 1024;

/// Returns the API, the health checks and the page, ready to serve or to nest in another axum application.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use dingtalk_qr_backend::{AppState, Config, SystemClock, router};
///
/// let config = Config::from_vars(|_| None)?;
/// let state = AppState::open(config, std::sync::Arc::new(SystemClock)).await?;
/// let host: axum::Router = axum::Router::new().merge(router(state));
/// # Ok(())
/// # }
/// ```
pub fn router(state: AppState) -> Router {
    let routes = served(&state).merge(health::routes());
    // Each further layer of a router costs every request a clone of all below it.
    let inner = ServiceBuilder::new()
        .option_layer(headers::cors(&state))
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    routes
        .layer(inner)
        // Open to every origin, where the rest is to those on the list.
        .merge(embed_files::routes(&state))
        .layer(middleware::from_fn_with_state(state.clone(), envelope::wrap))
        .with_state(state)
}

/// Returns what this process serves, of the two ends of a relay.
#[cfg(feature = "platform")]
fn served(state: &AppState) -> Router<AppState> {
    match state.config().mode {
        Mode::Alone => everything(state),
        Mode::Cloud => everything(state).merge(relay::cloud(state)),
        Mode::Local(_) => relay::local(),
    }
}

#[cfg(not(feature = "platform"))]
fn served(state: &AppState) -> Router<AppState> {
    everything(state)
}

fn everything(state: &AppState) -> Router<AppState> {
    let (api, document) = openapi::described(openapi::api());
    let routes = Router::new().merge(api).merge(openapi::served(document)).merge(page::routes(state));
    #[cfg(feature = "login")]
    let routes = routes.merge(login::pages());
    #[cfg(feature = "platform")]
    let routes = routes.merge(suites::callbacks());
    routes
}
