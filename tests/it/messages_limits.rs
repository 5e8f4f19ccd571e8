//! Every limit of DingTalk's, before anything is sent.

use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Messaging, message_key};
use serde_json::{Value, json};

const SEND: &str = "/topapi/message/corpconversation/asyncsend_v2";
const TEMPLATE: &str = "/topapi/message/corpconversation/sendbytemplate";
const SPEAK: &str = "/v1.0/robot/oToMessages/batchSend";

#[tokio::test]
async fn what_breaks_a_limit_is_named_and_nothing_of_it_is_sent() {
    let sender = Messaging::start().await;

    for (body, field) in [notices(), robots_and_templates(), recipients(), the_rest()].concat() {
        let answer = sender.post(body.clone()).await;
        assert_eq!(answer.problem(), format!("400 invalid_request {field}"), "{body}");
    }

    let unknown = json!({ "app": "nothing", "to": to_a(), "work_notice": text() });
    assert_eq!(sender.post(unknown).await.problem(), "404 app_not_found");
    sender.pass(15).await;
    assert_eq!(sender.asked(SEND) + sender.asked(TEMPLATE) + sender.asked(SPEAK), 0);
}

#[tokio::test]
async fn a_work_notice_may_have_2048_bytes_as_dingtalk_writes_it() {
    let sender = Messaging::start().await;
    let around = json!({ "msgtype": "text", "text": { "content": "" } }).to_string().len();
    // Of three bytes each, and a quote that JSON writes with two.
    let fits = format!("{}\"{}", "钉".repeat(600), "x".repeat(2048 - around - 1800 - 2));
    let notice = |content: &str| json!({ "to": { "staff_ids": [people::LI_NA] }, "work_notice": { "type": "text", "content": content } });

    let id = sender.submit(notice(&fits)).await;
    let refused = sender.post(notice(&format!("{fits}x"))).await;
    let mut stamped = notice(&fits);
    stamped["add_timestamp"] = json!(true);
    let stamped = sender.post(stamped).await;
    sender.pass(5).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }));
    assert_eq!(refused.problem(), "400 invalid_request work_notice");
    assert_eq!(stamped.problem(), "400 invalid_request work_notice", "the time below it counts");
}

#[tokio::test]
async fn longer_lists_than_dingtalk_takes_are_cut() {
    let sender = Messaging::start().await;
    let people = sender.fill(250, 30);
    let departments: Vec<_> = sender.dingtalk.department_ids(dingtalk_qr_simulator::STUDIO_CORP_ID);
    let text = json!({ "type": "text", "content": "x" });
    let template = json!({ "template_id": "t", "data": {} });
    let strangers: Vec<_> = (0..5000).map(|number| format!("stranger{number}")).collect();

    let notice = sender
        .submit(json!({ "to": { "staff_ids": people, "department_ids": departments }, "work_notice": text }))
        .await;
    let robot = sender.submit(json!({ "to": { "staff_ids": people }, "robot": text })).await;
    let by_template = sender.submit(json!({ "to": { "staff_ids": strangers }, "template": template })).await;
    sender.pass(15).await;

    let sizes = |path: &str, list: &dyn Fn(&Value) -> usize| {
        let calls = sender.dingtalk.calls().into_iter().filter(|call| call.path == path);
        let mut sizes: Vec<_> = calls.map(|call| list(&serde_json::from_str(&call.body).unwrap())).collect();
        sizes.sort_unstable();
        sizes
    };
    let items = |list: &Value| list.as_str().map_or(0, |list| list.split(',').count());
    assert_eq!(sizes(SEND, &|body| items(&body["userid_list"])), [0, 0, 50, 100, 100]);
    assert_eq!(sizes(SEND, &|body| items(&body["dept_id_list"])), [0, 0, 0, 10, 20]);
    let mut twenties = vec![20; 12];
    twenties.insert(0, 10);
    assert_eq!(sizes(SPEAK, &|body| body["userIds"].as_array().unwrap().len()), twenties);
    assert_eq!(sender.asked(TEMPLATE), 1);
    assert_eq!(sender.outcome(&robot).await.1, json!({ "unread": 250 }));
    assert_eq!(sender.outcome(&by_template).await.1, json!({ "invalid": 5000 }));
    let message = sender.message(&notice).await;
    let of_people =
        message["parts"].as_array().unwrap().iter().filter(|part| part["audience"] == "people").count();
    assert_eq!((of_people, message["parts"].as_array().unwrap().len()), (3, 5));
}

#[tokio::test]
async fn a_usual_key_sends_nothing() {
    let sender = Messaging::start().await;
    let usual = sender.api_key("usual").await;
    let message = json!({ "app": sender.name, "to": { "staff_ids": ["a"] }, "work_notice": { "type": "text", "content": "x" } });
    let send =
        async |key: &str| sender.call("POST", "/api/v1/messages").bearer(key).json(&message).send().await;

    assert_eq!(send(&usual).await.problem(), "403 insufficient_scope");
    assert!(!Scope::MessagesRead.is_usual() && !Scope::MessagesWrite.is_usual());
    assert_eq!(send("nothing").await.problem(), "401 operator_required");
    let nobody = sender.call("POST", "/api/v1/messages").json(&message).send().await;
    assert_eq!(nobody.problem(), "401 operator_required", "also with a simulator on this machine");
    assert_eq!(send(&message_key(&sender, "another").await).await.status, 202);
}

/// Returns a document with another value at one place.
fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let mut document = document.clone();
    *document.pointer_mut(pointer).unwrap() = value;
    document
}

fn to_a() -> Value {
    json!({ "staff_ids": ["a"] })
}

fn text() -> Value {
    json!({ "type": "text", "content": "x" })
}

fn button() -> Value {
    json!({ "title": "b", "url": "https://a.example/" })
}

/// Work notices, and what is wrong with them.
fn notices() -> Vec<(Value, &'static str)> {
    let form = json!({ "type": "oa", "url": "https://a.example/", "head": { "color": "FFBBBBBB", "text": "h" }, "body": {} });
    let rows = vec![json!({ "key": "k", "value": "v" }); 7];
    let card =
        |buttons: &[Value]| json!({ "type": "action_card", "title": "t", "text": "x", "buttons": buttons });
    let link = |url: &str| json!({ "type": "link", "title": "t", "text": "x", "url": url, "picture": "@p" });
    let cases = [
        (json!({ "type": "text", "content": " " }), "work_notice.content"),
        (json!({ "type": "text", "content": "x".repeat(2048) }), "work_notice"),
        (json!({ "type": "image", "media_id": "" }), "work_notice.media_id"),
        (json!({ "type": "file", "media_id": "" }), "work_notice.media_id"),
        (json!({ "type": "voice", "media_id": "", "seconds": 1 }), "work_notice.media_id"),
        (json!({ "type": "voice", "media_id": "@m", "seconds": 60 }), "work_notice.seconds"),
        (json!({ "type": "voice", "media_id": "@m", "seconds": 0 }), "work_notice.seconds"),
        (link("javascript:1"), "work_notice.url"),
        (link(""), "work_notice.url"),
        (json!({ "type": "markdown", "title": "", "text": "x" }), "work_notice.title"),
        (json!({ "type": "markdown", "title": "t", "text": "" }), "work_notice.text"),
        (card(&[]), "work_notice.buttons"),
        (card(&vec![button(); 11]), "work_notice.buttons"),
        (card(&[button(), json!({ "title": "b", "url": "x" })]), "work_notice.buttons[1].url"),
        (card(&[json!({ "title": "", "url": "https://a.example/" })]), "work_notice.buttons[0].title"),
        (with(&form, "/url", json!("x")), "work_notice.url"),
        (with(&form, "/head/text", json!("")), "work_notice.head.text"),
        (with(&form, "/head/color", json!("red")), "work_notice.head.color"),
        (with(&form, "/body", json!({ "rows": rows })), "work_notice.body.rows"),
        (json!({ "type": "fax" }), "work_notice.type"),
        (json!({ "type": "text", "content": "x", "more": 1 }), "work_notice"),
    ];
    cases.map(|(notice, field)| (json!({ "to": to_a(), "work_notice": notice }), field)).into()
}

/// What robots cannot say and templates do not take, and where.
fn robots_and_templates() -> Vec<(Value, &'static str)> {
    let card = |layout: &str, buttons: usize| {
        let buttons = vec![button(); buttons];
        json!({ "type": "action_card", "title": "t", "text": "x", "layout": layout, "buttons": buttons })
    };
    let video =
        json!({ "type": "video", "media_id": "@m", "extension": "mp4", "seconds": 0, "picture": "@p" });
    let robots = [
        (json!({ "type": "text", "content": "" }), "robot.content"),
        (json!({ "type": "image", "picture": " " }), "robot.picture"),
        (json!({ "type": "voice", "media_id": "@m", "milliseconds": 0 }), "robot.milliseconds"),
        (json!({ "type": "file", "media_id": "@m", "name": "", "extension": "pdf" }), "robot.name"),
        (video, "robot.seconds"),
        (card("vertical", 0), "robot.buttons"),
        (card("vertical", 6), "robot.buttons"),
        (card("horizontal", 1), "robot.layout"),
    ];
    let templates = [
        (json!({ "template_id": "", "data": {} }), "template.template_id"),
        (json!({ "template_id": "t", "data": { "count": 7 } }), "template.data.count"),
    ];
    let robots = robots.map(|(robot, field)| (json!({ "to": to_a(), "robot": robot }), field));
    let templates = templates.map(|(template, field)| (json!({ "to": to_a(), "template": template }), field));
    robots.into_iter().chain(templates).collect()
}

/// Whom a message cannot reach.
fn recipients() -> Vec<(Value, &'static str)> {
    let many = |count: usize| (0..count).map(|number| format!("u{number}")).collect::<Vec<_>>();
    let notices = [
        (json!({}), "to"),
        (json!({ "staff_ids": ["a", " "] }), "to.staff_ids[1]"),
        (json!({ "staff_ids": ["a,b"] }), "to.staff_ids[0]"),
        (json!({ "staff_ids": ["x".repeat(129)] }), "to.staff_ids[0]"),
        (json!({ "user_ids": [""] }), "to.user_ids[0]"),
        (json!({ "external_ids": ["two\nlines"] }), "to.external_ids[0]"),
        (json!({ "staff_ids": many(5001) }), "to.staff_ids"),
        (json!({ "staff_ids": many(5000), "external_ids": ["a"] }), "to.external_ids"),
        (json!({ "department_ids": [1, 0] }), "to.department_ids[1]"),
        (json!({ "department_ids": (1..=501).collect::<Vec<_>>() }), "to.department_ids"),
        (json!({ "everybody": true, "staff_ids": ["a"] }), "to.everybody"),
        (json!({ "everybody": true, "department_ids": [1] }), "to.everybody"),
        (json!({ "conversation_id": "cid1" }), "to.conversation_id"),
    ];
    let robots = [
        (json!({ "department_ids": [1] }), "to.department_ids"),
        (json!({ "everybody": true }), "to.everybody"),
        (json!({ "conversation_id": "cid1", "staff_ids": ["a"] }), "to.conversation_id"),
        (json!({ "conversation_id": " " }), "to.conversation_id"),
    ];
    let notices = notices.map(|(to, field)| (json!({ "to": to, "work_notice": text() }), field));
    let robots = robots.map(|(to, field)| (json!({ "to": to, "robot": text() }), field));
    notices.into_iter().chain(robots).collect()
}

/// What else may be wrong with a message.
fn the_rest() -> Vec<(Value, &'static str)> {
    let (to, text, template) = (to_a(), text(), json!({ "template_id": "t", "data": {} }));
    let image = json!({ "type": "image", "media_id": "@m" });
    vec![
        (json!({ "to": to }), "work_notice"),
        (json!({ "to": to, "work_notice": text, "robot": text }), "robot"),
        (json!({ "to": to, "work_notice": text, "template": template }), "template"),
        (json!({ "to": { "everybody": true }, "template": template }), "to.everybody"),
        (json!({ "to": { "conversation_id": "cid1" }, "template": template }), "to.conversation_id"),
        (json!({ "to": to, "work_notice": text, "idempotency_key": "short" }), "idempotency_key"),
        (json!({ "to": to, "work_notice": text, "idempotency_key": "k".repeat(129) }), "idempotency_key"),
        (json!({ "to": to, "work_notice": image, "add_timestamp": true }), "add_timestamp"),
        (json!({ "to": to, "template": template, "add_timestamp": true }), "add_timestamp"),
        (json!({ "to": to, "work_notice": text, "corp_id": "dingother" }), "app"),
        (json!({ "to": to, "work_notice": text, "surplus": 1 }), "surplus"),
    ]
}
