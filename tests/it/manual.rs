//! Credentials that somebody enters by hand.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Fault, FaultRule};
use dingtalk_qr_tests::{Answer, TestApp, TestOptions};
use serde_json::{Value, json};

#[tokio::test]
async fn they_take_the_same_way_as_those_of_a_scan() {
    let app = TestApp::start().await;

    let answer = add(&app, &right("typed")).await;

    assert_eq!(answer.status, 201);
    let hint = format!("{}••••••••", &EXISTING_APP_CLIENT_SECRET[..4]);
    assert_eq!(
        answer.json(),
        json!({ "app": "typed", "client_id": EXISTING_APP_CLIENT_ID, "hint": hint,
            "saved_to": ["store", "env_file"], "verified": true })
    );
    let expected = format!(
        "DINGTALK_CLIENT_ID={EXISTING_APP_CLIENT_ID}\nDINGTALK_CLIENT_SECRET={EXISTING_APP_CLIENT_SECRET}\n\
         DINGTALK_ALLOW_ALL_USERS=true\n"
    );
    assert_eq!(app.env_file(), expected);
}

#[tokio::test]
async fn wrong_ones_are_kept_and_told_and_can_be_corrected() {
    let app = TestApp::start().await;
    let wrong = json!({ "client_id": EXISTING_APP_CLIENT_ID, "client_secret": "mistyped-mistyped" });

    let answer = add(&app, &wrong).await.json();
    assert_eq!((&answer["verified"], &answer["findings"]), (&json!(false), &json!(["credentials_rejected"])));
    let answer = add(&app, &right("ignored-for-a-known-app")).await.json();

    assert_eq!((&answer["verified"], &answer["app"]), (&json!(true), &json!(EXISTING_APP_CLIENT_ID)));
    assert_eq!(app.call("GET", "/api/v1/apps").send().await.json()["apps"].as_array().unwrap().len(), 1);
    assert!(app.env_file().contains(EXISTING_APP_CLIENT_SECRET));
}

#[tokio::test]
async fn they_are_kept_though_dingtalk_cannot_be_asked() {
    let app = TestApp::start().await;
    let fault = Fault { http: Some(503), ..Fault::default() };
    app.dingtalk
        .add_fault(FaultRule { path: "/v1.0/oauth2/accessToken".to_owned(), times: None, fault })
        .unwrap();

    let answer = add(&app, &right("typed")).await.json();

    assert_eq!((&answer["verified"], &answer["findings"]), (&json!(false), &json!(["upstream_unavailable"])));
    assert!(app.env_file().contains(EXISTING_APP_CLIENT_ID));
}

#[tokio::test]
async fn the_name_of_another_app_is_refused() {
    let app = TestApp::start().await;
    add(&app, &right("bot")).await;

    let other = add(&app, &json!({ "name": "bot", "client_id": "ding-other", "client_secret": "s" })).await;

    assert_eq!(other.problem(), "409 app_name_taken");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_told_and_written_later() {
    let app = TestApp::start().await;
    std::fs::create_dir(app.path(".env")).unwrap();

    let answer = add(&app, &right("typed")).await.json();
    assert_eq!((&answer["saved_to"], &answer["findings"]), (&json!(["store"]), &json!(["sink_failed"])));

    std::fs::remove_dir(app.path(".env")).unwrap();
    app.pass(5).await;
    assert!(app.env_file().contains(EXISTING_APP_CLIENT_ID));
    let list = app.call("GET", "/api/v1/apps").send().await.json();
    assert_eq!(list["apps"][0]["saved_to"], json!(["store", "env_file"]));
}

#[tokio::test]
async fn an_older_app_that_waits_for_the_file_does_not_overwrite_a_newer_one() {
    let app = TestApp::start().await;
    std::fs::create_dir(app.path(".env")).unwrap();
    add(&app, &json!({ "client_id": "ding-older", "client_secret": "older-older-older" })).await;
    add(&app, &right("newer")).await;

    std::fs::remove_dir(app.path(".env")).unwrap();
    app.pass(400).await;

    assert!(app.env_file().contains(EXISTING_APP_CLIENT_ID));
    assert!(!app.env_file().contains("older"));
}

#[tokio::test]
async fn without_a_file_the_store_is_enough() {
    let app = TestApp::with(TestOptions::default().var("ENV_FILE", "")).await;

    let answer = add(&app, &right("typed")).await.json();

    assert_eq!((&answer["saved_to"], &answer["findings"]), (&json!(["store"]), &json!(null)));
}

#[tokio::test]
async fn both_variables_make_an_app_that_is_there_from_the_start() {
    let options = TestOptions::default()
        .var("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID)
        .var("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET);
    let app = TestApp::with(options).await;

    let list = app.call("GET", "/api/v1/apps").send().await.json();
    assert_eq!(
        (&list["apps"][0]["client_id"], &list["apps"][0]["claimed"]),
        (&json!(EXISTING_APP_CLIENT_ID), &json!(true))
    );
    assert_eq!(app.env_file(), "", "they come from there");
    let corrected = json!({ "client_id": EXISTING_APP_CLIENT_ID, "client_secret": "newer-newer-newer" });
    add(&app, &corrected).await;

    let app = app.restart().await;
    app.call("POST", &format!("/api/v1/apps/{EXISTING_APP_CLIENT_ID}/claim")).send().await;
    assert!(app.env_file().contains("newer-newer-newer"), "an older configuration takes nothing back");
}

#[tokio::test]
async fn an_app_that_nobody_knows_cannot_be_claimed() {
    let app = TestApp::start().await;

    assert_eq!(app.call("POST", "/api/v1/apps/unknown/claim").send().await.problem(), "404 app_not_found");
}

fn right(name: &str) -> Value {
    json!({ "name": name, "client_id": EXISTING_APP_CLIENT_ID, "client_secret": EXISTING_APP_CLIENT_SECRET })
}

async fn add(app: &TestApp, body: &Value) -> Answer {
    app.call("POST", "/api/v1/apps").json(body).send().await
}
