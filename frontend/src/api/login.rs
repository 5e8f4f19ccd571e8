use dingtalk_qr_shared::{LoginMethod, Session};

use super::fetch::Request;
use super::{Answer, Api, ApiError, Response, Ticket, delete, send};
use crate::method;
use crate::wire::{self, optional, to_json};

/// What a login is asked for with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoginRequest<'a> {
    pub(crate) method: LoginMethod,
    pub(crate) app: Option<&'a str>,
    pub(crate) corp_id: Option<&'a str>,
    /// For the redirect: the address of this page.
    pub(crate) return_to: Option<&'a str>,
}

impl Api {
    /// Begins a login: [`Begun`](crate::wire::Begun).
    pub(crate) fn start_login(&self, login: LoginRequest<'_>) -> Answer {
        let body = to_json(&[
            ("method", method::name(login.method).into()),
            ("app", optional(login.app)),
            ("corp_id", optional(login.corp_id)),
            ("return_to", optional(login.return_to)),
        ]);
        self.post("/logins", body, None)
    }

    /// Returns where the browser goes to sign in by redirect without a flow, and to come back with a session.
    pub(crate) fn redirect_url(&self, login: LoginRequest<'_>) -> String {
        let mut url = [self.base(), "/auth/dingtalk"].concat();
        let mut separator = "?";
        for (name, value) in [("return_to", login.return_to), ("app", login.app), ("corp_id", login.corp_id)]
        {
            if let Some(value) = value {
                let value = String::from(js_sys::encode_uri_component(value));
                url = [&*url, separator, name, "=", &value].concat();
                separator = "&";
            }
        }
        url
    }

    /// Sends what DingTalk's workspace gave.
    pub(crate) fn present_code(&self, ticket: &Ticket, code: &str) -> Answer {
        self.present(ticket, "/workspace", to_json(&[("code", code.into())]))
    }

    /// Sends what the browser brought back from DingTalk.
    pub(crate) fn present_proof(&self, ticket: &Ticket, proof: &str) -> Answer {
        self.present(ticket, "/proof", to_json(&[("proof", proof.into())]))
    }

    fn present(&self, ticket: &Ticket, what: &str, body: String) -> Answer {
        let path = ["/logins/", ticket.flow_id.as_str(), what].concat();
        self.post(&path, body, Some(ticket.poll_token.clone()))
    }

    /// Exchanges the ticket of a login for a session of this browser, a cookie. For pages of the backend's origin.
    pub(crate) fn exchange(&self, ticket: &str) -> Answer {
        self.post("/session", to_json(&[("ticket", ticket.into())]), None)
    }

    /// Asks for the session.
    pub(crate) fn ask_for_session(&self) -> Answer {
        send(Request { method: "GET", url: self.url("/session"), ..Request::default() })
    }

    /// Returns the session of this browser, if it has one. For pages of the backend's origin.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the backend could not be asked.
    pub async fn session(&self) -> Result<Option<Session>, ApiError> {
        self.ask_for_session().await?.session()
    }

    /// Ends the session of this browser.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the backend did not hear of it.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        delete(self.url("/session"), None).await?;
        Ok(())
    }

    /// Gives the ticket of a login to the embedder's own server: `{"ticket": …}` by POST to `url`.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the server did not take it.
    pub async fn hand_over(url: &str, ticket: &str) -> Result<(), ApiError> {
        let body = Some(to_json(&[("ticket", ticket.into())]));
        send(Request { method: "POST", url: url.to_owned(), body, ..Request::default() }).await?;
        Ok(())
    }
}

impl Response {
    /// Reads a session; nothing where nobody is signed in.
    pub(crate) fn session(&self) -> Result<Option<Session>, ApiError> {
        if self.status == 204 { Ok(None) } else { Ok(Some(wire::session(&self.body)?)) }
    }
}
