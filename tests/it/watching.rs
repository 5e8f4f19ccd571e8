//! Pages that watch a flow.

use std::time::Duration;

use dingtalk_qr_tests::{Answer, Call, Flow, TestApp};
use futures_util::future::join_all;
use serde_json::json;

#[tokio::test]
async fn a_page_is_answered_at_once_if_it_knows_nothing() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    let answer = watch(&app, &flow, 25).send().await;

    assert_eq!(answer.json(), json!({ "status": "pending", "expires_in": 600 }));
    assert!(answer.header("etag").starts_with("W/\""));
}

#[tokio::test]
async fn a_page_that_knows_the_state_waits_for_the_next() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let waiting = watch(&app, &flow, 25).header("if-none-match", &tag).send();
    app.approve(&flow);

    let (answer, ()) = tokio::join!(waiting, app.pass(5));

    assert_eq!(answer.json()["status"], "creating");
    assert_ne!(answer.header("etag"), tag);
}

#[tokio::test]
async fn nothing_new_is_304_with_the_same_tag() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();

    let answer = watch(&app, &flow, 0).header("if-none-match", &tag).send().await;

    assert_eq!(
        (answer.status.as_u16(), answer.header("etag"), answer.body.as_str()),
        (304, tag.as_str(), "")
    );
}

#[tokio::test]
async fn a_page_that_asks_in_a_fixed_rhythm_is_never_locked_out() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    for _ in 0..100 {
        let answer = app.watch(&flow).await;
        assert_eq!(answer.status, 200);
        app.pass(5).await;
    }
}

#[tokio::test]
async fn a_thousand_viewers_cost_dingtalk_one_question_an_interval() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let viewers = join_all((0..1000).map(|_| watch(&app, &flow, 25).header("if-none-match", &tag).send()));

    let steps = async {
        app.pass(50).await;
        assert_eq!(app.at_dingtalk(&flow).polls, 10);
        assert_eq!(app.at_dingtalk(&flow).min_gap_ms.map(|gap| gap / 1000), Some(5));
        app.approve(&flow);
        app.pass(5).await;
    };
    let (answers, ()) = tokio::join!(viewers, steps);
    assert!(answers.iter().all(|answer: &Answer| answer.json()["status"] == "creating"));

    app.pass(10).await;
    assert_eq!(app.status(&flow).await, "created");
    let polls = app.at_dingtalk(&flow).polls;
    join_all((0..1000).map(|_| watch(&app, &flow, 0).send())).await;
    app.pass(60).await;
    assert_eq!(app.at_dingtalk(&flow).polls, polls, "none after the end");
}

#[tokio::test]
async fn two_pages_see_the_same() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let page = || watch(&app, &flow, 25).header("if-none-match", &tag).send();
    app.dingtalk.deny(&flow.user_code, None).unwrap();

    let (one, two, ()) = tokio::join!(page(), page(), app.pass(5));

    assert_eq!(one.body, two.body);
    assert_eq!(one.json()["status"], "denied");
}

#[tokio::test]
async fn a_page_that_is_reloaded_keeps_its_flow() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    leave(&app, &flow).await;
    app.pass(9).await;
    assert_eq!(app.status(&flow).await, "pending");
    app.pass(60).await;

    assert_eq!(app.status(&flow).await, "pending");
}

#[tokio::test]
async fn a_page_that_is_closed_gives_its_flow_up() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    leave(&app, &flow).await;
    app.pass(10).await;

    assert_eq!(app.status(&flow).await, "cancelled");
}

#[tokio::test]
async fn a_page_that_is_closed_takes_nothing_from_another() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let other = watch(&app, &flow, 25).header("if-none-match", &tag).send();
    let steps = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        leave(&app, &flow).await;
        app.pass(12).await;
        app.approve(&flow);
        app.pass(5).await;
    };

    let (answer, ()) = tokio::join!(other, steps);

    assert_eq!(answer.json()["status"], "creating");
}

#[tokio::test]
async fn the_end_of_the_process_lets_pages_ask_again() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let waiting = watch(&app, &flow, 25).header("if-none-match", &tag).send();

    let (answer, ()) = tokio::join!(waiting, async { app.state.engine().close() });

    assert_eq!(answer.status, 304);
}

#[tokio::test]
async fn the_code_is_drawn_for_its_page() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    let path = format!("/api/v1/flows/{}/qr.svg", flow.id);
    let svg = app.call("GET", &path).bearer(&flow.token).send().await;

    assert_eq!(svg.header("content-type"), "image/svg+xml");
    assert!(svg.body.contains("viewBox=\"-4 -4 45 45\""), "{}", svg.body);
    assert!(svg.body.contains(flow.started["qr"]["path"].as_str().unwrap()));
}

fn watch(app: &TestApp, flow: &Flow, wait: u32) -> Call {
    app.call("GET", &format!("/api/v1/flows/{}?wait={wait}", flow.id)).bearer(&flow.token)
}

async fn leave(app: &TestApp, flow: &Flow) {
    let path = format!("/api/v1/flows/{}?leaving=true", flow.id);
    assert_eq!(app.call("DELETE", &path).bearer(&flow.token).send().await.status, 204);
}
