//! A code from DingTalk's workspace, through its script (DingTalk's page 获取微应用免登授权码).
//!
//! 1. Unless the page has `window.dd`, its script is loaded, once for all panels.
//! 2. `dd.requestAuthCode` is asked; where it is missing, `dd.runtime.permission.requestAuthCode`, which is deprecated and
//!    what older clients have.

use crate::dom::{document, window};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlScriptElement;

use crate::method::contains;
use crate::phase::WorkspaceFailure;
use crate::task::wait;
use crate::wire::{Object, object};

/// How long the script may take.
const PATIENCE_MILLIS: u32 = 10_000;

/// DingTalk's word for: the organisation has no app on this domain.
const UNKNOWN_DOMAIN: f64 = 3.0;

/// Marks our script, so that several panels load it once.
const MARK: &str = "data-dingtalk-qr";
const MARKED: &str = "script[data-dingtalk-qr]";

/// Asks DingTalk for a code.
pub(super) async fn code(
    client_id: &str,
    corp_id: &str,
    script_url: &str,
) -> Result<String, WorkspaceFailure> {
    let dd = match dd() {
        Some(dd) => dd,
        None => load(script_url).await.ok_or(WorkspaceFailure::Unavailable)?,
    };
    let corp = ("corpId", JsValue::from(corp_id));
    let current = ask(&dd, &["requestAuthCode"], &[corp.clone(), ("clientId", client_id.into())]).await;
    match current {
        Err(WorkspaceFailure::Unavailable) => {
            ask(&dd, &["runtime", "permission", "requestAuthCode"], &[corp]).await
        }
        Ok(_) | Err(WorkspaceFailure::UnknownDomain | WorkspaceFailure::Refused) => current,
    }
}

fn dd() -> Option<JsValue> {
    let dd = Object::new(&window()).field("dd");
    dd.is_truthy().then_some(dd)
}

/// Loads the script. Several panels may wait for the same one.
async fn load(url: &str) -> Option<JsValue> {
    let script = match document().query_selector(MARKED).ok()? {
        Some(script) => script.unchecked_into(),
        None => insert(url)?,
    };
    let settled = |settled: &Function| {
        drop(script.add_event_listener_with_callback("load", settled));
        drop(script.add_event_listener_with_callback("error", settled));
    };
    wait(PATIENCE_MILLIS, settled).await;
    let dd = dd();
    if dd.is_none() {
        // The next attempt begins anew.
        script.remove();
    }
    dd
}

fn insert(url: &str) -> Option<HtmlScriptElement> {
    let script: HtmlScriptElement = document().create_element("script").ok()?.unchecked_into();
    script.set_attribute(MARK, "").ok()?;
    script.set_src(url);
    document().head()?.append_child(&script).ok()?;
    Some(script)
}

/// Calls the function at `path`. Its callbacks are those of a promise, which nobody need wait for.
async fn ask(dd: &JsValue, path: &[&str], asked: &[(&str, JsValue)]) -> Result<String, WorkspaceFailure> {
    let mut this = JsValue::UNDEFINED;
    let mut found = dd.clone();
    for name in path {
        this = found;
        found = Object::new(&this).field(name);
    }
    let function: Function = found.dyn_into().map_err(|_| WorkspaceFailure::Unavailable)?;
    let answer = Promise::new(&mut |resolve, reject| {
        let argument = object(asked);
        drop(Reflect::set(&argument, &"onSuccess".into(), &resolve));
        drop(Reflect::set(&argument, &"onFail".into(), &reject));
        match function.call1(&this, &argument) {
            Ok(returned) => heed(&returned, &reject),
            Err(error) => drop(reject.call1(&JsValue::UNDEFINED, &error)),
        }
    });
    let answer = JsFuture::from(answer).await.map_err(|error| failure(&error))?;
    Object::new(&answer).optional_text("code").ok_or(WorkspaceFailure::Refused)
}

/// Recent scripts return a promise as well, whose refusal would otherwise count as unhandled.
fn heed(returned: &JsValue, reject: &Function) {
    if let Ok(then) = Object::new(returned).field("then").dyn_into::<Function>() {
        drop(then.call2(returned, &JsValue::UNDEFINED, reject));
    }
}

fn failure(error: &JsValue) -> WorkspaceFailure {
    let error = Object::new(error);
    let code = error.field("errorCode");
    let text = error.optional_text("errorMessage").or_else(|| error.optional_text("message"));
    // A number in some clients, text in others.
    if code.as_f64() == Some(UNKNOWN_DOMAIN) || code.as_string().as_deref() == Some("3") {
        WorkspaceFailure::UnknownDomain
    } else if text.is_some_and(|text| is_absence(&text)) {
        WorkspaceFailure::Unavailable
    } else {
        WorkspaceFailure::Refused
    }
}

/// Clients that lack a function say so in words (observed, not documented).
fn is_absence(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["not support", "not implement", "notindingtalk", "不支持"].iter().any(|word| contains(&text, word))
}
