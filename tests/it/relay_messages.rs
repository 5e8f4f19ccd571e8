//! Messages of a local: accepted here, sent by the cloud, once.

use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Answer, Relay};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_to_the_embedders_own_id_goes_to_whom_the_organisation_calls_so() {
    let relay = Relay::start().await;
    let user_id = sign_in(&relay, people::ZHANG_WEI, "employee-1").await;
    sign_in(&relay, people::LI_NA, "employee-2").await;
    let key = key(&relay).await;

    let to =
        json!({ "user_ids": [user_id], "external_ids": ["employee-2", "employee-9"], "staff_ids": ["boss"] });
    let answer = send(&relay, &key, &message(&to)).await;

    assert_eq!(
        (answer.status.as_u16(), &answer.json()["missing"]),
        (202, &json!(["employee-9"])),
        "{answer:?}"
    );
    relay.until(async || state(&relay, &key, &answer).await["status"] == "accepted").await;
    let sent = relay.post.sent();
    assert_eq!(sent, [(json!({ "text": "hello", "to": { "staff_ids": ["boss", "lina", "zhangwei"] } }), 1)]);
}

#[tokio::test]
async fn what_became_of_a_message_comes_back() {
    let relay = Relay::start().await;
    let key = key(&relay).await;
    let answer = send(&relay, &key, &message(&json!({ "staff_ids": ["boss"] }))).await;
    relay.until(async || relay.post.sent().len() == 1).await;

    let outcome = json!({ "status": "delivered", "read": 1 });
    relay.cloud.state.relays().message_settled(&relay.post.keys()[0], &outcome).await.unwrap();

    relay.until(async || state(&relay, &key, &answer).await["status"] == "settled").await;
    assert_eq!(state(&relay, &key, &answer).await["outcome"], outcome);
    let other = relay.local.key(&[Scope::MessagesRead]).await;
    assert_eq!(read(&relay, &other, &answer).await.problem(), "404 not_found", "it is another key's");
}

#[tokio::test]
async fn a_message_is_neither_lost_nor_doubled_when_either_side_dies() {
    let mut relay = Relay::start().await;
    let key = key(&relay).await;
    let mut answers = Vec::new();

    for round in 0..6 {
        match round % 3 {
            0 => relay.way.block(),
            1 => relay.way.lose_answers(),
            _ => relay.way.change_answers(),
        }
        answers.push(send(&relay, &key, &message(&json!({ "staff_ids": [format!("staff-{round}")] }))).await);
        if round % 3 != 0 {
            // The cloud has it, and the local does not know.
            relay.until(async || relay.post.sent().len() > round).await;
        }
        relay = if round < 3 { relay.restart_local().await } else { relay.restart_cloud().await };
        relay.way.open();
        let last = answers.last().unwrap();
        relay.until(async || state(&relay, &key, last).await["status"] == "accepted").await;
    }

    let sent = relay.post.sent();
    assert_eq!(sent.len(), 6, "each once: {sent:?}");
    assert!(sent.iter().any(|(_, asked)| *asked > 1), "the same key was given in again: {sent:?}");
}

#[tokio::test]
async fn a_message_that_the_cloud_refuses_is_not_tried_again() {
    let relay = Relay::start().await;
    let key = key(&relay).await;

    let body = json!({ "type": "unheard of", "to": { "staff_ids": ["boss"] } });
    let answer = send(&relay, &key, &body).await;

    relay.until(async || state(&relay, &key, &answer).await["status"] == "refused").await;
    let state = state(&relay, &key, &answer).await;
    assert_eq!((&state["error"], &state["attempts"]), (&json!("invalid_request"), &json!(1)));
}

#[tokio::test]
async fn the_same_idempotency_key_is_the_same_message() {
    let relay = Relay::start().await;
    let (key, other) = (key(&relay).await, key(&relay).await);
    let body = |text: &str| json!({ "text": text, "to": { "staff_ids": ["boss"] }, "idempotency_key": "0123456789abcdef" });

    let first = send(&relay, &key, &body("hello")).await.json();
    assert_eq!(send(&relay, &key, &body("hello")).await.json(), first);
    assert_eq!(send(&relay, &key, &body("other")).await.problem(), "400 invalid_request idempotency_key");
    assert_ne!(send(&relay, &other, &body("hello")).await.json(), first);
    for bad in [json!("short"), json!(1), json!("with a space in it")] {
        let body = json!({ "to": { "staff_ids": ["boss"] }, "idempotency_key": bad });
        assert_eq!(send(&relay, &key, &body).await.problem(), "400 invalid_request idempotency_key", "{bad}");
    }
}

#[tokio::test]
async fn a_message_to_nobody_is_refused_at_once() {
    let relay = Relay::start().await;
    let key = key(&relay).await;

    for (to, problem) in [
        (json!({ "external_ids": ["employee-1"] }), "404 user_not_found"),
        (json!({ "user_ids": ["x"], "external_ids": ["y"] }), "404 user_not_found"),
        (json!({ "user_ids": "x" }), "400 invalid_request to.user_ids"),
        (json!({ "external_ids": [1] }), "400 invalid_request to.external_ids"),
        (json!("x"), "400 invalid_request to"),
    ] {
        assert_eq!(send(&relay, &key, &message(&to)).await.problem(), problem, "{to}");
    }
    assert_eq!(send(&relay, &key, &json!({ "text": "hello" })).await.problem(), "400 invalid_request to");
}

fn message(to: &Value) -> Value {
    json!({ "text": "hello", "to": to })
}

async fn key(relay: &Relay) -> String {
    relay.local.key(&[Scope::MessagesRead, Scope::MessagesWrite]).await
}

async fn send(relay: &Relay, key: &str, body: &Value) -> Answer {
    relay.local.call("POST", "/api/v1/messages").bearer(key).json(body).send().await
}

async fn read(relay: &Relay, key: &str, sent: &Answer) -> Answer {
    let id = sent.json()["message_id"].as_str().unwrap().to_owned();
    relay.local.call("GET", &format!("/api/v1/messages/{id}")).bearer(key).send().await
}

async fn state(relay: &Relay, key: &str, sent: &Answer) -> Value {
    read(relay, key, sent).await.json()
}

async fn sign_in(relay: &Relay, userid: &str, external_id: &str) -> String {
    let answer = relay.sign_in(userid).await;
    let id = answer.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    let key = relay.local.key(&[Scope::UsersWrite]).await;
    let patch = relay.local.call("PATCH", &format!("/api/v1/users/{id}")).bearer(&key);
    assert_eq!(patch.json(&json!({ "external_id": external_id })).send().await.status, 200);
    id
}
