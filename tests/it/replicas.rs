//! Several backends on one PostgreSQL.

#![expect(clippy::disallowed_methods, reason = "they measure real time")]

use std::time::{Duration, Instant};

use dingtalk_qr_simulator::Settings;
use dingtalk_qr_tests::{Answer, Flow, Postgres, Replica, TestApp, TestOptions};
use serde_json::{Value, json};

/// The key that they share.
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// The longest that a test waits for what should come at once.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_flow_begun_at_one_is_watched_at_another_and_finished_by_a_third() {
    let (app, begun_at, watched_at) = three().await;
    let flow = begin(&begun_at).await;
    assert_eq!(status(&watched_at, &flow).await, "pending");
    app.approve(&flow);
    begun_at.kill();

    let (began, mut passed) = (Instant::now(), 0);
    while status(&watched_at, &flow).await != "created" {
        tick(&app).await;
        passed += 1;
        assert!(began.elapsed() < PATIENCE, "nobody takes the flow over");
    }
    assert_eq!(app.status(&flow).await, "created");
    println!("replicas: {passed} s after the end of its process a flow was finished by another");
}

#[tokio::test]
async fn a_page_at_another_knows_within_100_milliseconds() {
    let (app, other, _) = three().await;
    let mut times = Vec::new();
    for _ in 0..20 {
        let flow = app.begin().await;
        let tag = other.watch(&flow).send().await.header("etag").to_owned();
        let path = format!("/api/v1/flows/{}?wait=25", flow.id);
        let waiting = other.call("GET", &path).bearer(&flow.token).header("if-none-match", &tag).send();
        let waiting = tokio::spawn(waiting);
        app.settle().await;
        app.dingtalk.deny(&flow.user_code, None).unwrap();
        app.dingtalk.advance(Duration::from_secs(5));

        // DingTalk is asked now, answers at once, and the answer has to get through the database.
        let asked_at = Instant::now();
        app.clock.advance(Duration::from_secs(5));
        let answer: Answer = tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap();
        times.push(asked_at.elapsed());

        assert_eq!(answer.json()["status"], "denied");
    }
    times.sort_unstable();
    println!(
        "replicas: of 20 pages at another backend half knew after {:?}, the last after {:?}",
        times[9], times[19]
    );
    // The last one may have had to wait for other tests.
    assert!(times[9] < Duration::from_millis(100), "{times:?}");
}

#[tokio::test]
async fn dingtalk_is_asked_by_one_of_three_and_by_another_after_its_end() {
    let (app, second, third) = three().await;
    let flow = begin(&second).await;
    for _ in 0..50 {
        tick(&app).await;
        assert_eq!(status(&third, &flow).await, "pending");
    }
    let known = app.at_dingtalk(&flow);
    assert_eq!(known.polls, 10);
    assert!(known.min_gap_ms >= Some(5000), "{known:?}");

    second.kill();
    let mut passed = 0;
    while app.at_dingtalk(&flow).polls < 14 {
        tick(&app).await;
        status(&third, &flow).await;
        passed += 1;
        assert!(passed < 60, "nobody takes the flow over");
    }
    assert!(app.at_dingtalk(&flow).min_gap_ms >= Some(5000), "{:?}", app.at_dingtalk(&flow));
    println!("replicas: {passed} s after the end of its process a flow had been asked about four times");
}

#[tokio::test]
async fn one_that_ends_in_peace_leaves_its_flows_at_once() {
    let (app, second, third) = three().await;
    let flow = begin(&second).await;

    second.state.engine().close();
    tokio::time::timeout(PATIENCE, second.state.engine().ended()).await.unwrap();

    let mut passed = 0;
    while app.at_dingtalk(&flow).polls == 0 {
        tick(&app).await;
        status(&third, &flow).await;
        passed += 1;
        assert!(passed <= 7, "nobody takes the flow over");
    }
}

#[tokio::test]
async fn a_page_that_closes_at_another_gives_its_flow_up() {
    let (app, second, third) = three().await;
    let (cancelled, left) = (app.begin().await, app.begin().await);

    let path = format!("/api/v1/flows/{}", cancelled.id);
    assert_eq!(second.call("DELETE", &path).bearer(&cancelled.token).send().await.status, 204);
    let path = format!("/api/v1/flows/{}?leaving=true", left.id);
    let answer = second.call("DELETE", &path).bearer(&left.token).send().await;
    assert_eq!(answer.status, 204, "{answer:?}");

    assert_eq!(status(&third, &cancelled).await, "cancelled");
    for _ in 0..12 {
        tick(&app).await;
    }
    assert_eq!(status(&third, &left).await, "cancelled");
}

#[tokio::test]
async fn two_that_change_a_flow_at_once_agree() {
    let (app, second, third) = three().await;
    for _ in 0..20 {
        let flow = app.begin().await;
        let path = format!("/api/v1/flows/{}", flow.id);
        app.dingtalk.approve(&flow.user_code, dingtalk_qr_simulator::Approval::default()).unwrap();
        let cancel = |replica: &Replica| replica.call("DELETE", &path).bearer(&flow.token).send();
        let (a, b, ()) = tokio::join!(cancel(&second), cancel(&third), app.pass(1));
        assert_eq!((a.status.as_u16(), b.status.as_u16()), (204, 204));
        agree(&app, &[&second, &third], &flow).await;
    }
}

#[tokio::test]
async fn a_start_is_repeated_at_another_without_a_second_code() {
    let (app, second, third) = three().await;
    let start = json!({ "idempotency_key": "0123456789abcdef" });
    let begin = |replica: &Replica| replica.call("POST", "/api/v1/registrations").json(&start).send();

    let (a, b) = tokio::join!(begin(&second), begin(&third));
    let c = app.call("POST", "/api/v1/registrations").json(&start).send().await;

    let id = |answer: &Answer| answer.json()["flow_id"].clone();
    assert_eq!((a.status.as_u16(), b.status.as_u16(), c.status.as_u16()), (201, 201, 201));
    assert_eq!((id(&a), id(&b)), (id(&b), id(&c)));
}

#[tokio::test]
async fn limits_count_the_flows_of_all() {
    let options = TestOptions::default().var("MAX_LIVE_FLOWS_PER_PEER", "2");
    let (app, second, third) = three_with(options).await;
    app.begin().await;
    let begin = |replica: &Replica| replica.call("POST", "/api/v1/registrations").json(&json!({})).send();
    assert_eq!(begin(&second).await.status, 201);

    let refused = begin(&third).await;

    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (429, Some("too_many_flows")));
}

#[tokio::test]
async fn a_secret_that_is_handed_out_once_outlives_a_database_that_is_away_for_30_seconds() {
    let postgres = Postgres::start();
    let options = TestOptions {
        dingtalk: Settings { secret_once: true, ..Settings::default() },
        ..TestOptions::default()
    };
    let options = options.var("DATABASE_URL", postgres.new_database().await).var("DINGTALK_QR_KEY", KEY);
    let app = TestApp::with(options).await;
    let other = app.replica().await;
    let (flow, subject_to_approval) = (app.begin().await, app.begin().await);
    assert_eq!(status(&other, &flow).await, "pending");
    let tag = app.watch(&flow).await.header("etag").to_owned();
    app.approve(&flow);
    app.approve_subject_to_administrator(&subject_to_approval);

    postgres.stop();
    let mut saw_reconnecting = [false; 2];
    for _ in 0..30 {
        app.clock.advance(Duration::from_secs(1));
        app.dingtalk.advance(Duration::from_secs(1));
        for (index, answer) in
            [app.watch(&flow).await, other.watch(&flow).send().await].into_iter().enumerate()
        {
            assert_eq!(answer.status, 200, "{answer:?}");
            saw_reconnecting[index] |= answer.json()["reconnecting"] == true;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(saw_reconnecting, [true, true], "the pages are told of it");
    assert_ne!(app.watch(&flow).await.header("etag"), tag);
    postgres.start_again();

    let began = Instant::now();
    while status(&other, &flow).await != "created" {
        app.clock.advance(Duration::from_secs(1));
        app.dingtalk.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(began.elapsed() < PATIENCE * 2, "{:?}", other.watch(&flow).send().await);
    }
    let kept = app.watch(&flow).await.json();
    assert_eq!((kept["status"].as_str(), kept.get("reconnecting")), (Some("created"), None));
    app.dingtalk.admin_approve(&subject_to_approval.user_code).unwrap();
    while status(&other, &subject_to_approval).await != "created" {
        app.clock.advance(Duration::from_secs(1));
        app.dingtalk.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(began.elapsed() < PATIENCE * 3, "{:?}", other.watch(&subject_to_approval).send().await);
    }
}

#[tokio::test]
async fn changes_are_found_while_nobody_can_listen() {
    let (app, other, _) = three().await;
    let flow = app.begin().await;
    let tag = other.watch(&flow).send().await.header("etag").to_owned();
    let path = format!("/api/v1/flows/{}?wait=25", flow.id);
    let waiting = other.call("GET", &path).bearer(&flow.token).header("if-none-match", &tag).send();
    let waiting = tokio::spawn(waiting);
    app.settle().await;

    // What listens is cut off again and again, while the flow changes.
    let cutting = tokio::spawn({
        let url = app.postgres().unwrap().to_owned();
        async move { Postgres::cut_listeners(&url, 20).await }
    });
    app.dingtalk.deny(&flow.user_code, None).unwrap();
    app.pass(5).await;

    let answer: Answer = tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap();
    assert_eq!(answer.json()["status"], "denied");
    assert!(cutting.await.unwrap() > 3, "listeners were cut off");
}

/// Three backends on one database.
async fn three() -> (TestApp, Replica, Replica) {
    three_with(TestOptions::default()).await
}

async fn three_with(options: TestOptions) -> (TestApp, Replica, Replica) {
    let app = TestApp::with(options.on_postgres().await.var("DINGTALK_QR_KEY", KEY)).await;
    let (second, third) = (app.replica().await, app.replica().await);
    (app, second, third)
}

async fn begin(replica: &Replica) -> Flow {
    let answer = replica.call("POST", "/api/v1/registrations").json(&json!({})).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    Flow::from(answer.json())
}

/// Lets a second pass, of a backend that may be dead.
async fn tick(app: &TestApp) {
    app.dingtalk.advance(Duration::from_secs(1));
    app.clock.advance(Duration::from_secs(1));
    tokio::time::sleep(Duration::from_millis(60)).await;
}

async fn status(replica: &Replica, flow: &Flow) -> Value {
    let answer = replica.watch(flow).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["status"].clone()
}

/// Waits until all say the same.
async fn agree(app: &TestApp, replicas: &[&Replica], flow: &Flow) {
    let began = Instant::now();
    loop {
        let mut seen = vec![json!(app.status(flow).await)];
        for replica in replicas {
            seen.push(status(replica, flow).await);
        }
        if seen.iter().all(|status| *status == seen[0]) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{seen:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
