//! What became of messages: also of those that DingTalk takes and keeps from people.

use std::time::Duration;

use dingtalk_qr_simulator::{Settings, people};
use dingtalk_qr_tests::{Messaging, TestOptions, messaging_options};
use serde_json::{Value, json};

const RESULT: &str = "/topapi/message/corpconversation/getsendresult";
const PROGRESS: &str = "/topapi/message/corpconversation/getsendprogress";

#[tokio::test]
async fn a_message_that_was_said_today_is_kept_from_people_and_that_is_told() {
    let sender = Messaging::start().await;
    sender.notify(&[people::LI_NA], "same").await;
    sender.pass(5).await;

    let again = sender.notify(&[people::LI_NA, people::ZHANG_WEI], "same").await;
    sender.pass(5).await;

    let message = sender.message(&again).await;
    assert_eq!(message["counts"], json!({ "unread": 1, "duplicate": 1 }));
    assert_eq!(
        message["recipients"][0],
        json!({ "part": 1, "staff_id": people::LI_NA, "outcome": "duplicate", "code": 143_106 })
    );
}

#[tokio::test]
async fn the_time_below_it_lets_a_message_through_that_was_said_today() {
    let sender = Messaging::start().await;
    for channel in ["work_notice", "robot"] {
        let mut ids = Vec::new();
        for _ in 0..2 {
            let mut body = json!({ "to": { "staff_ids": [people::LI_NA] }, "add_timestamp": true });
            body[channel] = json!({ "type": "text", "content": "same" });
            ids.push(sender.submit(body).await);
            sender.pass(5).await;
        }
        for id in ids {
            assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }), "{channel}");
        }
    }
    let texts: Vec<_> = sender.arrived().into_iter().map(|(_, text)| text).collect();
    assert!(texts.iter().all(|text| text.starts_with("same\n\n2026-") && text.ends_with('Z')), "{texts:?}");
}

#[tokio::test]
async fn who_has_had_too_many_today_is_told() {
    let sender = Messaging::with(settings(Settings { notices_per_day: 2, ..Settings::default() })).await;
    let mut last = String::new();
    for text in ["1", "2", "3"] {
        last = sender.notify(&[people::LI_NA], text).await;
        sender.pass(5).await;
    }

    let message = sender.message(&last).await;
    assert_eq!((&message["counts"], &message["state"]), (&json!({ "daily_limit": 1 }), &json!("settled")));
    assert_eq!(message["recipients"][0]["code"], 143_105);
    assert_eq!(sender.arrived().len(), 2);
}

#[tokio::test]
async fn who_has_had_too_many_from_a_robot_is_told() {
    let sender =
        Messaging::with(settings(Settings { robot_messages_per_minute: 1, ..Settings::default() })).await;
    sender.say(&[people::LI_NA], "1").await;
    let second = sender.say(&[people::LI_NA, people::ZHANG_WEI], "2").await;
    sender.pass(5).await;

    assert_eq!(sender.outcome(&second).await.1, json!({ "unread": 1, "flow_controlled": 1 }));
}

#[tokio::test]
async fn somebody_of_whom_dingtalk_does_not_speak_is_told_as_dropped() {
    let settings = settings(Settings { notices_per_day: 1, unlisted_drops: true, ..Settings::default() });
    let sender = Messaging::with(settings).await;
    sender.notify(&[people::LI_NA], "1").await;
    sender.pass(5).await;

    let second = sender.notify(&[people::LI_NA, people::ZHANG_WEI], "2").await;
    sender.pass(5).await;

    assert_eq!(sender.outcome(&second).await, ("sent".to_owned(), json!({ "dropped": 1, "unread": 1 })));
}

#[tokio::test]
async fn nobody_is_dropped_before_dingtalk_is_through() {
    let sender = Messaging::with(settings(Settings { notice_takes_s: 60, ..Settings::default() })).await;
    let id = sender.notify(&[people::LI_NA], "x").await;

    sender.pass(30).await;
    assert_eq!(sender.outcome(&id).await, ("sent".to_owned(), json!({ "accepted": 1 })));
    assert_eq!((sender.asked(RESULT), sender.asked(PROGRESS) > 3), (0, true));
    sender.pass(70).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1 }));
}

#[tokio::test]
async fn a_result_that_cannot_be_had_is_asked_for_again() {
    let sender = Messaging::start().await;
    let rule = json!({ "path": RESULT, "times": 2, "fault": { "http": 502 } });
    sender.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
    let id = sender.notify(&[people::LI_NA], "x").await;

    sender.pass(4).await;
    let message = sender.message(&id).await;
    assert_eq!(
        (&message["state"], &message["parts"][0]["error"]),
        (&json!("sent"), &json!("upstream_unavailable"))
    );
    sender.pass(15).await;

    let message = sender.message(&id).await;
    assert_eq!((&message["counts"], &message["parts"][0]["error"]), (&json!({ "unread": 1 }), &Value::Null));
}

#[tokio::test]
async fn numbers_that_come_as_texts_are_read() {
    let sender =
        Messaging::with(settings(Settings { stringified_numbers: true, ..Settings::default() })).await;
    let id = sender.notify(&[people::LI_NA, "nobody"], "x").await;

    sender.pass(5).await;

    assert_eq!(sender.outcome(&id).await.1, json!({ "unread": 1, "invalid": 1 }));
    assert_eq!(sender.recall(&id).await["refused"], json!([]));
}

#[tokio::test]
async fn what_nobody_reads_is_looked_after_for_a_day_and_then_no_more() {
    let sender = Messaging::start().await;
    let id = sender.notify(&[people::LI_NA], "x").await;
    sender.pass(5).await;
    for _ in 0..60 {
        pass(&sender, 1800).await;
    }

    assert_eq!(sender.outcome(&id).await, ("settled".to_owned(), json!({ "unread": 1 })));
    let asked = sender.asked(PROGRESS);
    assert!((10..40).contains(&asked), "{asked}");
    for _ in 0..10 {
        pass(&sender, 3600).await;
    }
    assert_eq!(sender.asked(PROGRESS), asked);
}

#[tokio::test]
async fn old_messages_are_forgotten() {
    let sender = Messaging::with(messaging_options().var("MESSAGE_RETENTION_DAYS", "2")).await;
    let id = sender.notify(&[people::LI_NA], "a text to be forgotten").await;
    sender.pass(5).await;

    for _ in 0..23 {
        pass(&sender, 2 * 3600).await;
    }
    assert_eq!(sender.get(&format!("/{id}")).await.status, 200);
    pass(&sender, 4 * 3600).await;

    assert_eq!(sender.get(&format!("/{id}")).await.problem(), "404 message_not_found");
}

/// Lets time pass in one step, here and at DingTalk.
async fn pass(sender: &Messaging, seconds: u64) {
    sender.dingtalk.advance(Duration::from_secs(seconds));
    sender.clock.advance(Duration::from_secs(seconds));
    sender.settle().await;
}

fn settings(dingtalk: Settings) -> TestOptions {
    TestOptions { dingtalk, ..messaging_options() }
}
