//! Messages of a local: accepted here, sent by the cloud, once.

use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, SentMessage, people};
use dingtalk_qr_tests::{Answer, Relay};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_to_the_embedders_own_id_goes_to_whom_the_organisation_calls_so() {
    let relay = Relay::start().await;
    let user_id = sign_in(&relay, people::ZHANG_WEI, "employee-1").await;
    sign_in(&relay, people::LI_NA, "employee-2").await;
    let key = key(&relay).await;

    let to = json!({ "user_ids": [user_id], "external_ids": ["employee-2", "employee-9"] });
    let answer = send(&relay, &key, &message(&to, "Hello.")).await;

    let unresolved = json!([{ "field": "to.external_ids", "id": "employee-9", "why": "unknown" }]);
    assert_eq!((answer.status.as_u16(), &answer.json()["unresolved"]), (202, &unresolved), "{answer:?}");
    relay.until(async || arrived(&relay).len() == 2).await;
    let expected = [people::LI_NA, people::ZHANG_WEI].map(|who| (who.to_owned(), "Hello.".to_owned()));
    assert_eq!(arrived(&relay), expected);
}

#[tokio::test]
async fn what_became_of_a_message_comes_back_for_each() {
    let relay = Relay::start().await;
    let user_id = sign_in(&relay, people::ZHANG_WEI, "employee-1").await;
    let key = key(&relay).await;
    let to = json!({ "external_ids": ["employee-1"], "staff_ids": [people::LI_NA, "nobody"] });
    let answer = send(&relay, &key, &message(&to, "Hello.")).await;

    let counts = async || state(&relay, &key, &answer).await["outcome"]["counts"].clone();
    relay.until(async || counts().await == json!({ "unread": 2, "invalid": 1 })).await;
    assert_eq!(state(&relay, &key, &answer).await["status"], "accepted");
    for who in [people::ZHANG_WEI, people::LI_NA] {
        relay.cloud.dingtalk.read_messages(who);
    }
    relay.until(async || state(&relay, &key, &answer).await["status"] == "settled").await;

    let state = state(&relay, &key, &answer).await;
    let outcome =
        json!({ "state": "settled", "is_over": true, "counts": { "read": 2, "invalid": 1 }, "errors": [] });
    assert_eq!((&state["outcome"], &state["unresolved"]), (&outcome, &json!([])));
    let mut recipients = page(&relay, &key, &answer, "limit=2").await;
    let next = recipients["next_cursor"].as_str().unwrap().to_owned();
    let rest = page(&relay, &key, &answer, &format!("limit=2&cursor={next}")).await;
    assert_eq!(rest["next_cursor"], Value::Null);
    let of_all = recipients["recipients"].as_array_mut().unwrap();
    of_all.extend(rest["recipients"].as_array().unwrap().clone());
    assert_eq!(
        recipients["recipients"],
        json!([
            { "staff_id": people::LI_NA, "outcome": "read" },
            { "staff_id": "nobody", "outcome": "invalid" },
            { "staff_id": people::ZHANG_WEI, "user_id": user_id, "external_id": "employee-1", "outcome": "read" },
        ])
    );
    let other = relay.local.key(&[Scope::MessagesRead]).await;
    assert_eq!(
        read(&relay, &other, &answer, "").await.problem(),
        "404 message_not_found",
        "it is another key's"
    );
    assert_eq!(read(&relay, &other, &answer, "/recipients").await.problem(), "404 message_not_found");
}

#[tokio::test]
async fn a_message_is_neither_lost_nor_doubled_when_either_side_dies() {
    let mut relay = Relay::start().await;
    let key = key(&relay).await;

    for round in 0..6 {
        match round % 3 {
            0 => relay.way.block(),
            1 => relay.way.lose_answers(),
            _ => relay.way.change_answers(),
        }
        let to = json!({ "staff_ids": [people::ZHANG_WEI] });
        let answer = send(&relay, &key, &message(&to, &format!("Message {round}."))).await;
        if round % 3 != 0 {
            // The cloud has it, and the local does not know.
            relay.until(async || arrived(&relay).len() > round).await;
            assert_eq!(state(&relay, &key, &answer).await["status"], "queued");
        }
        relay = if round < 3 { relay.restart_local().await } else { relay.restart_cloud().await };
        relay.way.open();
        relay.until(async || state(&relay, &key, &answer).await["outcome"]["state"] == "sent").await;
    }

    let expected: Vec<_> =
        (0..6).map(|round| (people::ZHANG_WEI.to_owned(), format!("Message {round}."))).collect();
    assert_eq!(arrived(&relay), expected, "each once");
}

#[tokio::test]
async fn a_message_that_the_cloud_refuses_is_not_tried_again() {
    let relay = Relay::start().await;
    let key = key(&relay).await;

    let mut body = message(&json!({ "staff_ids": [people::ZHANG_WEI] }), "Hello.");
    body["app"] = json!("another");
    let answer = send(&relay, &key, &body).await;

    relay.until(async || state(&relay, &key, &answer).await["status"] == "refused").await;
    let state = state(&relay, &key, &answer).await;
    assert_eq!((&state["error"], &state["attempts"]), (&json!("app_not_found"), &json!(1)));
    let recipients = read(&relay, &key, &answer, "/recipients").await;
    assert_eq!(recipients.problem(), "404 message_not_found", "the cloud has none");
}

#[tokio::test]
async fn a_message_that_dingtalk_does_not_take_says_why() {
    let relay = Relay::start().await;
    let key = key(&relay).await;
    let refusal = json!({ "errcode": 60020, "errmsg": "x" }).to_string();
    let fault =
        json!({ "path": "/topapi/message/corpconversation/asyncsend_v2", "fault": { "body": refusal } });
    relay.cloud.dingtalk.add_fault(serde_json::from_value(fault).unwrap()).unwrap();

    let answer = send(&relay, &key, &message(&json!({ "staff_ids": [people::ZHANG_WEI] }), "Hello.")).await;

    relay.until(async || state(&relay, &key, &answer).await["status"] == "settled").await;
    let outcome = state(&relay, &key, &answer).await["outcome"].clone();
    assert_eq!((&outcome["state"], &outcome["errors"]), (&json!("failed"), &json!(["address_not_allowed"])));
}

#[tokio::test]
async fn the_same_idempotency_key_is_the_same_message() {
    let relay = Relay::start().await;
    let (key, other) = (key(&relay).await, key(&relay).await);
    let body = |text: &str, named: &str| {
        let mut body = message(&json!({ "staff_ids": [people::ZHANG_WEI], "external_ids": [named] }), text);
        body["idempotency_key"] = json!("0123456789abcdef");
        body
    };

    let first = send(&relay, &key, &body("Hello.", "employee-1")).await.json();
    // Who is meant is another matter.
    sign_in(&relay, people::LI_NA, "employee-1").await;
    assert_eq!(send(&relay, &key, &body("Hello.", "employee-1")).await.json(), first);
    for changed in [body("Hi.", "employee-1"), body("Hello.", "employee-2")] {
        assert_eq!(send(&relay, &key, &changed).await.problem(), "409 idempotency_key_reused");
    }
    assert_ne!(send(&relay, &other, &body("Hello.", "employee-1")).await.json(), first);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is_kept() {
    let relay = Relay::start().await;
    sign_in(&relay, people::ZHANG_WEI, "employee-1").await;
    let key = key(&relay).await;

    for (to, problem) in [
        (json!({ "external_ids": ["employee-2"] }), "404 recipients_not_found"),
        (json!({ "user_ids": ["x"], "external_ids": ["y"] }), "404 recipients_not_found"),
        (json!({ "external_ids": [""] }), "400 invalid_request to.external_ids[0]"),
        (json!({}), "400 invalid_request to"),
    ] {
        assert_eq!(send(&relay, &key, &message(&to, "Hello.")).await.problem(), problem, "{to}");
    }
    let to = json!({ "external_ids": ["employee-1"] });
    let long = send(&relay, &key, &message(&to, &"x".repeat(3000))).await;
    assert!(long.problem().starts_with("400 invalid_request work_notice"), "{long:?}");
    let mut elsewhere = message(&to, "Hello.");
    elsewhere["corp_id"] = json!("dingsomewhereelse");
    assert_eq!(send(&relay, &key, &elsewhere).await.problem(), "404 recipients_not_found");
    for bad in [json!("short"), json!("with a space in it")] {
        let mut body = message(&to, "Hello.");
        body["idempotency_key"] = bad.clone();
        assert_eq!(send(&relay, &key, &body).await.problem(), "400 invalid_request idempotency_key", "{bad}");
    }
}

#[tokio::test]
async fn what_a_message_says_is_in_clear_in_neither_database() {
    let relay = Relay::start().await;
    let key = key(&relay).await;
    let to = json!({ "staff_ids": [people::ZHANG_WEI] });
    let answer = send(&relay, &key, &message(&to, "canary-of-a-message")).await;
    relay.until(async || arrived(&relay).len() == 1).await;

    let id = answer.json()["message_id"].as_str().unwrap().to_owned();
    for database in [relay.cloud.database(), relay.local.database()] {
        assert!(database.contains(&id), "it is read");
        assert!(!database.contains("canary-of-a-message"));
    }
}

#[tokio::test]
async fn the_example_of_the_guide_is_taken() {
    let guide = include_str!("../../docs/relay.md");
    let (_, rest) = guide.split_once("curl https://intranet.example/api/v1/messages -H").unwrap();
    let (_, rest) = rest.split_once("-d '").unwrap();
    let mut body: Value = serde_json::from_str(rest.split_once('\'').unwrap().0).unwrap();
    body["app"] = json!(EXISTING_APP_CLIENT_ID);
    let relay = Relay::start().await;
    sign_in(&relay, people::ZHANG_WEI, "employee-7").await;
    let key = key(&relay).await;

    let answer = send(&relay, &key, &body).await;

    assert_eq!(answer.status, 202, "{answer:?}");
    relay
        .until(async || state(&relay, &key, &answer).await["outcome"]["counts"] == json!({ "unread": 1 }))
        .await;
    let (_, shown) = guide.split_once("```json\n{\"message_id\"").unwrap();
    let shown: Value =
        serde_json::from_str(&format!("{{\"message_id\"{}", shown.split_once("```").unwrap().0)).unwrap();
    let state = state(&relay, &key, &answer).await;
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&shown), fields(&state));
    assert_eq!(fields(&shown["outcome"]), fields(&state["outcome"]));
}

fn message(to: &Value, text: &str) -> Value {
    let notice = json!({ "type": "text", "content": text });
    json!({ "app": EXISTING_APP_CLIENT_ID, "to": to, "work_notice": notice })
}

/// Returns who has which text.
fn arrived(relay: &Relay) -> Vec<(String, String)> {
    let who = |message: &SentMessage| message.userid.clone().unwrap();
    let text = |message: &SentMessage| message.content["text"]["content"].as_str().unwrap().to_owned();
    relay.cloud.dingtalk.messages().iter().map(|message| (who(message), text(message))).collect()
}

async fn key(relay: &Relay) -> String {
    relay.local.key(&[Scope::MessagesRead, Scope::MessagesWrite]).await
}

async fn send(relay: &Relay, key: &str, body: &Value) -> Answer {
    relay.local.call("POST", "/api/v1/messages").bearer(key).json(body).send().await
}

async fn read(relay: &Relay, key: &str, sent: &Answer, rest: &str) -> Answer {
    let id = sent.json()["message_id"].as_str().unwrap().to_owned();
    relay.local.call("GET", &format!("/api/v1/messages/{id}{rest}")).bearer(key).send().await
}

async fn state(relay: &Relay, key: &str, sent: &Answer) -> Value {
    read(relay, key, sent, "").await.json()
}

async fn page(relay: &Relay, key: &str, sent: &Answer, query: &str) -> Value {
    let answer = read(relay, key, sent, &format!("/recipients?{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn sign_in(relay: &Relay, userid: &str, external_id: &str) -> String {
    let answer = relay.sign_in(userid).await;
    let id = answer.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    let key = relay.local.key(&[Scope::UsersWrite]).await;
    let patch = relay.local.call("PATCH", &format!("/api/v1/users/{id}")).bearer(&key);
    assert_eq!(patch.json(&json!({ "external_id": external_id })).send().await.status, 200);
    id
}
