//! What an app's robot says: DingTalk's pages 批量发送人与机器人会话中机器人消息, 机器人发送群聊消息, 机器人发送消息的消息类型,
//! 批量查询人与机器人会话机器人消息是否已读, 批量撤回人与机器人会话中机器人消息, 企业机器人撤回内部群消息.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::new_api::{Body, Problem};
use super::token::unknown_action;
use super::user_token::TOKEN_HEADER;
use crate::app::App;
use crate::control::Control;
use crate::world::RobotRefusal;

/// Most people that one call may name.
const MOST_RECIPIENTS: usize = 20;

/// The kinds of message, each with what fills it.
const KINDS: [(&str, &[&str]); 13] = [
    ("sampleText", &["content"]),
    ("sampleMarkdown", &["title", "text"]),
    ("sampleImageMsg", &["photoURL"]),
    ("sampleLink", &["title", "text", "picUrl", "messageUrl"]),
    ("sampleActionCard", &["title", "text", "singleTitle", "singleURL"]),
    ("sampleActionCard2", &["title", "text", "actionTitle1", "actionURL1", "actionTitle2", "actionURL2"]),
    ("sampleActionCard3", &["title", "text", "actionTitle3", "actionURL3"]),
    ("sampleActionCard4", &["title", "text", "actionTitle4", "actionURL4"]),
    ("sampleActionCard5", &["title", "text", "actionTitle5", "actionURL5"]),
    ("sampleActionCard6", &["title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"]),
    ("sampleAudio", &["mediaId", "duration"]),
    ("sampleFile", &["mediaId", "fileName", "fileType"]),
    ("sampleVideo", &["duration", "videoMediaId", "videoType", "picMediaId"]),
];

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/v1.0/robot/oToMessages/batchSend", post(send).fallback(unknown_action))
        .route("/v1.0/robot/oToMessages/readStatus", get(read_status).fallback(unknown_action))
        .route("/v1.0/robot/otoMessages/batchRecall", post(recall).fallback(unknown_action))
        .route("/v1.0/robot/groupMessages/send", post(send_in_group).fallback(unknown_action))
        .route("/v1.0/robot/groupMessages/recall", post(recall).fallback(unknown_action))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    robot_code: String,
    user_ids: Vec<String>,
    msg_key: String,
    msg_param: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupMessage {
    robot_code: String,
    open_conversation_id: String,
    msg_key: String,
    msg_param: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recall {
    robot_code: String,
    process_query_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadStatus {
    #[serde(default)]
    robot_code: String,
    #[serde(default)]
    process_query_key: String,
}

async fn send(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    answered(&control, try_send(&control, &headers, &body))
}

/// What stands in front of every call comes first: the token, the address, the permission. Then the message.
fn try_send(control: &Control, headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    let now = control.now();
    let app = caller(control, headers)?;
    let message: Message = Body::read(headers, body)?.parsed()?;
    let content = content(&message.msg_key, &message.msg_param)?;
    if !(1..=MOST_RECIPIENTS).contains(&message.user_ids.len()) {
        return Err(Problem::missing_parameter("the recipients are unusable"));
    }
    check_robot(&app, &message.robot_code)?;
    let spoken = control.world().speak(&app, message.user_ids, &content, now);
    Ok(json!({
        "processQueryKey": spoken.key,
        "invalidStaffIdList": spoken.invalid,
        "flowControlledStaffIdList": spoken.flow_controlled,
    }))
}

async fn send_in_group(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    answered(&control, try_send_in_group(&control, &headers, &body))
}

fn try_send_in_group(control: &Control, headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    let now = control.now();
    let app = caller(control, headers)?;
    let message: GroupMessage = Body::read(headers, body)?.parsed()?;
    let content = content(&message.msg_key, &message.msg_param)?;
    check_robot(&app, &message.robot_code)?;
    // DingTalk's begin so.
    if !message.open_conversation_id.starts_with("cid") {
        return Err(Problem::bad("invalidParameter.openConversationId.notFound", "会话不存在"));
    }
    let key = control.world().speak_in_group(&app, &message.open_conversation_id, &content, now);
    Ok(json!({ "processQueryKey": key }))
}

async fn read_status(
    State(control): State<Control>,
    Query(query): Query<ReadStatus>,
    headers: HeaderMap,
) -> Response {
    answered(&control, try_read_status(&control, &query, &headers))
}

fn try_read_status(control: &Control, query: &ReadStatus, headers: &HeaderMap) -> Result<Value, Problem> {
    let app = caller(control, headers)?;
    check_robot(&app, &query.robot_code)?;
    let world = control.world();
    let unknown = Problem::bad("invalidParameter.processQueryKey.notFound", "消息不存在");
    let spoken = world.spoken(&app, &query.process_query_key).ok_or(unknown)?;
    let readers = spoken.into_iter().map(|message| {
        let status = if message.read { "READ" } else { "UNREAD" };
        json!({ "userId": message.userid, "readStatus": status, "readTimestamp": message.at_s })
    });
    Ok(json!({ "sendStatus": "SUCCESS", "messageReadInfoList": readers.collect::<Vec<_>>() }))
}

async fn recall(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    answered(&control, try_recall(&control, &headers, &body))
}

fn try_recall(control: &Control, headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    let now = control.now();
    let app = caller(control, headers)?;
    let recall: Recall = Body::read(headers, body)?.parsed()?;
    check_robot(&app, &recall.robot_code)?;
    let mut world = control.world();
    let (mut done, mut failed) = (Vec::new(), serde_json::Map::new());
    for key in recall.process_query_keys {
        if world.recall_spoken(&app, &key, now) {
            done.push(key);
        } else {
            failed.insert(key, json!("消息不能撤回"));
        }
    }
    Ok(json!({ "successResult": done, "failedResult": failed }))
}

fn caller(control: &Control, headers: &HeaderMap) -> Result<App, Problem> {
    let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    control.world().robot(token, control.now()).map_err(in_envelope)
}

fn check_robot(app: &App, robot_code: &str) -> Result<(), Problem> {
    let is_it = app.robot && robot_code == app.client_id;
    if is_it {
        Ok(())
    } else {
        Err(Problem::bad("invalidParameter.robotCode.notFound", "机器人不存在"))
    }
}

fn content(key: &str, param: &str) -> Result<Value, Problem> {
    let unusable = Problem::missing_parameter("the message is unusable");
    let (_, fields) = KINDS.iter().find(|(name, _)| *name == key).ok_or(unusable)?;
    let param: Value = serde_json::from_str(param).map_err(|_| unusable)?;
    let is_whole = fields.iter().all(|field| param[*field].as_str().is_some_and(|text| !text.is_empty()));
    if is_whole { Ok(json!({ "msgKey": key, "msgParam": param })) } else { Err(unusable) }
}

fn answered(control: &Control, answer: Result<Value, Problem>) -> Response {
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => problem.answer(control),
    }
}

fn in_envelope(refusal: RobotRefusal) -> Problem {
    match refusal {
        RobotRefusal::Token => Problem::USER_TOKEN,
        RobotRefusal::IpNotAllowed => Problem::IP,
        RobotRefusal::Permission(scope) => Problem::permission(scope),
    }
}
