//! The webhook: what the receiver hears, and that it can tell who says so.

use dingtalk_qr_backend::secret::WebhookKey;
use dingtalk_qr_backend::{Clock as _, SystemClock};
use dingtalk_qr_tests::{Message, Program, Receiver, TestApp, TestOptions};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

#[tokio::test]
async fn a_scan_is_told_once_with_the_credentials() {
    let receiver = Receiver::start();
    let app = TestApp::with(receiver.options()).await;
    let flow = app.begin_with(&json!({ "app_name": "bot" })).await;
    app.approve(&flow);
    app.pass(15).await;

    let state = app.state(&flow).await;
    let [message] = receiver.messages().try_into().unwrap();

    assert_eq!((&state["status"], &state["saved_to"]), (&json!("created"), &json!(["store", "webhook"])));
    let told = message.json();
    assert_eq!((&told["type"], &told["data"]["app"]), (&json!("app.registered"), &json!("bot")));
    assert_eq!((&told["data"]["client_id"], &told["data"]["verified"]), (&state["client_id"], &json!(true)));
    let secret = told["data"]["client_secret"].as_str().unwrap();
    assert!(state["hint"].as_str().unwrap().starts_with(&secret[..4]) && secret.len() == 64);
    assert!(told["timestamp"].as_str().unwrap().starts_with("2026-09-21T"), "{told}");
    assert_eq!(message.header("content-type"), "application/json");
}

#[tokio::test]
async fn an_app_under_approval_is_told_once() {
    let receiver = Receiver::start();
    let app = TestApp::with(receiver.options()).await;
    let flow = app.begin().await;
    app.approve_subject_to_administrator(&flow);
    app.pass(15).await;
    assert_eq!(receiver.messages().len(), 1);

    // DingTalk hands the same credentials out again.
    app.dingtalk.admin_approve(&flow.user_code).unwrap();
    app.pass(15).await;

    assert_eq!(app.status(&flow).await, "created");
    assert_eq!(receiver.messages().len(), 1);
}

#[tokio::test]
async fn every_app_is_told_and_each_as_what_it_is() {
    let receiver = Receiver::start();
    let app = TestApp::with(receiver.options()).await;

    add(&app, "ding-first", "first-first-first-first").await;
    add(&app, "ding-second", "second-second-second").await;
    add(&app, "ding-first", "corrected-corrected").await;
    app.call("POST", "/api/v1/apps/ding-second/claim").send().await;

    let told: Vec<_> = receiver.heard(4).await.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "app.entered ding-first first-first-first-first",
            "app.entered ding-second second-second-second",
            "app.entered ding-first corrected-corrected",
            "app.claimed ding-second second-second-second",
        ]
    );
    let mut ids: Vec<_> = receiver.messages().iter().map(|message| message.id().to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "what differs has an id of its own");
}

#[tokio::test]
async fn an_older_app_is_told_although_a_newer_one_came() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let app = TestApp::with(receiver.options()).await;
    add(&app, "ding-older", "older-older-older-older").await;
    add(&app, "ding-newer", "newer-newer-newer-newer").await;
    let before = receiver.messages().len();

    receiver.answer(200);
    app.pass(5).await;

    let mut told: Vec<_> = receiver.messages()[before..].iter().map(told).collect();
    told.sort();
    assert_eq!(
        told,
        ["app.entered ding-newer newer-newer-newer-newer", "app.entered ding-older older-older-older-older"]
    );
}

/// A program of its own, because the library compares the time of the message with the real one.
#[tokio::test]
async fn the_signature_holds_with_the_library_of_the_standard() {
    const OLD: &str = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZA==";
    let receiver = Receiver::start();
    let folder = tempfile::tempdir().unwrap();
    let dingtalk = dingtalk_qr_simulator::Simulator::start(<_>::default()).await.unwrap();
    let both = format!("{} {OLD}", Receiver::SECRET);
    let vars = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("WEBHOOK_URL", &receiver.url),
        ("WEBHOOK_SECRET", &both),
        ("WEBHOOK_ALLOW_PRIVATE", "true"),
    ];
    let program = Program::start(folder.path(), &vars);

    let body = json!({ "client_id": "ding-signed", "client_secret": "signed-signed-signed" });
    let sent = crate::http_client().post(format!("{}/api/v1/apps", program.url)).json(&body).send().await;
    assert_eq!(sent.unwrap().status(), 201);

    let message = &receiver.heard(1).await[0];
    for key in [Receiver::SECRET, OLD] {
        let webhook = Webhook::new(key).unwrap();
        webhook.verify(message.body.as_bytes(), &message.headers).unwrap();
        let changed = message.body.replace("ding-signed", "ding-forged");
        assert!(webhook.verify(changed.as_bytes(), &message.headers).is_err());
    }
    let other = Webhook::new("whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXI=").unwrap();
    assert!(other.verify(message.body.as_bytes(), &message.headers).is_err());
}

/// The example of the document for receivers.
#[tokio::test]
async fn the_signature_holds_with_the_example_of_the_document() {
    let guide = include_str!("../../docs/webhooks.md");
    let (_, example) = guide.split_once("```js\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let call = "\nconst [body, headers, secret] = JSON.parse(process.argv[2]);\nconsole.log(verify(body, headers, secret));";
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("verify.mjs");
    std::fs::write(&script, format!("{example}{call}")).unwrap();
    let now = SystemClock.now().as_secs();
    let verify = |body: &str, sent: i64| {
        let key = WebhookKey::try_from(Receiver::SECRET).unwrap();
        let signatures = format!("v1,AAAA {}", key.sign("msg_1", sent, "{\"data\":\"密\"}".as_bytes()));
        let headers = json!({ "webhook-id": "msg_1", "webhook-timestamp": sent.to_string(),
            "webhook-signature": signatures });
        let message = json!([body, headers, Receiver::SECRET]).to_string();
        let output = std::process::Command::new("node").arg(&script).arg(message).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };

    assert_eq!(verify("{\"data\":\"密\"}", now), "true\n");
    assert_eq!(verify("{\"data\":\"forged\"}", now), "false\n");
    assert_eq!(verify("{\"data\":\"密\"}", now - 400), "false\n");
}

#[tokio::test]
async fn a_late_app_is_told_when_somebody_claims_it() {
    let receiver = Receiver::start();
    let app = TestApp::with(receiver.options()).await;
    let flow = app.begin_with(&json!({ "app_name": "late" })).await;
    app.call("DELETE", &format!("/api/v1/flows/{}", flow.id)).bearer(&flow.token).send().await;
    app.approve(&flow);
    app.pass(120).await;
    assert_eq!(receiver.messages().len(), 0);

    let claimed = app.call("POST", "/api/v1/apps/late/claim").send().await.json();

    assert_eq!(claimed["saved_to"], json!(["store", "webhook"]));
    assert_eq!(receiver.messages()[0].json()["type"], "app.claimed");
}

#[tokio::test]
async fn two_backends_on_one_database_tell_each_app_once() {
    const APPS: usize = 20;
    let receiver = Receiver::start();
    receiver.answer(500);
    let key = "a2V5LWtleS1rZXkta2V5LWtleS1rZXkta2V5LWtleSE=";
    let options: TestOptions = receiver.options().var("DINGTALK_QR_KEY", key).on_postgres().await;
    let one = TestApp::with(options.clone()).await;
    let other = TestApp::with(options).await;
    for number in 0..APPS {
        add(&one, &format!("ding-{number}"), "secret-secret-secret").await;
    }
    let before = receiver.messages().len();

    receiver.answer(200);
    // Long enough for every wait and the longest sleep; both wake at the same moments.
    for _ in 0..40 {
        tokio::join!(one.pass(1), other.pass(1));
    }

    let messages = receiver.messages().split_off(before);
    let mut told: Vec<_> = messages.iter().map(told).collect();
    told.sort();
    let mut expected: Vec<_> =
        (0..APPS).map(|number| format!("app.entered ding-{number} secret-secret-secret")).collect();
    expected.sort();
    assert_eq!(told, expected);
    for at in [&one, &other] {
        let done = at.state.apps().deliveries("ding-7").await.unwrap();
        assert_eq!(done[0].state.as_str(), "delivered");
    }
}

fn told(message: &Message) -> String {
    let told = message.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let data = &told["data"];
    [text(&told["type"]), text(&data["client_id"]), text(&data["client_secret"])].join(" ")
}

async fn add(app: &TestApp, client_id: &str, secret: &str) {
    let body = json!({ "client_id": client_id, "client_secret": secret });
    assert_eq!(app.call("POST", "/api/v1/apps").json(&body).send().await.status, 201);
}
