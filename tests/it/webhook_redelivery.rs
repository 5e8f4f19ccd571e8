//! An operator has a delivery made once more.

use dingtalk_qr_tests::{Receiver, TestApp, TestOptions, run};
use serde_json::json;

const REDELIVER: &str = "/api/v1/apps/ding-hooked/deliveries/webhook/redeliver";

#[tokio::test]
async fn what_was_given_up_is_delivered_under_the_same_id() {
    let receiver = Receiver::start();
    receiver.answer(410);
    let app = TestApp::with(receiver.options()).await;
    add(&app).await;

    receiver.answer(200);
    let answer = app.call("POST", REDELIVER).send().await;

    let messages = receiver.messages();
    let id = messages[0].id();
    assert_eq!((messages.len(), messages[1].id()), (2, id));
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (202, json!({ "sink": "webhook", "state": "delivered", "id": id, "attempts": 1 }))
    );
}

#[tokio::test]
async fn a_redelivery_that_fails_says_why_and_when_it_is_tried_again() {
    let receiver = Receiver::start();
    let app = TestApp::with(receiver.options()).await;
    add(&app).await;

    receiver.answer(500);
    let answer = app.call("POST", REDELIVER).send().await.json();

    assert_eq!((&answer["state"], &answer["last_error"]), (&json!("pending"), &json!("http_500")));
    assert!((1..=2).contains(&answer["next_attempt_in"].as_u64().unwrap()), "{answer}");
    let shown = app.call("GET", "/api/v1/apps/ding-hooked").send().await.json();
    assert_eq!((&shown["deliveries"], &shown["findings"]), (&json!([answer]), &json!(["sink_failed"])));
}

#[tokio::test]
async fn an_app_of_before_the_webhook_is_told_when_an_operator_says_so() {
    let app = TestApp::with(TestOptions::default().var("ENV_FILE", "")).await;
    add(&app).await;
    assert_eq!(app.call("POST", REDELIVER).send().await.problem(), "400 invalid_request sink");

    let receiver = Receiver::start();
    let app = app.restart_with(receiver.options()).await;
    app.pass(60).await;
    assert_eq!(receiver.messages().len(), 0);
    app.call("POST", REDELIVER).send().await;

    assert_eq!(receiver.messages()[0].json()["type"], "app.claimed");
}

#[tokio::test]
async fn only_an_operator_may_and_only_what_there_is() {
    let receiver = Receiver::start();
    let app = TestApp::with(receiver.options().guarded()).await;
    let key = app.state.access().create_api_key("ci").await.unwrap().unwrap();
    let ask = async |path: &str, key: &str| app.call("POST", path).bearer(key).send().await.problem();

    assert_eq!(ask(REDELIVER, "dqk_wrong").await, "401 operator_required");
    assert_eq!(ask(REDELIVER, &key).await, "404 app_not_found");
    for sink in ["store", "env_file", "nowhere"] {
        let path = format!("/api/v1/apps/ding-hooked/deliveries/{sink}/redeliver");
        let body = json!({ "client_id": "ding-hooked", "client_secret": "hooked-hooked-hooked" });
        app.call("POST", "/api/v1/apps").bearer(&key).json(&body).send().await;
        assert_eq!(ask(&path, &key).await, "400 invalid_request sink");
    }
}

#[tokio::test]
async fn the_program_lists_and_redelivers_beside_a_server() {
    let receiver = Receiver::start();
    receiver.answer(410);
    let app = TestApp::with(receiver.options()).await;
    add(&app).await;
    let vars = app.vars();
    let vars: Vec<_> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let folder = tempfile::tempdir().unwrap();
    let deliveries = |args: &[&str]| {
        let args: Vec<_> = std::iter::once("deliveries").chain(args.iter().copied()).collect();
        let output = run(folder.path(), &vars, &args);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let id = receiver.messages()[0].id().to_owned();

    let dead = format!("ding-hooked\twebhook\tdead\t1\thttp_410\t{id}\n");
    assert_eq!(deliveries(&["list", "--dead"]), (true, dead));
    receiver.answer(200);
    assert_eq!(deliveries(&["redeliver", "ding-hooked"]), (true, "queued for webhook\n".to_owned()));
    assert_eq!(deliveries(&["list", "--dead"]), (true, String::new()));
    assert_eq!(deliveries(&["redeliver", "ding-hooked", "env_file"]), (false, String::new()));
    assert_eq!(deliveries(&["redeliver", "nobody"]), (false, String::new()));
    app.pass(31).await;

    assert_eq!(
        deliveries(&["list"]),
        (true, format!("ding-hooked\twebhook\tdelivered\t1\t-\t{id}\n")),
        "the server has seen it by itself"
    );
    assert_eq!(receiver.messages()[1].id(), id);
}

async fn add(app: &TestApp) {
    let body = json!({ "client_id": "ding-hooked", "client_secret": "hooked-hooked-hooked" });
    assert_eq!(app.call("POST", "/api/v1/apps").json(&body).send().await.status, 201);
}
