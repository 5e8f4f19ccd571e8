//! `/embed/…`: the files of the widget, for pages of every origin. They are the same for everybody, so nothing of who
//! asks counts, and none of it is kept from anybody.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use tower_http::services::ServeDir;

use crate::state::AppState;

/// Largest file that is tagged by its content, in bytes. The loader has two thousand.
const TAGGED_LIMIT: usize = 1024 * 1024;

/// What makes a request conditional or partial.
const CONDITIONS: [HeaderName; 6] = [
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
    header::RANGE,
];

pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let files = ServeDir::new(state.config().server.dist_dir.join("embed"))
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let files = tower::ServiceBuilder::new().layer(middleware::from_fn(open)).service(files);
    Router::new().nest_service("/embed", files)
}

/// Says who may use a file, what it is, and for how long it may be kept.
async fn open(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_versioned = is_versioned(&path);
    let mut response = if is_versioned { next.run(request).await } else { revalidated(request, next).await };
    let status = response.status();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    set(HeaderName::from_static("timing-allow-origin"), "*");
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        set(header::VARY, "accept-encoding");
        let keep = if is_versioned { "public, max-age=31536000, immutable" } else { "no-cache" };
        set(header::CACHE_CONTROL, keep);
    }
    if status.is_success()
        && let Some(content_type) = content_type(&path)
    {
        set(header::CONTENT_TYPE, content_type);
    }
    response
}

/// Whether a path below `/embed` leads into the folder of one version, `v<version>-<hash>`: what is there never changes.
fn is_versioned(path: &str) -> bool {
    let Some((folder, _)) = path.trim_start_matches('/').split_once('/') else { return false };
    let Some(version) = folder.strip_prefix('v') else { return false };
    version.starts_with(|first: char| first.is_ascii_digit()) && version.contains('-')
}

/// Returns the type of a file where its name alone would be read as another, or as text in the encoding of the page.
fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "ts" => Some("application/typescript; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}

/// Tags a file that keeps its name by its content. Size and time would not do: each version's loader is as long as the
/// last, and builds that can be repeated give every file the same time.
async fn revalidated(mut request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    for condition in CONDITIONS {
        request.headers_mut().remove(condition);
    }
    let is_whole = request.method() == Method::GET;
    let mut response = next.run(request).await;
    for name in [header::ACCEPT_RANGES, header::ETAG, header::LAST_MODIFIED] {
        response.headers_mut().remove(name);
    }
    if !is_whole || response.status() != StatusCode::OK || length(response.headers()) > TAGGED_LIMIT {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(content) = to_bytes(body, TAGGED_LIMIT).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&content)[..16]));
    let is_known = known.is_some_and(|known| names(&known, &tag));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if !is_known {
        return Response::from_parts(parts, Body::from(content));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_ENCODING, header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

/// Returns the length that an answer announces; none at all is too long.
fn length(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    length.unwrap_or(usize::MAX)
}

/// Whether `If-None-Match` names the tag. Proxies that compress make tags weak (RFC 9110 §13.1.2 compares them weakly).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let known = known.to_str().unwrap_or_default();
    known
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_versions_are_told_from_what_keeps_its_name() {
        for path in ["/v1.2.3-0a1b2c/dingtalk-qr.js", "/v0.1.0-rc.1-0a1b/a/b.wasm"] {
            assert!(is_versioned(path), "{path}");
        }
        for path in [
            "/",
            "/dingtalk-qr.js",
            "/v1.2.3-0a1b2c",
            "/v1.2.3/dingtalk-qr.js",
            "/vendor-files/x.js",
            "/fonts/v1-x.js",
        ] {
            assert!(!is_versioned(path), "{path}");
        }
    }

    #[test]
    fn a_tag_is_found_among_others_and_when_it_was_made_weak() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(names(&HeaderValue::from_static(known), "\"a\""), "{known}");
        }
        for known in ["", "a", "\"b\"", "\"ab\""] {
            assert!(!names(&HeaderValue::from_static(known), "\"a\""), "{known}");
        }
    }
}
