//! Every way in which a login in the workspace fails, and what is known of a member when the directory does not answer.

use std::num::NonZeroU64;
use std::time::Duration;

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, SCHOOL_CORP_ID, STUDIO_CORP_ID, Settings, people};
use dingtalk_qr_tests::{Answer, Browser, Flow, TestApp, TestOptions, login_options};
use serde_json::{Value, json};

const APP_TOKEN: &str = "/v1.0/oauth2/accessToken";
const BY_CODE: &str = "/topapi/v2/user/getuserinfo";
const BY_UNION_ID: &str = "/topapi/user/getbyunionid";
const BY_STAFF_ID: &str = "/topapi/v2/user/get";

#[tokio::test]
async fn a_workspace_code_that_cannot_be_exchanged_says_why_and_is_given_in_once() {
    for (fault, expected) in [
        (errcode(40078), "400 workspace_code_invalid"),
        (errcode(40079), "400 workspace_code_invalid"),
        (errcode(40087), "400 workspace_code_invalid"),
        (errcode(40091), "400 workspace_code_invalid"),
        (errcode(41026), "400 workspace_code_invalid"),
        (json!({ "set": { "errcode": "40078" } }), "400 workspace_code_invalid"),
        (errcode(-1), "503 upstream_busy"),
        (errcode(90002), "503 upstream_busy"),
        (errcode(60011), "502 permission_missing"),
        (errcode(60020), "502 address_not_allowed"),
        (errcode(60121), "403 not_a_member"),
        (errcode(33012), "403 not_a_member"),
        (errcode(50002), "502 upstream_refused"),
        (json!({ "set": { "errcode": "nonsense" } }), "502 upstream_refused"),
        (json!({ "preset": "busy" }), "503 upstream_busy"),
        (json!({ "preset": "global_limit" }), "503 upstream_busy"),
        (json!({ "preset": "ip_ban_json" }), "503 upstream_busy"),
        (json!({ "preset": "ip_ban_html" }), "502 upstream_unavailable"),
        (json!({ "preset": "html_200" }), "502 upstream_unavailable"),
        (json!({ "http": 429 }), "503 upstream_busy"),
        (json!({ "http": 404 }), "502 upstream_refused"),
        (json!({ "http": 500 }), "502 upstream_unavailable"),
        (json!({ "http": 504, "delay_ms": 20 }), "502 upstream_unavailable"),
        (json!({ "remove": ["result"] }), "502 upstream_unavailable"),
        (json!({ "set": { "result": { "userid": "zhangwei" } } }), "502 profile_incomplete"),
        (json!({ "set": { "result": [] } }), "502 upstream_unavailable"),
        (json!({ "body": "[]" }), "502 upstream_unavailable"),
        (json!({ "oversized_bytes": 200_000 }), "502 upstream_unavailable"),
        (json!({ "redirect": "http://127.0.0.1:1/" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "reset" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "before_answer" }), "502 upstream_unavailable"),
    ] {
        let app = TestApp::with(login_options()).await;
        add_fault(&app, BY_CODE, &fault, None);
        check(&app, &code(&app), expected, &fault).await;
        assert_eq!(app.asked(BY_CODE), 1, "{fault}");
    }
}

#[tokio::test]
async fn without_a_token_for_the_app_nobody_is_asked() {
    for (fault, expected) in [
        (json!({ "http": 400, "set": { "code": "invalidClientIdOrSecret" } }), "502 credentials_rejected"),
        (json!({ "preset": "qps" }), "503 upstream_busy"),
        (json!({ "preset": "ip_ban_json" }), "503 upstream_busy"),
        (json!({ "http": 500 }), "502 upstream_unavailable"),
        (json!({ "remove": ["accessToken"] }), "502 upstream_unavailable"),
    ] {
        let app = TestApp::with(login_options()).await;
        add_fault(&app, APP_TOKEN, &fault, None);
        check(&app, &code(&app), expected, &fault).await;
        assert_eq!(app.asked(BY_CODE), 0, "{fault}");
    }
}

#[tokio::test]
async fn a_code_of_another_time_kind_or_place_is_refused() {
    let app = TestApp::with(login_options()).await;
    let old = code(&app);
    app.dingtalk.advance(Duration::from_secs(301));
    let page = app.dingtalk.oauth_code(EXISTING_APP_CLIENT_ID, people::LI_NA, Some(STUDIO_CORP_ID)).unwrap();
    let elsewhere = app.dingtalk.jsapi_code(None, SCHOOL_CORP_ID, people::WANG_FANG).unwrap();
    let of_another_app =
        app.dingtalk.jsapi_code(Some("dingsimexistingapp02"), STUDIO_CORP_ID, people::LI_NA).unwrap();

    for code in [old.as_str(), &page, &elsewhere, &of_another_app, "unknown"] {
        check(&app, code, "400 workspace_code_invalid", &Value::Null).await;
    }
}

#[tokio::test]
async fn a_ban_says_when_to_come_again() {
    for (fault, retry_after) in
        [(json!({ "preset": "ip_ban_json" }), "300"), (json!({ "http": 429, "retry_after": 7 }), "7")]
    {
        for path in [APP_TOKEN, BY_CODE] {
            let app = TestApp::with(login_options()).await;
            add_fault(&app, path, &fault, None);
            let (_, answer) = sign_in(&Browser::new(&app), &code(&app)).await;
            assert_eq!(answer.problem(), "503 upstream_busy", "{path} {fault}");
            assert_eq!(answer.header("retry-after"), retry_after, "{path} {fault}");
        }
    }
}

#[tokio::test]
async fn an_app_token_that_dingtalk_has_forgotten_is_got_anew_once() {
    for set in [
        json!({ "errcode": 88, "sub_code": "40014" }),
        json!({ "errcode": 88, "sub_code": 42001 }),
        json!({ "errcode": 40014 }),
        json!({ "errcode": "42001" }),
    ] {
        // DingTalk says so before it looks at the code, so it is said in its place.
        let fault = json!({ "http": 200, "set": set });
        for path in [BY_CODE, BY_UNION_ID, BY_STAFF_ID] {
            let app = TestApp::with(login_options()).await;
            add_fault(&app, path, &fault, NonZeroU64::new(1));
            let browser = Browser::new(&app);
            if path == BY_CODE {
                assert_eq!(sign_in(&browser, &code(&app)).await.1.status, 204, "{path} {fault}");
            } else {
                browser.sign_in(people::ZHANG_WEI).await;
            }
            assert_eq!((app.asked(APP_TOKEN), app.asked(path)), (2, 2), "{path} {fault}");
        }
        let app = TestApp::with(login_options()).await;
        add_fault(&app, BY_CODE, &fault, None);
        check(&app, &code(&app), "502 upstream_refused", &fault).await;
        assert_eq!((app.asked(APP_TOKEN), app.asked(BY_CODE)), (2, 2), "it is not tried for ever");
    }
}

#[tokio::test]
async fn an_app_token_is_kept_as_long_as_it_is_good() {
    let app = TestApp::with(login_options()).await;
    for _ in 0..3 {
        Browser::new(&app).sign_in(people::ZHANG_WEI).await;
    }
    assert_eq!(app.asked(APP_TOKEN), 1);

    // It is too old at DingTalk, and the backend does not know.
    app.dingtalk.advance(Duration::from_secs(7201));
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    assert_eq!(app.asked(APP_TOKEN), 2);

    app.clock.advance(Duration::from_hours(2));
    browser.sign_in(people::ZHANG_WEI).await;
    assert_eq!(app.asked(APP_TOKEN), 3, "it is too old here");
}

#[tokio::test]
async fn numbers_may_be_texts() {
    let settings = Settings { stringified_numbers: true, ..Settings::default() };
    let app = TestApp::with(TestOptions { dingtalk: settings, ..login_options() }).await;
    let (flow, answer) = sign_in(&Browser::new(&app), &code(&app)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let key = app.api_key("shop").await;
    let ticket = Browser::new(&app).ticket(&flow).await;
    let user = app.redeem(&key, &ticket).await.json()["user"].clone();
    assert_eq!(user["hired_at"], 1_577_808_000_000_i64);
}

#[tokio::test]
async fn who_is_known_to_be_no_member_does_not_come_in() {
    let app = TestApp::with(login_options()).await;
    add_fault(&app, BY_STAFF_ID, &errcode(60121), None);
    check(&app, &code(&app), "403 not_a_member", &errcode(60121)).await;
    for path in [BY_UNION_ID, BY_STAFF_ID] {
        let app = TestApp::with(login_options()).await;
        add_fault(&app, path, &errcode(60121), None);
        let browser = Browser::new(&app);
        let out = browser.go("/auth/dingtalk").await;
        let page = browser.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;
        assert_eq!(page.trouble(), "403 not_a_member", "{path}");
        assert!(!app.database().contains("simUnion"), "{path}");
    }
}

async fn check(app: &TestApp, code: &str, expected: &str, fault: &Value) {
    let browser = Browser::new(app);
    let (flow, answer) = sign_in(&browser, code).await;
    assert_eq!(answer.problem(), expected, "{fault}");
    let state = browser.state(&flow).await;
    let word = expected.split(' ').nth(1).unwrap();
    assert_eq!((&state["status"], &state["code"]), (&json!("failed"), &json!(word)), "{fault}");
    assert!(!app.database().contains("simUnion"), "{fault}: somebody is stored");
}

async fn sign_in(browser: &Browser<'_>, code: &str) -> (Flow, Answer) {
    let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
    let answer = browser.login_call(&flow, "workspace", &json!({ "code": code })).await;
    (flow, answer)
}

fn code(app: &TestApp) -> String {
    app.dingtalk.jsapi_code(None, STUDIO_CORP_ID, people::ZHANG_WEI).unwrap()
}

fn errcode(number: i64) -> Value {
    json!({ "set": { "errcode": number, "errmsg": "canary" } })
}

fn add_fault(app: &TestApp, path: &str, fault: &Value, times: Option<NonZeroU64>) {
    let rule = json!({ "path": path, "times": times, "fault": fault });
    app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
}
