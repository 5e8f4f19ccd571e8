//! `/topapi/message/corpconversation/*`: work notices (DingTalk's pages 发送工作通知, 使用模板发送工作通知消息,
//! 获取工作通知消息的发送进度, 获取工作通知消息的发送结果, 撤回工作通知消息).

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::old_api::{self, TokenRefused};
use crate::control::{Control, MessageKind};
use crate::world::{Notice, NoticeRefusal, Refusal};

/// Largest `msg`, in bytes.
const MOST_BYTES: usize = 2048;

/// The kinds of `msg`, each with what it has to have.
const KINDS: [(&str, &[&str]); 8] = [
    ("text", &["content"]),
    ("image", &["media_id"]),
    ("voice", &["media_id", "duration"]),
    ("file", &["media_id"]),
    ("link", &["title", "text", "messageUrl", "picUrl"]),
    ("oa", &["message_url", "head", "body"]),
    ("markdown", &["title", "text"]),
    ("action_card", &["title", "markdown"]),
];

pub(super) fn routes() -> Router<Control> {
    let path = |name: &str| format!("/topapi/message/corpconversation/{name}");
    Router::new()
        .route(&path("asyncsend_v2"), post(send).fallback(old_api::post_only))
        .route(&path("sendbytemplate"), post(send_template).fallback(old_api::post_only))
        .route(&path("getsendprogress"), post(progress).fallback(old_api::post_only))
        .route(&path("getsendresult"), post(result).fallback(old_api::post_only))
        .route(&path("recall"), post(recall).fallback(old_api::post_only))
}

#[derive(Deserialize)]
struct Caller {
    #[serde(default)]
    access_token: String,
}

/// A number, or a text that is one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u64),
    Text(String),
}

impl Number {
    fn value(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Deserialize)]
struct Audience {
    agent_id: Option<Number>,
    #[serde(default)]
    userid_list: String,
    #[serde(default)]
    dept_id_list: String,
    #[serde(default)]
    to_all_user: bool,
}

#[derive(Deserialize)]
struct NoticeBody {
    #[serde(flatten)]
    audience: Audience,
    msg: Value,
}

#[derive(Deserialize)]
struct TemplateBody {
    #[serde(flatten)]
    audience: Audience,
    #[serde(default)]
    template_id: String,
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct TaskBody {
    #[serde(rename = "agent_id")]
    agent: Option<Number>,
    #[serde(rename = "task_id", alias = "msg_task_id")]
    task: Option<Number>,
}

async fn send(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: NoticeBody = old_api::read(&headers, &body)?;
    let kind = body.msg["msgtype"].as_str().unwrap_or_default();
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    let (_, fields) = known.ok_or(Refusal::parameter("msgtype is unknown"))?;
    if fields.iter().any(|field| body.msg[kind].get(field).is_none_or(|value| *value == json!(""))) {
        return Err(Refusal::parameter("msg lacks a field"));
    }
    if body.msg.to_string().len() > MOST_BYTES {
        return Err(Refusal::parameter("msg is too long"));
    }
    let notice = body.audience.notice(MessageKind::WorkNotice, body.msg, (100, 20))?;
    Ok(sent(&control, &caller, notice))
}

async fn send_template(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: TemplateBody = old_api::read(&headers, &body)?;
    if body.template_id.is_empty() {
        return Err(Refusal { errcode: 885_001, errmsg: "模板不存在" });
    }
    let Ok(data) = serde_json::from_str::<BTreeMap<String, String>>(&body.data) else {
        return Err(Refusal { errcode: 885_006, errmsg: "模板参数必须是字符串" });
    };
    if body.audience.to_all_user {
        return Err(Refusal { errcode: 400_002, errmsg: "无效的参数" });
    }
    let content = json!({ "template_id": body.template_id, "data": data });
    let notice = body.audience.notice(MessageKind::Template, content, (5000, 500))?;
    Ok(sent(&control, &caller, notice))
}

impl Audience {
    fn notice(
        self,
        kind: MessageKind,
        content: Value,
        (people, departments): (usize, usize),
    ) -> Result<Notice, Refusal> {
        let items = |list: &str| -> Vec<String> {
            list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
        };
        let userids = items(&self.userid_list);
        let ids: Result<Vec<u64>, _> = items(&self.dept_id_list).iter().map(|id| id.parse()).collect();
        let ids = ids.map_err(|_| Refusal::parameter("dept_id_list has something that is no number"))?;
        if userids.len() > people || ids.len() > departments {
            return Err(Refusal { errcode: 400_002, errmsg: "列表过长" });
        }
        if userids.is_empty() && ids.is_empty() && !self.to_all_user {
            return Err(Refusal { errcode: 1_430_000, errmsg: "接受者为空" });
        }
        let agent_id = self.agent_id.as_ref().and_then(Number::value);
        Ok(Notice { kind, agent_id, userids, departments: ids, everybody: self.to_all_user, content })
    }
}

fn sent(control: &Control, caller: &Caller, notice: Notice) -> Response {
    let now = control.now();
    let mut world = control.world();
    match world.send_notice(&caller.access_token, notice, now) {
        Ok(task_id) => {
            let request_id = world.random.request_id();
            old_api::success(json!({ "task_id": task_id, "request_id": request_id }))
        }
        Err(refusal) => refused(&refusal),
    }
}

async fn progress(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (agent_id, task_id) = task(&headers, &body)?;
    let world = control.world();
    Ok(match world.task(&caller.access_token, agent_id, task_id, control.now()) {
        Ok((_, is_through)) => {
            let (percent, status) = if is_through { (100, 2) } else { (50, 1) };
            old_api::success(json!({ "progress": { "progress_in_percent": percent, "status": status } }))
        }
        Err(refusal) => refused(&refusal),
    })
}

async fn result(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (agent_id, task_id) = task(&headers, &body)?;
    let world = control.world();
    let (task, is_through) = match world.task(&caller.access_token, agent_id, task_id, control.now()) {
        Ok(found) => found,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    let readers = if is_through { world.readers(task) } else { Vec::new() };
    let those = |read: bool| -> Vec<&String> {
        readers.iter().filter(|(_, has_read)| *has_read == read).map(|(userid, _)| userid).collect()
    };
    // With `unlisted_drops`, nobody hears of those from whom it was kept.
    let is_told = is_through && !world.settings.unlisted_drops;
    let forbidden = if is_told { task.forbidden.as_slice() } else { &[] };
    let reasons = forbidden.iter().map(|(userid, code)| {
        let count = if *code == 143_105 { world.settings.notices_per_day } else { 1 };
        json!({ "code": code.to_string(), "count": count, "userid": userid })
    });
    let userids: Vec<_> = forbidden.iter().map(|(userid, _)| userid).collect();
    Ok(old_api::success(json!({ "send_result": {
        "invalid_user_id_list": if is_through { task.invalid.as_slice() } else { &[] },
        "invalid_dept_id_list": task.invalid_departments,
        "forbidden_user_id_list": userids,
        "forbidden_list": reasons.collect::<Vec<_>>(),
        "failed_user_id_list": [],
        "read_user_id_list": those(true),
        "unread_user_id_list": those(false),
    } })))
}

async fn recall(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (agent_id, task_id) = task(&headers, &body)?;
    let now = control.now();
    Ok(match control.world().recall_notice(&caller.access_token, agent_id, task_id, now) {
        Ok(()) => old_api::success(json!({})),
        Err(refusal) => refused(&refusal),
    })
}

fn task(headers: &HeaderMap, body: &[u8]) -> Result<(Option<u64>, u64), Refusal> {
    let body: TaskBody = old_api::read(headers, body)?;
    let id = body.task.as_ref().and_then(Number::value);
    let id = id.ok_or(Refusal::parameter("task_id is missing"))?;
    Ok((body.agent.as_ref().and_then(Number::value), id))
}

fn refused(refusal: &NoticeRefusal) -> Response {
    let (errcode, errmsg) = match refusal {
        NoticeRefusal::Token => return TokenRefused.into_response(),
        NoticeRefusal::IpNotAllowed => (60020, "访问ip不在白名单之中"),
        NoticeRefusal::AgentId => (41011, "缺少agentid"),
        NoticeRefusal::Task => (40035, "不合法的task_id"),
        NoticeRefusal::TooLate => (40035, "超过24小时的消息不能撤回"),
    };
    Refusal { errcode, errmsg }.into_response()
}
