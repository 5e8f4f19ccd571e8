//! `/_sim/*` of signing in.

use axum::extract::{Path, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read;
use crate::app::App;
use crate::control::{Control, ControlError, InApp};
use crate::people::Person;

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/people", get(people))
        .route("/people/{userid}", put(put_person))
        .route("/apps", get(apps))
        .route("/apps/{client_id}", put(put_app))
        .route("/oauth-codes", post(oauth_code))
        .route("/jsapi-codes", post(jsapi_code))
        .route("/in-app", get(in_app).put(put_in_app).delete(clear_in_app))
}

async fn people(State(control): State<Control>) -> Json<Vec<Person>> {
    Json(control.people())
}

async fn put_person(
    State(control): State<Control>,
    Path(userid): Path<String>,
    body: Bytes,
) -> Result<Json<Person>, ControlError> {
    control.patch_person(&userid, read(&body)?).map(Json)
}

async fn apps(State(control): State<Control>) -> Json<Vec<App>> {
    Json(control.apps())
}

async fn put_app(
    State(control): State<Control>,
    Path(client_id): Path<String>,
    body: Bytes,
) -> Result<Json<App>, ControlError> {
    control.patch_app(&client_id, read(&body)?).map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OAuthCode {
    client_id: String,
    userid: String,
    corp_id: Option<String>,
    scope: Option<String>,
}

impl OAuthCode {
    /// The organisation that the token's answer names: with the scope `corpid`, the given one or else the app's.
    fn chosen_corp_id(&self, control: &Control) -> Result<Option<String>, ControlError> {
        let Some(scope) = &self.scope else { return Ok(self.corp_id.clone()) };
        match (scope.split(' ').any(|word| word == "corpid"), &self.corp_id) {
            (true, None) => control.app(&self.client_id).map(|app| Some(app.corp_id)),
            (true, Some(corp_id)) => Ok(Some(corp_id.clone())),
            (false, None) => Ok(None),
            (false, Some(_)) => {
                Err(ControlError::Invalid("corp_id: needs the scope openid corpid".to_owned()))
            }
        }
    }
}

async fn oauth_code(State(control): State<Control>, body: Bytes) -> Result<Json<Value>, ControlError> {
    let body: OAuthCode = read(&body)?;
    let corp_id = body.chosen_corp_id(&control)?;
    let code = control.oauth_code(&body.client_id, &body.userid, corp_id.as_deref())?;
    Ok(Json(json!({ "code": code })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsapiCode {
    client_id: Option<String>,
    corp_id: String,
    userid: String,
}

async fn jsapi_code(State(control): State<Control>, body: Bytes) -> Result<Json<Value>, ControlError> {
    let body: JsapiCode = read(&body)?;
    let code = control.jsapi_code(body.client_id.as_deref(), &body.corp_id, &body.userid)?;
    Ok(Json(json!({ "code": code })))
}

async fn in_app(State(control): State<Control>) -> Json<Option<InApp>> {
    Json(control.in_app())
}

async fn put_in_app(State(control): State<Control>, body: Bytes) -> Result<Json<InApp>, ControlError> {
    control.put_in_app(read(&body)?).map(Json)
}

async fn clear_in_app(State(control): State<Control>) -> Json<Value> {
    control.clear_in_app();
    Json(json!({}))
}
