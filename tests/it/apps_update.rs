//! What an operator notes of an app, and what messages need of it.

use std::fs;

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Messaging, TestApp, TestOptions, messaging_options};
use serde_json::{Value, json};

const SPEAK: &str = "/v1.0/robot/oToMessages/batchSend";

#[tokio::test]
async fn a_work_notice_needs_the_agent_id_and_a_scanned_app_gets_it_from_an_operator() {
    let app = TestApp::start().await;
    let flow = app.begin_with(&json!({ "app_name": "bot" })).await;
    app.approve(&flow);
    app.pass_watched(&flow, 30).await;
    let client_id = app.state(&flow).await["client_id"].as_str().unwrap().to_owned();
    let at_dingtalk = app.dingtalk.app(&client_id).unwrap();
    let sender = Messaging::of(app).await.by("bot");
    let notice =
        json!({ "to": { "staff_ids": [people::LI_NA] }, "work_notice": { "type": "text", "content": "x" } });
    assert_eq!(sender.post(notice.clone()).await.problem(), "409 agent_id_missing");
    let template = json!({ "to": { "staff_ids": ["a"] }, "template": { "template_id": "t", "data": {} } });
    assert_eq!(sender.post(template).await.problem(), "409 agent_id_missing");
    sender.say(&[people::LI_NA], "a robot needs none").await;

    let patch = json!({ "agent_id": at_dingtalk.agent_id, "corp_id": at_dingtalk.corp_id, "title": "Bot" });
    let answer = sender.call("PATCH", "/api/v1/apps/bot").json(&patch).send().await;

    assert_eq!(answer.status, 200, "{answer:?}");
    let app = answer.json();
    assert_eq!(
        (&app["agent_id"], &app["corp_id"], &app["title"]),
        (&json!(at_dingtalk.agent_id), &json!(at_dingtalk.corp_id), &json!("Bot"))
    );
    sender.submit(notice).await;
    sender.pass(5).await;
    assert_eq!(sender.arrived().len(), 2);
}

#[tokio::test]
async fn what_is_noted_of_an_app_stays_until_it_is_taken_away() {
    let app = TestApp::start().await;
    let body = json!({ "client_id": EXISTING_APP_CLIENT_ID, "client_secret": EXISTING_APP_CLIENT_SECRET, "name": "bot" });
    assert_eq!(app.call("POST", "/api/v1/apps").json(&body).send().await.status, 201);
    let patch = async |body: &Value| app.call("PATCH", "/api/v1/apps/bot").json(body).send().await;

    for (body, expected) in [
        (json!({ "corp_id": "dingcorp1", "agent_id": 7, "title": "客服" }), json!(["dingcorp1", 7, "客服"])),
        (json!({}), json!(["dingcorp1", 7, "客服"])),
        (json!({ "title": null }), json!(["dingcorp1", 7, null])),
        (json!({ "agent_id": 8, "corp_id": null }), json!([null, 8, null])),
    ] {
        let answer = patch(&body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let read = app.call("GET", "/api/v1/apps/bot").send().await.json();
        for app in [answer.json(), read] {
            assert_eq!(json!([app["corp_id"], app["agent_id"], app["title"]]), expected, "{body}");
        }
    }
    for (body, field) in [
        (json!({ "corp_id": "" }), "corp_id"),
        (json!({ "corp_id": "a b" }), "corp_id"),
        (json!({ "corp_id": "x".repeat(65) }), "corp_id"),
        (json!({ "agent_id": 0 }), "agent_id"),
        (json!({ "agent_id": "7" }), "agent_id"),
        (json!({ "title": " " }), "title"),
        (json!({ "title": "x".repeat(65) }), "title"),
        (json!({ "title": "two\nlines" }), "title"),
        (json!({ "name": "other" }), "name"),
    ] {
        assert_eq!(patch(&body).await.problem(), format!("400 invalid_request {field}"), "{body}");
    }
    let unknown = app.call("PATCH", "/api/v1/apps/nothing").json(&json!({})).send().await;
    assert_eq!(unknown.problem(), "404 app_not_found");
}

#[tokio::test]
async fn what_is_noted_of_the_app_of_the_configuration_outlives_a_restart() {
    let mut options = messaging_options();
    options.vars.retain(|(name, _)| *name != "DINGTALK_AGENT_ID" && *name != "DINGTALK_CORP_ID");
    let sender = Messaging::with(options).await;
    let app = format!("/api/v1/apps/{}", sender.name);
    let noted = json!({ "agent_id": 1_000_000_001, "corp_id": STUDIO_CORP_ID });
    assert_eq!(sender.call("PATCH", &app).json(&noted).send().await.status, 200);

    let sender = sender.restart().await;

    sender.notify(&[people::LI_NA], "x").await;
    sender.pass(5).await;
    assert_eq!(sender.arrived().len(), 1);
}

#[tokio::test]
async fn an_app_of_a_file_is_described_there_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("apps.toml");
    let text = format!(
        "[apps.bot]\nclient_id = \"{EXISTING_APP_CLIENT_ID}\"\nclient_secret = \"{EXISTING_APP_CLIENT_SECRET}\"\n"
    );
    fs::write(&file, text).unwrap();
    let app = TestApp::with(TestOptions::default().var("APPS_FILE", file.to_str().unwrap())).await;

    let answer = app.call("PATCH", "/api/v1/apps/bot").json(&json!({ "agent_id": 7 })).send().await;

    assert_eq!(answer.problem(), "409 app_configured");
}

#[tokio::test]
async fn a_message_of_an_app_that_is_gone_fails() {
    let app = TestApp::start().await;
    let body = json!({ "client_id": EXISTING_APP_CLIENT_ID, "client_secret": EXISTING_APP_CLIENT_SECRET, "name": "bot" });
    app.call("POST", "/api/v1/apps").json(&body).send().await;
    let sender = Messaging::of(app).await.by("bot");
    sender.busy(SPEAK, 1);
    let id = sender.say(&[people::LI_NA], "x").await;
    sender.settle().await;

    assert_eq!(sender.call("DELETE", "/api/v1/apps/bot").send().await.status, 204);
    sender.pass(10).await;

    let message = sender.message(&id).await;
    assert_eq!(
        (&message["state"], &message["parts"][0]["error"]),
        (&json!("failed"), &json!("app_not_found"))
    );
}
