//! What becomes of messages that DingTalk does not take, or not yet.

use dingtalk_qr_simulator::{App, EXISTING_APP_CLIENT_ID, people};
use dingtalk_qr_tests::{Messaging, TestApp, messaging_options};
use serde_json::{Value, json};

const SEND: &str = "/topapi/message/corpconversation/asyncsend_v2";
const TEMPLATE: &str = "/topapi/message/corpconversation/sendbytemplate";
const SPEAK: &str = "/v1.0/robot/oToMessages/batchSend";

#[tokio::test]
async fn every_error_of_dingtalk_ends_a_message_or_puts_it_off() {
    for (path, fault, state, error) in answers() {
        let sender = Messaging::start().await;
        let rule = json!({ "path": path, "times": 1, "fault": fault });
        sender.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
        let to = json!({ "staff_ids": [people::LI_NA] });
        let text = json!({ "type": "text", "content": "x" });
        let id = match path {
            SEND => sender.submit(json!({ "to": to, "work_notice": text })).await,
            TEMPLATE => {
                sender.submit(json!({ "to": to, "template": { "template_id": "t", "data": {} } })).await
            }
            _ => sender.submit(json!({ "to": to, "robot": text })).await,
        };
        sender.settle().await;

        let message = sender.message(&id).await;
        assert_eq!(
            (&message["state"], &message["parts"][0]["error"]),
            (&json!(state), &json!(error)),
            "{path} {fault}"
        );
        // An address that is shut out waits for five minutes.
        sender.pass(if fault["preset"] == "ip_ban_json" { 310 } else { 20 }).await;
        let (after, counts) = sender.outcome(&id).await;
        match state {
            // They have it from the first attempt.
            "doubtful" if counts == json!({ "duplicate": 1 }) => {
                assert_eq!(after, "settled", "{path} {fault}");
            }
            "queued" | "doubtful" => assert_eq!(after, "sent", "{path} {fault} {counts}"),
            ended => assert_eq!((after.as_str(), &counts), (ended, &json!({ ended: 1 })), "{path} {fault}"),
        }
    }
}

#[tokio::test]
async fn what_dingtalk_is_too_busy_for_is_given_up_after_a_day() {
    let sender = Messaging::start().await;
    let rule = json!({ "path": SEND, "fault": { "preset": "global_limit" } });
    sender.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
    let id = sender.notify(&[people::LI_NA], "x").await;

    sender.pass(60).await;
    let tries = sender.asked(SEND);
    assert!((5..=7).contains(&tries), "1, 2, 4 … s: {tries}");
    for _ in 0..300 {
        sender.clock.advance(std::time::Duration::from_secs(290));
        sender.settle().await;
    }

    let message = sender.message(&id).await;
    assert_eq!((&message["state"], &message["counts"]), (&json!("failed"), &json!({ "failed": 1 })));
}

#[tokio::test]
async fn the_robot_of_a_new_app_may_not_speak_at_once_and_does_in_the_end() {
    let mut options = messaging_options();
    options.vars.clear();
    options.dingtalk.robot_ready_after_s = 60;
    let app = TestApp::with(options).await;
    let flow = app.begin_with(&json!({ "app_name": "bot" })).await;
    app.approve(&flow);
    app.pass_watched(&flow, 25).await;
    assert_eq!(app.status(&flow).await, "created");
    let sender = Messaging::of(app).await.by("bot");

    let id = sender.say(&[people::LI_NA], "Here I am.").await;
    sender.pass(10).await;
    assert_eq!(sender.outcome(&id).await.0, "queued");
    sender.pass(100).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }));
}

#[tokio::test]
async fn a_permission_that_never_comes_ends_a_message() {
    let sender = Messaging::start().await;
    let app = sender.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
    sender.dingtalk.put_app(App { permissions: Vec::new(), ..app }).unwrap();

    let id = sender.say(&[people::LI_NA], "x").await;
    sender.pass(250).await;

    let message = sender.message(&id).await;
    assert_eq!(
        (&message["state"], &message["parts"][0]["error"]),
        (&json!("failed"), &json!("permission_missing"))
    );
}

#[tokio::test]
async fn an_old_token_is_renewed_on_the_way() {
    let sender = Messaging::start().await;
    sender.notify(&[people::LI_NA], "first").await;
    sender.pass(5).await;
    sender.dingtalk.advance(std::time::Duration::from_secs(7300));

    let id = sender.notify(&[people::LI_NA], "second").await;
    sender.pass(5).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }));
}

/// What DingTalk may answer, with what becomes of the message at once and the error that is told.
fn answers() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let refused = |errcode: i64| json!({ "body": json!({ "errcode": errcode, "errmsg": "x" }).to_string() });
    let forbidden =
        |code: &str| json!({ "http": 403, "body": json!({ "code": code, "message": "x" }).to_string() });
    vec![
        (SEND, refused(-1), "queued", "upstream_busy"),
        (SEND, refused(90002), "queued", "upstream_busy"),
        (SEND, refused(143_103), "queued", "upstream_busy"),
        (SEND, refused(143_104), "queued", "upstream_busy"),
        (SEND, json!({ "preset": "ip_ban_json" }), "queued", "upstream_busy"),
        (SEND, json!({ "http": 429 }), "queued", "upstream_busy"),
        (SEND, refused(60011), "queued", "permission_missing"),
        (SEND, refused(60020), "failed", "address_not_allowed"),
        (SEND, refused(33012), "failed", "not_a_member"),
        (SEND, refused(400_002), "failed", "upstream_refused"),
        (SEND, refused(1_430_002), "failed", "upstream_refused"),
        (SEND, json!({ "http": 502 }), "doubtful", "upstream_unavailable"),
        (SEND, json!({ "body": "<html>" }), "doubtful", "upstream_unavailable"),
        (SEND, json!({ "remove": ["task_id"] }), "doubtful", "upstream_unavailable"),
        (TEMPLATE, refused(885_001), "failed", "upstream_refused"),
        (TEMPLATE, refused(885_006), "failed", "upstream_refused"),
        (TEMPLATE, refused(400_002), "failed", "upstream_refused"),
        (TEMPLATE, refused(500), "unknown", "upstream_unavailable"),
        (TEMPLATE, refused(90002), "queued", "upstream_busy"),
        (TEMPLATE, json!({ "http": 500 }), "unknown", "upstream_unavailable"),
        (SPEAK, forbidden("Forbidden.AccessDenied.QpsLimitForApi"), "queued", "upstream_busy"),
        (
            SPEAK,
            forbidden("Forbidden.AccessDenied.AccessTokenPermissionDenied"),
            "queued",
            "permission_missing",
        ),
        (SPEAK, forbidden("Forbidden.AccessDenied.IpNotInWhiteList"), "failed", "address_not_allowed"),
        (
            SPEAK,
            json!({ "http": 400, "body": "{\"code\":\"invalidParameter.robotCode.notFound\"}" }),
            "failed",
            "upstream_refused",
        ),
        (SPEAK, json!({ "http": 500 }), "unknown", "upstream_unavailable"),
        (SPEAK, json!({ "disconnect": "before_answer" }), "unknown", "upstream_unavailable"),
    ]
}
