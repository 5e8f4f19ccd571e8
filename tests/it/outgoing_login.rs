//! The calls that a login makes: whereto, with what, and where the tokens are.

use dingtalk_qr_simulator::{Options, STUDIO_CORP_ID, Simulator, people};
use dingtalk_qr_tests::{Browser, TestApp, login_options};
use serde_json::{Value, json};
use url::Url;

#[tokio::test]
async fn a_login_asks_what_it_needs_and_no_more() {
    let app = TestApp::with(login_options()).await;

    Browser::new(&app).sign_in(people::ZHANG_WEI).await;

    assert_eq!(
        seen(&app.dingtalk),
        [
            "POST /v1.0/oauth2/userAccessToken clientId clientSecret code grantType",
            "GET /v1.0/contact/users/me",
            "POST /v1.0/oauth2/accessToken appKey appSecret",
            "POST /topapi/user/getbyunionid?access_token unionid",
            "POST /topapi/v2/user/get?access_token userid",
        ]
    );
}

#[tokio::test]
async fn a_login_in_the_workspace_asks_what_it_needs_and_no_more() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
    let code = app.dingtalk.jsapi_code(None, STUDIO_CORP_ID, people::ZHANG_WEI).unwrap();

    browser.login_call(&flow, "workspace", &json!({ "code": code })).await;

    assert_eq!(
        seen(&app.dingtalk),
        [
            "POST /v1.0/oauth2/accessToken appKey appSecret",
            "POST /topapi/v2/user/getuserinfo?access_token code",
            "POST /topapi/v2/user/get?access_token userid",
        ]
    );
}

#[tokio::test]
async fn each_server_is_asked_for_its_own_part_only() {
    let (new, old) = (another().await, another().await);
    let options = login_options()
        .var("DINGTALK_API_BASE_URL", new.url())
        .var("DINGTALK_OAPI_BASE_URL", old.url())
        .var("DINGTALK_LOGIN_BASE_URL", "https://login.dingtalk.io")
        .var("DINGTALK_JSAPI_URL", "https://static.example/dingtalk.js");
    let app = TestApp::with(options).await;
    let browser = Browser::new(&app);

    let out = browser.go("/auth/dingtalk").await;
    let page = out.header("location").to_owned();
    assert_eq!(Url::parse(&page).unwrap().origin().ascii_serialization(), "https://login.dingtalk.io");
    let state = dingtalk_qr_tests::query_of(&page, "state");
    let client_id = dingtalk_qr_tests::query_of(&page, "client_id");
    let code = new.oauth_code(&client_id, people::LI_NA, Some(STUDIO_CORP_ID)).unwrap();
    let back = browser.go(&format!("/auth/dingtalk/callback?authCode={code}&state={state}")).await;
    assert_eq!(back.status, 303, "{back:?}");

    let paths = |server: &Simulator| server.calls().into_iter().map(|call| call.path).collect::<Vec<_>>();
    // A token of the one is none of the other, so it is got anew, in vain.
    let asked = ["oauth2/userAccessToken", "contact/users/me", "oauth2/accessToken", "oauth2/accessToken"];
    assert_eq!(paths(&new), asked.map(|path| format!("/v1.0/{path}")));
    assert_eq!(paths(&old), ["/topapi/user/getbyunionid"; 2]);
    assert_eq!(app.dingtalk.calls(), []);
    let workspace = browser.begin_login(&json!({ "method": "workspace" })).await;
    assert_eq!(workspace.started["door"]["script_url"], "https://static.example/dingtalk.js");
    let frame = browser.go("/embed/frame").await;
    let policy = frame.header("content-security-policy");
    assert!(policy.contains("frame-src https://login.dingtalk.io;"), "{policy}");
}

#[tokio::test]
async fn a_page_says_who_may_frame_it_and_where_its_forms_may_lead() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_qr().await;
    let login = Url::parse(app.dingtalk.url()).unwrap().origin().ascii_serialization();

    let frame = browser.go("/embed/frame").await;
    let ask = browser.go(&dingtalk_qr_tests::scan_path(&flow)).await;

    assert_eq!(
        frame.header("content-security-policy"),
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src {login}; \
             base-uri 'none'; form-action 'none'; frame-ancestors https://bots.example https://shop.example"
        )
    );
    assert_eq!(frame.header("x-frame-options"), "");
    assert_eq!(
        ask.header("content-security-policy"),
        format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {login}; base-uri 'none'; frame-ancestors 'none'"
        )
    );
    for page in [&frame, &ask] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), value, "{name}");
        }
    }
    assert_eq!((ask.header("x-frame-options"), ask.header("referrer-policy")), ("DENY", "same-origin"));
}

#[tokio::test]
async fn nobody_follows_a_redirect_with_a_code_or_a_token() {
    let elsewhere = another().await;
    for path in ["/v1.0/oauth2/userAccessToken", "/v1.0/contact/users/me", "/topapi/user/getbyunionid"] {
        let app = TestApp::with(login_options()).await;
        let fault = json!({ "path": path, "fault": { "redirect": format!("{}{path}", elsewhere.url()) } });
        app.dingtalk.add_fault(serde_json::from_value(fault).unwrap()).unwrap();
        let browser = Browser::new(&app);

        let out = browser.go("/auth/dingtalk").await;
        browser.go(&app.approve_at_dingtalk(out.header("location"), people::LI_NA)).await;

        assert!(app.asked(path) > 0);
        assert_eq!(elsewhere.calls(), [], "{path}");
    }
}

async fn another() -> Simulator {
    Simulator::start(Options::default()).await.unwrap()
}

/// Every call: its method, path, and the names of what was sent, but for the values.
fn seen(dingtalk: &Simulator) -> Vec<String> {
    let calls = dingtalk.calls().into_iter();
    calls
        .map(|call| {
            let query = call.query.split('=').next().filter(|name| !name.is_empty());
            let query = query.map_or(String::new(), |name| format!("?{name}"));
            let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
            let mut names: Vec<_> =
                body.as_object().into_iter().flat_map(|body| body.keys().cloned()).collect();
            names.sort();
            let line = format!("{} {}{query} {}", call.method, call.path, names.join(" "));
            line.trim_end().to_owned()
        })
        .collect()
}
