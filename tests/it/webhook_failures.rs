//! A receiver that does not take the message: what is tried again, for how long, and what is never reached.

use std::time::Duration;

use dingtalk_qr_backend::app::Delivery;
use dingtalk_qr_tests::{Reaction, Receiver, TestApp, TestOptions};
use serde_json::{Value, json};

const HOUR: u64 = 3600;

#[tokio::test]
async fn a_receiver_that_was_away_is_told_when_it_is_back() {
    let (socket, address) = Receiver::absent();
    let app = TestApp::with(Receiver::options_for(&format!("http://{address}/"))).await;
    let added = add(&app).await;
    assert_eq!((&added["saved_to"], &added["findings"][0]), (&json!(["store"]), &json!("sink_failed")));
    assert_eq!(outcome(&app).await, "pending unreachable");

    let receiver = Receiver::at(socket);
    app.pass(5).await;

    assert_eq!(outcome(&app).await, "delivered -");
    let list = app.call("GET", "/api/v1/apps").send().await.json();
    assert_eq!(list["apps"][0]["saved_to"], json!(["store", "webhook"]));
    assert_eq!(receiver.messages().len(), 1);
}

#[tokio::test]
async fn a_failure_passes_and_keeps_the_id() {
    for status in [301, 400, 404, 429, 500, 503] {
        let receiver = Receiver::start();
        receiver.answer(status);
        let app = TestApp::with(receiver.options()).await;
        add(&app).await;
        assert_eq!(outcome(&app).await, format!("pending http_{status}"));

        receiver.answer(202);
        app.pass(5).await;

        assert_eq!(outcome(&app).await, "delivered -", "{status}");
        let messages = receiver.messages();
        assert!(messages.len() > 1 && messages.iter().all(|message| message.id() == messages[0].id()));
        assert!(messages.iter().all(|message| message.body == messages[0].body));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (first, second) = (Receiver::start(), Receiver::start());
    first.react(Reaction::Answer(307, Some(("location", second.url.clone()))));
    let app = TestApp::with(first.options()).await;

    add(&app).await;
    app.pass(5).await;

    assert_eq!(outcome(&app).await, "pending http_307");
    assert_eq!(second.messages().len(), 0);
}

#[tokio::test]
async fn a_receiver_that_is_gone_hears_nothing_more() {
    let receiver = Receiver::start();
    receiver.answer(410);
    let app = TestApp::with(receiver.options()).await;
    let added = add(&app).await;

    receiver.answer(200);
    app.pass(120).await;

    assert_eq!(outcome(&app).await, "dead http_410");
    assert_eq!(added["findings"][0], "sink_failed");
    assert_eq!(receiver.messages().len(), 1);
}

/// The one test that waits: for the time limit of a call.
#[tokio::test]
async fn a_silent_receiver_holds_nobody_up_and_is_asked_again() {
    let receiver = Receiver::start();
    receiver.react(Reaction::Silence);
    let app = TestApp::with(receiver.options()).await;

    let added = tokio::time::timeout(Duration::from_secs(12), add(&app)).await.expect("somebody waits");
    assert_eq!(added["findings"][0], "sink_failed");
    app.state.apps().drained().await;
    assert_eq!(outcome(&app).await, "pending timed_out");
    receiver.answer(200);
    app.pass(5).await;

    assert_eq!(outcome(&app).await, "delivered -");
}

#[tokio::test]
async fn what_the_receiver_asks_for_is_kept_within_bounds() {
    for (asked, expected) in [("100", 100), ("90000", HOUR), ("soon", 1)] {
        let receiver = Receiver::start();
        receiver.react(Reaction::Answer(503, Some(("retry-after", asked.to_owned()))));
        let app = TestApp::with(receiver.options()).await;
        add(&app).await;

        let next = delivery(&app).await.next_attempt.unwrap();

        let wait = next.since(app.state.clock().now()).as_secs_f64();
        let expected = Duration::from_secs(expected).as_secs_f64();
        assert!((wait - expected).abs() <= expected * 0.2, "{asked}: {wait}");
    }
}

#[tokio::test]
async fn attempts_become_rare_and_end_with_the_age() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let app = TestApp::with(receiver.options().var("DELIVERY_MAX_AGE_HOURS", "3")).await;
    add(&app).await;
    let mut gaps = Vec::new();

    while let Some(next) = delivery(&app).await.next_attempt {
        let gap = next.since(app.state.clock().now());
        gaps.push(gap);
        app.clock.advance(gap);
        app.settle().await;
    }

    assert_eq!(outcome(&app).await, "dead http_500");
    let age: Duration = gaps.iter().sum();
    assert_eq!(age, Duration::from_secs(3 * HOUR), "the last attempt is at the end");
    gaps.pop();
    assert!(gaps.len() > 10, "{gaps:?}");
    for (doublings, gap) in (0..).zip(&gaps) {
        let wait = Duration::from_secs(2_u64.pow(doublings).min(HOUR));
        assert!((wait * 4 / 5..=wait * 6 / 5).contains(gap), "{gaps:?}");
    }
    let told = receiver.messages().len();
    app.pass(120).await;
    assert_eq!(receiver.messages().len(), told, "dead is dead");
}

#[tokio::test]
async fn a_private_address_is_not_reached_unless_that_is_allowed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = Receiver::options_for(&format!("https://localhost:{port}/"));
    let app = TestApp::with(options.var("WEBHOOK_ALLOW_PRIVATE", "false")).await;

    add(&app).await;

    assert_eq!(outcome(&app).await, "pending not_public");
    assert!(listener.accept().is_err(), "somebody came");
}

/// The process ended after the receiver had taken the message and before that was noted.
#[tokio::test]
async fn what_was_taken_but_not_noted_is_told_again_under_the_same_id() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let app = TestApp::with(receiver.options()).await;
    add(&app).await;
    receiver.react(Reaction::Silence);
    app.clock.advance(Duration::from_secs(2));
    let taken = receiver.heard(2).await.remove(1);

    receiver.answer(200);
    let app = app.restart().await;
    app.pass(30).await;
    assert_eq!(receiver.messages().len(), 2, "somebody may still be at it");
    app.pass(35).await;

    let messages = receiver.messages();
    assert_eq!((messages.len(), outcome(&app).await.as_str()), (3, "delivered -"));
    assert_eq!((messages[2].id(), &messages[2].body), (taken.id(), &taken.body));
}

#[tokio::test]
async fn a_webhook_that_was_switched_off_is_waited_for_no_more() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let app = TestApp::with(receiver.options()).await;
    add(&app).await;
    let told = receiver.messages().len();

    let app = app.restart_with(TestOptions::default().var("ENV_FILE", "")).await;
    app.pass(40).await;

    assert_eq!(outcome(&app).await, "dropped -");
    assert_eq!(receiver.messages().len(), told);
}

async fn add(app: &TestApp) -> Value {
    let body = json!({ "client_id": "ding-hooked", "client_secret": "hooked-hooked-hooked" });
    app.call("POST", "/api/v1/apps").json(&body).send().await.json()
}

async fn delivery(app: &TestApp) -> Delivery {
    let [delivery] = app.state.apps().deliveries("ding-hooked").await.unwrap().try_into().unwrap();
    delivery
}

async fn outcome(app: &TestApp) -> String {
    let delivery = delivery(app).await;
    format!("{} {}", delivery.state.as_str(), delivery.last_error.as_deref().unwrap_or("-"))
}
