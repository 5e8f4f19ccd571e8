//! What a browser shows while a person signs in: pages of ours, and the cookie that tells it from another browser.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use zeroize::Zeroizing;

use super::landing;
use super::pages::{Language, Page, render};
use crate::error::RouteError;
use crate::routes::cookies::Jar;
use crate::routes::envelope::{REQUEST_ID, Rendered};
use crate::routes::headers::set_policy;
use crate::secret::{Presented, random_secret};
use crate::state::AppState;

/// A browser, known by its cookie. One that has none gets one with the answer.
#[derive(Debug)]
pub(super) struct Browser {
    /// What it sends, or will send.
    pub(super) cookie: Presented,
    /// What to set, if it is new.
    fresh: Option<Zeroizing<String>>,
}

impl Browser {
    /// Adds the header that makes a new browser known.
    pub(super) fn remember(&self, state: &AppState, response: Response) -> Response {
        match &self.fresh {
            Some(value) => with_cookie(response, Jar::Browser.set(state.config(), value)),
            None => response,
        }
    }
}

impl FromRequestParts<AppState> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let is_ours = |cookie: &Presented| cookie.expose().len() == 43;
        if let Some(cookie) = Jar::Browser.read(&parts.headers, state.config()).filter(is_ours) {
            return Ok(Self { cookie, fresh: None });
        }
        let fresh = random_secret();
        Ok(Self { cookie: Presented::new(&fresh), fresh: Some(fresh) })
    }
}

/// Draws a page in the language of the browser.
pub(super) fn page(state: &AppState, headers: &HeaderMap, page: &Page<'_>, status: StatusCode) -> Response {
    let html = render(page, language(headers, None), &landing::prefix(state.config()));
    // A form sends the browser on to DingTalk, and browsers apply `form-action` to that as well.
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        state.logins().login_origin()
    );
    let mut response = (status, Html(html)).into_response();
    set_policy(&mut response, &policy);
    // With `no-referrer` forms would come from the origin `null`.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response.extensions_mut().insert(Rendered);
    response
}

/// Returns the language of a page: the one that is asked for, else the browser's.
pub(in crate::routes) fn language(headers: &HeaderMap, asked_for: Option<&str>) -> Language {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::of(accept, asked_for)
}

/// Adds a cookie to an answer.
pub(in crate::routes) fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Returns what finds the request in the log.
pub(super) fn request_id(headers: &HeaderMap) -> &str {
    headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Draws what went wrong, under the status that a program would see. The log knows more under the request id.
pub(in crate::routes) fn trouble(
    state: &AppState,
    headers: &HeaderMap,
    error: RouteError,
    retry: Option<&str>,
) -> Response {
    let (status, code) = error.public();
    let request_id = request_id(headers);
    let drawn = page(state, headers, &Page::Trouble { code, request_id, retry }, status);
    // The answer of a program has the headers that belong to the error, and logs it.
    let mut response = error.into_response();
    let (parts, body) = drawn.into_parts();
    response.headers_mut().extend(parts.headers);
    response.extensions_mut().insert(Rendered);
    *response.body_mut() = body;
    response
}
