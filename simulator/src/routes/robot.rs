//! Messages of an app's robot: DingTalk's page 批量发送人与机器人会话中机器人消息.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::new_api::{Body, Problem};
use super::token::unknown_action;
use super::user_token::TOKEN_HEADER;
use crate::control::Control;
use crate::world::RobotRefusal;

/// Most people that one call may name.
const MOST_RECIPIENTS: usize = 20;

pub(super) fn routes() -> Router<Control> {
    Router::new().route("/v1.0/robot/oToMessages/batchSend", post(send).fallback(unknown_action))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    robot_code: String,
    user_ids: Vec<String>,
    msg_key: String,
    msg_param: String,
}

async fn send(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    match try_send(&control, &headers, &body) {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => problem.answer(&control),
    }
}

fn try_send(control: &Control, headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // What stands in front of every call: the token, the address, the permission. Then the message.
    let mut world = control.world();
    let robot = world.robot(token, control.now()).map_err(in_envelope)?;
    let message: Message = Body::read(headers, body)?.parsed()?;
    let is_text = message.msg_key == "sampleText"
        && serde_json::from_str::<Value>(&message.msg_param).is_ok_and(|text| text["content"].is_string());
    if !is_text || !(1..=MOST_RECIPIENTS).contains(&message.user_ids.len()) {
        return Err(Problem::missing_parameter("the message or its recipients are unusable"));
    }
    if !robot.is_on || message.robot_code != robot.code {
        return Err(Problem::bad("invalidParameter.robotCode.notFound", "机器人不存在"));
    }
    let is_known = |userid: &String| robot.members.contains(userid);
    let unknown: Vec<String> = message.user_ids.into_iter().filter(|userid| !is_known(userid)).collect();
    Ok(json!({
        "processQueryKey": world.random.request_id(),
        "invalidStaffIdList": unknown,
        "flowControlledStaffIdList": [],
    }))
}

fn in_envelope(refusal: RobotRefusal) -> Problem {
    match refusal {
        RobotRefusal::Token => Problem::USER_TOKEN,
        RobotRefusal::IpNotAllowed => Problem::IP,
        RobotRefusal::Permission(scope) => Problem::permission(scope),
    }
}
