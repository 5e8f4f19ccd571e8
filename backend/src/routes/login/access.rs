//! Who asks for a login, or for what came of it.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use url::Origin;

use crate::config::{Config, is_loopback};
use crate::error::RouteError;
use crate::routes::access::{is_own, origin};
use crate::state::AppState;

/// Lets forms of our own pages pass, and programs.
pub(in crate::routes) fn only_own_forms(headers: &HeaderMap, config: &Config) -> Result<(), RouteError> {
    match origin(headers) {
        Some(origin) if !is_own(&origin, config) => Err(RouteError::ForbiddenOrigin),
        Some(_) | None => Ok(()),
    }
}

/// The site that a page belongs to, of those that may ask people to sign in.
#[derive(Debug)]
pub(in crate::routes) struct Site {
    /// Its origin.
    pub(in crate::routes) origin: Origin,
    /// Whether it is ours, so that our cookies bind it.
    pub(in crate::routes) is_own: bool,
}

impl Site {
    /// Returns our own.
    pub(super) fn own(config: &Config) -> Self {
        Self { origin: config.server.public_url.origin(), is_own: true }
    }

    /// Lets our own pages pass: what comes with a cookie has to be asked for by nobody else, not even by a page of an
    /// allowed origin.
    pub(in crate::routes) fn only_own(&self) -> Result<(), RouteError> {
        if self.is_own { Ok(()) } else { Err(RouteError::ForbiddenOrigin) }
    }

    fn of(origin: Origin, config: &Config) -> Option<Self> {
        if is_own(&origin, config) {
            return Some(Self::own(config));
        }
        if config.server.allowed_origins.contains(&origin) {
            return Some(Self { origin, is_own: false });
        }
        // A development server in front of us passes our cookies on.
        (is_loopback(&origin) && config.is_open_to_local_pages()).then_some(Self { origin, is_own: true })
    }
}

impl FromRequestParts<AppState> for Site {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let config = state.config();
        let Some(origin) = origin(&parts.headers) else { return Ok(Self::own(config)) };
        Self::of(origin, config).ok_or(RouteError::ForbiddenOrigin)
    }
}
