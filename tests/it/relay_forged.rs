//! Requests and answers of the relay that somebody else has made, kept or changed.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request};
use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::Relay;
use tower::ServiceExt as _;

const PATH: &str = "/relay/v1/members";

#[tokio::test]
async fn a_request_is_let_in_once_and_unchanged() {
    let relay = Relay::start().await;
    let genuine = genuine(&relay).await;
    let header = |name: &'static str, value: &str| {
        let mut changed = genuine.clone();
        changed.0.headers.insert(name, HeaderValue::from_str(value).unwrap());
        changed
    };
    let (mut path, mut query, mut method, mut body) =
        (genuine.clone(), genuine.clone(), genuine.clone(), genuine.clone());
    path.0.uri = "/relay/v1/messages".parse().unwrap();
    query.0.uri = "/relay/v1/members?x=1".parse().unwrap();
    method.0.method = axum::http::Method::PUT;
    body.1 = Bytes::from(String::from_utf8(body.1.to_vec()).unwrap().replace("zhangwei", "lina"));
    let mut unsigned = genuine.clone();
    unsigned.0.headers.remove("x-relay-signature");
    let timestamp = relay.cloud.state.clock().now().as_secs();

    for (what, request, refused) in [
        ("the same again", genuine.clone(), "replayed"),
        ("another method", method, "signature"),
        ("another path", path, "signature"),
        ("another query", query, "signature"),
        ("another body", body, "signature"),
        ("another nonce", header("x-relay-nonce", &"A".repeat(43)), "signature"),
        ("another time", header("x-relay-timestamp", &(timestamp + 1).to_string()), "signature"),
        ("no time", header("x-relay-timestamp", "soon"), "malformed"),
        ("a short nonce", header("x-relay-nonce", "A"), "malformed"),
        ("an odd nonce", header("x-relay-nonce", &"\u{2e}".repeat(43)), "malformed"),
        ("another relay", header("x-relay-id", &"A".repeat(22)), "unknown_relay"),
        ("no signature", unsigned, "signature"),
        ("a short signature", header("x-relay-signature", "AAAA"), "signature"),
        ("an odd signature", header("x-relay-signature", "***"), "signature"),
    ] {
        assert_eq!(send(&relay, request).await, (401, format!("{{\"refused\":\"{refused}\"}}")), "{what}");
    }
}

#[tokio::test]
async fn a_request_is_too_old_after_a_minute_and_never_good_again() {
    let relay = Relay::start().await;
    let used = genuine(&relay).await;
    // Held back on the way, so its nonce is new.
    relay.way.block();
    let key = relay.local.key(&[Scope::UsersRead]).await;
    let path = "/api/v1/members?staff_id=lina";
    assert_eq!(relay.local.call("GET", path).bearer(&key).send().await.problem(), "502 upstream_unavailable");
    let held = relay.way.last(PATH);

    relay.cloud.clock.advance(Duration::from_secs(61));
    assert_eq!(send(&relay, held).await.1, "{\"refused\":\"clock\"}");
    // The nonce is forgotten by then, the time is not.
    relay.cloud.clock.advance(Duration::from_mins(10));
    assert_eq!(send(&relay, used).await.1, "{\"refused\":\"clock\"}");
}

#[tokio::test]
async fn a_request_is_used_up_for_every_process_and_after_a_restart() {
    let relay = Relay::start().await;
    let genuine = genuine(&relay).await;

    let relay = relay.restart_cloud().await;

    assert_eq!(send(&relay, genuine).await.1, "{\"refused\":\"replayed\"}");
}

#[tokio::test]
async fn every_byte_of_a_body_and_of_a_signature_counts() {
    let relay = Relay::start().await;
    let genuine = genuine(&relay).await;
    let signature = genuine.0.headers["x-relay-signature"].to_str().unwrap().to_owned();

    for at in 0..genuine.1.len() {
        let mut changed = genuine.clone();
        let mut body = changed.1.to_vec();
        body[at] ^= 1;
        changed.1 = body.into();
        assert_eq!(send(&relay, changed).await.1, "{\"refused\":\"signature\"}", "byte {at}");
    }
    for at in 0..signature.len() {
        let mut text = signature.clone().into_bytes();
        text[at] = if text[at] == b'A' { b'B' } else { b'A' };
        let mut changed = genuine.clone();
        changed.0.headers.insert("x-relay-signature", HeaderValue::from_bytes(&text).unwrap());
        assert_eq!(send(&relay, changed).await.1, "{\"refused\":\"signature\"}", "character {at}");
    }
}

#[tokio::test]
async fn a_revoked_local_is_let_in_no_more() {
    let relay = Relay::start().await;
    assert!(relay.cloud.state.relays().revoke("factory").await.unwrap());

    assert_eq!(relay.local.open_session("ticket").await.problem(), "502 upstream_unavailable");
    relay.until(async || ready(&relay).await.contains("cloud: unknown_relay")).await;
}

#[tokio::test]
async fn an_answer_that_was_changed_or_is_of_another_request_is_not_believed() {
    let relay = Relay::start().await;
    let key = relay.local.key(&[Scope::UsersRead]).await;
    let look_up = async || relay.local.call("GET", "/api/v1/members?staff_id=lina").bearer(&key).send().await;
    assert_eq!(look_up().await.status, 200);

    relay.way.change_answers();
    assert_eq!(look_up().await.problem(), "502 upstream_unavailable");
    relay.way.repeat_answers();
    assert_eq!(look_up().await.problem(), "502 upstream_unavailable");
    relay.way.open();
    assert_eq!(look_up().await.status, 200);
}

#[tokio::test]
async fn a_local_knows_nothing_of_the_people_of_another() {
    let relay = Relay::start().await;
    let answer = relay.sign_in(people::ZHANG_WEI).await;
    let id = answer.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    let person = relay.cloud.state.people().user(&id).await.unwrap().unwrap();
    let relays = relay.cloud.state.relays();
    relays.create("other", &["https://other.example".to_owned()]).await.unwrap().unwrap();

    let all = relays.all().await.unwrap();
    let known =
        async |relay| relays.person(relay, &person.corp_id, &person.union_id).await.unwrap().is_some();
    assert_eq!((all[0].name.as_str(), known(&all[0]).await), ("factory", true));
    assert_eq!((all[1].name.as_str(), known(&all[1]).await), ("other", false));
}

#[tokio::test]
async fn the_key_of_a_relay_is_stored_nowhere_in_clear() {
    let relay = Relay::start().await;
    let made = relay.cloud.state.relays().create("other", &["https://other.example".to_owned()]).await;
    let made = made.unwrap().unwrap();

    let database = relay.cloud.database();
    assert!(database.contains(&made.id));
    assert!(!database.contains(made.key.expose().trim_start_matches("dqr_")));
    assert_eq!(format!("{:?}", made.key), "RelayKey([redacted])");
}

/// Returns a request that the cloud has let in.
async fn genuine(relay: &Relay) -> (Parts, Bytes) {
    let key = relay.local.key(&[Scope::UsersRead]).await;
    let answer = relay.local.call("GET", "/api/v1/members?staff_id=zhangwei").bearer(&key).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    relay.way.last(PATH)
}

/// Sends it to the cloud, as somebody on the way could.
async fn send(relay: &Relay, (parts, body): (Parts, Bytes)) -> (u16, String) {
    let request = Request::from_parts(parts, Body::from(body));
    let response = relay.cloud.router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn ready(relay: &Relay) -> String {
    relay.local.call("GET", "/readyz").send().await.body
}
