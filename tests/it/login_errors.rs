//! Every way in which DingTalk does not say who it is, by the doors that lead through its sign-in page.

use std::num::NonZeroU64;
use std::time::Duration;

use dingtalk_qr_simulator::{App, EXISTING_APP_CLIENT_ID, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Browser, TestApp, login_options, query_of, scan_path};
use serde_json::{Value, json};

const TOKEN: &str = "/v1.0/oauth2/userAccessToken";
const PROFILE: &str = "/v1.0/contact/users/me";

#[tokio::test]
async fn an_exchange_that_fails_says_what_is_wrong_and_is_not_repeated() {
    for (fault, expected) in [
        (api(400, "invalidClientIdOrSecret"), "502 credentials_rejected"),
        (api(400, "invalidParameter.authCode.notFound"), "400 authorization_code_invalid"),
        (api(400, "Missingbody"), "502 upstream_refused"),
        (api(400, "AuthenticationFailed.MissingParameter"), "502 upstream_refused"),
        (api(400, "InvalidAuthentication"), "502 upstream_refused"),
        (api(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied"), "502 permission_missing"),
        (api(403, "Forbidden.AccessDenied.IpNotInWhiteList"), "502 address_not_allowed"),
        (api(404, "InvalidAction.NotFound"), "502 upstream_refused"),
        (api(429, "any"), "503 upstream_busy"),
        (api(500, "unknownError"), "502 upstream_unavailable"),
        (json!({ "preset": "qps" }), "503 upstream_busy"),
        (json!({ "preset": "qps_app" }), "503 upstream_busy"),
        (json!({ "preset": "ip_ban_json" }), "503 upstream_busy"),
        (json!({ "preset": "ip_ban_html" }), "502 upstream_unavailable"),
        (json!({ "preset": "html_200" }), "502 upstream_unavailable"),
        (json!({ "http": 400 }), "502 upstream_refused"),
        (json!({ "http": 429, "retry_after": 7 }), "503 upstream_busy"),
        (json!({ "http": 500 }), "502 upstream_unavailable"),
        (json!({ "http": 504, "delay_ms": 20 }), "502 upstream_unavailable"),
        (json!({ "body": "" }), "502 upstream_unavailable"),
        (json!({ "body": "[]" }), "502 upstream_unavailable"),
        (json!({ "remove": ["accessToken"] }), "502 upstream_unavailable"),
        (json!({ "set": { "accessToken": "" } }), "502 upstream_unavailable"),
        (json!({ "oversized_bytes": 200_000 }), "502 upstream_unavailable"),
        (json!({ "redirect": "http://127.0.0.1:1/" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "before_answer" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "mid_body" }), "502 upstream_unavailable"),
        (json!({ "disconnect": "reset" }), "502 upstream_unavailable"),
    ] {
        check(TOKEN, &fault, expected, 1).await;
    }
}

#[tokio::test]
async fn a_profile_that_cannot_be_had_says_what_is_wrong() {
    for (fault, expected, times) in [
        (api(400, "InvalidAuthentication"), "502 upstream_refused", 1),
        (api(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied"), "502 permission_missing", 1),
        (api(403, "Forbidden.AccessDenied.IpNotInWhiteList"), "502 address_not_allowed", 1),
        (api(404, "invalidParameter.user.notFound"), "502 upstream_refused", 1),
        (json!({ "remove": ["unionId"] }), "502 profile_incomplete", 1),
        (json!({ "set": { "unionId": "" } }), "502 profile_incomplete", 1),
        (json!({ "set": { "unionId": " " } }), "502 profile_incomplete", 1),
        (json!({ "set": { "unionId": null } }), "502 profile_incomplete", 1),
        (json!({ "set": { "unionId": 7 } }), "502 profile_incomplete", 1),
        // What changes nothing is asked again.
        (json!({ "preset": "qps" }), "503 upstream_busy", 3),
        (api(500, "unknownError"), "502 upstream_unavailable", 3),
        (json!({ "disconnect": "reset" }), "502 upstream_unavailable", 3),
    ] {
        check(PROFILE, &fault, expected, times).await;
    }
}

#[tokio::test]
async fn a_profile_that_comes_at_the_second_try_is_good_enough() {
    let app = TestApp::with(login_options()).await;
    add_fault(&app, PROFILE, &json!({ "http": 504 }), NonZeroU64::new(1));
    let browser = Browser::new(&app);

    browser.sign_in(people::ZHANG_WEI).await;

    assert_eq!((app.exchanges(), app.asked(PROFILE)), (1, 2));
}

#[tokio::test]
async fn an_app_that_is_not_as_it_should_be_is_named() {
    check_app(|app| app.secret = "another".to_owned(), "502 credentials_rejected").await;
    check_app(|app| app.published = false, "502 credentials_rejected").await;
    check_app(|app| app.allow_ip = false, "502 address_not_allowed").await;
    check_app(|app| app.permissions.retain(|name| name != "Contact.User.Read"), "502 permission_missing")
        .await;
}

#[tokio::test]
async fn a_code_of_another_time_kind_or_app_is_refused() {
    let app = TestApp::with(login_options()).await;
    let expected = "400 authorization_code_invalid";
    let old = app.dingtalk.oauth_code(EXISTING_APP_CLIENT_ID, people::LI_NA, Some(STUDIO_CORP_ID)).unwrap();
    app.dingtalk.advance(Duration::from_secs(301));
    let workspace = app.dingtalk.jsapi_code(None, STUDIO_CORP_ID, people::LI_NA).unwrap();
    let of_another_app =
        app.dingtalk.oauth_code("dingsimexistingapp02", people::LI_NA, Some(STUDIO_CORP_ID)).unwrap();

    for code in [old.as_str(), &workspace, &of_another_app, "unknown"] {
        assert_eq!(back_with(&Browser::new(&app), "/auth/dingtalk", code).await.trouble(), expected);
    }
}

#[tokio::test]
async fn a_failed_login_leads_back_to_its_beginning() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);

    let page = back_with(&browser, "/auth/dingtalk?return_to=%2Forders", "unknown").await;

    assert_eq!(page.trouble(), "400 authorization_code_invalid");
    assert!(
        page.body.contains("href=\"/auth/dingtalk?return_to=%2Forders&amp;app=dingsimexistingapp01\""),
        "{page:?}"
    );
    browser.sign_in(people::ZHANG_WEI).await;
}

/// By the link and by the phone: the page, the flow, how often DingTalk was asked, and that nobody came of it.
async fn check(path: &str, fault: &Value, expected: &str, times: usize) {
    let app = TestApp::with(login_options()).await;
    add_fault(&app, path, fault, None);
    let (browser, desktop, phone) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));

    let out = browser.go("/auth/dingtalk").await;
    let page = browser.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;

    assert_eq!(page.trouble(), expected, "{path} {fault}");
    assert!(!page.body.contains("canary"), "{page:?}");
    assert_eq!((app.exchanges(), app.asked(path)), (1, times), "{path} {fault}");
    assert_eq!(browser.session().await.status, 204);

    let flow = desktop.begin_qr().await;
    let scan = scan_path(&flow);
    let token = dingtalk_qr_tests::form_token(&phone.go(&scan).await);
    let out = phone.submit(&scan, &[("token", &token), ("do", "continue")]).await;
    let page = phone.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;

    assert_eq!(page.trouble(), expected, "{path} {fault}");
    let code = expected.split(' ').nth(1).unwrap();
    assert_eq!(phone.go(&scan).await.trouble(), format!("200 {code}"), "the phone is told again");
    let state = desktop.state(&flow).await;
    assert_eq!((&state["status"], &state["code"]), (&json!("failed"), &json!(code)), "{path} {fault}");
    assert!(!app.database().contains("simUnion"), "{path} {fault}: somebody is stored");
}

async fn check_app(change: impl FnOnce(&mut App), expected: &str) {
    let app = TestApp::with(login_options()).await;
    let mut at_dingtalk = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
    change(&mut at_dingtalk);
    app.dingtalk.put_app(at_dingtalk).unwrap();
    let browser = Browser::new(&app);

    let out = browser.go("/auth/dingtalk").await;
    let page = browser.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;

    assert_eq!(page.trouble(), expected);
    assert_eq!(browser.session().await.status, 204);
}

/// Comes back from DingTalk with this code.
async fn back_with(browser: &Browser<'_>, path: &str, code: &str) -> dingtalk_qr_tests::Answer {
    let out = browser.go(path).await;
    let state = query_of(out.header("location"), "state");
    browser.go(&format!("/auth/dingtalk/callback?authCode={code}&code={code}&state={state}")).await
}

/// DingTalk says no in the envelope of its new API.
fn api(status: u16, code: &str) -> Value {
    json!({ "http": status, "set": { "code": code, "requestid": "canary", "message": "canary <b>" } })
}

fn add_fault(app: &TestApp, path: &str, fault: &Value, times: Option<NonZeroU64>) {
    let rule = json!({ "path": path, "times": times, "fault": fault });
    app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
}
