//! The tokens of a third-party app: how often they are got, and what DingTalk may say in their place.

use std::time::Duration;

use dingtalk_qr_simulator::{Fault, FaultRule, SCHOOL_CORP_ID, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Answer, Browser, Listening, SUITE_KEY, TestApp, TestOptions, suite_options};
use serde_json::{Value, json};

const CORP_TOKEN: &str = "/v1.0/oauth2/corpAccessToken";
const OLD_CORP_TOKEN: &str = "/service/get_corp_token";

#[tokio::test]
async fn a_token_is_got_once_for_each_customer_and_again_before_its_end() {
    let (app, _listening) = start(suite_options()).await;
    let (one, two) = (Browser::new(&app), Browser::new(&app));
    let (first, second) = tokio::join!(
        one.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA),
        two.sign_in_as_customer(STUDIO_CORP_ID, people::ZHANG_WEI)
    );
    assert_eq!((first.0.status.as_u16(), second.0.status.as_u16()), (204, 204));
    assert_eq!(app.asked(CORP_TOKEN), 1);

    one.sign_in_as_customer(SCHOOL_CORP_ID, people::CHEN_JING).await;
    assert_eq!(app.asked(CORP_TOKEN), 2);

    advance(&app, 6800).await;
    one.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    assert_eq!(app.asked(CORP_TOKEN), 2);
    advance(&app, 200).await;
    one.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    assert_eq!(app.asked(CORP_TOKEN), 3);
}

#[tokio::test]
async fn a_ticket_that_is_replaced_after_five_hours_is_used_from_then_on() {
    let (app, _listening) = start(suite_options()).await;
    let before = app.dingtalk.suite(SUITE_KEY).unwrap().ticket;

    advance(&app, 5 * 3600 + 1).await;

    assert_ne!(app.dingtalk.suite(SUITE_KEY).unwrap().ticket, before);
    let (answer, _) = Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn a_token_that_dingtalk_takes_back_is_renewed_once() {
    let (app, _listening) = start(suite_options()).await;
    Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    fault(&app, "/topapi/v2/user/getuserinfo", json!({ "set": { "errcode": 88, "sub_code": "40014" } }));

    let (answer, _) = Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;

    // The first call spent the code at the simulator, so it is refused: what counts is that it was made with a new token.
    assert_eq!((answer.problem().as_str(), app.asked(CORP_TOKEN)), ("400 workspace_code_invalid", 2));
}

#[tokio::test]
async fn before_the_first_ticket_nobody_is_asked() {
    let app = TestApp::with(suite_options()).await;
    let key = app.scoped_key("ops", "suites:read suites:write").await;

    let answer = confirm(&app, &key, STUDIO_CORP_ID).await;

    assert_eq!(answer.problem(), "503 suite_ticket_missing");
    assert_eq!(app.dingtalk.calls().len(), 0);
    let suite = app.call("GET", "/api/v1/suites/shop").bearer(&key).send().await.json();
    assert_eq!(suite["ticket_age"], Value::Null);
}

#[tokio::test]
async fn who_installed_the_app_before_anybody_listened_is_confirmed_by_dingtalk() {
    for (options, path) in
        [(suite_options(), "/v1.0/oauth2/apps/authInfo"), (old_api(), "/service/get_auth_info")]
    {
        let app = TestApp::with(options).await;
        let listening = app.listen().await;
        app.register_suite(&listening).await;
        let key = app.scoped_key("ops", "suites:read suites:write").await;
        drop(listening);
        let customer = app.dingtalk.install(SUITE_KEY, STUDIO_CORP_ID).unwrap();

        let answer = confirm(&app, &key, STUDIO_CORP_ID).await.json();

        assert_eq!(
            (&answer["name"], &answer["agent_id"]),
            (&json!("Lantern Studio"), &json!(customer.agent_id))
        );
        assert_eq!(confirm(&app, &key, SCHOOL_CORP_ID).await.problem(), "404 customer_not_found");
        assert_eq!(app.asked(path), 2);
    }
}

#[tokio::test]
async fn the_old_api_is_asked_by_signed_calls_where_that_is_set() {
    let (app, _listening) = start(old_api()).await;

    let (answer, _) = Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;

    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!((app.asked(OLD_CORP_TOKEN), app.asked(CORP_TOKEN)), (1, 0));
}

#[tokio::test]
async fn every_error_of_the_new_api_has_its_meaning() {
    for (http, code, expected) in [
        (400, "invalidSuiteKey", "502 credentials_rejected"),
        (400, "invalidClientIdOrSecret", "502 credentials_rejected"),
        (400, "invalidSuiteTicket", "502 upstream_refused"),
        (400, "invalidAuthInfo", "403 foreign_organisation"),
        (400, "somethingNovel", "502 upstream_refused"),
        (403, "Forbidden.AccessDenied.IpNotInWhiteList", "502 address_not_allowed"),
        (403, "Forbidden.AccessDenied.QpsLimitForApi", "503 upstream_busy"),
        (500, "unknownError", "502 upstream_unavailable"),
    ] {
        let (app, _listening) = start(suite_options()).await;
        fault(&app, CORP_TOKEN, json!({ "http": http, "set": { "code": code, "message": "hostile" } }));
        let (answer, _) = Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
        assert_eq!(answer.problem(), expected, "{code}");
    }
}

#[tokio::test]
async fn every_error_of_the_old_api_has_its_meaning() {
    for (errcode, expected) in [
        (40080, "502 upstream_refused"),
        (40085, "502 upstream_refused"),
        (40082, "502 credentials_rejected"),
        (40083, "502 credentials_rejected"),
        (40089, "502 credentials_rejected"),
        (40084, "403 foreign_organisation"),
        (40088, "403 foreign_organisation"),
        (40090, "403 foreign_organisation"),
        (41021, "502 upstream_refused"),
        (41027, "502 upstream_refused"),
        (90002, "503 upstream_busy"),
        (-1, "503 upstream_busy"),
    ] {
        let (app, _listening) = start(old_api()).await;
        fault(
            &app,
            OLD_CORP_TOKEN,
            json!({ "body": json!({ "errcode": errcode }).to_string(), "http": 200 }),
        );
        let (answer, _) = Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
        assert_eq!(answer.problem(), expected, "{errcode}");
    }
}

async fn start(options: TestOptions) -> (TestApp, Listening) {
    let app = TestApp::with(options).await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;
    app.install(&[STUDIO_CORP_ID, SCHOOL_CORP_ID]).await;
    (app, listening)
}

fn old_api() -> TestOptions {
    suite_options().var("DINGTALK_SUITE_API", "old")
}

async fn advance(app: &TestApp, seconds: u64) {
    app.dingtalk.advance(Duration::from_secs(seconds));
    app.clock.advance(Duration::from_secs(seconds));
    app.dingtalk.pushed().await;
}

fn fault(app: &TestApp, path: &str, fault: Value) {
    let fault: Fault = serde_json::from_value(fault).unwrap();
    let rule = FaultRule { path: path.to_owned(), times: std::num::NonZeroU64::new(1), fault };
    app.dingtalk.add_fault(rule).unwrap();
}

async fn confirm(app: &TestApp, key: &str, corp_id: &str) -> Answer {
    app.call("PUT", &format!("/api/v1/suites/shop/customers/{corp_id}")).bearer(key).send().await
}
