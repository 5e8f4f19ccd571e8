//! What every exchange has: a request id, a log line, bounded headers, and problems in one form.

use std::time::Duration;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::{ErrorCode, Problem};
use tracing::Instrument as _;

use super::headers;
#[cfg(feature = "otel")]
use super::peer;
use crate::error::Public;
use crate::state::AppState;
use crate::telemetry::{self, Timer, Traced};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Most bytes that the headers of a request may have.
const HEADER_LIMIT: usize = 16 * 1024;

/// Marks an error that is a page already, for a person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rendered;

/// Names the request, logs it, and gives its error, if it has one, a body (RFC 9457).
pub(super) async fn wrap(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let timer = Timer::start();
    #[cfg(feature = "otel")]
    peer::drop_foreign_traces(&state, &mut request);
    let id = request_id(&state, request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let id_text = id.to_str().unwrap_or_default().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let method = method_name(request.method());
    let span = tracing::info_span!("request", request.id = id_text, http.method = %request.method(), http.route = &route);
    let traced = Traced::new(request.headers(), method, &route, &id_text);
    let mut response = async {
        let mut response = if is_too_large(request.headers()) {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()
        } else {
            next.run(request).await
        };
        headers::secure(&state, &mut response);
        tracing::debug!(http.status = response.status().as_u16(), "request served");
        response
    }
    .instrument(span)
    .instrument(traced.span())
    .await;
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    if is_error && response.extensions().get::<Rendered>().is_none() {
        response = problem_of(&response, Some(id_text));
    }
    response.headers_mut().insert(REQUEST_ID, id);
    let route = if route.is_empty() { "unmatched".to_owned() } else { route };
    traced.answered(response.status());
    telemetry::served(route, method, response.status().as_u16(), timer);
    response
}

/// Names a method; those that others make up are one.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// Takes the caller's id if it is short and plain, else makes one.
fn request_id(state: &AppState, headers: &HeaderMap) -> HeaderValue {
    let is_plain = |id: &HeaderValue| {
        let bytes = id.as_bytes();
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&bytes.len()) && bytes.iter().all(is_allowed)
    };
    let made = || HeaderValue::from_str(&state.request_id()).expect("base64url is a header value");
    headers.get(REQUEST_ID).filter(|id| is_plain(id)).cloned().unwrap_or_else(made)
}

fn is_too_large(headers: &HeaderMap) -> bool {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    size > HEADER_LIMIT
}

/// Gives an error its body (RFC 9457).
pub(super) fn problem_of(response: &Response, request_id: Option<String>) -> Response {
    let status = response.status();
    let public = response.extensions().get::<Public>().cloned();
    let public = public.unwrap_or_else(|| Public { code: code_of(status), field: None });
    let body = Problem {
        kind: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        code: public.code,
        field: public.field,
        request_id,
    };
    let mut problem = (status, Json(body)).into_response();
    let content_type = HeaderValue::from_static("application/problem+json");
    problem.headers_mut().insert(header::CONTENT_TYPE, content_type);
    if let Some(public) = response.extensions().get::<Public>() {
        problem.extensions_mut().insert(public.clone());
    }
    for (name, value) in response.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

/// Names an error that came from the framework.
fn code_of(status: StatusCode) -> ErrorCode {
    match status {
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => ErrorCode::RequestHeaderTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
        status if status.is_client_error() => ErrorCode::InvalidRequest,
        _ => ErrorCode::Internal,
    }
}

/// The longest time that a page may wait in one request: shorter than what proxies allow.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(25);
