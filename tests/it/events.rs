//! Pages that read a flow as server-sent events.

use std::time::Duration;

use dingtalk_qr_tests::{Answer, Call, Flow, TestApp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_stream_tells_every_change_and_ends_with_the_flow() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let reading = tokio::spawn(events(&app, &flow).send());
    app.settle().await;
    app.approve(&flow);
    app.pass(15).await;

    let answer = end(reading).await;

    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!((answer.header("cache-control"), answer.header("x-accel-buffering")), ("no-store", "no"));
    let told = told(&answer);
    let statuses: Vec<_> = told.iter().map(|(_, update)| update["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["pending", "creating", "created"]);
    assert_eq!(told[2].1["saved_to"], json!(["store", "env_file"]));
    assert!(!answer.body.contains("secret"), "{answer:?}");
}

#[tokio::test]
async fn a_reader_that_was_cut_off_hears_nothing_twice() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let tag = app.watch(&flow).await.header("etag").to_owned();
    let id = tag.trim_start_matches("W/").trim_matches('"').to_owned();
    let reading = tokio::spawn(events(&app, &flow).header("last-event-id", &id).send());
    app.settle().await;
    app.dingtalk.deny(&flow.user_code, Some("不行".to_owned())).unwrap();
    app.pass(5).await;

    let told = told(&end(reading).await);

    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0].1["status"], &told[0].1["reason"]), (&json!("denied"), &json!("不行")));
    let again = events(&app, &flow).header("last-event-id", &told[0].0).send();
    assert_eq!(end(tokio::spawn(again)).await.status, 200);
}

#[tokio::test]
async fn a_stream_is_its_page_s_own() {
    let app = TestApp::start().await;
    let (flow, other) = (app.begin().await, app.begin().await);

    let path = format!("/api/v1/flows/{}/events", flow.id);
    let foreign = app.call("GET", &path).bearer(&other.token).send().await;
    let unknown = app.call("GET", &path.replace(&flow.id, &"A".repeat(22))).bearer(&flow.token).send().await;

    assert_eq!(foreign.problem(), "404 flow_not_found");
    assert_eq!(unknown.problem(), "404 flow_not_found");
    assert_eq!(app.call("GET", &path).send().await.problem(), "404 flow_not_found");
}

#[tokio::test]
async fn a_backend_that_ends_lets_its_readers_go() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let reading = tokio::spawn(events(&app, &flow).send());
    app.settle().await;

    app.state.engine().close();

    assert_eq!(told(&end(reading).await).len(), 1);
}

#[tokio::test]
async fn a_reader_counts_as_a_page_that_watches() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let reading = tokio::spawn(events(&app, &flow).send());

    app.pass(300).await;

    assert_eq!(app.at_dingtalk(&flow).polls, 60, "every five seconds for five minutes");
    reading.abort();
}

fn events(app: &TestApp, flow: &Flow) -> Call {
    app.call("GET", &format!("/api/v1/flows/{}/events", flow.id)).bearer(&flow.token)
}

async fn end(reading: tokio::task::JoinHandle<Answer>) -> Answer {
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the stream does not end").unwrap()
}

/// Reads the ids and states of a stream.
fn told(answer: &Answer) -> Vec<(String, Value)> {
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {name} in {event}"))
    };
    let events = answer.body.split("\n\n").filter(|event| event.contains("data: "));
    events
        .map(|event| (field(event, "id: "), serde_json::from_str(&field(event, "data: ")).unwrap()))
        .collect()
}
