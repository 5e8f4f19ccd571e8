//! A login by QR code over a network of paper: what it asks, what it ends with, what it leaves behind.

use super::support::fake::FakeBackend;
use super::support::{
    Address, Fixture, QR_DOOR, SESSION, authenticated, fire, js, kept, login_body, login_started, problem,
    settle, storage,
};
use dingtalk_qr::{DingTalkLogin, DingTalkQr, Method, Phase};
use dingtalk_qr_shared::SignedIn;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const ELSEWHERE: &str = "https://qr.example.com";
const START: &str = "POST /api/v1/logins";
const WATCH: &str = "GET /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09?wait=25";
const CANCEL: &str = "DELETE /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09";
const SCANNED: &str = r#"{"status":200,"body":{"status":"scanned","number":7,"expires_in":500}}"#;

#[wasm_bindgen_test]
async fn a_login_on_the_backends_own_origin_ends_with_a_session_and_without_a_ticket() {
    let answers = [
        login_started(QR_DOOR),
        SCANNED.to_owned(),
        authenticated(r#""ticket":"good-once","#),
        SESSION.to_owned(),
    ];
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let signed_in = RwSignal::new(Vec::<SignedIn>::new());
    let page = Fixture::mount(move || {
        view! {
            <DingTalkLogin lang="en" app="crm" on_authenticated=move |who| signed_in.update(|all| all.push(who)) />
        }
    })
    .await;
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, WATCH, "POST /api/v1/session"]);
    let asked: Vec<_> = ["method", "app", "corp_id", "return_to"].map(|name| backend.body(0, name)).into();
    assert_eq!(asked, [Some("qr".into()), Some("crm".into()), None, None]);
    assert_eq!(backend.body(3, "ticket").as_deref(), Some("good-once"));
    assert_eq!(page.text("[role=status]"), "Signed in");
    assert_eq!(page.text(".dtqr-person"), "You are signed in as Ada");
    let reported = signed_in.get_untracked();
    assert_eq!(reported.len(), 1);
    assert_eq!((reported[0].identity.user_id.as_str(), reported[0].ticket.as_deref()), ("u1", None));
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn a_login_on_another_origin_ends_with_a_ticket_for_the_embedder() {
    let answers = [login_started(QR_DOOR), authenticated(r#""ticket":"good-once","#)];
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let tickets = RwSignal::new(Vec::new());
    let page = Fixture::mount(move || {
        view! { <DingTalkLogin backend=ELSEWHERE on_authenticated=move |who: SignedIn| tickets.update(|all| all.push(who.ticket)) /> }
    })
    .await;
    settle().await;

    assert_eq!(backend.lines().len(), 2, "{:?}", backend.lines());
    assert_eq!(backend.lines()[0], "POST https://qr.example.com/api/v1/logins");
    assert_eq!(tickets.get_untracked(), [Some("good-once".to_owned())]);
    drop(page);
}

#[wasm_bindgen_test]
async fn a_lost_exchange_is_found_again_in_the_session() {
    let answers = [
        login_started(QR_DOOR),
        authenticated(r#""ticket":"good-once","#),
        "\"lost\"".to_owned(),
        authenticated(""),
        SESSION.to_owned(),
    ];
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let page = Fixture::mount(|| view! { <DingTalkLogin lang="en" /> }).await;
    settle().await;

    let session = "/api/v1/session";
    let expected = [START, WATCH, &format!("POST {session}"), WATCH, &format!("GET {session}")];
    assert_eq!(backend.lines(), expected);
    assert_eq!(page.text("[role=status]"), "Signed in");
}

#[wasm_bindgen_test]
async fn a_ticket_that_is_refused_ends_the_login() {
    let answers = [login_started(QR_DOOR), authenticated(r#""ticket":"t","#), problem(400, "ticket_invalid")];
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let ended = RwSignal::new(Vec::<Phase>::new());
    let page = Fixture::mount(move || {
        view! { <DingTalkLogin lang="en" on_ended=move |phase| ended.update(|all| all.push(phase)) /> }
    })
    .await;
    settle().await;

    assert_eq!(page.text("[role=status]"), "That did not work");
    assert!(page.text(".dtqr-text").contains("older than a minute"));
    assert!(matches!(ended.get_untracked().as_slice(), [Phase::Failed(_)]));
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn the_number_to_pick_is_shown_large_and_announced() {
    let backend = FakeBackend::answering(&format!("[{},{SCANNED}]", login_started(QR_DOOR))).await;
    let page = Fixture::mount(|| view! { <DingTalkLogin lang="en" /> }).await;

    assert_eq!(page.text(".dtqr-number"), "07");
    assert_eq!(page.text("[role=status]"), "Pick 07 on your phone");
    assert!(page.find(".dtqr-code").is_none(), "a second phone could scan it");
    assert!(page.text(".dtqr").contains("Somebody else showed you this code? Do not confirm."));
    page.click("Cancel").await;
    assert_eq!(page.text("[role=status]"), "Cancelled");
    assert_eq!(backend.lines().last().unwrap(), CANCEL);
}

#[wasm_bindgen_test]
async fn a_reload_goes_on_with_the_same_login() {
    let backend = FakeBackend::answering(&format!("[{SCANNED}]")).await;
    keep("dingtalk-qr-login:qr::crm:", QR_DOOR);

    let page = Fixture::mount(|| view! { <DingTalkLogin lang="en" app="crm" /> }).await;

    assert_eq!(backend.lines(), [WATCH, WATCH]);
    assert_eq!(page.text(".dtqr-number"), "07");
    drop(page);
    assert_eq!(kept(), 0);
}

#[wasm_bindgen_test]
async fn what_is_kept_differs_by_kind_app_and_method() {
    let frame = login_started(r#""door":{"method":"frame","url":"https://frame.invalid/f"}"#);
    let registration = super::support::STARTED;
    let qr = login_started(QR_DOOR);
    let backend =
        FakeBackend::answering(&format!(r#"[{qr}, {qr}, {frame}, {{"status":201,"body":{registration}}}]"#))
            .await;
    let page = Fixture::mount(|| {
        view! {
            <DingTalkLogin />
            <DingTalkLogin app="crm" />
            <DingTalkLogin method=Method::Frame />
            <DingTalkQr />
        }
    })
    .await;
    settle().await;

    assert_eq!(kept(), 4);
    drop(page);
    settle().await;
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn unmounting_a_login_gives_it_up_and_leaves_nothing_running() {
    let backend = FakeBackend::answering(&format!("[{}]", login_started(QR_DOOR))).await;
    let mut page = Fixture::mount(|| view! { <DingTalkLogin /> }).await;

    page.unmount();
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, CANCEL]);
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
    fire("pageshow");
    fire("message");
    settle().await;
    assert_eq!(backend.lines().len(), 3, "a listener is left");
}

#[wasm_bindgen_test]
async fn inside_dingtalk_the_workspace_is_chosen_with_the_organisation_of_the_address() {
    let address = Address::set("/?corpid=dingabc");
    js("Object.defineProperty(navigator, 'userAgent', { value: 'X DingTalk/8', configurable: true })");
    let backend = FakeBackend::answering("[]").await;
    let page = Fixture::mount(|| view! { <DingTalkLogin lang="en" /> }).await;
    js("delete navigator.userAgent");
    drop(address);

    assert_eq!(backend.lines(), [START]);
    assert_eq!(backend.body(0, "method").as_deref(), Some("workspace"));
    assert_eq!(backend.body(0, "corp_id").as_deref(), Some("dingabc"));
    assert_eq!(page.attribute(".dtqr-card", "data-face").as_deref(), Some("busy"));
    assert_eq!(page.text("[role=status]"), "Signing you in with DingTalk…");
}

#[wasm_bindgen_test]
async fn inside_dingtalk_an_app_that_is_named_is_not_chosen_by_its_organisation_as_well() {
    let address = Address::set("/?corpid=dingabc");
    js("Object.defineProperty(navigator, 'userAgent', { value: 'X DingTalk/8', configurable: true })");
    let backend = FakeBackend::answering("[]").await;
    let page = Fixture::mount(|| view! { <DingTalkLogin app="crm" /> }).await;
    js("delete navigator.userAgent");

    let asked = ["app", "corp_id"].map(|name| backend.body(0, name));
    assert_eq!(asked, [Some("crm".to_owned()), None]);
    drop((page, address));
}

#[wasm_bindgen_test]
async fn a_phone_gets_a_button_and_nothing_by_itself() {
    js("Object.defineProperty(navigator, 'userAgent', { value: 'X Android Mobile', configurable: true })");
    let backend = FakeBackend::answering("[]").await;
    let page = Fixture::mount(|| view! { <DingTalkLogin lang="en" /> }).await;
    js("delete navigator.userAgent");

    assert_eq!(page.attribute(".dtqr-card", "data-face").as_deref(), Some("redirect"));
    assert_eq!(page.text(".dtqr-primary"), "Continue with DingTalk");
    assert_eq!(backend.lines(), [""; 0]);

    page.click("Use a QR code instead").await;
    assert_eq!(backend.body(0, "method").as_deref(), Some("qr"));
}

pub(crate) fn keep(key: &str, door: &str) {
    let deadline = js_sys::Date::now() + 300_000.0;
    let kept = login_body(door).replacen('{', &format!(r#"{{"deadline":{deadline},"#), 1);
    storage().set_item(key, &kept).unwrap();
}
