//! The page that Trunk built, as files.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tower_http::services::ServeDir;

use super::headers::set_policy;
use crate::state::AppState;

pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let files = ServeDir::new(&state.config().server.dist_dir)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    Router::new()
        .route("/", get(index))
        .route("/index.html", get(index))
        // The page looks at its address itself.
        .route("/login", get(index))
        .fallback_service(tower::ServiceBuilder::new().layer(middleware::from_fn(cache)).service(files))
}

/// Serves the page itself, with a policy that allows its own inline script by hash and no other.
async fn index(State(state): State<AppState>) -> Response {
    let path: PathBuf = state.config().server.dist_dir.join("index.html");
    let Ok(html) = tokio::fs::read_to_string(&path).await else {
        tracing::error!("there is no page: build it with `trunk build --release`, or set DIST_DIR");
        return StatusCode::NOT_FOUND.into_response();
    };
    let hashes: Vec<String> = inline_scripts(&html).map(script_hash).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {} {}; style-src 'self'; \
         img-src 'self' data: https:; connect-src 'self' {}; frame-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        // DingTalk's script, for the workspace; and what it may ask.
        hashes.join(" "),
        state.config().dingtalk.script_url.origin().ascii_serialization(),
        simulator(&state),
    );
    let mut response = Html(html).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    set_policy(&mut response, &policy);
    response
}

/// Inside DingTalk its script asks the app around it. A simulator has no app, so there it asks the simulator.
fn simulator(state: &AppState) -> String {
    let simulator = state.config().dingtalk.simulator.as_ref();
    simulator.map_or_else(String::new, |url| url.origin().ascii_serialization())
}

/// Trunk puts a hash into the names of files, so those never change; others are asked about each time.
async fn cache(request: Request, next: Next) -> Response {
    let is_hashed = has_hashed_name(Path::new(request.uri().path()));
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        let value = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

/// Whether a name has a 64-bit hash between hyphens, dots or underscores: hexadecimal, and without leading zeros.
fn has_hashed_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut parts = name.split(['-', '.', '_']);
    parts.any(|part| (12..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains(" src=")).then_some(script)
    })
}

fn script_hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_told_from_others() {
        assert!(has_hashed_name(Path::new("/dingtalk-qr-page-0123456789abcdef_bg.wasm")));
        assert!(has_hashed_name(Path::new("/style-123456789abcdef.css")));
        assert!(!has_hashed_name(Path::new("/favicon.svg")));
    }

    #[test]
    fn only_inline_scripts_are_hashed() {
        let html = "<script src=\"/a.js\"></script><script type=\"module\">\nimport x;\n</script>";

        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["\nimport x;\n"]);
    }
}
