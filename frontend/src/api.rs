mod apps;
mod error;
mod fetch;
mod login;

use dingtalk_qr_shared::{AppSaved, FlowId, FlowUpdate};
use web_sys::Url;

use crate::dom::address;
use crate::task::Boxed;
use crate::wire::{self, Begun, optional};

pub use error::ApiError;
pub(crate) use fetch::Response;
use fetch::{Request, Unreachable, fetch};
pub(crate) use login::LoginRequest;

/// The calls to the backend.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Api {
    base: String,
}

/// What a call comes to. One type for all calls, read where it is awaited: every `async fn` on the way would be code of
/// its own.
pub(crate) type Answer = Boxed<'static, Result<Response, ApiError>>;

/// The answer to "how does the flow stand?".
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Watched {
    Changed { update: FlowUpdate, etag: Option<String> },
    Same,
}

/// What proves that this page began the flow.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) flow_id: FlowId,
    pub(crate) poll_token: String,
}

impl Api {
    /// Makes the calls to the backend at `base`, such as `https://qr.example.com`; empty for the page's own origin.
    pub fn new(base: &str) -> Self {
        let mut base = base.trim_ascii();
        while let Some(shorter) = base.strip_suffix('/') {
            base = shorter;
        }
        Self { base: base.to_owned() }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Returns the origin of the backend.
    pub(crate) fn origin(&self) -> Option<String> {
        Some(Url::new_with_base(&[&*self.base, "/"].concat(), &address("href")).ok()?.origin())
    }

    /// Returns whether the page is of the backend's own origin, so that cookies go with the calls.
    pub fn is_same_origin(&self) -> bool {
        self.origin() == Some(address("origin"))
    }

    /// Begins a registration: [`Begun`]. The same key gives the same flow.
    pub(crate) fn start(&self, app_name: Option<&str>, key: &str, embed_token: Option<String>) -> Answer {
        let body = [("app_name", optional(app_name)), ("idempotency_key", key.into())];
        self.post("/registrations", wire::to_json(&body), embed_token)
    }

    /// Asks how the flow stands, and waits for a change if it stands as `etag` says.
    pub(crate) fn watch(&self, ticket: &Ticket, etag: Option<String>) -> Answer {
        let url = [&*self.flow_url(ticket), "?wait=", WAIT].concat();
        send(Request {
            method: "GET",
            url,
            bearer: Some(ticket.poll_token.clone()),
            etag,
            ..Request::default()
        })
    }

    /// Gives the flow up. Reaches the backend even while the page unloads.
    pub(crate) fn cancel(&self, ticket: &Ticket) -> Answer {
        delete(self.flow_url(ticket), Some(ticket.poll_token.clone()))
    }

    /// Says that the page is going away: the backend cancels unless it comes back within seconds.
    pub(crate) fn leave(&self, ticket: &Ticket) -> Answer {
        delete(self.flow_url(ticket) + "?leaving=true", Some(ticket.poll_token.clone()))
    }

    /// Stores credentials that were entered by hand: [`AppSaved`].
    pub(crate) fn save_app(
        &self,
        name: Option<&str>,
        client_id: &str,
        client_secret: &str,
        embed_token: Option<String>,
    ) -> Answer {
        let body = [
            ("name", optional(name)),
            ("client_id", client_id.into()),
            ("client_secret", client_secret.into()),
        ];
        self.post("/apps", wire::to_json(&body), embed_token)
    }

    /// Exchanges the code of a setup link for an operator session, a cookie.
    ///
    /// # Errors
    ///
    /// [`ApiError::Problem`] with `setup_code_invalid` when the link has been used.
    pub async fn open_session(&self, setup_code: &str) -> Result<(), ApiError> {
        let body = wire::to_json(&[("setup_code", setup_code.into())]);
        self.post("/operator-session", body, None).await?;
        Ok(())
    }

    fn post(&self, path: &str, body: String, bearer: Option<String>) -> Answer {
        let url = self.url(path);
        send(Request { method: "POST", url, body: Some(body), bearer, ..Request::default() })
    }

    /// Returns where the secret of a new app is asked for.
    pub(crate) fn credentials_url(&self, ticket: &Ticket) -> String {
        self.flow_url(ticket) + "/credentials"
    }

    fn flow_url(&self, ticket: &Ticket) -> String {
        self.url("/flows/") + ticket.flow_id.as_str()
    }

    fn url(&self, path: &str) -> String {
        [&*self.base, "/api/v1", path].concat()
    }
}

/// [`WAIT_SECONDS`](crate::poll::WAIT_SECONDS) in digits.
const WAIT: &str = "25";

fn delete(url: String, bearer: Option<String>) -> Answer {
    send(Request { method: "DELETE", url, keepalive: true, bearer, ..Request::default() })
}

fn send(request: Request) -> Answer {
    Box::pin(async {
        let answer = fetch(request).await.map_err(|Unreachable| ApiError::Unreachable)?;
        if answer.status < 400 { Ok(answer) } else { Err(ApiError::from_response(&answer)) }
    })
}

impl Response {
    pub(crate) fn begun(self) -> Result<Begun, ApiError> {
        Ok(Begun::read(self.body)?)
    }

    pub(crate) fn app_saved(&self) -> Result<AppSaved, ApiError> {
        Ok(wire::app_saved(&self.body)?)
    }

    pub(crate) fn watched(self) -> Result<Watched, ApiError> {
        if self.status == 304 {
            return Ok(Watched::Same);
        }
        Ok(Watched::Changed { update: wire::flow_update(&self.body)?, etag: self.etag })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::WAIT_SECONDS;

    #[test]
    fn the_digits_are_those_of_the_number() {
        assert_eq!(WAIT, WAIT_SECONDS.to_string());
    }
}
