//! What the DingTalk app does for a page that opens in it, and the pictures of people.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::authorize::person_in_cookie;
use crate::control::Control;
use crate::page::Escaped;
use crate::quirk::JsapiMode;
use crate::world::{Purpose, World};

pub(super) fn routes() -> Router<Control> {
    Router::new().route("/dd/auth-code", post(auth_code)).route("/avatars/{file}", get(avatar))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(rename = "corpId", default)]
    corp_id: String,
    #[serde(rename = "clientId", default)]
    client_id: String,
}

/// A form, so that browsers ask without a preflight; any page may read the answer, cookies or not.
async fn auth_code(State(control): State<Control>, headers: HeaderMap, Form(asked): Form<Asked>) -> Response {
    let now = control.now();
    let in_cookie = person_in_cookie(&headers);
    let answer = {
        let mut world = control.world();
        match purpose_and_person(&world, asked, in_cookie) {
            Ok((purpose, userid)) => json!({ "code": world.issue_code(purpose, &userid, now) }),
            Err(failure) => failure,
        }
    };
    let mut response = Json(answer).into_response();
    let origin = headers.get(header::ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
    response.headers_mut().extend([
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::VARY, HeaderValue::from_static("origin")),
    ]);
    response
}

fn purpose_and_person(
    world: &World,
    asked: Asked,
    in_cookie: Option<String>,
) -> Result<(Purpose, String), Value> {
    // The words of DingTalk's page on `requestAuthCode`.
    let unknown_domain = || json!({ "errorCode": 3, "errorMessage": "对应企业没有xxxx域名微应用" });
    if world.settings.jsapi == JsapiMode::UnknownDomain {
        return Err(unknown_domain());
    }
    let in_app = world.in_app.as_ref();
    let is_elsewhere = |corp_id: &String| *corp_id != asked.corp_id;
    if in_app.and_then(|in_app| in_app.corp_id.as_ref()).is_some_and(is_elsewhere) {
        return Err(unknown_domain());
    }
    let userid = in_cookie.or_else(|| in_app.map(|in_app| in_app.userid.clone()));
    let Some(person) = userid.and_then(|userid| world.person(&userid)) else {
        return Err(
            json!({ "errorCode": -1, "errorMessage": "nobody is in the DingTalk app: PUT /_sim/in-app" }),
        );
    };
    let client_id = Some(asked.client_id).filter(|client_id| !client_id.is_empty());
    let is_of_organisation = |id: &String| world.app(id).is_some_and(|app| world.serves(app, &asked.corp_id));
    if !person.is_member_of(&asked.corp_id) || !client_id.as_ref().is_none_or(is_of_organisation) {
        return Err(unknown_domain());
    }
    Ok((Purpose::Jsapi { client_id, corp_id: asked.corp_id }, person.userid.clone()))
}

/// The first letter of a name on blue.
async fn avatar(State(control): State<Control>, Path(file): Path<String>) -> Response {
    let userid = file.strip_suffix(".svg").unwrap_or(&file);
    let Ok(person) = control.person(userid) else { return StatusCode::NOT_FOUND.into_response() };
    let letter: String = person.nick.chars().take(1).collect();
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#1677ff"/><text x="32" y="43" font-size="32" font-family="sans-serif" text-anchor="middle" fill="#fff">{}</text></svg>"##,
        Escaped(&letter)
    );
    ([(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))], svg).into_response()
}
