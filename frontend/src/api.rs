mod error;
mod fetch;
mod login;

use std::time::Duration;

use crate::dom::window;
use dingtalk_qr_shared::{AppSaved, FlowId, FlowStarted, FlowUpdate};
use futures_util::future::{Either, select};
use gloo_timers::future::sleep;
use web_sys::Url;

use crate::poll::WAIT_SECONDS;
use crate::task::Boxed;
use crate::wire::{self, optional};

pub use error::ApiError;
use fetch::{Request, Response, Unreachable, fetch};
pub(crate) use login::LoginRequest;

/// After the longest wait of the backend: time for the network, then the connection counts as dead. Without it
/// a laptop that slept would wait for ever on a socket that is gone.
const PATIENCE: Duration = Duration::from_secs(WAIT_SECONDS as u64 + 10);

/// The calls to the backend.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Api {
    base: String,
}

/// The answer to "how does the flow stand?".
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Watched {
    Changed { update: FlowUpdate, etag: Option<String> },
    Same,
}

/// What proves that this page began the flow.
#[derive(Clone, Copy)]
pub(crate) struct Ticket<'a> {
    pub(crate) flow_id: &'a FlowId,
    pub(crate) poll_token: &'a str,
}

impl Api {
    /// Makes the calls to the backend at `base`, such as `https://qr.example.com`; empty for the page's own origin.
    pub fn new(base: &str) -> Self {
        Self { base: base.trim().trim_end_matches('/').to_owned() }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Returns the origin of the backend.
    pub(crate) fn origin(&self) -> Option<String> {
        let page = window().location().href().ok()?;
        Some(Url::new_with_base(&format!("{}/", self.base), &page).ok()?.origin())
    }

    /// Returns whether the page is of the backend's own origin, so that cookies go with the calls.
    pub fn is_same_origin(&self) -> bool {
        self.origin() == window().location().origin().ok()
    }

    /// Begins a registration. The same key gives the same flow.
    pub(crate) async fn start(
        &self,
        app_name: Option<&str>,
        key: &str,
        embed_token: Option<&str>,
    ) -> Result<FlowStarted, ApiError> {
        let body = wire::to_json(&[("app_name", optional(app_name)), ("idempotency_key", key.into())]);
        let url = self.url("/registrations");
        let request = Request::post(&url, body).token(embed_token);
        let answer = Self::call(request).await?;
        Ok(wire::flow_started(&answer.body)?)
    }

    /// Asks how the flow stands, and waits for a change if it stands as `etag` says.
    pub(crate) async fn watch(&self, ticket: Ticket<'_>, etag: Option<&str>) -> Result<Watched, ApiError> {
        let url = format!("{}?wait={WAIT_SECONDS}", self.flow_url(ticket));
        let request = Request::get(&url).bearer(ticket.poll_token).etag(etag);
        let answer = Self::call(request).await?;
        if answer.status == 304 {
            return Ok(Watched::Same);
        }
        Ok(Watched::Changed { update: wire::flow_update(&answer.body)?, etag: answer.etag })
    }

    /// Gives the flow up. Reaches the backend even while the page unloads.
    pub(crate) async fn cancel(&self, ticket: Ticket<'_>) -> Result<(), ApiError> {
        self.delete(&self.flow_url(ticket), ticket).await
    }

    /// Says that the page is going away: the backend cancels unless it comes back within seconds.
    pub(crate) async fn leave(&self, ticket: Ticket<'_>) -> Result<(), ApiError> {
        self.delete(&format!("{}?leaving=true", self.flow_url(ticket)), ticket).await
    }

    /// Stores credentials that were entered by hand.
    pub(crate) async fn save_app(
        &self,
        name: Option<&str>,
        client_id: &str,
        client_secret: &str,
        embed_token: Option<&str>,
    ) -> Result<AppSaved, ApiError> {
        let body = wire::to_json(&[
            ("name", optional(name)),
            ("client_id", client_id.into()),
            ("client_secret", client_secret.into()),
        ]);
        let answer = Self::call(Request::post(&self.url("/apps"), body).token(embed_token)).await?;
        Ok(wire::app_saved(&answer.body)?)
    }

    /// Exchanges the code of a setup link for an operator session, a cookie.
    ///
    /// # Errors
    ///
    /// [`ApiError::Problem`] with `setup_code_invalid` when the link has been used.
    pub async fn open_session(&self, setup_code: &str) -> Result<(), ApiError> {
        let body = wire::to_json(&[("setup_code", setup_code.into())]);
        Self::call(Request::post(&self.url("/operator-session"), body)).await?;
        Ok(())
    }

    async fn delete(&self, url: &str, ticket: Ticket<'_>) -> Result<(), ApiError> {
        Self::call(Request::delete(url).bearer(ticket.poll_token)).await?;
        Ok(())
    }

    fn call(request: Request<'_>) -> Boxed<'_, Result<Response, ApiError>> {
        Box::pin(async {
            let answer = match select(Box::pin(fetch(request)), Box::pin(sleep(PATIENCE))).await {
                Either::Left((answer, _)) => answer.map_err(|Unreachable| ApiError::Unreachable)?,
                Either::Right(_) => return Err(ApiError::Unreachable),
            };
            if answer.status < 400 { Ok(answer) } else { Err(ApiError::from_response(&answer)) }
        })
    }

    fn flow_url(&self, ticket: Ticket<'_>) -> String {
        self.url(&format!("/flows/{}", ticket.flow_id))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }
}
