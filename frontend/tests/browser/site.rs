//! The standalone page: who is signed in, signing out, and giving tickets to a server of its own.

use super::standalone::page::page;
use super::support::fake::FakeBackend;
use super::support::{Address, Fixture, NOBODY, QR_DOOR, SESSION, authenticated, js, login_started, settle};
use wasm_bindgen_test::wasm_bindgen_test;

const LOOK: &str = "GET /api/v1/session";
const START: &str = "POST /api/v1/logins";

#[wasm_bindgen_test]
async fn the_path_decides_between_a_bot_and_a_login() {
    for (path, headline, link) in [
        ("/", "A DingTalk bot in one scan", "/login"),
        ("/login", "Sign in with DingTalk", "/"),
        ("/login/", "Sign in with DingTalk", "/"),
    ] {
        let address = Address::set(path);
        let backend = FakeBackend::answering("[]").await;
        let site = Fixture::mount(page).await;

        assert_eq!(site.text("h1"), headline);
        assert_eq!(site.attribute(".page-nav a", "href").as_deref(), Some(link));
        drop((site, backend, address));
    }
}

#[wasm_bindgen_test]
async fn whoever_is_signed_in_is_named_and_can_sign_out() {
    let address = Address::set("/login");
    let backend = FakeBackend::answering(&format!("[{SESSION}]")).await;
    let site = Fixture::mount(page).await;
    assert_eq!(backend.lines(), [LOOK]);
    assert_eq!(site.text(".dtqr-person"), "You are signed in as Ada");

    site.click("Sign out").await;

    assert_eq!(backend.lines(), [LOOK, "DELETE /api/v1/session", START]);
    assert!(site.find(".dtqr-person").is_none());
    assert!(!site.text("main").contains("Sign out"));
    drop((site, address));
}

#[wasm_bindgen_test]
async fn a_stranger_gets_the_login_that_the_address_asks_for() {
    let address = Address::set("/login?method=frame&app=crm&corpid=ding1");
    let backend = FakeBackend::answering(&format!("[{NOBODY}]")).await;
    let site = Fixture::mount(page).await;

    assert_eq!(backend.lines(), [LOOK, START]);
    let asked: Vec<_> = ["method", "app", "corp_id"].map(|name| backend.body(1, name)).into();
    assert_eq!(
        asked,
        [Some("frame".to_owned()), Some("crm".to_owned()), None],
        "the backend takes one of both"
    );
    drop((site, address));
}

#[wasm_bindgen_test]
async fn the_address_may_name_the_organisation_unless_its_placeholder_was_left() {
    for (query, expected) in [("?corpid=ding1", Some("ding1")), ("?corpid=$CORPID$", None)] {
        let address = Address::set(&format!("/login{query}"));
        let backend = FakeBackend::answering(&format!("[{NOBODY}]")).await;
        let site = Fixture::mount(page).await;

        assert_eq!(backend.body(1, "corp_id").as_deref(), expected);
        drop((site, address));
    }
}

#[wasm_bindgen_test]
async fn after_a_login_one_can_sign_out_and_in_again() {
    let address = Address::set("/login");
    let (login, end) = (login_started(QR_DOOR), authenticated(r#""ticket":"t","#));
    let backend = FakeBackend::answering(&format!("[{NOBODY}, {login}, {end}, {SESSION}, {login}]")).await;
    let site = Fixture::mount(page).await;
    settle().await;
    assert_eq!(site.text(".dtqr-person"), "You are signed in as Ada");

    site.click("Sign out").await;
    settle().await;

    assert_eq!(site.text("[role=status]"), "Waiting for your scan");
    drop((site, address, backend));
}

#[wasm_bindgen_test]
async fn a_sign_out_that_did_not_arrive_is_told() {
    let address = Address::set("/login");
    let backend = FakeBackend::answering(&format!("[{SESSION}]")).await;
    let site = Fixture::mount(page).await;
    backend.answer(r#"{"to":"DELETE","status":502,"body":{}}"#);

    site.click("Sign out").await;

    assert!(site.text("[role=alert]").contains("you are still signed in"));
    assert_eq!(site.text(".dtqr-person"), "You are signed in as Ada");
    drop((site, address));
}

#[wasm_bindgen_test]
async fn a_page_of_another_origin_gives_the_ticket_to_its_own_server() {
    let address = Address::set("/login");
    let metas = Metas::set();
    let answers =
        [login_started(QR_DOOR), authenticated(r#""ticket":"t1","#), r#"{"status":204}"#.to_owned()];
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let site = Fixture::mount(page).await;
    settle().await;

    assert_eq!(backend.lines()[0], "POST https://qr.example.com/api/v1/logins");
    assert_eq!(backend.lines()[2], "POST /sign-in");
    assert_eq!(backend.body(2, "ticket").as_deref(), Some("t1"));
    assert_eq!(site.text(".dtqr-person"), "You are signed in as Ada");
    assert_eq!(site.text("[role=alert]"), "");
    assert!(!site.text("main").contains("Sign out"), "the session is not the backend's");
    drop((site, metas, address));
}

#[wasm_bindgen_test]
async fn a_ticket_that_the_own_server_refuses_is_told_and_can_be_tried_again() {
    let address = Address::set("/login");
    let metas = Metas::set();
    let login = login_started(QR_DOOR);
    let answers =
        [login.clone(), authenticated(r#""ticket":"t1","#), r#"{"status":403,"body":{}}"#.to_owned(), login];
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let site = Fixture::mount(page).await;
    settle().await;
    assert!(site.text("[role=alert]").contains("did not accept the sign-in"));

    site.click("Sign in again").await;

    assert_eq!(site.text("[role=status]"), "Waiting for your scan");
    assert_eq!(site.text("[role=alert]"), "");
    drop((site, metas, address, backend));
}

/// The settings of a page whose backend is elsewhere; gone when this is dropped.
struct Metas;

impl Metas {
    fn set() -> Self {
        js("for (const [name, content] of [['backend', 'https://qr.example.com'], ['ticket-url', '/sign-in']]) {
                const meta = document.createElement('meta');
                Object.assign(meta, { name: `dingtalk-qr-${name}`, content });
                document.head.append(meta);
            }");
        Self
    }
}

impl Drop for Metas {
    fn drop(&mut self) {
        js("document.querySelectorAll('meta[name^=dingtalk-qr]').forEach((meta) => meta.remove())");
    }
}
