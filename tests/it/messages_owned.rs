//! Messages that there are: asked for again, read by whoever sent them, and had back.

use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Messaging, message_key};
use serde_json::json;

const SEND: &str = "/topapi/message/corpconversation/asyncsend_v2";

#[tokio::test]
async fn the_same_key_with_the_same_message_gives_the_message_that_there_is() {
    let sender = Messaging::start().await;
    let key = "order-1-is-on-its-way";
    let body = |text: &str| {
        let notice = json!({ "type": "text", "content": text });
        json!({ "to": { "staff_ids": [people::LI_NA] }, "work_notice": notice, "idempotency_key": key })
    };

    let id = sender.submit(body("first")).await;
    let again = sender.submit(body("first")).await;
    let other = sender.post(body("second")).await;
    sender.pass(5).await;
    let later = sender.submit(body("first")).await;
    sender.pass(5).await;

    assert_eq!((&again, &later), (&id, &id));
    assert_eq!(other.problem(), "409 idempotency_key_reused");
    assert_eq!(sender.arrived().len(), 1);
    let foreign = message_key(&sender, "other").await;
    let mut body = body("second");
    body["app"] = json!(sender.name);
    let answer = sender.call("POST", "/api/v1/messages").bearer(&foreign).json(&body).send().await;
    assert_eq!(answer.status, 202, "the keys of another are its own: {answer:?}");
}

#[tokio::test]
async fn a_foreign_key_sees_nothing() {
    let sender = Messaging::start().await;
    let id = sender.notify(&[people::LI_NA], "between us").await;
    let foreign = message_key(&sender, "other").await;

    for (method, path) in
        [("GET", format!("/{id}")), ("POST", format!("/{id}/recall")), ("GET", "/nothing".to_owned())]
    {
        let path = format!("/api/v1/messages{path}");
        let answer = sender.call(method, &path).bearer(&foreign).send().await;
        assert_eq!(answer.problem(), "404 message_not_found", "{method} {path}");
    }
    let list = sender.call("GET", "/api/v1/messages").bearer(&foreign).send().await.json();
    assert_eq!(list["messages"], json!([]));
    sender.pass(5).await;
    assert_eq!(sender.arrived().len(), 1, "and takes nothing back");
}

#[tokio::test]
async fn messages_and_recipients_are_read_page_by_page() {
    let sender = Messaging::start().await;
    let people = sender.fill(250, 1);
    let names: Vec<_> = people.iter().map(String::as_str).collect();
    let first = sender.notify(&names, "first").await;
    for text in ["second", "third"] {
        sender.notify(&[people::LI_NA], text).await;
    }

    let (mut cursor, mut listed) = (String::new(), Vec::new());
    loop {
        let page = sender.get(&format!("?limit=2{cursor}&app={}", sender.name)).await.json();
        listed
            .extend(page["messages"].as_array().unwrap().iter().map(|message| message["message_id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(listed.len() == 3 && listed.contains(&json!(first)), "{listed:?}");
    assert_eq!(sender.get("?app=nothing").await.json()["messages"], json!([]));

    let (mut cursor, mut found) = (String::new(), Vec::new());
    loop {
        let page = sender.get(&format!("/{first}?limit=100{cursor}")).await.json();
        let recipients = page["recipients"].as_array().unwrap();
        found.extend(recipients.iter().map(|recipient| recipient["staff_id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    found.sort();
    assert_eq!(found, people);
    for (path, field) in [
        ("?limit=0", " limit"),
        ("?limit=101", " limit"),
        ("?cursor=%25", " cursor"),
        ("?page=2", ""),
        (&format!("/{first}?limit=1001"), " limit"),
        (&format!("/{first}?cursor=MTIz"), " cursor"),
    ] {
        assert_eq!(sender.get(path).await.problem(), format!("400 invalid_request{field}"), "{path}");
    }
}

#[tokio::test]
async fn a_message_is_had_back_by_every_way_that_it_went() {
    let sender = Messaging::start().await;
    let text = json!({ "type": "text", "content": "Never mind." });
    let notice = sender.notify(&[people::ZHANG_WEI], "Never mind.").await;
    let robot = sender.say(&[people::LI_NA], "Never mind.").await;
    let group = sender.submit(json!({ "to": { "conversation_id": "cid1==" }, "robot": text })).await;
    sender.pass(5).await;

    for id in [&notice, &robot, &group] {
        let recalled = sender.recall(id).await;
        assert_eq!(
            (&recalled["refused"], &recalled["parts"][0]["recalled"]),
            (&json!([]), &json!(true)),
            "{recalled}"
        );
    }

    assert!(sender.dingtalk.messages().iter().all(|message| message.recalled));
    let calls = sender.asked("/topapi/message/corpconversation/recall");
    sender.recall(&notice).await;
    assert_eq!(
        sender.asked("/topapi/message/corpconversation/recall"),
        calls,
        "what is back is not asked for again"
    );
}

#[tokio::test]
async fn what_dingtalk_does_not_give_back_is_told_and_asked_for_again() {
    let sender = Messaging::start().await;
    let notice = sender.notify(&[people::ZHANG_WEI], "x").await;
    let robot = sender.say(&[people::LI_NA], "x").await;
    sender.pass(5).await;
    sender.dingtalk.advance(std::time::Duration::from_hours(25));

    for id in [&notice, &robot] {
        let recalled = sender.recall(id).await;
        assert_eq!(recalled["refused"], json!([{ "number": 1, "error": "upstream_refused" }]));
        assert_eq!(recalled["parts"][0]["recalled"], false);
        assert!(recalled["recalled_at"].is_i64());
    }
}

#[tokio::test]
async fn what_was_had_back_before_it_was_sent_is_never_sent() {
    let sender = Messaging::start().await;
    sender.busy(SEND, 1);
    let id = sender.notify(&[people::ZHANG_WEI], "x").await;
    sender.settle().await;
    assert_eq!(sender.outcome(&id).await.0, "queued", "DingTalk was busy");

    sender.recall(&id).await;
    sender.pass(30).await;

    assert_eq!(sender.outcome(&id).await, ("cancelled".to_owned(), json!({ "cancelled": 1 })));
    assert_eq!(sender.arrived(), []);
}
