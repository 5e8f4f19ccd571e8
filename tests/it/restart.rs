//! The backend ends at any moment and starts again on the same folder.

use dingtalk_qr_simulator::Settings;
use dingtalk_qr_tests::{TestApp, TestOptions};
use serde_json::json;

#[tokio::test]
async fn a_pending_flow_goes_on() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.pass(7).await;

    let app = app.restart().await;

    assert_eq!(app.state(&flow).await, json!({ "status": "pending" }));
    app.approve(&flow);
    app.pass(15).await;
    assert_eq!(app.status(&flow).await, "created");
}

#[tokio::test]
async fn an_approval_while_nobody_was_there_is_found() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.approve(&flow);

    let app = app.restart().await;
    app.pass(15).await;

    assert_eq!(app.status(&flow).await, "created");
    assert!(app.env_file().contains("DINGTALK_CLIENT_SECRET="));
}

#[tokio::test]
async fn credentials_that_were_handed_out_once_survive() {
    let app = TestApp::with(TestOptions {
        dingtalk: Settings { secret_once: true, ..Settings::default() },
        ..TestOptions::default()
    })
    .await;
    let flow = app.begin().await;
    app.approve_subject_to_administrator(&flow);
    app.pass(15).await;
    assert_eq!(app.status(&flow).await, "approval_pending");

    let app = app.restart().await;
    assert_eq!(app.status(&flow).await, "approval_pending");
    app.dingtalk.admin_approve(&flow.user_code).unwrap();
    app.pass(5).await;

    assert_eq!(app.status(&flow).await, "created");
}

#[tokio::test]
async fn what_was_not_delivered_is_delivered_afterwards() {
    let app = TestApp::start().await;
    std::fs::create_dir(app.path(".env")).unwrap();
    let flow = app.begin().await;
    app.approve(&flow);
    app.pass(15).await;
    assert_eq!(app.state(&flow).await["findings"], json!(["sink_failed"]));

    std::fs::remove_dir(app.path(".env")).unwrap();
    let app = app.restart().await;
    app.pass(30).await;

    assert!(app.env_file().contains("DINGTALK_CLIENT_ID="));
}

#[tokio::test]
async fn an_ended_flow_is_still_told() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.dingtalk.deny(&flow.user_code, None).unwrap();
    app.pass(5).await;

    let app = app.restart().await;

    assert_eq!(app.status(&flow).await, "denied");
}

#[tokio::test]
async fn a_cancelled_flow_stays_cancelled_and_watched() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.call("DELETE", &format!("/api/v1/flows/{}", flow.id)).bearer(&flow.token).send().await;

    let app = app.restart().await;
    assert_eq!(app.status(&flow).await, "cancelled");
    app.approve(&flow);
    app.pass(120).await;

    let list = app.call("GET", "/api/v1/apps").send().await.json();
    assert_eq!(list["apps"][0]["claimed"], false);
}

#[tokio::test]
async fn the_same_idempotency_key_gives_the_same_flow() {
    let app = TestApp::start().await;
    let body = json!({ "idempotency_key": "a-key-of-the-page" });
    let flow = app.begin_with(&body).await;

    let app = app.restart().await;

    assert_eq!(app.begin_with(&body).await.id, flow.id);
}

#[tokio::test]
async fn a_session_of_an_operator_goes_on() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let body = json!({ "setup_code": app.state.access().issue_setup_code().as_str() });
    let session = app.call("POST", "/api/v1/operator-session").json(&body).send().await;
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();

    let app = app.restart().await;

    let begin =
        app.call("POST", "/api/v1/registrations").header("cookie", &cookie).json(&json!({})).send().await;
    assert_eq!(begin.status, 201);
}
