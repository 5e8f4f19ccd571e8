//! The whole component over a network of paper: what it asks, when it stops, what it leaves behind.

use super::support::fake::FakeBackend;
use super::support::{Fixture, STARTED, fire, kept, settle, storage};
use dingtalk_qr::{DingTalkQr, Phase};
use dingtalk_qr_shared::AppSaved;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const START: &str = "POST /api/v1/registrations";
const WATCH: &str = "GET /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09?wait=25";
const CANCEL: &str = "DELETE /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09";

const CREATED: &str = r#"{"status":200,"body":{"status":"created","app":"bot","client_id":"ding-1","hint":"ab••",
    "saved_to":["store"],"verified":true,"expires_in":0}}"#;

#[wasm_bindgen_test]
async fn a_registration_is_begun_followed_and_reported() {
    let backend = FakeBackend::answering(&format!(
        r#"[{}, {{"status":200,"headers":{{"etag":"\"1\""}},"body":{{"status":"pending","expires_in":600}}}},
            {{"status":200,"headers":{{"etag":"\"2\""}},"body":{{"status":"creating","expires_in":590}}}}, {CREATED}]"#,
        started()
    )).await;
    let created = RwSignal::new(Vec::<AppSaved>::new());
    let page = Fixture::mount(move || {
        view! { <DingTalkQr lang="en" on_created=move |app| created.update(|apps| apps.push(app)) /> }
    })
    .await;
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, WATCH, WATCH]);
    assert_eq!(backend.call(1, "bearer").as_string().as_deref(), Some("Bearer secret-token"));
    let etags: Vec<_> = (1..=3).map(|index| backend.call(index, "etag").as_string()).collect();
    assert_eq!(etags, [None, Some("\"1\"".to_owned()), Some("\"2\"".to_owned())]);
    assert_eq!(page.text("[role=status]"), "Your bot is ready");
    assert_eq!(created.get_untracked().len(), 1);
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn unmounting_gives_the_flow_up_and_leaves_nothing_running() {
    let backend = FakeBackend::answering(&format!("[{}]", started())).await;
    let mut page = Fixture::mount(|| view! { <DingTalkQr /> }).await;
    assert_eq!(backend.lines(), [START, WATCH]);
    assert_eq!((backend.open(), kept()), (1, 1));
    assert!(backend.timers() > 0);

    page.unmount();
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, CANCEL]);
    assert_eq!(backend.call(2, "keepalive").as_bool(), Some(true));
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
    fire("online");
    settle().await;
    assert_eq!(backend.lines().len(), 3, "a listener is left");
}

#[wasm_bindgen_test]
async fn unmounting_while_the_code_is_asked_for_leaves_nothing_running() {
    let backend = FakeBackend::answering("[]").await;
    let mut page = Fixture::mount(|| view! { <DingTalkQr /> }).await;
    assert_eq!(backend.open(), 1);

    page.unmount();
    settle().await;

    assert_eq!((backend.lines(), backend.open(), backend.timers()), (vec![START.to_owned()], 0, 0));
}

#[wasm_bindgen_test]
async fn cancelling_tells_the_backend_and_can_be_begun_again() {
    let backend = FakeBackend::answering(&format!("[{}]", started())).await;
    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;

    page.click("Cancel").await;
    assert_eq!(page.text("[role=status]"), "Cancelled");
    assert_eq!((backend.open(), kept()), (0, 0));

    page.click("Start again").await;
    assert_eq!(backend.lines(), [START, WATCH, CANCEL, START]);
    assert_ne!(backend.body(0, "idempotency_key"), backend.body(3, "idempotency_key"));
}

#[wasm_bindgen_test]
async fn a_lost_request_is_repeated_with_the_same_key() {
    let backend = FakeBackend::answering(&format!(r#"["lost", "lost", {}]"#, started())).await;
    let page = Fixture::mount(|| view! { <DingTalkQr app_name="bot" /> }).await;
    settle().await;

    assert_eq!(backend.lines(), [START, START, START, WATCH]);
    let keys: Vec<_> = (0..3).map(|index| backend.body(index, "idempotency_key").unwrap()).collect();
    assert_eq!(keys[0].len(), 32);
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(backend.body(0, "app_name").as_deref(), Some("bot"));
    drop(page);
}

#[wasm_bindgen_test]
async fn a_backend_that_goes_away_is_asked_again_while_the_code_stays() {
    let backend = FakeBackend::answering(&format!(
        r#"[{}, "lost", {{"status":502,"body":{{}}}}, {{"status":200,"body":{{"status":"pending","expires_in":600}}}}]"#,
        started()
    )).await;
    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, WATCH, WATCH, WATCH]);
    assert!(page.find(".dtqr-code").is_some());
    assert_eq!(page.text("[role=status]"), "Waiting for your scan");
}

#[wasm_bindgen_test]
async fn a_reload_goes_on_with_the_same_flow() {
    let key = "dingtalk-qr::";
    let backend = FakeBackend::answering("[]").await;
    let deadline = js_sys::Date::now() + 300_000.0;
    let stored = STARTED.replacen('{', &format!(r#"{{"deadline":{deadline},"#), 1);
    storage().set_item(key, &stored).unwrap();

    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;

    assert_eq!(backend.lines(), [WATCH]);
    assert!(page.find(".dtqr-code").is_some());
    assert!(page.text("[role=timer]").starts_with("5:0") || page.text("[role=timer]").starts_with("4:5"));
    drop(page);
    assert_eq!(kept(), 0);
}

#[wasm_bindgen_test]
async fn a_kept_flow_that_ended_meanwhile_is_replaced_without_a_word() {
    let backend = FakeBackend::answering(&format!(
        r#"[{{"status":200,"body":{{"status":"cancelled","expires_in":0}}}}, {}]"#,
        started()
    ))
    .await;
    let deadline = js_sys::Date::now() + 300_000.0;
    let stored = STARTED.replacen('{', &format!(r#"{{"deadline":{deadline},"#), 1);
    storage().set_item("dingtalk-qr::", &stored).unwrap();

    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;
    settle().await;

    assert_eq!(backend.lines(), [WATCH, CANCEL, START, WATCH]);
    assert_eq!(page.text("[role=status]"), "Waiting for your scan");
}

#[wasm_bindgen_test]
async fn leaving_the_page_is_told_and_keeps_the_flow() {
    let backend = FakeBackend::answering(&format!("[{}]", started())).await;
    let page = Fixture::mount(|| view! { <DingTalkQr /> }).await;

    fire("pagehide");
    settle().await;

    assert_eq!(backend.lines()[2], format!("{CANCEL}?leaving=true"));
    assert_eq!(backend.call(2, "keepalive").as_bool(), Some(true));
    assert_eq!(kept(), 1);
    drop(page);
}

#[wasm_bindgen_test]
async fn a_flow_that_the_backend_forgot_has_expired() {
    let backend = FakeBackend::answering(&format!(
        r#"[{}, {{"status":404,"body":{{"type":"about:blank","title":"","status":404,"code":"flow_not_found"}}}}]"#,
        started()
    )).await;
    let ended = RwSignal::new(Vec::<Phase>::new());
    let page = Fixture::mount(move || {
        view! { <DingTalkQr lang="en" on_ended=move |phase| ended.update(|all| all.push(phase)) /> }
    })
    .await;

    assert_eq!(page.text("[role=status]"), "This code has expired");
    assert!(matches!(ended.get_untracked().as_slice(), [Phase::Expired(_)]));
    assert_eq!((backend.open(), backend.timers()), (0, 0));
}

#[wasm_bindgen_test]
async fn a_stranger_is_told_to_open_the_setup_link() {
    let backend = FakeBackend::answering(
        r#"[{"status":401,"body":{"type":"about:blank","title":"","status":401,"code":"operator_required"}}]"#,
    ).await;
    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;

    assert_eq!(page.text("[role=status]"), "Operators only");
    assert!(page.text(".dtqr").contains("setup link"));
    assert_eq!(backend.lines(), [START]);
}

#[wasm_bindgen_test]
async fn credentials_entered_by_hand_end_the_flow_and_leave_no_trace() {
    let backend = FakeBackend::answering(&format!("[{}]", started())).await;
    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;
    page.click("Enter by hand").await;
    page.fill("input[type=text]", " ding-9 ");
    page.fill("input[type=password]", "canary-secret");
    backend.answer(
        r#"{"status":201,"body":{"app":"x","client_id":"ding-9","hint":"ca••","saved_to":["store"],"verified":true}}"#,
    );

    page.click("Save").await;
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, "POST /api/v1/apps", CANCEL]);
    assert_eq!(backend.body(2, "client_id").as_deref(), Some("ding-9"));
    assert_eq!(backend.body(2, "name"), None);
    assert_eq!(page.text("[role=status]"), "Your bot is ready");
    assert_eq!(kept(), 0);
    assert!(!document().document_element().unwrap().outer_html().contains("canary-secret\""));
}

#[wasm_bindgen_test]
async fn two_panels_on_one_page_have_two_flows() {
    let second = STARTED.replace("aZ09-_aZ09-_aZ09-_aZ09", "bbbbbbbbbbbbbbbbbbbbbb").replace("MUEU", "ZZZZ");
    let backend =
        FakeBackend::answering(&format!(r#"[{}, {{"status":201,"body":{second}}}]"#, started())).await;
    let page = Fixture::mount(|| view! { <DingTalkQr app_name="one" /> <DingTalkQr app_name="two" /> }).await;
    settle().await;

    assert_eq!(page.count(".dtqr-code"), 2);
    assert_eq!(kept(), 2);
    assert_eq!(backend.open(), 2);
    drop(page);
    settle().await;
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

fn started() -> String {
    format!(r#"{{"status":201,"body":{STARTED}}}"#)
}
