//! The real DingTalk, if somebody asks for it: `DINGTALK_LIVE=1 cargo test -p dingtalk-qr-tests live -- --nocapture`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use dingtalk_qr_backend::{AppState, Config, SystemClock, router};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// Begins a registration at the real DingTalk and asks about it until it is not approved in half a minute. Nothing is
/// created unless somebody scans the link that is printed.
#[tokio::test]
async fn the_real_dingtalk_begins_a_registration_and_says_that_it_waits() {
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
    let is_wanted = std::env::var("DINGTALK_LIVE").is_ok_and(|value| value == "1");
    if !is_wanted {
        println!("skipped: set DINGTALK_LIVE=1 to talk to the real DingTalk");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = Config::from_vars(|name| match name {
        "DATA_DIR" => folder.path().join("data").to_str().map(str::to_owned),
        "ENV_FILE" => folder.path().join(".env").to_str().map(str::to_owned),
        _ => None,
    });
    let state = AppState::open(config.unwrap(), Arc::new(SystemClock)).await.unwrap();
    let key = state.access().create_api_key("live").await.unwrap().unwrap();

    let started = call(&state, "POST", "/api/v1/registrations", &key).await;
    println!("scan to go further: {}", started["qr"]["text"]);
    assert!(started["qr"]["text"].as_str().unwrap().starts_with("https://"), "{started}");
    assert!(started["interval"].as_u64().unwrap() >= 2);
    tokio::time::sleep(Duration::from_secs(30)).await;

    let path = format!("/api/v1/flows/{}", started["flow_id"].as_str().unwrap());
    let update = call(&state, "GET", &path, started["poll_token"].as_str().unwrap()).await;
    assert_eq!(update.get("reconnecting"), None, "{update}");
    println!("state after 30 s: {}", update["status"]);
}

async fn call(state: &AppState, method: &str, path: &str, bearer: &str) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {bearer}"))
        .header("content-type", "application/json")
        .body(Body::from(if method == "POST" { "{}" } else { "" }))
        .unwrap();
    let response = router(state.clone()).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}
