use dingtalk_qr_shared::{FlowStarted, LoginMethod, Session};

use super::fetch::Request;
use super::{Api, ApiError, Ticket};
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
    /// Begins a login.
    pub(crate) async fn start_login(&self, login: LoginRequest<'_>) -> Result<FlowStarted, ApiError> {
        let body = to_json(&[
            ("method", method::name(login.method).into()),
            ("app", optional(login.app)),
            ("corp_id", optional(login.corp_id)),
            ("return_to", optional(login.return_to)),
        ]);
        let answer = Self::call(Request::post(&self.url("/logins"), body)).await?;
        Ok(wire::flow_started(&answer.body)?)
    }

    /// Returns where the browser goes to sign in by redirect without a flow, and to come back with a session.
    pub(crate) fn redirect_url(&self, login: LoginRequest<'_>) -> String {
        let mut url = format!("{}/auth/dingtalk", self.base());
        let mut separator = '?';
        for (name, value) in [("return_to", login.return_to), ("app", login.app), ("corp_id", login.corp_id)]
        {
            if let Some(value) = value {
                url.push(separator);
                url.push_str(name);
                url.push('=');
                url.push_str(&String::from(js_sys::encode_uri_component(value)));
                separator = '&';
            }
        }
        url
    }

    /// Sends what DingTalk's workspace gave.
    pub(crate) async fn present_code(&self, ticket: Ticket<'_>, code: &str) -> Result<(), ApiError> {
        self.present(ticket, "workspace", to_json(&[("code", code.into())])).await
    }

    /// Sends what the browser brought back from DingTalk.
    pub(crate) async fn present_proof(&self, ticket: Ticket<'_>, proof: &str) -> Result<(), ApiError> {
        self.present(ticket, "proof", to_json(&[("proof", proof.into())])).await
    }

    /// Exchanges the ticket of a login for a session of this browser, a cookie. For pages of the backend's origin.
    ///
    /// # Errors
    ///
    /// [`ApiError::Problem`] with `ticket_invalid` when it was used or is too old.
    pub async fn present_ticket(&self, ticket: &str) -> Result<Session, ApiError> {
        let body = to_json(&[("ticket", ticket.into())]);
        let answer = Self::call(Request::post(&self.url("/session"), body)).await?;
        Ok(wire::session(&answer.body)?)
    }

    /// Returns the session of this browser, if it has one. For pages of the backend's origin.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the backend could not be asked.
    pub async fn session(&self) -> Result<Option<Session>, ApiError> {
        let answer = Self::call(Request::get(&self.url("/session"))).await?;
        if answer.status == 204 { Ok(None) } else { Ok(Some(wire::session(&answer.body)?)) }
    }

    /// Ends the session of this browser.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the backend did not hear of it.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        Self::call(Request::delete(&self.url("/session"))).await?;
        Ok(())
    }

    /// Gives the ticket of a login to the embedder's own server: `{"ticket": …}` by POST to `url`.
    ///
    /// # Errors
    ///
    /// [`ApiError`] when the server did not take it.
    pub async fn hand_over(url: &str, ticket: &str) -> Result<(), ApiError> {
        Self::call(Request::post(url, to_json(&[("ticket", ticket.into())]))).await?;
        Ok(())
    }

    async fn present(&self, ticket: Ticket<'_>, what: &str, body: String) -> Result<(), ApiError> {
        let url = self.url(&format!("/logins/{}/{what}", ticket.flow_id));
        Self::call(Request::post(&url, body).bearer(ticket.poll_token)).await?;
        Ok(())
    }
}
