//! Who asks.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use url::{Origin, Url};

use super::cookies::Jar;
use crate::config::{Config, is_loopback};
use crate::error::RouteError;
use crate::secret::Presented;
use crate::state::AppState;

/// Somebody who may begin registrations and enter apps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Principal {
    /// A program, by the name of its API key.
    ApiKey(String),
    /// A person who opened the setup link, by the digest of the session.
    Operator(String),
    /// Anybody on this machine, while a simulator plays DingTalk.
    Local,
}

impl Principal {
    /// Names the principal in the store.
    pub(super) fn owner(&self) -> String {
        match self {
            Self::ApiKey(name) => format!("key:{name}"),
            Self::Operator(digest) => format!("operator:{digest}"),
            Self::Local => "local".to_owned(),
        }
    }
}

impl FromRequestParts<AppState> for Principal {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        if let Some(key) = bearer(&parts.headers) {
            let name = state.access().api_key(&key).await?;
            return name.map(Self::ApiKey).ok_or(RouteError::OperatorRequired);
        }
        let origin = Asker::of(&parts.headers, state.config());
        if let Some(token) = Jar::Operator.read(&parts.headers, state.config())
            && let Some(digest) = state.access().session(&token).await?
        {
            // A cookie travels with requests of every page, so the page has to be ours.
            return if origin == Asker::Foreign {
                Err(RouteError::ForbiddenOrigin)
            } else {
                Ok(Self::Operator(digest))
            };
        }
        match origin {
            Asker::Own | Asker::Loopback | Asker::Program if state.config().is_open_to_local_pages() => {
                Ok(Self::Local)
            }
            Asker::Foreign if state.config().is_open_to_local_pages() => Err(RouteError::ForbiddenOrigin),
            Asker::Own | Asker::Loopback | Asker::Program | Asker::Foreign => {
                Err(RouteError::OperatorRequired)
            }
        }
    }
}

/// The poll token of a flow's page. Without one, the empty token: it fits no flow.
#[derive(Debug)]
pub(super) struct PollToken(pub(super) Presented);

impl FromRequestParts<AppState> for PollToken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(bearer(&parts.headers).unwrap_or_else(|| Presented::new(""))))
    }
}

/// The page behind a request, by its `Origin` header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asker {
    /// A page of the backend's own origin, or of an allowed one.
    Own,
    /// A page that some server on this machine serves.
    Loopback,
    /// No page: no `Origin` header.
    Program,
    /// Any other page.
    Foreign,
}

impl Asker {
    pub(super) fn of(headers: &HeaderMap, config: &Config) -> Self {
        let Some(origin) = origin(headers) else { return Self::Program };
        if is_own(&origin, config) || config.server.allowed_origins.contains(&origin) {
            Self::Own
        } else if is_loopback(&origin) {
            Self::Loopback
        } else {
            Self::Foreign
        }
    }
}

/// On this machine `localhost` and `127.0.0.1` are the same place.
pub(super) fn is_own(origin: &Origin, config: &Config) -> bool {
    let public = config.server.public_url.origin();
    let port = |origin: &Origin| if let Origin::Tuple(_, _, port) = origin { Some(*port) } else { None };
    *origin == public || (is_loopback(origin) && is_loopback(&public) && port(origin) == port(&public))
}

/// Returns the origin that a request names; one that cannot be read is nobody's. `None` if it names none.
pub(super) fn origin(headers: &HeaderMap) -> Option<Origin> {
    let url = headers.get(header::ORIGIN)?.to_str().ok().and_then(|text| Url::parse(text).ok());
    Some(url.map_or_else(Origin::new_opaque, |url| url.origin()))
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<Presented> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Presented::new(token.trim()))
}
