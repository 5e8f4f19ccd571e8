//! A secret shown once, to the browser that began.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use dingtalk_qr_shared::{FlowId, FlowState, RevealedCredentials};
use zeroize::Zeroizing;

use super::access::{PollToken, is_own, origin};
use super::cookies::Jar;
use super::flows::parsed;
use super::openapi::schema;
use crate::app::RevealError;
use crate::error::RouteError;
use crate::flow::Status;
use crate::secret::{Presented, random_secret};
use crate::state::AppState;

/// A browser with a page of ours, where secrets may be shown at all.
#[derive(Debug)]
pub(super) struct OwnBrowser {
    cookie: Presented,
    fresh: Option<Zeroizing<String>>,
}

impl OwnBrowser {
    /// Recognises a browser, or makes it known. `None` if the page is not ours, or no secrets are shown.
    pub(super) fn of(state: &AppState, headers: &HeaderMap) -> Option<Self> {
        if !is_own_page(state, headers) {
            return None;
        }
        let known = cookie(state, headers).map(|cookie| Self { cookie, fresh: None });
        // Nobody is given a cookie that is of no use.
        state.config().flow.reveals_once.then(|| {
            known.unwrap_or_else(|| {
                let fresh = random_secret();
                Self { cookie: Presented::new(&fresh), fresh: Some(fresh) }
            })
        })
    }

    /// Lets it see the secret of the app that a flow will make, and returns the cookie to set, if it has none.
    pub(super) async fn allow(
        &self,
        state: &AppState,
        flow_id: &FlowId,
    ) -> Result<Option<HeaderValue>, RouteError> {
        state.apps().allow_reveal(flow_id, &self.cookie).await?;
        Ok(self.fresh.as_ref().map(|fresh| Jar::Reveal.set(state.config(), fresh)))
    }
}

/// Returns the cookie of a browser, where secrets are shown at all.
pub(super) fn cookie(state: &AppState, headers: &HeaderMap) -> Option<Presented> {
    let config = state.config();
    let cookie = Jar::Reveal.read(headers, config).filter(|cookie| cookie.expose().len() == 43);
    cookie.filter(|_| config.flow.reveals_once)
}

/// Whether a page of ours asks; not for `GET`, with which browsers do not say whose page it is.
fn is_own_page(state: &AppState, headers: &HeaderMap) -> bool {
    origin(headers).is_some_and(|origin| is_own(&origin, state.config()))
}

/// Tells the page of a flow whether it may ask for the secret.
pub(super) async fn add_right(
    state: &AppState,
    browser: Option<&Presented>,
    flow_id: &FlowId,
    flow: &mut FlowState,
) -> Result<(), RouteError> {
    if let FlowState::Created(app) = flow
        && let Some(browser) = browser
    {
        app.revealable = state.apps().is_revealable(flow_id, browser).await?;
    }
    Ok(())
}

/// Shows the credentials of the app that a registration has made, once.
///
/// Off unless `REVEAL_ONCE` is `true`. For the browser that began the registration from a page of the backend's own origin, within
/// ten minutes of the creation, if the page was waiting for it. The state of the flow says `revealable` then. Anybody else gets 404.
#[utoipa::path(
    post,
    path = "/api/v1/flows/{flow_id}/credentials",
    tag = "flows",
    params(("flow_id" = String, Path, description = "As the start of the flow gave it")),
    responses(
        (status = 200, description = "The credentials, in clear", body = schema::RevealedCredentials),
        (status = 404, description = "`flow_not_found`: no such flow, or not with this token or in this browser, or it is switched off", body = schema::Problem, content_type = "application/problem+json"),
        (status = 410, description = "`already_revealed`: they were shown before, or the time for it is over", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [], "reveal" = [])),
)]
pub(super) async fn credentials(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
    headers: HeaderMap,
) -> Result<Json<RevealedCredentials>, RouteError> {
    let flow_id = parsed(flow_id)?;
    state.engine().prove(&flow_id, &token)?;
    let browser = cookie(&state, &headers).filter(|_| is_own_page(&state, &headers));
    let browser = browser.ok_or(RouteError::FlowNotFound)?;
    // An app that came after its page had given up is not the page's to see.
    let Status::Created(app) = state.engine().standing(&flow_id).await? else {
        return Err(RouteError::FlowNotFound);
    };
    let secret = state.apps().reveal_once(&flow_id, &app.client_id, &browser).await;
    let secret = secret.map_err(|error| match error {
        RevealError::NotFound => RouteError::FlowNotFound,
        RevealError::Ended => RouteError::AlreadyRevealed,
        RevealError::Secret(error) => error.into(),
    })?;
    Ok(Json(RevealedCredentials { client_id: app.client_id, client_secret: secret.expose().to_owned() }))
}
