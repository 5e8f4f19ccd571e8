//! For hosts that nest the router: who is signed in.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::error::NobodySignedIn;
use super::session::current;
use crate::error::RouteError;
use crate::routes::envelope::problem_of;
use crate::session::LiveSession;
use crate::state::AppState;
use crate::store::UserRow;

/// The person whose session the browser has. As an `Option`, `None` for nobody.
///
/// The cookie is `SameSite=Lax`, so other sites cannot send a form or a script's request with it; a `GET` of a host should
/// change nothing all the same.
///
/// # Examples
///
/// ```no_run
/// # async fn example(state: dingtalk_qr_backend::AppState) {
/// use axum::Router;
/// use axum::routing::get;
/// use dingtalk_qr_backend::{CurrentUser, router};
///
/// async fn hello(user: CurrentUser) -> String {
///     format!("Hello, {}", user.name)
/// }
///
/// let host: Router = Router::new().route("/hello", get(hello)).with_state(state.clone()).merge(router(state));
/// # }
/// ```
#[derive(Clone)]
pub struct CurrentUser {
    /// Names the person here; stable.
    pub user_id: String,
    /// The host's own id of them, where it has set one.
    pub external_id: Option<String>,
    /// What they are called.
    pub name: String,
    /// Their address, else `{unionId}@dingtalk.local`.
    pub email: String,
    /// Whether the address is made up.
    pub is_email_made_up: bool,
    /// The organisation in which they signed in (DingTalk's `corpId`).
    pub corp_id: Option<String>,
    /// Names them at DingTalk (`unionId`).
    pub union_id: String,
    /// Names them in the organisation (DingTalk's `userid`).
    pub staff_id: Option<String>,
    /// Their picture, an https link.
    pub avatar_url: Option<String>,
    /// Whether `ADMIN_EMAILS` names them.
    pub is_admin: bool,
    /// Names the session.
    pub session_id: String,
}

impl std::fmt::Debug for CurrentUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CurrentUser").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl CurrentUser {
    fn new((session, user): (LiveSession, UserRow)) -> Self {
        Self {
            user_id: user.id,
            external_id: user.external_id,
            name: user.name,
            email: user.email,
            is_email_made_up: user.is_email_made_up,
            corp_id: (!user.corp_id.is_empty()).then_some(user.corp_id),
            union_id: user.union_id,
            staff_id: user.staff_id,
            avatar_url: user.avatar_url,
            is_admin: user.is_admin,
            session_id: session.id,
        }
    }
}

/// Nobody is signed in, or it cannot be said: 401 `not_signed_in`, or 500, as `application/problem+json` (RFC 9457).
#[derive(Debug, thiserror::Error)]
#[error("nobody is signed in, or it cannot be said")]
pub struct NotSignedIn(#[source] RouteError);

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        problem_of(&self.0.into_response(), None)
    }
}

impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = current(&AppState::from_ref(state), &parts.headers).await.map_err(NotSignedIn)?;
        found.map(Self::new).ok_or(NotSignedIn(NobodySignedIn.into()))
    }
}

impl<S> OptionalFromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        let found = current(&AppState::from_ref(state), &parts.headers).await.map_err(NotSignedIn)?;
        Ok(found.map(Self::new))
    }
}
