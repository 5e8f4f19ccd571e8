//! `/embed/…`: what other pages put into theirs, and what our own pages are dressed in.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::browser::language;
use super::landing;
use super::pages::{FRAME_SCRIPT, Frame, STYLE, Theme, render_frame};
use crate::routes::headers::{Framed, set_policy};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/embed/frame", get(frame))
        .route("/embed/frame.js", get(async || file("text/javascript; charset=utf-8", FRAME_SCRIPT)))
        .route("/embed/pages.css", get(async || file("text/css; charset=utf-8", STYLE)))
}

fn file(content_type: &'static str, content: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, content).into_response()
}

/// The query of [`frame`].
#[derive(Debug, Default, Deserialize)]
struct FrameQuery {
    lang: Option<String>,
    theme: Option<Theme>,
}

/// `GET /embed/frame`: stands between DingTalk's page and the page of an allowed origin. DingTalk's page speaks to pages of
/// the redirect address's origin only, and that is ours.
async fn frame(
    State(state): State<AppState>,
    headers: HeaderMap,
    query: Result<Query<FrameQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let config = state.config();
    let Query(FrameQuery { lang, theme }) = query.unwrap_or_default();
    let own = config.server.public_url.origin();
    let parents: Vec<String> = std::iter::once(&own)
        .chain(&config.server.allowed_origins)
        .map(url::Origin::ascii_serialization)
        .collect();
    let login_origin = state.logins().login_origin();
    let frame = Frame {
        api: &state.logins().settings().public_url,
        login_origin: &login_origin,
        parents: &parents,
        theme,
    };
    let html = render_frame(&frame, language(&headers, lang.as_deref()), &landing::prefix(config));
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src {login_origin}; \
         base-uri 'none'; form-action 'none'; frame-ancestors {}",
        parents.join(" ")
    );
    let mut response = Html(html).into_response();
    set_policy(&mut response, &policy);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    response.extensions_mut().insert(Framed);
    response
}
