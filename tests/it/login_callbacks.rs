//! DingTalk's sign-in page and the way back from it, in all the forms that it is known to have; what is asked for in
//! vain; and the languages of the pages that say so.

use dingtalk_qr_simulator::{
    CLINIC_CORP_ID, CallbackCodes, CallbackState, EXISTING_APP_CLIENT_ID, STUDIO_CORP_ID, SettingsPatch,
};
use dingtalk_qr_tests::{Answer, Browser, OWN, TestApp, TestOptions, login_options, query_of};
use serde_json::json;
use url::Url;

#[tokio::test]
async fn the_code_is_taken_under_whatever_name_it_comes() {
    for codes in [
        CallbackCodes::Both,
        CallbackCodes::AuthCodeOnly,
        CallbackCodes::CodeOnly,
        // `code` is one that nobody was given.
        CallbackCodes::Different,
    ] {
        let patch = SettingsPatch { callback_codes: Some(codes), ..SettingsPatch::default() };
        let (app, browser_name) = (with_settings(patch).await, "李娜");
        let browser = Browser::new(&app);

        let answer = round_trip(&browser, "person=lina&decision=approve").await;

        assert_eq!(answer.status, 303, "{codes:?}: {answer:?}");
        assert_eq!(browser.session().await.json()["identity"]["name"], browser_name, "{codes:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_a_refusal_by_any_word() {
    for word in ["access_denied", "user_cancel", "拒绝", "<script>alert(1)</script>", "a\r\nb: c", "%00"] {
        let patch = SettingsPatch { deny_error: Some(word.to_owned()), ..SettingsPatch::default() };
        let app = with_settings(patch).await;
        let browser = Browser::new(&app);

        let answer = round_trip(&browser, "person=lina&decision=deny").await;

        assert_eq!(answer.page(), "200 denied", "{word}");
        assert!(!answer.body.contains("<script>"), "{answer:?}");
        assert_eq!((app.exchanges(), browser.session().await.status.as_u16()), (0, 204), "{word}");
    }
}

#[tokio::test]
async fn a_state_that_does_not_come_back_as_it_went_is_refused() {
    for state in [CallbackState::Changed, CallbackState::Missing] {
        let patch = SettingsPatch { callback_state: Some(state), ..SettingsPatch::default() };
        let app = with_settings(patch).await;
        let browser = Browser::new(&app);

        let answer = round_trip(&browser, "person=lina&decision=approve").await;

        assert_eq!(answer.trouble(), "400 login_state_invalid", "{state:?}");
        assert_eq!((app.exchanges(), browser.session().await.status.as_u16()), (0, 204), "{state:?}");
    }
}

#[tokio::test]
async fn a_redirect_address_of_its_own_is_used_everywhere() {
    let elsewhere = "https://bots.example/old/callback";
    let app = TestApp::with(login_options().var("DINGTALK_REDIRECT_URL", elsewhere)).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "frame" })).await;

    let out = browser.go("/auth/dingtalk").await;
    let url = browser.login_call(&flow, "authorization", &json!({})).await.json()["url"].clone();

    assert_eq!(query_of(out.header("location"), "redirect_uri"), elsewhere);
    assert_eq!(query_of(url.as_str().unwrap(), "redirect_uri"), elsewhere);
}

#[tokio::test]
async fn what_dingtalk_is_asked_has_every_parameter() {
    let app = TestApp::with(login_options()).await;
    let out = Browser::new(&app).go("/auth/dingtalk").await;

    let url = Url::parse(out.header("location")).unwrap();
    let state = query_of(url.as_str(), "state");
    let expected = [
        ("client_id", EXISTING_APP_CLIENT_ID),
        ("redirect_uri", "https://bots.example/auth/dingtalk/callback"),
        ("response_type", "code"),
        ("scope", "openid corpid"),
        ("state", &state),
        ("prompt", "consent"),
        ("corpId", STUDIO_CORP_ID),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), expected);
    assert_eq!((url.path(), state.len()), ("/oauth2/auth", 43), "256 bits");
    assert!(!url.query().unwrap().contains('+'));
}

#[tokio::test]
async fn an_app_that_nobody_has_set_up_is_not_found() {
    let none = || TestOptions::default().guarded();
    let nobodys = || login_options().var("DINGTALK_CORP_ID", "");
    for (options, body, expected) in [
        (login_options(), json!({ "method": "qr", "app": "nobody" }), "404 login_config_not_found"),
        (login_options(), json!({ "method": "qr", "corp_id": "dingnobody" }), "404 login_config_not_found"),
        (login_options(), json!({ "method": "qr", "app": "" }), "404 login_config_not_found"),
        (
            login_options(),
            json!({ "method": "qr", "app": "x", "corp_id": STUDIO_CORP_ID }),
            "404 login_config_not_found",
        ),
        (
            login_options(),
            json!({ "method": "qr", "app": EXISTING_APP_CLIENT_ID, "corp_id": CLINIC_CORP_ID }),
            "404 login_config_not_found",
        ),
        (none(), json!({ "method": "qr" }), "404 login_config_not_found"),
        (nobodys(), json!({ "method": "workspace" }), "404 login_config_not_found"),
        (nobodys(), json!({ "method": "qr", "corp_id": "" }), "404 login_config_not_found"),
    ] {
        let app = TestApp::with(options).await;
        let browser = Browser::new(&app);

        let answer = browser.api("POST", "/api/v1/logins", None, Some(&body)).await;
        assert_eq!(answer.problem(), expected, "{body}");
        if body["method"] == "qr" {
            let text = |key: &str| body[key].as_str().map(|value| format!("{key}={value}&"));
            let query: String = ["app", "corp_id"].into_iter().filter_map(text).collect();
            let page = browser.go(&format!("/auth/dingtalk?{query}")).await;
            assert_eq!(page.trouble(), expected, "{body}");
        }
    }
}

#[tokio::test]
async fn a_login_that_is_asked_for_wrongly_is_told_where() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    for (body, expected) in [
        (json!({}), "400 invalid_request"),
        (json!({ "method": "password" }), "400 invalid_request method"),
        (json!({ "method": 7 }), "400 invalid_request method"),
        (json!({ "method": "qr", "app": 7 }), "400 invalid_request app"),
        (json!({ "method": "qr", "surplus": 1 }), "400 invalid_request surplus"),
    ] {
        let answer = browser.api("POST", "/api/v1/logins", None, Some(&body)).await;
        assert_eq!(answer.problem(), expected, "{body}");
    }
    let query = browser.go("/auth/dingtalk?return_to=a&return_to=b").await;
    assert_eq!(query.trouble(), "400 invalid_request");
}

#[tokio::test]
async fn a_page_speaks_the_language_of_its_browser() {
    let app = TestApp::with(login_options()).await;
    let flow = Browser::new(&app).begin_qr().await;
    let scan = dingtalk_qr_tests::scan_path(&flow);
    let mut titles = Vec::new();
    for (accept, lang) in [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-TW"),
        ("ja", "ja"),
        ("ru-RU,ru;q=0.5", "ru"),
        ("fr", "en"),
    ] {
        for (path, expected) in [
            ("/auth/dingtalk/callback?code=x&state=x", "400 trouble"),
            ("/auth/dingtalk?app=nobody", "404 trouble"),
            ("/d/unknown", "404 over"),
            (scan.as_str(), "200 ask"),
        ] {
            let page = app.call("GET", path).header("accept-language", accept).send().await;
            assert_eq!(page.page(), expected, "{path} {accept}");
            assert!(page.body.contains(&format!("<html lang=\"{lang}\"")), "{path} {accept}: {page:?}");
            if path.contains("callback") {
                assert_eq!(page.trouble(), "400 login_state_invalid", "{accept}");
                titles.push(page.body.split("<h1>").nth(1).unwrap().split('<').next().unwrap().to_owned());
            }
        }
    }
    titles.dedup();
    titles.truncate(5);
    assert_eq!(titles.len(), 5, "each language has its own words: {titles:?}");
}

#[tokio::test]
async fn a_page_says_the_request_id_that_its_caller_chose() {
    let app = TestApp::with(login_options()).await;
    let page = app
        .call("GET", "/auth/dingtalk/callback?code=x&state=x")
        .header("x-request-id", "mine-1")
        .send()
        .await;

    assert_eq!((page.trouble().as_str(), page.header("x-request-id")), ("400 login_state_invalid", "mine-1"));
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(page.header(name), value);
    }
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
}

async fn with_settings(patch: SettingsPatch) -> TestApp {
    let app = TestApp::with(login_options()).await;
    app.dingtalk.change_settings(patch);
    let mut at_dingtalk = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
    at_dingtalk.redirect_urls = vec![format!("{OWN}/auth/dingtalk/callback")];
    app.dingtalk.put_app(at_dingtalk).unwrap();
    app
}

/// To DingTalk's real page, through its form, and back.
async fn round_trip(browser: &Browser<'_>, form: &str) -> Answer {
    let page = browser.go("/auth/dingtalk").await.header("location").to_owned();
    let client = crate::http_client_that_stays();
    let request = client.post(page).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form.to_owned()).send().await.unwrap();
    let back = answer.headers().get("location").expect("DingTalk sends the browser back").to_str().unwrap();
    browser.go(back.strip_prefix(OWN).unwrap()).await
}
