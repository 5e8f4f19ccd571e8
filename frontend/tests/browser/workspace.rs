//! Inside DingTalk, with a `dd` of paper.

use super::support::fake::FakeBackend;
use super::support::{Fixture, SESSION, authenticated, js, kept, login_started, problem, settle};
use dingtalk_qr::{DingTalkLogin, Method};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const START: &str = "POST /api/v1/logins";
const WATCH: &str = "GET /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09?wait=25";
const CANCEL: &str = "DELETE /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09";
const CODE: &str = "POST /api/v1/logins/aZ09-_aZ09-_aZ09-_aZ09/workspace";

const CURRENT: &str =
    "window.dd = { requestAuthCode(asked) { window.__asked = asked; asked.onSuccess({ code: 'c1' }); } }";
const OLD: &str = "window.dd = { runtime: { permission: { requestAuthCode(asked) {
    window.__asked = asked; asked.onSuccess({ code: 'c0' }); } } } }";

#[wasm_bindgen_test]
async fn the_current_call_gives_a_code_that_the_backend_gets() {
    let dd = Dd::install(CURRENT);
    let backend = FakeBackend::answering(&format!("[{}]", started("/missing.js"))).await;
    let page = Fixture::mount(login);
    backend.answer(r#"{"status":200,"body":{"status":"pending","expires_in":600}}"#);
    backend.answer(r#"{"status":204}"#);
    backend.answer(&authenticated(r#""ticket":"t","#));
    backend.answer(SESSION);
    let page = page.await;
    settle().await;

    assert_eq!(dd.asked("corpId"), "ding-corp");
    assert_eq!(dd.asked("clientId"), "ding-app");
    let sent = backend.lines().iter().position(|line| line == CODE).unwrap();
    assert_eq!(backend.body(sent, "code").as_deref(), Some("c1"));
    assert_eq!(backend.call(sent, "bearer").as_string().as_deref(), Some("Bearer secret-token"));
    assert_eq!(page.text("[role=status]"), "Signed in");
    assert_eq!(js("document.querySelectorAll('script[data-dingtalk-qr]').length").as_f64(), Some(0.0));
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn the_deprecated_call_serves_where_the_current_one_is_missing() {
    let dd = Dd::install(OLD);
    let backend = begin("/missing.js").await;
    let page = Fixture::mount(login).await;

    let sent = backend.lines().iter().position(|line| line == CODE).unwrap();
    assert_eq!(backend.body(sent, "code").as_deref(), Some("c0"));
    assert_eq!((dd.asked("corpId").as_str(), dd.asked("clientId").as_str()), ("ding-corp", ""));
    drop(page);
}

#[wasm_bindgen_test]
async fn the_deprecated_call_serves_where_the_current_one_is_not_supported() {
    let dd = Dd::install(&format!(
        "{OLD}; dd.requestAuthCode = (asked) => asked.onFail({{ errorCode: 7, errorMessage: 'method not supported' }})"
    ));
    let backend = begin("/missing.js").await;
    let page = Fixture::mount(login).await;

    assert!(backend.lines().contains(&CODE.to_owned()));
    drop((page, dd));
}

#[wasm_bindgen_test]
async fn an_organisation_without_an_app_for_this_domain_is_told_so() {
    let dd = Dd::install(
        "window.dd = { requestAuthCode: (asked) => asked.onFail({ errorCode: '3', errorMessage: '对应企业没有某个域名微应用' }) }",
    );
    let backend = begin("/missing.js").await;
    let page = Fixture::mount(login).await;

    assert_eq!(page.text("[role=status]"), "That did not work");
    assert!(page.text(".dtqr-text").contains("DingTalk knows no app of your organisation for this site"));
    assert!(backend.lines().contains(&CANCEL.to_owned()));
    page.click("Use a QR code instead").await;
    assert_eq!(backend.lines().last().unwrap(), START);
    let last = backend.lines().len() - 1;
    assert_eq!(backend.body(last, "method").as_deref(), Some("qr"));
    drop(dd);
}

#[wasm_bindgen_test]
async fn a_refusal_can_be_tried_again() {
    let dd = Dd::install(
        "window.dd = { requestAuthCode(asked) { asked.onFail({ errorCode: -1 }); return Promise.reject(new Error('x')); } }",
    );
    let backend = begin("/missing.js").await;
    let page = Fixture::mount(login).await;
    assert!(page.text(".dtqr-text").contains("gave no workspace code"));
    js(CURRENT);
    backend.answer(&started("/missing.js"));

    page.click("Try again").await;

    assert!(backend.lines().contains(&CODE.to_owned()));
    drop(dd);
}

#[wasm_bindgen_test]
async fn a_script_that_is_missing_is_told_and_not_left_in_the_page() {
    let backend = begin("/there-is-no-such-script.js").await;
    let page = Fixture::mount(login).await;
    until("!document.querySelector('script[data-dingtalk-qr]')").await;

    assert_eq!(page.text("[role=status]"), "That did not work");
    assert!(page.text(".dtqr-text").contains("Open this page from DingTalk's workspace"));
    assert_eq!((backend.open(), backend.timers()), (0, 0));
}

#[wasm_bindgen_test]
async fn the_script_is_loaded_once_for_two_panels() {
    let script = format!("data:text/javascript,{}", String::from(js_sys::encode_uri_component(CURRENT)));
    let backend = begin(&script).await;
    backend.answer(&started(&script));
    let page = Fixture::mount(|| view! { {login()} {login()} }).await;
    until("window.dd").await;

    assert_eq!(js("document.querySelectorAll('script[data-dingtalk-qr]').length").as_f64(), Some(1.0));
    assert_eq!(backend.lines().iter().filter(|line| *line == CODE).count(), 2);
    drop(page);
    js("document.querySelector('script[data-dingtalk-qr]').remove(); delete window.dd");
}

#[wasm_bindgen_test]
async fn a_code_that_is_refused_says_what_to_do() {
    let dd = Dd::install(CURRENT);
    let backend = begin("/missing.js").await;
    let page = Fixture::mount(login);
    backend.answer(&problem(400, "workspace_code_invalid"));
    backend.answer(&problem(400, "workspace_code_invalid"));
    let page = page.await;
    settle().await;

    assert!(page.text(".dtqr-text").contains("valid for five minutes and only once"));
    assert!(page.text(".dtqr-actions").contains("Continue with DingTalk on this device"));
    drop(dd);
}

#[wasm_bindgen_test]
async fn unmounting_while_dingtalk_is_asked_leaves_nothing_running() {
    let dd = Dd::install("window.dd = { requestAuthCode(asked) { window.__asked = asked; } }");
    let backend = begin("/missing.js").await;
    let mut page = Fixture::mount(login).await;

    page.unmount();
    js("__asked.onSuccess({ code: 'late' })");
    settle().await;

    assert_eq!(backend.lines(), [START, WATCH, CANCEL]);
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
    drop(dd);
}

fn login() -> impl IntoView {
    view! { <DingTalkLogin method=Method::Workspace lang="en" /> }
}

async fn begin(script: &str) -> FakeBackend {
    FakeBackend::answering(&format!("[{}]", started(script))).await
}

fn started(script: &str) -> String {
    login_started(&format!(
        r#""door":{{"method":"workspace","client_id":"ding-app","corp_id":"ding-corp","script_url":"{script}"}}"#
    ))
}

async fn until(condition: &str) {
    for _ in 0..100 {
        settle().await;
        if js(condition).is_truthy() {
            return settle().await;
        }
    }
    panic!("{condition} never came true");
}

/// A `window.dd` that goes away with this.
struct Dd;

impl Dd {
    fn install(script: &str) -> Self {
        js(script);
        Self
    }

    #[expect(clippy::unused_self, reason = "only what is installed can have been asked")]
    fn asked(&self, name: &str) -> String {
        js(&format!("String(window.__asked.{name} ?? '')")).as_string().unwrap()
    }
}

impl Drop for Dd {
    fn drop(&mut self) {
        js("delete window.dd; delete window.__asked");
    }
}
