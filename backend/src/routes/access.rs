//! Who asks.

mod allowed;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use url::{Origin, Url};

use super::cookies::Jar;
use crate::access::{Access, ApiKey, Grant, Scope};
use crate::app::AppName;
use crate::config::{Config, is_loopback};
use crate::error::RouteError;
use crate::secret::Presented;
use crate::state::AppState;

#[cfg(feature = "login")]
pub(super) use allowed::Need;
pub(super) use allowed::{Allowed, Who, need};

/// Somebody who may begin registrations and enter apps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Principal {
    /// A program with an API key.
    ApiKey(ApiKey),
    /// A person who opened the setup link, by the digest of the session.
    Operator(String),
    /// Anybody on this machine, while a simulator plays DingTalk.
    Local,
}

impl Principal {
    /// Names the principal in the store.
    pub(super) fn owner(&self) -> String {
        match self {
            Self::ApiKey(key) => owner_of(&key.name),
            Self::Operator(digest) => format!("operator:{digest}"),
            Self::Local => "local".to_owned(),
        }
    }
}

impl Who for Principal {
    async fn find(parts: &Parts, state: &AppState) -> Result<Self, RouteError> {
        if let Some(key) = bearer(&parts.headers) {
            let key = state.access().api_key(&key).await?;
            return key.map(Self::ApiKey).ok_or(RouteError::OperatorRequired);
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

    /// A browser gets no secrets, whoever sits in front of it.
    fn may(&self, scope: Scope) -> bool {
        match self {
            Self::ApiKey(key) => key.scopes.has(scope),
            Self::Operator(_) | Self::Local => scope != Scope::CredentialsRead,
        }
    }
}

/// Names an API key in the store.
fn owner_of(api_key: &str) -> String {
    format!("key:{api_key}")
}

/// A program with an API key. No session and no simulator opens this door.
#[derive(Debug)]
pub(super) struct Program(pub(super) ApiKey);

impl Who for Program {
    async fn find(parts: &Parts, state: &AppState) -> Result<Self, RouteError> {
        let key = bearer(&parts.headers).ok_or(RouteError::OperatorRequired)?;
        state.access().api_key(&key).await?.map(Self).ok_or(RouteError::OperatorRequired)
    }

    fn may(&self, scope: Scope) -> bool {
        self.0.scopes.has(scope)
    }
}

/// Who may begin one registration or enter one app: a principal, or a page with an embed token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Beginner {
    /// Somebody who may do that and more.
    Principal(Principal),
    /// A page, on behalf of the API key that asked for its token.
    Page(Grant),
}

impl Beginner {
    /// Names who answers for it, in the store and for the limits.
    pub(super) fn owner(&self) -> String {
        match self {
            Self::Principal(principal) => principal.owner(),
            Self::Page(grant) => owner_of(&grant.api_key),
        }
    }

    /// Names whose idempotency keys are its own: those of a page are not those of the server behind it.
    pub(super) fn idempotency_scope(&self) -> String {
        match self {
            Self::Principal(principal) => principal.owner(),
            Self::Page(grant) => format!("{} {}", self.owner(), grant.origin.as_str()),
        }
    }

    /// Returns the name that the app gets: the wish, or the one that the token is for.
    ///
    /// # Errors
    ///
    /// [`RouteError::EmbedTokenInvalid`] if the token is for another.
    pub(super) fn app_name(&self, wish: Option<AppName>) -> Result<Option<AppName>, RouteError> {
        match self {
            Self::Page(Grant { app: Some(app), .. }) if wish.as_ref().is_some_and(|wish| wish != app) => {
                Err(RouteError::EmbedTokenInvalid)
            }
            Self::Page(Grant { app: Some(app), .. }) => Ok(Some(app.clone())),
            Self::Page(Grant { app: None, .. }) | Self::Principal(_) => Ok(wish),
        }
    }
}

impl Who for Beginner {
    async fn find(parts: &Parts, state: &AppState) -> Result<Self, RouteError> {
        let Some(token) = bearer(&parts.headers).filter(|token| !Access::is_api_key(token)) else {
            return Principal::find(parts, state).await.map(Self::Principal);
        };
        let origin = origin(&parts.headers).ok_or(RouteError::EmbedTokenInvalid)?;
        // The list may have become shorter since.
        if !state.config().server.allowed_origins.contains(&origin) {
            return Err(RouteError::EmbedTokenInvalid);
        }
        let grant = state.embed_tokens().check(&token, &origin).await?;
        grant.map(Self::Page).ok_or(RouteError::EmbedTokenInvalid)
    }

    fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Principal(principal) => principal.may(scope),
            Self::Page(_) => matches!(scope, Scope::AppsWrite | Scope::RegistrationsWrite),
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
