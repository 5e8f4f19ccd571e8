//! Attacks on the way to DingTalk and back: each fails, and nobody is signed in by it.

use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Browser, Flow, OWN, SHOP, TestApp, form_token, login_options, query_of, scan_path};
use serde_json::{Value, json};

const UNKNOWN: &str = "400 login_state_invalid";

#[tokio::test]
async fn a_callback_in_another_browser_signs_nobody_in_and_spends_the_state() {
    for door in [Door::Link, Door::Phone, Door::Shop, Door::Frame] {
        for intruder in [Intruder::WithoutCookie, Intruder::WithOwnCookie, Intruder::Guessing] {
            let app = TestApp::with(login_options()).await;
            let (victim, attacker) = (Browser::new(&app), intruder.browser(&app).await);
            let (flow, page) = door.open(&victim).await;
            let callback = app.approve_at_dingtalk(&page, people::ZHANG_WEI);

            assert_eq!(attacker.go(&callback).await.trouble(), UNKNOWN, "{door:?} {intruder:?}");
            assert_eq!(victim.go(&callback).await.trouble(), UNKNOWN, "{door:?} {intruder:?}: it is spent");

            assert_eq!(app.exchanges(), 0, "{door:?} {intruder:?}: DingTalk was asked");
            for browser in [&victim, &attacker] {
                assert_eq!(browser.session().await.status, 204);
            }
            if let Some((page, flow)) = flow {
                assert!(page.state(&flow).await.get("ticket").is_none(), "{door:?} {intruder:?}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_signed_in_as_the_one_who_sent_them_a_link() {
    let app = TestApp::with(login_options()).await;
    let (victim, attacker) = (Browser::new(&app), Browser::new(&app));
    let own = victim.go("/auth/dingtalk").await.header("location").to_owned();
    let page = attacker.go("/auth/dingtalk").await.header("location").to_owned();

    let sent = app.approve_at_dingtalk(&page, people::LI_NA);
    assert_eq!(victim.go(&sent).await.trouble(), UNKNOWN);
    assert_eq!(victim.session().await.status, 204);

    let back = victim.go(&app.approve_at_dingtalk(&own, people::ZHANG_WEI)).await;
    assert_eq!(back.status, 303, "the victim's own login is as good as before: {back:?}");
    assert_eq!(victim.session().await.json()["identity"]["name"], "张伟");
    assert_eq!(attacker.session().await.status, 204);
}

#[tokio::test]
async fn whoever_is_sent_to_sign_in_for_the_page_of_another_gives_it_nothing() {
    let app = TestApp::with(login_options()).await;
    let (attacker, victim) = (Browser::at(&app, SHOP), Browser::at(&app, SHOP));
    let flow = begin_at_shop(&attacker).await;

    let out = victim.go(&format!("/auth/dingtalk?login={}", flow.id)).await;
    let back = victim.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;
    assert!(back.header("location").starts_with(&format!("{SHOP}/cart#dingtalk-qr-proof=")), "{back:?}");

    assert_eq!(attacker.state(&flow).await["status"], "pending");
    let guess = attacker.login_call(&flow, "proof", &json!({ "proof": "x".repeat(43) })).await;
    assert_eq!(guess.problem(), UNKNOWN);
    assert_eq!(attacker.state(&flow).await.get("ticket"), None);
}

#[tokio::test]
async fn a_login_of_our_own_page_is_finished_by_the_browser_that_began_it_only() {
    let app = TestApp::with(login_options()).await;
    let (page, other) = (Browser::new(&app), Browser::new(&app));
    let flow = page.begin_login(&json!({ "method": "redirect" })).await;

    let out = other.go(&format!("/auth/dingtalk?login={}", flow.id)).await;
    let back = other.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;

    assert_eq!(back.trouble(), UNKNOWN);
    assert_eq!((page.state(&flow).await["status"].clone(), app.exchanges()), (json!("pending"), 0));
}

#[tokio::test]
async fn a_callback_that_is_not_whole_signs_nobody_in() {
    for (query, expected) in [
        ("", UNKNOWN),
        ("authCode={code}&code={code}", UNKNOWN),
        ("authCode={code}&code={code}&state=", UNKNOWN),
        ("authCode={code}&code={code}&state={state}x", UNKNOWN),
        ("authCode={code}&code={code}&state=x", UNKNOWN),
        ("authCode={code}&code={code}&state={state}&state={state}", UNKNOWN),
        ("authCode={code}&authCode={code}&state={state}", UNKNOWN),
        ("authCode={code}&code={code}&state[]={state}", UNKNOWN),
        ("state={state}", UNKNOWN),
        ("authCode=&code=&error=&state={state}", UNKNOWN),
        ("error=access_denied", UNKNOWN),
        ("authCode=guess&code=guess&state={state}", "400 authorization_code_invalid"),
        ("authCode={code}%00&state={state}", "400 authorization_code_invalid"),
        ("authCode=&code=guess&state={state}", "400 authorization_code_invalid"),
    ] {
        let app = TestApp::with(login_options()).await;
        let browser = Browser::new(&app);

        let answer = browser.go(&callback(&app, &browser, query).await).await;

        assert_eq!(answer.trouble(), expected, "{query}");
        assert_eq!(browser.session().await.status, 204, "{query}");
    }
}

#[tokio::test]
async fn an_error_is_an_error_whatever_stands_beside_it() {
    for query in [
        "error=access_denied&state={state}",
        "error=x&authCode={code}&code={code}&state={state}",
        "error=%3Cscript%3E&code={code}&state={state}",
    ] {
        let app = TestApp::with(login_options()).await;
        let browser = Browser::new(&app);

        let answer = browser.go(&callback(&app, &browser, query).await).await;

        assert_eq!(answer.page(), "200 denied", "{query}");
        assert!(!answer.body.contains("<script"), "{answer:?}");
        assert_eq!(app.exchanges(), 0, "{query}");
        assert_eq!(browser.session().await.status, 204, "{query}");
    }
}

#[tokio::test]
async fn a_state_works_once() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let page = browser.go("/auth/dingtalk").await.header("location").to_owned();
    assert_eq!(browser.go(&app.approve_at_dingtalk(&page, people::ZHANG_WEI)).await.status, 303);

    let again = app.approve_at_dingtalk(&page, people::LI_NA);

    assert_eq!(browser.go(&again).await.trouble(), UNKNOWN);
    assert_eq!(browser.session().await.json()["identity"]["name"], "张伟");
    assert_eq!(app.exchanges(), 1);
}

#[tokio::test]
async fn a_state_is_void_once_the_browser_has_gone_again() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "redirect" })).await;
    let path = format!("/auth/dingtalk?login={}", flow.id);
    let first = browser.go(&path).await.header("location").to_owned();
    let second = browser.go(&path).await.header("location").to_owned();
    assert_ne!(query_of(&first, "state"), query_of(&second, "state"));

    assert_eq!(browser.go(&app.approve_at_dingtalk(&first, people::LI_NA)).await.trouble(), UNKNOWN);
    assert_eq!(browser.go(&app.approve_at_dingtalk(&second, people::ZHANG_WEI)).await.status, 303);
}

#[tokio::test]
async fn a_code_works_once() {
    for door in [Door::Link, Door::Phone, Door::Shop] {
        let app = TestApp::with(login_options()).await;
        let browser = Browser::new(&app);
        let page = browser.go("/auth/dingtalk").await.header("location").to_owned();
        let used = app.approve_at_dingtalk(&page, people::ZHANG_WEI);
        browser.go(&used).await;

        let thief = Browser::new(&app);
        let (flow, page) = door.open(&thief).await;
        let code = query_of(&format!("{OWN}{used}"), "authCode");
        let state = query_of(&page, "state");
        let answer = thief.go(&format!("/auth/dingtalk/callback?authCode={code}&state={state}")).await;

        assert_eq!(thief.session().await.status, 204, "{door:?}");
        match flow {
            None => assert_eq!(answer.trouble(), "400 authorization_code_invalid"),
            Some((page, flow)) => assert_eq!(
                (&page.state(&flow).await["status"], &page.state(&flow).await["code"]),
                (&json!("failed"), &json!("authorization_code_invalid")),
                "{door:?}"
            ),
        }
    }
}

#[tokio::test]
async fn the_frame_takes_one_code_with_its_own_state() {
    let app = TestApp::with(login_options()).await;
    let shop = Browser::at(&app, SHOP);
    let flow = shop.begin_login(&json!({ "method": "frame" })).await;
    let url = shop.login_call(&flow, "authorization", &json!({})).await.json()["url"].clone();
    let (url, other) = (url.as_str().unwrap(), shop.begin_login(&json!({ "method": "frame" })).await);
    let other_url = shop.login_call(&other, "authorization", &json!({})).await.json()["url"].clone();
    let code = app.sign_in_code(url, people::ZHANG_WEI);
    let give = async |state: &str, code: &str| {
        shop.login_call(&flow, "code", &json!({ "code": code, "state": state })).await
    };

    assert_eq!(give("guess", &code).await.problem(), UNKNOWN);
    let foreign = query_of(other_url.as_str().unwrap(), "state");
    assert_eq!(give(&foreign, &code).await.problem(), UNKNOWN, "the state of another login");
    for (body, expected) in [
        (json!({ "code": code }), "400 invalid_request state"),
        (json!({ "state": query_of(url, "state") }), "400 invalid_request code"),
        (json!({ "code": code, "state": 7 }), "400 invalid_request state"),
    ] {
        assert_eq!(shop.login_call(&flow, "code", &body).await.problem(), expected);
    }
    assert_eq!((shop.state(&flow).await["status"].clone(), app.exchanges()), (json!("pending"), 0));

    assert_eq!(give(&query_of(url, "state"), &code).await.status, 204);
    assert_eq!(give(&query_of(url, "state"), &code).await.problem(), "409 login_ended");
    assert_eq!(app.exchanges(), 1);
}

#[tokio::test]
async fn the_workspace_takes_a_code_once() {
    let app = TestApp::with(login_options()).await;
    let (browser, thief) = (Browser::new(&app), Browser::new(&app));
    let corp_id = dingtalk_qr_simulator::STUDIO_CORP_ID;
    let code = app.dingtalk.jsapi_code(None, corp_id, people::ZHANG_WEI).unwrap();
    let (first, second) = (begin_workspace(&browser).await, begin_workspace(&thief).await);
    assert_eq!(browser.login_call(&first, "workspace", &json!({ "code": code })).await.status, 204);

    let again = thief.login_call(&second, "workspace", &json!({ "code": code })).await;

    assert_eq!(again.problem(), "400 workspace_code_invalid");
    assert_eq!(thief.state(&second).await["code"], "workspace_code_invalid");
    let again = browser.login_call(&first, "workspace", &json!({ "code": code })).await;
    assert_eq!(again.problem(), "409 login_ended");
}

/// How a browser comes to DingTalk's sign-in page.
#[derive(Clone, Copy, Debug)]
enum Door {
    Link,
    Phone,
    Shop,
    Frame,
}

impl Door {
    /// Goes to DingTalk's page, and returns its address; and the page that waits meanwhile, with its flow.
    async fn open<'a>(self, browser: &Browser<'a>) -> (Option<(Browser<'a>, Flow)>, String) {
        let app = browser.app();
        match self {
            Self::Link => (None, browser.go("/auth/dingtalk").await.header("location").to_owned()),
            Self::Phone => {
                let desktop = Browser::new(app);
                let flow = desktop.begin_qr().await;
                let path = scan_path(&flow);
                let token = form_token(&browser.go(&path).await);
                let out = browser.submit(&path, &[("token", &token), ("do", "continue")]).await;
                (Some((desktop, flow)), out.header("location").to_owned())
            }
            Self::Shop => {
                let shop = Browser::at(app, SHOP);
                let flow = begin_at_shop(&shop).await;
                let out = browser.go(&format!("/auth/dingtalk?login={}", flow.id)).await;
                (Some((shop, flow)), out.header("location").to_owned())
            }
            Self::Frame => {
                let shop = Browser::at(app, SHOP);
                let flow = shop.begin_login(&json!({ "method": "frame" })).await;
                let url = shop.login_call(&flow, "authorization", &json!({})).await.json()["url"].clone();
                (Some((shop, flow)), url.as_str().unwrap().to_owned())
            }
        }
    }
}

/// What the other browser has to show.
#[derive(Clone, Copy, Debug)]
enum Intruder {
    WithoutCookie,
    WithOwnCookie,
    Guessing,
}

impl Intruder {
    async fn browser(self, app: &TestApp) -> Browser<'_> {
        let browser = Browser::new(app);
        match self {
            Self::WithoutCookie => {}
            Self::WithOwnCookie => drop(browser.go("/auth/dingtalk").await),
            Self::Guessing => browser.plant_cookie("__Host-dingtalk-qr-browser", &"A".repeat(43)),
        }
        browser
    }
}

async fn begin_at_shop(shop: &Browser<'_>) -> Flow {
    shop.begin_login(&json!({ "method": "redirect", "return_to": format!("{SHOP}/cart") })).await
}

async fn begin_workspace(browser: &Browser<'_>) -> Flow {
    let body: Value = json!({ "method": "workspace" });
    browser.begin_login(&body).await
}

/// A browser goes to DingTalk, and this is the address that it comes back to.
async fn callback(app: &TestApp, browser: &Browser<'_>, query: &str) -> String {
    let page = browser.go("/auth/dingtalk").await.header("location").to_owned();
    let code = app.sign_in_code(&page, people::ZHANG_WEI);
    let query = query.replace("{code}", &code).replace("{state}", &query_of(&page, "state"));
    format!("/auth/dingtalk/callback?{query}")
}
