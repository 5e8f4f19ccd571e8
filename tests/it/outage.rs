//! DingTalk falls silent.

use std::num::NonZeroU64;

use dingtalk_qr_simulator::{Fault, FaultRule};
use dingtalk_qr_tests::{Flow, TestApp};
use serde_json::json;

const POLL: &str = "/app/registration/poll";

#[tokio::test]
async fn errors_for_119_seconds_are_survived_and_told_as_reconnecting() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    // The first question comes at 5 s.
    app.pass(4).await;
    break_down(&app);
    app.pass_watched(&flow, 1 + 119).await;
    assert_eq!(app.state(&flow).await, json!({ "status": "pending", "reconnecting": true }));

    app.dingtalk.clear_faults();
    app.approve(&flow);
    app.pass_watched(&flow, 30).await;
    assert_eq!(app.status(&flow).await, "created");
}

#[tokio::test]
async fn errors_for_121_seconds_fail_the_flow_with_its_code() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    app.pass(4).await;
    break_down(&app);
    app.pass_watched(&flow, 1 + 121).await;

    assert_eq!(app.state(&flow).await, json!({ "status": "failed", "code": "upstream_unavailable" }));
}

#[tokio::test]
async fn an_approval_after_the_failure_is_not_lost() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    break_down(&app);
    app.pass_watched(&flow, 130).await;
    assert_eq!(app.status(&flow).await, "failed");

    app.dingtalk.clear_faults();
    app.approve(&flow);
    app.pass(120).await;

    let list = app.call("GET", "/api/v1/apps").send().await.json();
    assert_eq!(list["apps"][0]["claimed"], false);
}

#[tokio::test]
async fn a_single_good_answer_opens_a_new_window() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    break_down(&app);
    app.pass_watched(&flow, 100).await;

    app.dingtalk.clear_faults();
    app.pass_watched(&flow, 30).await;
    assert_eq!(app.state(&flow).await, json!({ "status": "pending" }));
    break_down(&app);
    app.pass_watched(&flow, 100).await;

    assert_eq!(app.status(&flow).await, "pending");
}

#[tokio::test]
async fn silence_is_not_answered_with_haste() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    break_down(&app);

    app.pass_watched(&flow, 120).await;

    let calls = app.dingtalk.calls();
    assert_eq!(calls.iter().filter(|call| call.path == POLL).count(), 5, "at 5, 15, 35, 65 and 95 s");
}

#[tokio::test]
async fn retry_after_is_heeded() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let fault = Fault { http: Some(429), retry_after: Some(40), ..Fault::default() };
    let rule = FaultRule { path: POLL.to_owned(), times: NonZeroU64::new(1), fault };
    app.dingtalk.add_fault(rule).unwrap();

    app.pass_watched(&flow, 44).await;
    let calls = || app.dingtalk.calls().iter().filter(|call| call.path == POLL).count();
    assert_eq!(calls(), 1);
    app.pass_watched(&flow, 1).await;

    assert_eq!(calls(), 2);
}

#[tokio::test]
async fn a_start_that_fails_leaves_nothing_behind_and_can_be_repeated() {
    let app = TestApp::start().await;
    let rule = FaultRule {
        path: "/app/registration/begin".to_owned(),
        times: NonZeroU64::new(1),
        fault: Fault { http: Some(502), ..Fault::default() },
    };
    app.dingtalk.add_fault(rule).unwrap();
    let body = json!({ "idempotency_key": "0123456789abcdef" });

    let failed = app.call("POST", "/api/v1/registrations").json(&body).send().await;
    assert_eq!(failed.problem(), "502 upstream_unavailable");
    let flow = app.begin_with(&body).await;

    assert_eq!(app.status(&flow).await, "pending");
}

fn break_down(app: &TestApp) {
    let rule = FaultRule {
        path: POLL.to_owned(),
        times: None,
        fault: Fault { http: Some(503), ..Fault::default() },
    };
    app.dingtalk.add_fault(rule).unwrap();
}

#[tokio::test]
async fn a_page_sees_an_outage_begin_and_end_by_long_poll() {
    let app = TestApp::start().await;
    let flow: Flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let path = format!("/api/v1/flows/{}?wait=20", flow.id);
    let waiting = app.call("GET", &path).bearer(&flow.token).header("if-none-match", &tag).send();

    break_down(&app);
    let (answer, ()) = tokio::join!(waiting, app.pass(5));

    assert_eq!(answer.json()["reconnecting"], true, "{answer:?}");
}
