//! The routes: DingTalk's on one side, the control API on the other.

mod admin;
mod authorize;
mod control;
mod departments;
mod directory;
mod jsapi;
mod new_api;
mod notice;
mod old_api;
mod phone;
mod registration;
mod robot;
mod script;
mod suite;
mod token;
mod user_token;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};

use crate::call::Call;
use crate::connection::Connection;
use crate::control::Control;
use crate::fault;
use crate::world::Refusal;

pub(crate) use authorize::{AUTHORIZE_PATH, request};
pub(crate) use script::FRAME_SCRIPT_PATH;

/// Path of the page behind the QR code. DingTalk's is fixed too, whoever asks.
pub(crate) const PHONE_PATH: &str = "/openapp/registration/openClaw";
pub(crate) const PHONE_DECISION_PATH: &str = "/openapp/registration/openClaw/decision";
pub(crate) const PHONE_DONE_PATH: &str = "/openapp/registration/openClaw/done";
pub(crate) const ADMIN_PATH: &str = "/openapp/registration/admin";
pub(crate) const ADMIN_DECISION_PATH: &str = "/openapp/registration/admin/decision";

/// Largest request body that is read; DingTalk's own bodies are some hundred bytes.
const BODY_LIMIT: usize = 1024 * 1024;

pub(crate) fn router(control: Control) -> Router {
    let dingtalk = Router::new()
        .merge(registration::routes())
        .merge(token::routes())
        .merge(user_token::routes())
        .merge(directory::routes())
        .merge(departments::routes())
        .merge(notice::routes())
        .merge(robot::routes())
        .merge(suite::routes())
        .merge(authorize::routes())
        .merge(jsapi::routes())
        .merge(script::routes())
        .merge(phone::routes())
        .merge(admin::routes())
        .fallback(old_api::unknown_path)
        .layer(middleware::from_fn_with_state(control.clone(), old_api::in_style))
        .layer(middleware::from_fn_with_state(control.clone(), receive));
    Router::new()
        .nest("/_sim", control::routes())
        .fallback_service(dingtalk.with_state(control.clone()))
        .with_state(control)
}

/// Notes the call, and lets a fault have its way with it.
async fn receive(State(control): State<Control>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Refusal::parameter("body is too long").into_response();
    };
    let connection = head.extensions.get::<ConnectInfo<Connection>>().map(|info| info.0.clone());
    let fault = {
        let now = control.now();
        let mut world = control.world();
        world.calls.push(Call::new(&head, &body, now));
        let path = head.uri.path();
        let limit = if world.is_over_limit(path, now) { Some(fault::over_limit(path)) } else { None };
        limit.or_else(|| world.faults.strike(path))
    };

    let real = next.run(Request::from_parts(head, Body::from(body)));
    match fault {
        Some(fault) => fault::answer(fault, connection, real).await,
        None => real.await,
    }
}

/// Encodes everything but the unreserved characters of RFC 3986 §2.3.
fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(percent_encoded(text), expected);
    }

    #[test]
    fn a_source_cannot_break_out_of_the_link() {
        check("DING_DWS_CLAW", "DING_DWS_CLAW");
        check("a&b=c#d", "a%26b%3Dc%23d");
        check("钉", "%E9%92%89");
    }
}
