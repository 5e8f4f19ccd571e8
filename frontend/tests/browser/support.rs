//! A place on the page for one test, and the things that tests show.
pub(crate) mod fake;

use std::any::Any;
use std::sync::Arc;

use dingtalk_qr::Prompt;
use dingtalk_qr_shared::{AppSaved, FlowStarted, Sink};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// A section of the page that goes away with this.
pub(crate) struct Fixture {
    section: HtmlElement,
    handle: Option<Box<dyn Any>>,
}

impl Fixture {
    pub(crate) async fn mount<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> Self {
        let section: HtmlElement = document().create_element("section").unwrap().unchecked_into();
        document().body().unwrap().append_child(&section).unwrap();
        let handle: Box<dyn Any> = Box::new(leptos::mount::mount_to(section.clone(), view));
        settle().await;
        Self { section, handle: Some(handle) }
    }

    pub(crate) fn unmount(&mut self) {
        drop(self.handle.take());
    }

    pub(crate) fn find(&self, selector: &str) -> Option<Element> {
        self.section.query_selector(selector).unwrap()
    }

    pub(crate) fn count(&self, selector: &str) -> u32 {
        self.section.query_selector_all(selector).unwrap().length()
    }

    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        self.find(selector).expect(selector).text_content().unwrap_or_default().trim().to_owned()
    }

    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.find(selector)?.get_attribute(name)
    }

    pub(crate) async fn click(&self, label: &str) {
        self.button(label).click();
        settle().await;
    }

    /// As `click`, by a user whose focus is on the button.
    pub(crate) async fn press(&self, label: &str) {
        self.button(label).focus().unwrap();
        self.click(label).await;
    }

    /// As `click`, on a button inside of what `selector` finds.
    pub(crate) async fn click_in(&self, selector: &str, label: &str) {
        self.button_in(&[selector, " button"].concat(), label).click();
        settle().await;
    }

    #[track_caller]
    fn button(&self, label: &str) -> HtmlElement {
        self.button_in("button", label)
    }

    #[track_caller]
    fn button_in(&self, selector: &str, label: &str) -> HtmlElement {
        let buttons = self.section.query_selector_all(selector).unwrap();
        let button = (0..buttons.length())
            .filter_map(|index| buttons.get(index))
            .find(|button| button.text_content().is_some_and(|text| text.trim() == label));
        button.expect(label).unchecked_into()
    }

    /// An input that is not the panel's, with the focus.
    pub(crate) fn foreign_input(&self) -> Element {
        let input: HtmlElement = document().create_element("input").unwrap().unchecked_into();
        self.section.append_child(&input).unwrap();
        input.focus().unwrap();
        input.into()
    }

    pub(crate) fn fill(&self, selector: &str, value: &str) {
        let input: web_sys::HtmlInputElement = self.find(selector).expect(selector).unchecked_into();
        input.set_value(value);
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.unmount();
        self.section.remove();
    }
}

/// Lets everything that is ready happen: reading the body of a response takes turns of the event loop.
pub(crate) async fn settle() {
    for _ in 0..10 {
        TimeoutFuture::new(1).await;
    }
    for _ in 0..100 {
        if js("!window.__fake?.reading").is_truthy() {
            break;
        }
        TimeoutFuture::new(1).await;
    }
}

pub(crate) fn prompt() -> Arc<Prompt> {
    prompt_from("https://h5.dingtalk.com/x")
}

pub(crate) fn prompt_from(text: &str) -> Arc<Prompt> {
    let mut started: FlowStarted = serde_json::from_str(STARTED).unwrap();
    text.clone_into(&mut started.qr.as_mut().unwrap().text);
    Arc::new(Prompt::from(&started))
}

pub(crate) const STARTED: &str = r#"{"flow_id":"aZ09-_aZ09-_aZ09-_aZ09","poll_token":"secret-token",
    "qr":{"text":"https://h5.dingtalk.com/x","size":37,"path":"M0 0h7v7h-7z"},"user_code":"MUEU-DEKR-5TN3",
    "expires_in":600,"interval":2,"brand":"OpenClaw","simulated":true,"state":{"status":"pending"}}"#;

pub(crate) fn app() -> AppSaved {
    AppSaved {
        app: "support-bot".to_owned(),
        client_id: "ding-1".to_owned(),
        hint: "Xy••••".to_owned(),
        saved_to: vec![Sink::Store, Sink::EnvFile],
        verified: true,
        findings: Vec::new(),
        revealable: false,
    }
}

/// What the backend answers to `POST /logins`, with the fields `door`.
pub(crate) fn login_started(door: &str) -> String {
    format!(r#"{{"status":201,"body":{}}}"#, login_body(door))
}

pub(crate) fn login_body(door: &str) -> String {
    format!(
        r#"{{"flow_id":"aZ09-_aZ09-_aZ09-_aZ09","poll_token":"secret-token","expires_in":600,"interval":2,
            "state":{{"status":"pending"}},{door}}}"#
    )
}

pub(crate) const QR_DOOR: &str =
    r#""door":{"method":"qr"},"qr":{"text":"https://qr.example.com/d/abc","size":29,"path":"M0 0h7v7h-7z"}"#;

pub(crate) fn login_prompt(door: &str) -> Arc<Prompt> {
    let started: FlowStarted = serde_json::from_str(&login_body(door)).unwrap();
    Arc::new(Prompt::from(&started))
}

/// The answer of the backend that somebody has signed in, with the fields `rest`.
pub(crate) fn authenticated(rest: &str) -> String {
    format!(
        r#"{{"status":200,"body":{{"status":"authenticated","expires_in":0,{rest}
            "identity":{{"user_id":"u1","name":"Ada","email":"ada@example.com"}}}}}}"#
    )
}

pub(crate) const SESSION: &str = r#"{"status":200,"body":{"expires_in":604800,
    "identity":{"user_id":"u1","name":"Ada","email":"ada@example.com"}}}"#;

/// The answer to `GET /session` where nobody is signed in.
pub(crate) const NOBODY: &str = r#"{"status":204}"#;

pub(crate) fn problem(status: u16, code: &str) -> String {
    format!(
        r#"{{"status":{status},"body":{{"type":"about:blank","title":"","status":{status},"code":"{code}"}}}}"#
    )
}

pub(crate) fn fire(event: &str) {
    window().dispatch_event(&web_sys::Event::new(event).unwrap()).unwrap();
}

/// How many panels keep something in this tab.
pub(crate) fn kept() -> u32 {
    storage().length().unwrap()
}

pub(crate) fn storage() -> web_sys::Storage {
    window().session_storage().unwrap().unwrap()
}

pub(crate) fn js(script: &str) -> wasm_bindgen::JsValue {
    js_sys::eval(script).unwrap()
}

/// The address of the page from the path on; put back when this is dropped.
pub(crate) struct Address(String);

impl Address {
    pub(crate) fn set(address: &str) -> Self {
        let before = Self::current();
        Self::replace(address);
        Self(before)
    }

    pub(crate) fn current() -> String {
        js("location.pathname + location.search + location.hash").as_string().unwrap()
    }

    fn replace(address: &str) {
        js(&format!("history.replaceState(null, '', {address:?})"));
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        Self::replace(&self.0);
    }
}
