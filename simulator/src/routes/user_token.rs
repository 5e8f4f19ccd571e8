//! Tokens and profiles of people who sign in: DingTalk's pages 获取用户token and 获取用户通讯录个人信息.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use super::new_api::{Body, Problem};
use super::token::unknown_action;
use crate::control::Control;
use crate::world::{Profile, ProfileRefusal, Proof, TokenRefusal, UserToken, Whose};

/// The only place where the new API looks for a token.
pub(super) const TOKEN_HEADER: &str = "x-acs-dingtalk-access-token";

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/v1.0/oauth2/userAccessToken", post(user_access_token).fallback(unknown_action))
        .route("/v1.0/contact/users/{union_id}", get(user).fallback(unknown_action))
}

async fn user_access_token(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    match exchange(&control, &headers, &body) {
        Ok(token) => Json(in_wire_names(token)).into_response(),
        Err(problem) => problem.answer(&control),
    }
}

fn exchange(control: &Control, headers: &HeaderMap, body: &[u8]) -> Result<UserToken, Problem> {
    let body = Body::read(headers, body)?;
    let parameter = |name, message| body.text(name).ok_or(Problem::missing_parameter(message));
    let client_id = parameter("clientId", "clientId is mandatory for this action")?;
    let secret = parameter("clientSecret", "clientSecret is mandatory for this action")?;
    let proof = match parameter("grantType", "grantType is mandatory for this action")? {
        "authorization_code" => Proof::Code(parameter("code", "code is mandatory for this action")?),
        "refresh_token" => {
            Proof::RefreshToken(parameter("refreshToken", "refreshToken is mandatory for this action")?)
        }
        _ => return Err(Problem::missing_parameter("grantType is none that exists")),
    };
    let token = control.world().user_token(client_id, secret, proof, control.now());
    token.map_err(|refusal| match refusal {
        TokenRefusal::Credentials(refusal) => Problem::credentials(refusal),
        TokenRefusal::IpNotAllowed => Problem::IP,
        // The same for a spent refresh token: observed, not documented.
        TokenRefusal::Code | TokenRefusal::RefreshToken => {
            Problem::bad("invalidParameter.authCode.notFound", "不合法的临时授权码")
        }
    })
}

fn in_wire_names(token: UserToken) -> Value {
    let mut body = json!({
        "accessToken": token.access_token,
        "refreshToken": token.refresh_token,
        "expireIn": token.expire_in,
    });
    if let Some(corp_id) = token.corp_id {
        body["corpId"] = json!(corp_id);
    }
    body
}

async fn user(State(control): State<Control>, Path(union_id): Path<String>, headers: HeaderMap) -> Response {
    let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let whose = if union_id == "me" { Whose::Own } else { Whose::UnionId(&union_id) };
    let profile = control.world().profile(token, whose, control.now());
    match profile {
        Ok(profile) => Json(profile_in_wire_names(&control, profile)).into_response(),
        Err(refusal) => in_envelope(refusal).answer(&control),
    }
}

fn in_envelope(refusal: ProfileRefusal) -> Problem {
    match refusal {
        ProfileRefusal::Token => Problem::USER_TOKEN,
        ProfileRefusal::IpNotAllowed => Problem::IP,
        ProfileRefusal::Permission(scope) => Problem::permission(scope),
        ProfileRefusal::UnknownPerson => Problem::not_found("invalidParameter.user.notFound", "用户不存在"),
    }
}

fn profile_in_wire_names(control: &Control, profile: Profile) -> Value {
    let Profile { person, open_id, mobile } = profile;
    let mut body = json!({
        "nick": person.nick,
        "unionId": person.unionid,
        "openId": open_id,
        "avatarUrl": control.absolute(&person.avatar),
        "visitor": person.visitor,
    });
    if let Some(email) = person.email {
        body["email"] = json!(email);
    }
    if let Some((state_code, mobile)) = mobile {
        body["stateCode"] = json!(state_code);
        body["mobile"] = json!(mobile);
    }
    body
}
