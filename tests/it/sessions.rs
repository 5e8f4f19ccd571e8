//! Sessions: their cookie, their key, their end, and hosts that ask for them.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use dingtalk_qr_backend::{CurrentUser, open_store, router};
use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Answer, Browser, Call, OWN, TestApp, TestOptions, login_options, run};
use serde_json::json;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn the_cookie_is_for_this_host_and_no_script() {
    for (url, expected) in [
        (OWN, "__Host-dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800"),
        (
            "https://bots.example/dingtalk",
            "__Host-dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800",
        ),
        ("http://127.0.0.1:3000", "dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"),
        ("http://localhost:3000", "dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"),
        ("http://[::1]:3000", "dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"),
        // Without TLS and elsewhere there is none: browsers drop it.
        (
            "http://bots.example",
            "__Host-dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800",
        ),
        (
            "http://localhost.evil.example",
            "__Host-dingtalk-qr-session={}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800",
        ),
    ] {
        let app = TestApp::with(login_options().var("PUBLIC_URL", url)).await;
        let browser = Browser::new(&app);

        let back = browser.sign_in(people::ZHANG_WEI).await;

        let (_, token) = session_cookie(&back).split_once('=').unwrap();
        let token = token.split(';').next().unwrap().to_owned();
        assert_eq!(session_cookie(&back), expected.replace("{}", &token), "{url}");
        assert_eq!(token.split('.').count(), 3, "a JWT");
        let clear = app.call("DELETE", "/api/v1/session").header("cookie", &browser.cookies()).send().await;
        let gone = expected.replace("{}", "").replace("604800", "0");
        assert_eq!((clear.status.as_u16(), session_cookie(&clear)), (204, gone.as_str()), "{url}");
    }
}

#[tokio::test]
async fn the_cookie_of_a_browser_is_of_the_same_form() {
    let app = TestApp::with(login_options()).await;
    let out = Browser::new(&app).go("/auth/dingtalk").await;
    let cookie = out.header("set-cookie");
    let (name, rest) = cookie.split_once('=').unwrap();
    let (value, attributes) = rest.split_once("; ").unwrap();
    assert_eq!((name, value.len()), ("__Host-dingtalk-qr-browser", 43), "256 bits");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400");
}

#[tokio::test]
async fn a_session_says_who_and_how_long() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    assert_eq!(browser.session().await.status, 204);
    let (_, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;

    let begun = browser.open_session(&ticket).await.json();
    assert_eq!(begun["expires_in"], 604_800);
    app.clock.advance(DAY);

    let session = browser.session().await;
    assert_eq!(session.header("cache-control"), "no-store");
    assert_eq!(session.json(), json!({ "identity": begun["identity"], "expires_in": 518_400 }));
}

#[tokio::test]
async fn who_signs_out_of_nothing_is_signed_out() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    for _ in 0..2 {
        assert_eq!(browser.api("DELETE", "/api/v1/session", None, None).await.status, 204);
    }
    browser.plant_cookie("__Host-dingtalk-qr-session", "guess");
    assert_eq!(browser.api("DELETE", "/api/v1/session", None, None).await.status, 204);
    assert_eq!(browser.cookie("session"), None);
}

#[tokio::test]
async fn a_session_outlives_the_process() {
    let app = TestApp::with(login_options()).await;
    let (browser, gone) = (Browser::new(&app), Browser::new(&app));
    browser.sign_in(people::ZHANG_WEI).await;
    gone.sign_in(people::LI_NA).await;
    let (cookies, revoked) = (browser.cookies(), gone.cookies());
    gone.api("DELETE", "/api/v1/session", None, None).await;

    let app = app.restart().await;

    assert_eq!(session(&app, &cookies).await.json()["identity"]["name"], "张伟");
    assert_eq!(session(&app, &revoked).await.status, 204);
}

#[tokio::test]
async fn the_key_changes_every_thirty_days_and_an_old_one_stays_as_long_as_its_sessions() {
    let app = TestApp::with(login_options()).await;
    let (first, last, next) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    first.sign_in(people::ZHANG_WEI).await;
    let old = key_id(&app).await;
    app.clock.advance(Duration::from_secs(30 * 86_400 - 1));
    last.sign_in(people::ZHANG_WEI).await;
    assert_eq!(key_id(&app).await, old, "it signs for thirty days");

    app.clock.advance(Duration::from_secs(1));
    next.sign_in(people::LI_NA).await;
    assert_ne!(key_id(&app).await, old);
    assert_eq!(last.session().await.status, 200, "the old one is still believed");
    assert_eq!(first.session().await.status, 204, "after its own seven days");

    app.clock.advance(Duration::from_secs(7 * 86_400 - 2));
    assert_eq!(last.session().await.json()["expires_in"], 1);
    app.clock.advance(DAY * 23 + Duration::from_secs(2));
    Browser::new(&app).sign_in(people::LI_NA).await;
    assert!(!has_key(&app, &old).await, "nobody's session needs it");
}

#[tokio::test]
async fn the_operator_ends_all_sessions_at_once() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;

    let data = app.path("data");
    let mut vars = vec![("DATA_DIR", data.to_str().unwrap()), ("DINGTALK_SIMULATOR_URL", app.dingtalk.url())];
    vars.extend(app.postgres().map(|url| ("DATABASE_URL", url)));
    let output = run(&app.path("."), &vars, &["sessions", "end-all"]);
    assert!(output.status.success(), "{output:?}");

    assert_eq!(browser.session().await.status, 204);
    browser.sign_in(people::ZHANG_WEI).await;
    assert_eq!(browser.session().await.status, 200);
}

#[tokio::test]
async fn to_ask_who_is_signed_in_is_no_error_when_it_is_nobody() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    let ended = browser.cookie("session").unwrap();
    browser.api("DELETE", "/api/v1/session", None, None).await;

    for token in [None, Some(""), Some("guess"), Some(&ended)] {
        let mut call = app.call("GET", "/api/v1/session").header("origin", OWN);
        if let Some(token) = token {
            call = call.header("cookie", &format!("__Host-dingtalk-qr-session={token}"));
        }
        let nobody = call.send().await;
        assert_eq!((nobody.status.as_u16(), nobody.body.as_str()), (204, ""), "{token:?}");
        assert_eq!(nobody.header("cache-control"), "no-store", "{token:?}");
        assert_eq!(nobody.header("set-cookie"), "", "{token:?}");
    }
}

#[tokio::test]
async fn a_host_asks_who_is_signed_in() {
    for (prefix, public_url) in [("", OWN), ("/dingtalk", "https://bots.example/dingtalk")] {
        let app = TestApp::with(login_options().var("PUBLIC_URL", public_url)).await;
        let host = host(&app, prefix);
        let call = |path: &str| Call::new(host.clone(), "GET", path);

        let nobody = call("/hello").send().await;
        assert_eq!((nobody.status.as_u16(), nobody.json()["code"].as_str()), (401, Some("not_signed_in")));
        assert_eq!(nobody.header("content-type"), "application/problem+json");
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        assert_eq!(call("/perhaps").send().await.body, "nobody");

        let cookies = sign_in_at(&app, &host, prefix).await;

        let hello = call("/hello").header("cookie", &cookies).send().await;
        assert_eq!(
            (hello.status.as_u16(), hello.body.as_str()),
            (200, "张伟 zhangwei@example.com"),
            "{prefix}"
        );
        assert_eq!(call("/perhaps").header("cookie", &cookies).send().await.body, "张伟");
        let session = call(&format!("{prefix}/api/v1/session")).header("cookie", &cookies).send().await;
        assert_eq!(session.status, 200, "{prefix}: {session:?}");
        let garbage = call("/hello").header("cookie", "__Host-dingtalk-qr-session=x.y.z").send().await;
        assert_eq!(garbage.status, 401);
    }
}

#[tokio::test]
async fn what_is_nested_finds_its_own_way() {
    let options = || login_options().var("PUBLIC_URL", "https://bots.example/dingtalk");
    let app = TestApp::with(TestOptions { ..options() }).await;
    let host = host(&app, "/dingtalk");
    let begun = Call::new(host.clone(), "POST", "/dingtalk/api/v1/logins")
        .header("origin", OWN)
        .json(&json!({ "method": "qr" }))
        .send()
        .await
        .json();

    let text = begun["qr"]["text"].as_str().unwrap();
    let path = text.strip_prefix(OWN).unwrap();
    assert!(path.starts_with("/dingtalk/d/"), "{text}");
    let page = Call::new(host, "GET", path).send().await;
    assert_eq!(page.page(), "200 ask");
    assert!(page.body.contains(&format!("action=\"{path}\"")), "{page:?}");
    assert!(page.body.contains("href=\"/dingtalk/embed/pages.css\""), "{page:?}");
}

async fn hello(user: CurrentUser) -> String {
    format!("{} {}", user.name, user.email)
}

async fn perhaps(user: Option<CurrentUser>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |user| user.name)
}

fn host(app: &TestApp, prefix: &str) -> Router {
    let ours = router(app.state.clone());
    let host = Router::new()
        .route("/hello", get(hello))
        .route("/perhaps", get(perhaps))
        .with_state(app.state.clone());
    if prefix.is_empty() { host.merge(ours) } else { host.nest(prefix, ours) }
}

/// Signs in at a host, and returns the cookies.
async fn sign_in_at(app: &TestApp, host: &Router, prefix: &str) -> String {
    let out = Call::new(host.clone(), "GET", &format!("{prefix}/auth/dingtalk")).send().await;
    let browser = out.header("set-cookie").split(';').next().unwrap().to_owned();
    let back = app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI);
    let back =
        Call::new(host.clone(), "GET", &format!("{prefix}{back}")).header("cookie", &browser).send().await;
    assert_eq!((back.status.as_u16(), back.header("location")), (303, format!("{prefix}/").as_str()));
    session_cookie(&back).split(';').next().unwrap().to_owned()
}

fn session_cookie(answer: &Answer) -> &str {
    let mut headers = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    headers.find(|header| header.contains("-session=")).unwrap_or_else(|| panic!("{answer:?}"))
}

async fn session(app: &TestApp, cookies: &str) -> Answer {
    app.call("GET", "/api/v1/session").header("cookie", cookies).send().await
}

async fn key_id(app: &TestApp) -> String {
    let (store, _) = open_store(app.state.config()).await.unwrap();
    store.newest_session_key().await.unwrap().unwrap().id
}

async fn has_key(app: &TestApp, id: &str) -> bool {
    let (store, _) = open_store(app.state.config()).await.unwrap();
    store.session_key(id).await.unwrap().is_some()
}
