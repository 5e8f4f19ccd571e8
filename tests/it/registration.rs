//! The main job, end to end.

use dingtalk_qr_simulator::{Approval, Settings, SettingsPatch, Status};
use dingtalk_qr_tests::{TestApp, TestOptions};
use serde_json::json;

#[tokio::test]
async fn a_scan_ends_in_an_env_file() {
    let app = TestApp::start().await;
    std::fs::write(app.path(".env"), "PORT=80\n").unwrap();
    let flow = app.begin_with(&json!({ "app_name": "support-bot" })).await;
    assert_eq!(app.state(&flow).await, json!({ "status": "pending" }));

    let approved = app.approve(&flow);
    app.pass(5).await;
    assert_eq!(app.state(&flow).await, json!({ "status": "creating" }));
    app.pass(10).await;

    let state = app.state(&flow).await;
    let client_id = approved.client_id.unwrap();
    assert_eq!(state["status"], "created");
    assert_eq!(state["client_id"], client_id);
    assert_eq!(state["app"], "support-bot");
    assert_eq!(state["saved_to"], json!(["store", "env_file"]));
    assert_eq!(state["verified"], true);
    assert_eq!(state["findings"], json!(null));
    let env = app.env_file();
    let lines: Vec<_> = env.lines().collect();
    assert_eq!(lines[..2], ["PORT=80", &format!("DINGTALK_CLIENT_ID={client_id}")]);
    assert!(lines[2].starts_with("DINGTALK_CLIENT_SECRET=") && lines[2].len() == 23 + 64);
    assert_eq!(lines[3..], ["DINGTALK_ALLOW_ALL_USERS=true"]);
}

#[tokio::test]
async fn the_start_tells_all_that_a_page_needs() {
    let app = TestApp::start().await;

    let flow = app.begin().await;

    let started = &flow.started;
    let link = format!("{}/openapp/registration/openClaw?user_code={}", app.dingtalk.url(), flow.user_code);
    assert_eq!(started["qr"]["text"], link);
    assert_eq!(started["qr"]["size"], 37);
    assert!(started["qr"]["path"].as_str().unwrap().starts_with("M0 0h7v1h-7z"));
    assert_eq!(started["expires_in"], 600);
    assert_eq!(started["interval"], 5);
    assert_eq!(started["brand"], "OpenClaw");
    assert_eq!(started["simulated"], true);
    assert_eq!(started["state"], json!({ "status": "pending" }));
}

#[tokio::test]
async fn a_refusal_ends_the_flow_with_its_reason() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    app.dingtalk.deny(&flow.user_code, Some("<img src=x onerror=alert(1)>".into())).unwrap();
    app.pass(5).await;

    let denied = json!({ "status": "denied", "reason": "<img src=x onerror=alert(1)>" });
    assert_eq!(app.state(&flow).await, denied);
    assert_eq!(app.env_file(), "");
}

#[tokio::test]
async fn a_code_expires_for_its_page_after_ten_minutes() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    app.pass_watched(&flow, 599).await;
    assert_eq!(app.status(&flow).await, "pending");
    app.pass(1).await;

    let answer = app.watch(&flow).await;
    assert_eq!(answer.json(), json!({ "status": "expired", "expires_in": 0 }));
}

#[tokio::test]
async fn an_end_at_dingtalk_ends_the_flow() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    app.dingtalk.expire(&flow.user_code).unwrap();
    app.pass(5).await;

    assert_eq!(app.status(&flow).await, "expired");
}

#[tokio::test]
async fn under_approval_the_credentials_are_kept_at_once() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    let approved = app.approve_subject_to_administrator(&flow);
    app.pass(15).await;

    let client_id = approved.client_id.unwrap();
    assert_eq!(app.state(&flow).await, json!({ "status": "approval_pending", "client_id": client_id }));
    assert!(app.env_file().contains(&format!("DINGTALK_CLIENT_ID={client_id}\n")));

    app.pass_watched(&flow, 3600).await;
    assert_eq!(app.status(&flow).await, "approval_pending");
    app.dingtalk.admin_approve(&flow.user_code).unwrap();
    app.pass(5).await;
    let state = app.state(&flow).await;
    assert_eq!((&state["status"], &state["verified"]), (&json!("created"), &json!(true)));
}

#[tokio::test]
async fn an_administrator_may_refuse() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.approve_subject_to_administrator(&flow);
    app.pass(15).await;

    app.dingtalk.admin_deny(&flow.user_code, Some("not now".into())).unwrap();
    app.pass(5).await;

    assert_eq!(app.state(&flow).await, json!({ "status": "denied", "reason": "not now" }));
}

#[tokio::test]
async fn an_approval_that_outlives_the_code_is_told_as_outstanding() {
    let app = TestApp::with(TestOptions {
        dingtalk: Settings { expires_in: 700, ..Settings::default() },
        ..TestOptions::default()
    })
    .await;
    let flow = app.begin().await;
    app.approve_subject_to_administrator(&flow);

    app.pass(705).await;

    let state = app.state(&flow).await;
    assert_eq!(state["status"], "created");
    assert_eq!(state["verified"], false);
    assert_eq!(state["findings"], json!(["approval_outstanding"]));
}

#[tokio::test]
async fn a_secret_that_is_handed_out_once_is_enough() {
    let app = TestApp::with(TestOptions {
        dingtalk: Settings { secret_once: true, ..Settings::default() },
        ..TestOptions::default()
    })
    .await;
    let flow = app.begin().await;
    app.approve_subject_to_administrator(&flow);
    app.pass(30).await;
    app.dingtalk.admin_approve(&flow.user_code).unwrap();

    app.pass(5).await;

    assert_eq!(app.status(&flow).await, "created");
    assert!(app.env_file().contains("DINGTALK_CLIENT_SECRET="));
}

#[tokio::test]
async fn success_without_credentials_fails_with_its_code() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let approval = Approval { steps: Some(vec![Status::Success]), ..Approval::default() };
    app.dingtalk.approve(&flow.user_code, approval).unwrap();
    app.dingtalk
        .add_fault(
            serde_json::from_value(json!({
                "path": "/app/registration/poll", "fault": { "remove": ["client_secret"] }
            }))
            .unwrap(),
        )
        .unwrap();

    app.pass(5).await;

    assert_eq!(app.state(&flow).await, json!({ "status": "failed", "code": "app_credential_missing" }));
}

#[tokio::test]
async fn a_cancelled_flow_that_is_approved_later_is_kept_unclaimed_until_somebody_wants_it() {
    let app = TestApp::start().await;
    let flow = app.begin_with(&json!({ "app_name": "late" })).await;
    let path = format!("/api/v1/flows/{}", flow.id);
    let cancelled = app.call("DELETE", &path).bearer(&flow.token).send().await;
    assert_eq!(cancelled.status, 204);
    assert_eq!(app.state(&flow).await, json!({ "status": "cancelled" }));

    app.approve(&flow);
    app.pass(120).await;

    assert_eq!(app.state(&flow).await, json!({ "status": "cancelled" }));
    assert_eq!(app.env_file(), "");
    let list = app.call("GET", "/api/v1/apps").send().await.json();
    assert_eq!(list["apps"][0]["app"], "late");
    assert_eq!(list["apps"][0]["claimed"], false);
    assert_eq!(list["apps"][0]["saved_to"], json!(["store"]));

    let claimed = app.call("POST", "/api/v1/apps/late/claim").send().await;
    assert_eq!(claimed.json()["saved_to"], json!(["store", "env_file"]), "{claimed:?}");
    assert!(app.env_file().contains("DINGTALK_CLIENT_ID="));
}

#[tokio::test]
async fn the_announced_interval_is_kept_and_never_below_two_seconds() {
    let app = TestApp::start().await;
    app.dingtalk.change_settings(SettingsPatch { interval: Some(1), ..SettingsPatch::default() });
    let flow = app.begin().await;
    assert_eq!(flow.started["interval"], 2);

    app.pass_watched(&flow, 20).await;

    let seen = app.at_dingtalk(&flow);
    assert_eq!(seen.polls, 10);
    assert!(seen.min_gap_ms.unwrap() >= 2000, "{seen:?}");
}

#[tokio::test]
async fn nobody_watching_slows_the_questions_down_and_a_page_that_returns_hastens_them() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.pass(60).await;
    let attended = app.at_dingtalk(&flow).polls;

    app.pass(120).await;
    let unattended = app.at_dingtalk(&flow).polls - attended;
    assert_eq!((attended, unattended), (11, 4));

    app.watch(&flow).await;
    app.pass(1).await;
    assert_eq!(app.at_dingtalk(&flow).polls, attended + unattended + 1);
}

#[tokio::test]
async fn an_ended_flow_is_never_asked_about_again() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.approve(&flow);
    app.pass(15).await;
    let polls = app.at_dingtalk(&flow).polls;

    app.pass_watched(&flow, 300).await;

    assert_eq!(app.at_dingtalk(&flow).polls, polls);
}

#[tokio::test]
async fn a_settled_flow_is_swept_from_memory_and_a_day_later_from_the_store() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.dingtalk.deny(&flow.user_code, None).unwrap();
    app.pass(400).await;
    assert_eq!(app.status(&flow).await, "denied");

    app.clock.advance(std::time::Duration::from_hours(25));
    app.settle().await;

    assert_eq!(app.watch(&flow).await.problem(), "404 flow_not_found");
}
