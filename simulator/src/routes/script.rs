//! JavaScript: stand-ins for DingTalk's, and what the frame of an embedded sign-in runs.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::control::Control;
use crate::quirk::JsapiMode;

/// Path of the script that ends a sign-in in a frame.
pub(crate) const FRAME_SCRIPT_PATH: &str = "/oauth2/auth/frame.js";
const FOREIGN_SCRIPT_PATH: &str = "/oauth2/auth/foreign.js";

const DDLOGIN: &str = include_str!("../js/ddlogin.js");
const FOREIGN: &str = include_str!("../js/foreign.js");
const FRAME: &str = include_str!("../js/frame.js");
const JSAPI: &str = include_str!("../js/dingtalk.open.js");

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/dingding/h5-dingtalk-login/0.21.0/ddlogin.js", get(async || script(DDLOGIN)))
        .route("/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js", get(jsapi))
        .route(FRAME_SCRIPT_PATH, get(async || script(FRAME)))
        .route(FOREIGN_SCRIPT_PATH, get(async || script(FOREIGN)))
        .route("/oauth2/auth/foreign", get(foreign))
}

async fn jsapi(State(control): State<Control>) -> Response {
    match control.settings().jsapi {
        JsapiMode::OldClient => script(format!("{JSAPI}delete window.dd.requestAuthCode;\n")),
        JsapiMode::Normal | JsapiMode::UnknownDomain => script(JSAPI),
    }
}

/// The page of another origin within the frame.
async fn foreign() -> Response {
    let policy = "default-src 'none'; script-src 'self'; frame-ancestors *";
    let html =
        format!("<!DOCTYPE html><title>Foreign</title><script src=\"{FOREIGN_SCRIPT_PATH}\"></script>");
    ([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))], Html(html)).into_response()
}

fn script(text: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (headers, text).into_response()
}
