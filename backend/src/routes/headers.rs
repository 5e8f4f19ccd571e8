//! Headers that every answer has.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::state::AppState;

/// Lets pages of the allowed origins call the API, if there are any. They send a token in a header and never a cookie.
pub(super) fn cors(state: &AppState) -> Option<CorsLayer> {
    let origins = &state.config().server.allowed_origins;
    if origins.is_empty() {
        return None;
    }
    let origins =
        origins.iter().filter_map(|origin| HeaderValue::from_str(&origin.ascii_serialization()).ok());
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG, header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(Duration::from_hours(1));
    Some(cors)
}

/// Gives a page its own policy in place of the strict one.
pub(super) fn set_policy(response: &mut Response, policy: &str) {
    if let Ok(policy) = HeaderValue::from_str(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Marks a page that pages of other origins may frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framed;

/// Says what a browser must not do with the answer.
pub(super) fn secure(state: &AppState, response: &mut Response) {
    let is_framed = response.extensions().get::<Framed>().is_some();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    // An answer of the API is for its page alone; files say how long they may be kept.
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !is_framed {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    if state.config().server.public_url.scheme() == "https" {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
