//! Every way in which DingTalk's answer can be wrong, and what we call it.

use std::num::NonZeroU64;

use dingtalk_qr_simulator::{Approval, Status};
use dingtalk_qr_tests::{TestApp, TestOptions};
use serde_json::{Value, json};

#[tokio::test]
async fn a_start_names_what_is_wrong_with_init() {
    for (fault, expected) in [
        (json!({ "set": { "nonce": "" } }), "502 init_lacks_nonce"),
        (json!({ "set": { "nonce": "  " } }), "502 init_lacks_nonce"),
        (json!({ "set": { "nonce": null } }), "502 init_lacks_nonce"),
        (json!({ "set": { "nonce": 7 } }), "502 init_lacks_nonce"),
        (json!({ "remove": ["nonce"] }), "502 init_lacks_nonce"),
        (json!({ "set": { "errcode": 40035, "errmsg": "canary" } }), "502 upstream_refused"),
        (json!({ "set": { "errcode": "40035" } }), "502 upstream_refused"),
        (json!({ "set": { "errcode": [] } }), "502 upstream_refused"),
        (json!({ "preset": "busy" }), "502 upstream_unavailable"),
        (json!({ "preset": "global_limit" }), "502 upstream_unavailable"),
        (json!({ "preset": "ip_ban_json" }), "502 upstream_unavailable"),
        (json!({ "preset": "ip_ban_html" }), "502 upstream_unavailable"),
        (json!({ "preset": "qps" }), "502 upstream_refused"),
        (json!({ "preset": "html_200" }), "502 upstream_unavailable"),
        (json!({ "body": "" }), "502 upstream_unavailable"),
        (json!({ "body": "[]", "content_type": "application/json" }), "502 upstream_unavailable"),
        (json!({ "body": "\"text\"" }), "502 upstream_unavailable"),
        (json!({ "body": "null" }), "502 upstream_unavailable"),
        (json!({ "body": "{\"nonce\":" }), "502 upstream_unavailable"),
        (json!({ "oversized_bytes": 200_000 }), "502 upstream_unavailable"),
        (json!({ "http": 400 }), "502 upstream_refused"),
        (json!({ "http": 401 }), "502 upstream_refused"),
        (json!({ "http": 403 }), "502 upstream_refused"),
        (json!({ "http": 404 }), "502 upstream_refused"),
        (json!({ "http": 429 }), "502 upstream_unavailable"),
        (json!({ "http": 429, "retry_after": 3 }), "502 upstream_unavailable"),
        (json!({ "http": 500 }), "502 upstream_unavailable"),
        (json!({ "http": 502 }), "502 upstream_unavailable"),
        (json!({ "http": 503 }), "502 upstream_unavailable"),
        (json!({ "http": 504, "delay_ms": 20 }), "502 upstream_unavailable"),
        (json!({ "redirect": "http://127.0.0.1:1/" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "before_answer" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "mid_body" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "reset" }), "502 upstream_unavailable"),
    ] {
        check_start("init", &fault, expected).await;
    }
}

#[tokio::test]
async fn a_start_names_what_is_wrong_with_begin() {
    for (fault, expected) in [
        (json!({ "set": { "device_code": "" } }), "502 begin_lacks_device_code"),
        (json!({ "set": { "device_code": " " } }), "502 begin_lacks_device_code"),
        (json!({ "remove": ["device_code"] }), "502 begin_lacks_device_code"),
        (json!({ "set": { "verification_uri_complete": "" } }), "502 begin_lacks_verification_uri"),
        (json!({ "remove": ["verification_uri_complete"] }), "502 begin_lacks_verification_uri"),
        (uri("http://open-dev.dingtalk.com/x"), "502 verification_uri_rejected"),
        (uri("https://evil.example/x"), "502 verification_uri_rejected"),
        (uri("https://open-dev.dingtalk.com@evil.example/"), "502 verification_uri_rejected"),
        (uri("javascript:alert(1)"), "502 verification_uri_rejected"),
        (
            uri(&format!("https://open-dev.dingtalk.com/{}", "x".repeat(5000))),
            "502 verification_uri_rejected",
        ),
        (json!({ "set": { "errcode": 40035 } }), "502 upstream_refused"),
        (json!({ "http": 500 }), "502 upstream_unavailable"),
    ] {
        check_start("begin", &fault, expected).await;
    }
}

#[tokio::test]
async fn a_start_shrugs_at_what_does_not_matter() {
    for fault in [
        json!({ "remove": ["errcode"] }),
        json!({ "set": { "errcode": "0" } }),
        json!({ "set": { "errcode": null } }),
        json!({ "set": { "more": { "to": ["come"] } } }),
        json!({ "content_type": "text/plain" }),
        json!({ "delay_ms": 20, "body_delay_ms": 20 }),
    ] {
        check_start("init", &fault, "201").await;
        check_start("begin", &fault, "201").await;
    }
    check_start("begin", &json!({ "remove": ["user_code", "verification_uri"] }), "201").await;
    check_start(
        "begin",
        &uri("https://open-dev.dingtalk.com/openapp/registration/openClaw?user_code=A"),
        "201",
    )
    .await;
}

#[tokio::test]
async fn lifetime_and_interval_are_read_tolerantly() {
    for (value, expires_in, interval) in [
        (json!("7200"), 600, 3),
        (json!(299.0), 299, 299),
        (json!("abc"), 600, 3),
        (json!(0), 600, 3),
        (json!(-1), 600, 3),
        (json!(null), 600, 3),
        (json!(1), 60, 2),
        (json!("90"), 90, 90),
        (json!(99_999_999_999_i64), 600, 3),
    ] {
        let app = TestApp::start().await;
        add_fault(&app, "begin", &json!({ "set": { "expires_in": value, "interval": value } }), None);

        let started = app.begin().await.started;

        assert_eq!(
            (&started["expires_in"], &started["interval"]),
            (&json!(expires_in), &json!(interval)),
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_start_without_lifetime_and_interval_has_those_of_dingtalk() {
    let options = TestOptions::default().var("QR_DISPLAY_SECONDS", "100000");
    let app = TestApp::with(options).await;
    add_fault(&app, "begin", &json!({ "remove": ["expires_in", "interval"] }), None);

    let started = app.begin().await.started;

    assert_eq!((&started["expires_in"], &started["interval"]), (&json!(7200), &json!(3)));
}

#[tokio::test]
async fn a_start_says_when_dingtalk_asks_to_come_again() {
    for (fault, retry_after) in [
        (json!({ "preset": "ip_ban_json" }), "300"),
        (json!({ "http": 429, "retry_after": 3 }), "3"),
        (json!({ "preset": "busy" }), ""),
    ] {
        let app = TestApp::start().await;
        add_fault(&app, "init", &fault, None);

        let answer = app.call("POST", "/api/v1/registrations").json(&json!({})).send().await;

        assert_eq!(answer.problem(), "502 upstream_unavailable", "{fault}");
        assert_eq!(answer.header("retry-after"), retry_after, "{fault}");
    }
}

#[tokio::test]
async fn a_link_that_is_too_long_for_a_code_leaves_no_flow_behind() {
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS_PER_PEER", "1")).await;
    let start = "https://open-dev.dingtalk.com/";
    let link = |length: usize| uri(&format!("{start}{}", "x".repeat(length - start.len())));
    add_fault(&app, "begin", &link(1001), NonZeroU64::new(1));
    add_fault(&app, "begin", &link(1000), NonZeroU64::new(1));

    let rejected = app.call("POST", "/api/v1/registrations").json(&json!({})).send().await;

    assert_eq!(rejected.problem(), "502 verification_uri_rejected");
    let flow = app.begin().await;
    assert_eq!(flow.started["qr"]["text"].as_str().unwrap().len(), 1000);
}

#[tokio::test]
async fn whatever_a_poll_answers_the_flow_goes_on_within_its_window() {
    for fault in [
        json!({ "set": { "errcode": 40035 } }),
        json!({ "preset": "busy" }),
        json!({ "preset": "global_limit" }),
        json!({ "preset": "ip_ban_html" }),
        json!({ "preset": "qps" }),
        json!({ "preset": "html_200" }),
        json!({ "body": "" }),
        json!({ "body": "[]" }),
        json!({ "oversized_bytes": 200_000 }),
        json!({ "http": 400 }),
        json!({ "http": 401 }),
        json!({ "http": 403 }),
        json!({ "http": 404 }),
        json!({ "http": 429 }),
        json!({ "http": 500 }),
        json!({ "redirect": "http://127.0.0.1:1/" }),
        json!({ "disconnect": "before_answer" }),
        json!({ "disconnect": "mid_body" }),
    ] {
        let app = TestApp::start().await;
        let flow = app.begin().await;
        add_fault(&app, "poll", &fault, NonZeroU64::new(2));

        app.pass(5).await;
        assert_eq!(app.state(&flow).await, json!({ "status": "pending", "reconnecting": true }), "{fault}");
        app.approve(&flow);
        app.pass_watched(&flow, 60).await;
        assert_eq!(app.status(&flow).await, "created", "{fault}");
    }
}

#[tokio::test]
async fn a_refusal_that_lasts_is_told_from_an_outage() {
    for (fault, code) in [
        (json!({ "set": { "errcode": 40035 } }), "upstream_refused"),
        (json!({ "http": 404 }), "upstream_refused"),
        (json!({ "preset": "html_200" }), "upstream_unavailable"),
    ] {
        let app = TestApp::start().await;
        let flow = app.begin().await;
        add_fault(&app, "poll", &fault, None);

        app.pass_watched(&flow, 130).await;

        assert_eq!(app.state(&flow).await, json!({ "status": "failed", "code": code }), "{fault}");
    }
}

#[tokio::test]
async fn an_address_that_is_shut_out_waits_as_long_as_it_is_told() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    add_fault(&app, "poll", &json!({ "preset": "ip_ban_json" }), None);

    app.pass_watched(&flow, 119).await;

    let polls = app.dingtalk.calls().iter().filter(|call| call.path.ends_with("/poll")).count();
    assert_eq!(polls, 1, "five minutes are asked for");
}

#[tokio::test]
async fn odd_words_of_a_poll_mean_what_they_can() {
    for (set, expected) in [
        (json!({ "status": " waiting " }), json!({ "status": "pending" })),
        (json!({ "status": "POLISHING" }), json!({ "status": "pending" })),
        (json!({ "status": "" }), json!({ "status": "pending" })),
        (json!({ "status": null }), json!({ "status": "pending" })),
        (json!({ "status": 7 }), json!({ "status": "pending" })),
        (json!({ "status": "creating" }), json!({ "status": "creating" })),
        (json!({ "status": "SUCCESS" }), json!({ "status": "failed", "code": "app_credential_missing" })),
        (
            json!({ "status": "SUCCESS", "client_id": "ding1" }),
            json!({ "status": "failed", "code": "app_credential_missing" }),
        ),
        (
            json!({ "status": "SUCCESS", "client_secret": "s" }),
            json!({ "status": "failed", "code": "app_credential_missing" }),
        ),
        (
            json!({ "status": "SUCCESS", "client_id": "ding\n1", "client_secret": "s" }),
            json!({ "status": "failed", "code": "app_credential_missing" }),
        ),
        (json!({ "status": "FAIL" }), json!({ "status": "denied" })),
        (json!({ "status": "fail", "fail_reason": "<b>" }), json!({ "status": "denied", "reason": "<b>" })),
        (json!({ "status": "EXPIRED" }), json!({ "status": "expired" })),
    ] {
        let app = TestApp::start().await;
        let flow = app.begin().await;
        add_fault(&app, "poll", &json!({ "set": set }), None);

        app.pass(5).await;

        assert_eq!(app.state(&flow).await, expected, "{set}");
    }
}

#[tokio::test]
async fn waiting_after_creating_does_not_go_back() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let steps = vec![Status::Creating, Status::Waiting, Status::Success];
    app.dingtalk.approve(&flow.user_code, Approval { steps: Some(steps), ..Approval::default() }).unwrap();

    app.pass(10).await;
    assert_eq!(app.status(&flow).await, "creating");
    app.pass(5).await;

    assert_eq!(app.status(&flow).await, "created");
}

#[tokio::test]
async fn a_long_reason_is_cut() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    app.dingtalk.deny(&flow.user_code, Some("拒".repeat(5000))).unwrap();

    app.pass(5).await;

    let state = app.state(&flow).await;
    assert_eq!(state["reason"].as_str().unwrap().chars().count(), 201);
}

async fn check_start(call: &str, fault: &Value, expected: &str) {
    let app = TestApp::start().await;
    add_fault(&app, call, fault, None);

    let answer = app.call("POST", "/api/v1/registrations").json(&json!({})).send().await;

    let said = if answer.status == 201 { "201".to_owned() } else { answer.problem() };
    assert_eq!(said, expected, "{call} {fault}");
    assert!(!answer.body.contains("canary"), "{answer:?}");
}

fn uri(uri: &str) -> Value {
    json!({ "set": { "verification_uri_complete": uri } })
}

fn add_fault(app: &TestApp, call: &str, fault: &Value, times: Option<NonZeroU64>) {
    let rule = json!({ "path": format!("/app/registration/{call}"), "times": times, "fault": fault });
    app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
}
