//! The way to DingTalk and back. The addresses that a panel goes to differ from the page's own in the fragment only, so
//! that the tests stay where they are.

use super::login::keep;
use super::support::fake::FakeBackend;
use super::support::{
    Address, Fixture, NOBODY, QR_DOOR, SESSION, authenticated, fire, js, kept, login_started, problem, settle,
};
use dingtalk_qr::{DingTalkLogin, Method};
use dingtalk_qr_shared::SignedIn;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const ELSEWHERE: &str = "https://qr.example.com";
const START: &str = "POST https://qr.example.com/api/v1/logins";
const WATCH: &str = "GET https://qr.example.com/api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09?wait=25";
const CANCEL: &str = "DELETE https://qr.example.com/api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09";
const PROOF: &str = "POST https://qr.example.com/api/v1/logins/aZ09-_aZ09-_aZ09-_aZ09/proof";
const KEY: &str = "dingtalk-qr-login:redirect:https://qr.example.com::";
const PENDING: &str = r#"{"status":200,"body":{"status":"pending","expires_in":600}}"#;
const DOOR: &str = r#""door":{"method":"redirect","url":"https://qr.example.com/auth/dingtalk?flow=1"}"#;

#[wasm_bindgen_test]
async fn the_way_from_another_origin_keeps_the_flow_and_says_where_to_come_back() {
    let address = Address::set("/?a=b#fragment");
    let backend = FakeBackend::answering(&format!("[{}]", login_started(&door_here("#gone")))).await;
    let page = Fixture::mount(elsewhere).await;
    assert_eq!((backend.lines(), kept()), (Vec::new(), 0), "nothing may happen by itself");

    page.click("Continue with DingTalk").await;
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH]);
    assert_eq!(backend.body(0, "method").as_deref(), Some("redirect"));
    let here = js("location.origin").as_string().unwrap();
    assert_eq!(backend.body(0, "return_to"), Some(format!("{here}/?a=b")));
    assert!(Address::current().ends_with("#gone"));
    assert_eq!(page.text("[role=status]"), "Taking you to DingTalk…");
    assert_eq!(kept(), 1);
    fire("pagehide");
    settle().await;
    assert_eq!(backend.lines().len(), 2, "the login goes on at DingTalk");
    drop(page);
    drop(address);
}

#[wasm_bindgen_test]
async fn an_address_that_does_not_lead_to_the_web_is_not_gone_to() {
    let door = r#""door":{"method":"redirect","url":"javascript:window.hacked=1"}"#;
    let backend = FakeBackend::answering(&format!("[{}]", login_started(door))).await;
    let page = Fixture::mount(elsewhere).await;

    page.click("Continue with DingTalk").await;
    settle().await;

    assert!(!js("'hacked' in window").is_truthy());
    assert_eq!(page.text("[role=status]"), "That did not work");
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn from_the_code_one_can_go_to_dingtalk_instead() {
    let address = Address::set("/");
    let backend = FakeBackend::answering(&format!("[{}]", login_started(QR_DOOR))).await;
    let page = Fixture::mount(|| view! { <DingTalkLogin backend=ELSEWHERE lang="en" /> }).await;

    backend.answer(&login_started(&door_here("#gone")));
    page.click("Continue with DingTalk on this device").await;
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, CANCEL, START, WATCH]);
    assert_eq!(backend.body(3, "method").as_deref(), Some("redirect"));
    assert!(Address::current().ends_with("#gone"));
    assert_eq!(page.attribute(".dtqr-card", "data-face").as_deref(), Some("redirect"));
    drop((page, address));
}

#[wasm_bindgen_test]
async fn a_panel_that_shows_codes_first_knows_the_way_back_as_well() {
    let backend = FakeBackend::answering("[]").await;
    keep("dingtalk-qr-login:qr:https://qr.example.com::", &format!(r#"{DOOR},"left":true"#));
    let address = Address::set("/#dingtalk-qr-proof=p");
    let page = Fixture::mount(|| view! { <DingTalkLogin backend=ELSEWHERE lang="en" /> }).await;

    assert!(backend.lines().contains(&PROOF.to_owned()));
    assert_eq!(page.text("[role=status]"), "Signing you in with DingTalk…");
    drop((page, address));
}

#[wasm_bindgen_test]
async fn going_back_from_dingtalk_shows_the_button_again() {
    let address = Address::set("/");
    let backend = FakeBackend::answering(&format!("[{}]", login_started(&door_here("#gone")))).await;
    let page = Fixture::mount(elsewhere).await;
    page.click("Continue with DingTalk").await;
    settle().await;

    fire("pagehide");
    fire("pageshow");
    settle().await;

    assert_eq!(page.text("[role=status]"), "You are not signed in yet");
    assert_eq!(page.text(".dtqr-primary"), "Continue with DingTalk");
    assert_eq!(backend.open(), 1, "the flow is still followed");
    drop(page);
    drop(address);
}

#[wasm_bindgen_test]
async fn the_proof_is_taken_out_of_the_address_and_given_to_the_backend() {
    let backend = FakeBackend::answering(r#"["lost"]"#).await;
    keep_left();
    let address = Address::set("/?a=b#dingtalk-qr-proof=p.1-_");
    let tickets = RwSignal::new(Vec::new());
    let page = Fixture::mount(move || {
        let on_authenticated = move |who: SignedIn| tickets.update(|all| all.push(who.ticket));
        view! { <DingTalkLogin backend=ELSEWHERE method=Method::Redirect lang="en" on_authenticated /> }
    });
    backend.answer(r#"{"status":204}"#);
    backend.answer(PENDING);
    backend.answer(&authenticated(r#""ticket":"t","#));
    let page = page.await;
    settle().await;

    assert_eq!(Address::current(), "/?a=b");
    let sent = backend.lines().iter().position(|line| line == PROOF).unwrap();
    assert_eq!(backend.body(sent, "proof").as_deref(), Some("p.1-_"));
    assert_eq!(backend.call(sent, "bearer").as_string().as_deref(), Some("Bearer secret-token"));
    assert_eq!(tickets.get_untracked(), [Some("t".to_owned())]);
    assert_eq!(page.text("[role=status]"), "Signed in");
    assert_eq!(kept(), 0);
    drop(address);
}

#[wasm_bindgen_test]
async fn while_the_backend_looks_at_the_proof_there_is_no_button_to_press() {
    let backend = FakeBackend::answering(&format!("[{PENDING}]")).await;
    keep_left();
    let address = Address::set("/#dingtalk-qr-proof=p");
    let page = Fixture::mount(elsewhere).await;

    assert_eq!(page.text("[role=status]"), "Signing you in with DingTalk…");
    assert!(page.find(".dtqr-primary").is_none());
    drop((page, address, backend));
}

#[wasm_bindgen_test]
async fn a_proof_without_a_flow_is_dropped_in_silence() {
    let backend = FakeBackend::answering("[]").await;
    let address = Address::set("/?a=b#dingtalk-qr-proof=somebody-elses");
    let page = Fixture::mount(elsewhere).await;

    assert_eq!(Address::current(), "/?a=b");
    assert_eq!(backend.lines(), [""; 0]);
    assert_eq!(page.text("[role=status]"), "You are not signed in yet");
    drop(address);
}

#[wasm_bindgen_test]
async fn a_proof_is_dropped_when_the_kept_flow_was_never_sent_to_dingtalk() {
    let backend = FakeBackend::answering("[]").await;
    keep("dingtalk-qr-login:qr:https://qr.example.com::", QR_DOOR);
    let address = Address::set("/#dingtalk-qr-proof=somebody-elses");
    let page = Fixture::mount(|| view! { <DingTalkLogin backend=ELSEWHERE lang="en" /> }).await;

    assert_eq!(Address::current(), "/");
    assert_eq!(backend.lines(), [WATCH]);
    assert_eq!(page.text("[role=status]"), "Waiting for your scan");
    drop(address);
}

#[wasm_bindgen_test]
async fn of_two_panels_the_one_that_was_sent_away_takes_the_proof() {
    let backend = FakeBackend::answering("[]").await;
    keep_left();
    let address = Address::set("/#dingtalk-qr-proof=p");
    let page = Fixture::mount(|| {
        view! {
            <DingTalkLogin backend=ELSEWHERE app="other" />
            <DingTalkLogin backend=ELSEWHERE method=Method::Redirect />
        }
    })
    .await;

    assert_eq!(backend.lines().iter().filter(|line| *line == PROOF).count(), 1, "{:?}", backend.lines());
    assert_eq!(Address::current(), "/");
    drop((page, address));
}

#[wasm_bindgen_test]
async fn coming_back_without_a_proof_goes_on_with_the_flow() {
    let backend =
        FakeBackend::answering(r#"[{"status":200,"body":{"status":"denied","expires_in":0}}]"#).await;
    keep_left();
    let page = Fixture::mount(elsewhere).await;

    assert_eq!(backend.lines()[0], WATCH);
    assert_eq!(page.text("[role=status]"), "Declined");
    assert!(page.text(".dtqr").contains("Use a QR code instead"));
}

#[wasm_bindgen_test]
async fn a_flow_that_ended_meanwhile_leads_back_to_the_button_and_not_to_dingtalk() {
    let backend =
        FakeBackend::answering(r#"[{"status":200,"body":{"status":"expired","expires_in":0}}]"#).await;
    keep_left();
    let page = Fixture::mount(elsewhere).await;

    assert_eq!(backend.lines(), [WATCH, CANCEL]);
    assert_eq!(page.text(".dtqr-primary"), "Continue with DingTalk");
    assert_eq!(kept(), 0);
}

#[wasm_bindgen_test]
async fn a_refused_proof_is_told() {
    let backend = FakeBackend::answering("[]").await;
    keep_left();
    let address = Address::set("/#dingtalk-qr-proof=p");
    let page = Fixture::mount(elsewhere);
    backend.answer(&problem(400, "login_state_invalid"));
    backend.answer(&problem(400, "login_state_invalid"));
    let page = page.await;

    assert_eq!(page.text("[role=status]"), "That did not work");
    assert!(page.text(".dtqr-text").contains("start again in this one"));
    drop(address);
}

#[wasm_bindgen_test]
async fn on_the_backends_own_origin_the_session_is_the_result() {
    let address = Address::set("/?a=b");
    let backend = FakeBackend::answering(&format!("[{SESSION}]")).await;
    let mut page = Fixture::mount(here).await;

    page.click("Continue with DingTalk").await;

    assert_eq!(backend.lines(), [""; 0]);
    assert_eq!(Address::current(), "/?a=b#/auth/dingtalk?return_to=%2F%3Fa%3Db&corp_id=ding1");
    assert_eq!(page.text("[role=status]"), "Taking you to DingTalk…");

    page.unmount();
    settle().await;
    drop(address);
    js("sessionStorage.setItem('dingtalk-qr-login:redirect:/?a=b#::ding1', '{\"departed\":true}')");
    let page = Fixture::mount(here).await;
    assert_eq!(backend.lines(), ["GET /?a=b#/api/v1/session"]);
    assert_eq!(page.text(".dtqr-person"), "You are signed in as Ada");
    assert_eq!(kept(), 0);
}

#[wasm_bindgen_test]
async fn coming_back_to_the_backends_own_origin_without_a_session_shows_the_button() {
    let address = Address::set("/?a=b");
    let backend = FakeBackend::answering(&format!("[{NOBODY}]")).await;
    let page = Fixture::mount(here).await;
    page.click("Continue with DingTalk").await;
    assert_eq!(kept(), 1);

    fire("pageshow");
    settle().await;

    assert_eq!(backend.lines(), ["GET /?a=b#/api/v1/session"]);
    assert_eq!(page.text("[role=status]"), "You are not signed in yet");
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
    drop(address);
}

fn elsewhere() -> impl IntoView {
    view! { <DingTalkLogin backend=ELSEWHERE method=Method::Redirect lang="en" /> }
}

/// At `/?a=b` and with this base every address of the backend is a fragment of the page.
fn here() -> impl IntoView {
    view! { <DingTalkLogin backend="/?a=b#" method=Method::Redirect corp_id="ding1" lang="en" /> }
}

fn door_here(fragment: &str) -> String {
    let here = js("location.origin + location.pathname + location.search").as_string().unwrap();
    format!(r#""door":{{"method":"redirect","url":"{here}{fragment}"}}"#)
}

fn keep_left() {
    keep(KEY, &format!(r#"{DOOR},"left":true"#));
}
