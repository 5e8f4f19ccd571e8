//! A secret shown once, to the browser that began.

use dingtalk_qr_simulator::Approval;
use dingtalk_qr_tests::{Answer, Flow, OWN, SHOP, TestApp, TestOptions};
use serde_json::{Value, json};

use crate::access::operator;

const REGISTRATIONS: &str = "/api/v1/registrations";
const NOT_FOUND: &str = "404 flow_not_found";
const OVER: &str = "410 already_revealed";

#[tokio::test]
async fn a_secret_is_shown_once_to_the_browser_that_began() {
    shown_once(shown()).await;
}

#[tokio::test]
async fn a_secret_is_shown_once_to_the_browser_that_began_on_postgresql() {
    shown_once(shown().on_postgres().await).await;
}

async fn shown_once(options: TestOptions) {
    let page = Page::created(options).await;
    assert_eq!(page.state().await["revealable"], true);

    let answer = page.reveal().await;

    let client_id = page.state().await["client_id"].clone();
    let client_secret = page.app.dingtalk.app(client_id.as_str().unwrap()).unwrap().secret;
    assert_eq!(answer.json(), json!({ "client_id": client_id, "client_secret": client_secret }));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(page.reveal().await.problem(), OVER);
    assert_eq!(page.state().await["revealable"], Value::Null);
    let mut page = page;
    page.app = page.app.restart().await;
    assert_eq!(page.reveal().await.problem(), OVER);
    assert!(!page.app.database().contains(&client_secret));
    assert!(!page.app.database().contains(page.cookie.split_once('=').unwrap().1));
}

#[tokio::test]
async fn of_two_that_ask_at_once_one_sees_the_secret() {
    asked_at_once(shown()).await;
}

#[tokio::test]
async fn of_two_that_ask_at_once_one_sees_the_secret_on_postgresql() {
    asked_at_once(shown().on_postgres().await).await;
}

async fn asked_at_once(options: TestOptions) {
    let page = Page::created(options).await;

    let answers = futures_util::future::join_all((0..8).map(|_| page.reveal())).await;

    let shown = answers.iter().filter(|answer| answer.status == 200).count();
    let over = answers.iter().filter(|answer| answer.status == 410).count();
    assert_eq!((shown, over), (1, 7));
}

#[tokio::test]
async fn nobody_else_sees_it_and_what_they_try_does_not_end_the_right() {
    let page = Page::created(shown()).await;
    let other = Page::begun_in(&page.app).await;
    let path = format!("/api/v1/flows/{}/credentials", page.flow.id);
    let call = || page.app.call("POST", &path);
    let (token, cookie) = (&page.flow.token, &page.cookie);
    let name = cookie.split_once('=').unwrap().0;
    let own = |call: dingtalk_qr_tests::Call| call.header("origin", OWN);

    for (case, answer) in [
        ("no cookie", own(call()).bearer(token).send().await),
        ("another browser", own(call()).bearer(token).header("cookie", &other.cookie).send().await),
        (
            "a made-up cookie",
            own(call()).bearer(token).header("cookie", &format!("{name}={token}")).send().await,
        ),
        ("no token", own(call()).header("cookie", cookie).send().await),
        (
            "the token of another flow",
            own(call()).bearer(&other.flow.token).header("cookie", cookie).send().await,
        ),
        (
            "a page of elsewhere",
            call().header("origin", SHOP).bearer(token).header("cookie", cookie).send().await,
        ),
        ("no page", call().bearer(token).header("cookie", cookie).send().await),
    ] {
        assert_eq!(answer.problem(), NOT_FOUND, "{case}");
    }
    assert_eq!(page.state_in(Some(&other.cookie)).await["revealable"], Value::Null);
    assert_eq!(page.state_in(None).await["revealable"], Value::Null);

    assert_eq!(page.reveal().await.status, 200);
}

#[tokio::test]
async fn the_right_ends_ten_minutes_after_the_creation() {
    let page = Page::created(shown()).await;

    page.app.pass(585).await;
    assert_eq!(page.state().await["revealable"], true);
    page.app.pass(15).await;

    assert_eq!(page.state().await["revealable"], Value::Null);
    assert_eq!(page.reveal().await.problem(), OVER);
}

#[tokio::test]
async fn giving_the_flow_up_ends_the_right_and_reloading_the_page_does_not() {
    let page = Page::created(shown()).await;
    let flow = format!("/api/v1/flows/{}", page.flow.id);
    let end = async |path: &str| page.app.call("DELETE", path).bearer(&page.flow.token).send().await.status;

    assert_eq!(end(&format!("{flow}?leaving=true")).await, 204);
    page.app.pass(20).await;
    assert_eq!(page.state().await["revealable"], true);
    assert_eq!(end(&flow).await, 204);

    assert_eq!(page.reveal().await.problem(), OVER);
}

#[tokio::test]
async fn there_is_nothing_to_show_before_the_app_exists_or_after_its_page_gave_up() {
    let app = TestApp::with(shown()).await;
    let page = Page::begun_in(&app).await;
    assert_eq!(page.reveal().await.problem(), NOT_FOUND, "pending");
    app.dingtalk
        .approve(&page.flow.user_code, Approval { admin_approval: true, ..Approval::default() })
        .unwrap();
    while page.state().await["status"] != "approval_pending" {
        app.pass(1).await;
    }
    assert_eq!(page.reveal().await.problem(), NOT_FOUND, "waiting for the administrator");

    let late = Page::begun_in(&app).await;
    let path = format!("/api/v1/flows/{}", late.flow.id);
    app.call("DELETE", &path).bearer(&late.flow.token).send().await;
    app.approve(&late.flow);
    app.pass(300).await;

    assert_eq!(
        app.state
            .apps()
            .of_flow(&late.flow.id.clone().try_into().unwrap())
            .await
            .unwrap()
            .map(|app| app.is_claimed),
        Some(false)
    );
    assert_eq!(late.reveal().await.problem(), NOT_FOUND, "late");
}

#[tokio::test]
async fn it_is_off_unless_it_is_switched_on_and_for_own_pages_only() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let session = operator(&app).await;
    let begun = begin(&app, &session, Some(OWN)).await;
    assert_eq!(begun.header("set-cookie"), "");

    let app = app.restart_with(shown()).await;
    for origin in [None, Some(SHOP)] {
        let begun = begin(&app, &session, origin).await;
        assert_eq!((begun.status.as_u16(), begun.header("set-cookie")), (201, ""), "{origin:?}");
    }
    let begun = begin(&app, &session, Some(OWN)).await;
    let set_cookie = begun.header("set-cookie");
    assert!(set_cookie.starts_with("__Host-dingtalk-qr-reveal="), "{set_cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=10800"] {
        assert!(set_cookie.contains(attribute), "{set_cookie}");
    }

    let page = Page::created(shown()).await;
    let mut page = page;
    page.app = page.app.restart_with(TestOptions::default().guarded()).await;
    assert_eq!(page.reveal().await.problem(), NOT_FOUND, "switched off since");
    assert_eq!(page.state().await["revealable"], Value::Null);
}

/// A page of ours in a browser of its own.
struct Page<A> {
    app: A,
    flow: Flow,
    cookie: String,
}

impl Page<TestApp> {
    /// Begins a registration and waits until there is an app.
    async fn created(options: TestOptions) -> Self {
        let app = TestApp::with(options).await;
        let Page { flow, cookie, .. } = Page::begun_in(&app).await;
        app.approve(&flow);
        while app.status(&flow).await != "created" {
            app.pass(1).await;
        }
        Self { app, flow, cookie }
    }
}

impl<'a> Page<&'a TestApp> {
    async fn begun_in(app: &'a TestApp) -> Self {
        let begun = begin(app, &operator(app).await, Some(OWN)).await;
        let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
        Self { app, flow: Flow::from(begun.json()), cookie }
    }
}

impl<A: std::borrow::Borrow<TestApp>> Page<A> {
    async fn reveal(&self) -> Answer {
        let path = format!("/api/v1/flows/{}/credentials", self.flow.id);
        let call = self.app.borrow().call("POST", &path).bearer(&self.flow.token);
        call.header("origin", OWN).header("cookie", &self.cookie).send().await
    }

    async fn state(&self) -> Value {
        self.state_in(Some(&self.cookie)).await
    }

    /// As browsers do, without an `Origin`.
    async fn state_in(&self, cookie: Option<&str>) -> Value {
        let path = format!("/api/v1/flows/{}", self.flow.id);
        let call = self.app.borrow().call("GET", &path).bearer(&self.flow.token);
        let call = if let Some(cookie) = cookie { call.header("cookie", cookie) } else { call };
        call.send().await.json()
    }
}

fn shown() -> TestOptions {
    TestOptions::default().guarded().var("ALLOWED_ORIGINS", SHOP).var("REVEAL_ONCE", "true")
}

async fn begin(app: &TestApp, session: &str, origin: Option<&str>) -> Answer {
    let call = app.call("POST", REGISTRATIONS).header("cookie", session).json(&json!({}));
    let call = if let Some(origin) = origin { call.header("origin", origin) } else { call };
    call.send().await
}
