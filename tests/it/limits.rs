//! How many flows there may be, and how often the same one is begun.

use dingtalk_qr_tests::{Answer, Flow, TestApp, TestOptions};
use serde_json::json;

#[tokio::test]
async fn too_many_flows_of_one_peer_are_refused_until_one_ends() {
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS_PER_PEER", "2")).await;
    let first = app.begin().await;
    app.begin().await;

    let refused = start(&app).await;
    assert_eq!(refused.problem(), "429 too_many_flows");
    assert_eq!(refused.header("retry-after"), "600");

    cancel(&app, &first).await;
    assert_eq!(start(&app).await.status, 201);
}

#[tokio::test]
async fn too_many_flows_in_all_are_refused() {
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS", "2")).await;
    app.begin().await;
    app.begin().await;

    assert_eq!(start(&app).await.problem(), "429 too_many_flows");
}

#[tokio::test]
async fn too_many_flows_of_one_key_are_refused_and_nobody_else_s_end() {
    let options = TestOptions::default().guarded().var("MAX_LIVE_FLOWS_PER_OWNER", "2");
    let app = TestApp::with(options).await;
    let (greedy, modest) = (app.api_key("greedy").await, app.api_key("modest").await);
    let begin =
        async |key: &str| app.call("POST", "/api/v1/registrations").bearer(key).json(&json!({})).send().await;
    let theirs = Flow::from(begin(&modest).await.json());

    let answers = futures_util::future::join_all((0..5).map(|_| begin(&greedy))).await;

    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    assert_eq!(begin(&greedy).await.problem(), "429 too_many_flows");
    assert_eq!(app.status(&theirs).await, "pending");
    assert_eq!(begin(&modest).await.status, 201);
}

#[tokio::test]
async fn starts_at_the_same_moment_cannot_slip_through() {
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS_PER_PEER", "3")).await;

    let answers = futures_util::future::join_all((0..10).map(|_| start(&app))).await;

    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
}

#[tokio::test]
async fn codes_that_were_given_up_are_bounded_too() {
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS_PER_PEER", "1")).await;
    for _ in 0..8 {
        let flow = app.begin().await;
        cancel(&app, &flow).await;
    }

    assert_eq!(start(&app).await.problem(), "429 too_many_flows");
}

#[tokio::test]
async fn a_refused_start_never_reaches_dingtalk() {
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS", "1")).await;
    app.begin().await;
    let calls = app.dingtalk.calls().len();

    start(&app).await;

    assert_eq!(app.dingtalk.calls().len(), calls);
}

#[tokio::test]
async fn the_same_idempotency_key_gives_the_same_flow() {
    let app = TestApp::start().await;
    let body = json!({ "idempotency_key": "a-key-of-the-page" });

    let (first, second) = tokio::join!(app.begin_with(&body), app.begin_with(&body));
    let third = app.begin_with(&body).await;

    assert_eq!((&first.id, &first.token), (&second.id, &second.token));
    assert_eq!(first.started["qr"], third.started["qr"]);
    assert_eq!(app.dingtalk.registrations().len(), 1);

    cancel(&app, &first).await;
    assert_ne!(app.begin_with(&body).await.id, first.id, "the flow has ended");
}

#[tokio::test]
async fn the_idempotency_key_of_another_caller_is_another_key() {
    let app = TestApp::start().await;
    let key = app.state.access().create_api_key("ci").await.unwrap().unwrap();
    let body = json!({ "idempotency_key": "a-key-of-the-page" });
    let mine = app.begin_with(&body).await;

    let other = app.call("POST", "/api/v1/registrations").bearer(&key).json(&body).send().await;

    assert_ne!(other.json()["flow_id"], mine.id);
}

#[tokio::test]
async fn the_same_idempotency_key_with_another_name_begins_another_flow() {
    let app = TestApp::start().await;
    let body = |name: &str| json!({ "idempotency_key": "a-key-of-the-page", "app_name": name });
    let first = app.begin_with(&body("bot")).await;

    let other = app.begin_with(&body("other-bot")).await;

    assert_ne!(other.id, first.id);
    assert_eq!(app.begin_with(&body("bot")).await.id, first.id);
    assert_eq!(app.begin_with(&body("other-bot")).await.id, other.id);
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_before_anybody_scans() {
    let app = TestApp::start().await;
    let flow = app.begin_with(&json!({ "app_name": "bot" })).await;
    app.approve(&flow);
    app.pass(15).await;

    let again = app.call("POST", "/api/v1/registrations").json(&json!({ "app_name": "bot" })).send().await;

    assert_eq!(again.problem(), "409 app_name_taken");
}

#[tokio::test]
async fn two_scans_for_one_name_lose_nothing() {
    let app = TestApp::start().await;
    let body = json!({ "app_name": "bot" });
    let (first, second) = (app.begin_with(&body).await, app.begin_with(&body).await);
    app.approve(&first);
    app.pass(15).await;

    app.approve(&second);
    app.pass(15).await;

    assert_eq!(app.state(&first).await["app"], "bot");
    assert_eq!(app.state(&second).await["app"], "bot-2");
}

async fn start(app: &TestApp) -> Answer {
    app.call("POST", "/api/v1/registrations").json(&json!({})).send().await
}

async fn cancel(app: &TestApp, flow: &Flow) {
    let answer = app.call("DELETE", &format!("/api/v1/flows/{}", flow.id)).bearer(&flow.token).send().await;
    assert_eq!(answer.status, 204);
}
