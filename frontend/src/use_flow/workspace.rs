//! A code from DingTalk's workspace, through its script (DingTalk's page 获取微应用免登授权码).
//!
//! 1. Unless the page has `window.dd`, its script is loaded, once for all panels.
//! 2. `dd.requestAuthCode` is asked; where it is missing, `dd.runtime.permission.requestAuthCode`, which is deprecated and
//!    what older clients have.

use crate::dom::{document, window};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::method::contains;
use crate::phase::WorkspaceFailure;
use crate::task::{Step, settled};
use crate::wire::{Object, object};

/// How long the script may take.
const PATIENCE_MILLIS: u32 = 10_000;

/// DingTalk's word for: the organisation has no app on this domain.
const UNKNOWN_DOMAIN: f64 = 3.0;

/// Marks our script, so that several panels load it once.
const MARK: &str = "data-dingtalk-qr";
const MARKED: &str = "script[data-dingtalk-qr]";

/// Whom the code is for.
pub(super) struct App {
    pub(super) client_id: String,
    pub(super) corp_id: String,
}

type Code = Result<String, WorkspaceFailure>;

/// Is told what came of it.
type Done = Box<dyn FnOnce(Code)>;

/// Asks DingTalk for a code.
pub(super) fn code(app: App, script_url: &str, done: Done) -> Step {
    if let Some(dd) = dd() {
        return ask(dd, app, done);
    }
    let Some(script) = script(script_url) else {
        done(Err(WorkspaceFailure::Unavailable));
        return Step::End;
    };
    let (loading, patience) = load(&script);
    Step::after(
        settled(loading),
        Box::new(move |_| {
            drop(patience);
            if let Some(dd) = dd() {
                return ask(dd, app, done);
            }
            // The next attempt begins anew.
            script.remove();
            done(Err(WorkspaceFailure::Unavailable));
            Step::End
        }),
    )
}

fn dd() -> Option<JsValue> {
    let dd = Object::new(&window()).field("dd");
    dd.is_truthy().then_some(dd)
}

/// Returns the script, which several panels may wait for.
fn script(url: &str) -> Option<Element> {
    match document().query_selector(MARKED).ok()? {
        Some(script) => Some(script),
        None => insert(url),
    }
}

/// Returns what is settled once the script is there or will not come, and the timer of the latter.
fn load(script: &Element) -> (Promise, Option<Timeout>) {
    let mut patience = None;
    let loading = Promise::new(&mut |resolve, _| {
        drop(script.add_event_listener_with_callback("load", &resolve));
        drop(script.add_event_listener_with_callback("error", &resolve));
        patience = Some(Timeout::new(PATIENCE_MILLIS, move || drop(resolve.call0(&JsValue::UNDEFINED))));
    });
    (loading, patience)
}

fn insert(url: &str) -> Option<Element> {
    let script = document().create_element("script").ok()?;
    script.set_attribute(MARK, "").ok()?;
    script.set_attribute("src", url).ok()?;
    document().head()?.append_child(&script).ok()?;
    Some(script)
}

fn ask(dd: JsValue, app: App, done: Done) -> Step {
    let corp = ("corpId", JsValue::from(app.corp_id));
    let asked = [corp.clone(), ("clientId", app.client_id.into())];
    let current = call(&dd, &["requestAuthCode"], &asked);
    answer(
        current,
        Box::new(move |code| match code {
            Err(WorkspaceFailure::Unavailable) => {
                let older = call(&dd, &["runtime", "permission", "requestAuthCode"], &[corp]);
                answer(older, Box::new(move |code| end(done, code)))
            }
            Ok(_) | Err(WorkspaceFailure::UnknownDomain | WorkspaceFailure::Refused) => end(done, code),
        }),
    )
}

fn end(done: Done, code: Code) -> Step {
    done(code);
    Step::End
}

/// Waits for what a function says, if there is one.
fn answer(promise: Option<Promise>, next: Box<dyn FnOnce(Code) -> Step>) -> Step {
    let Some(promise) = promise else { return next(Err(WorkspaceFailure::Unavailable)) };
    Step::after(
        settled(promise),
        Box::new(move |answer| {
            next(match answer {
                Ok(answer) => Object::new(&answer).optional_text("code").ok_or(WorkspaceFailure::Refused),
                Err(error) => Err(failure(&error)),
            })
        }),
    )
}

/// Calls the function at `path`, if there is one. Its callbacks are those of a promise, which nobody need wait for.
fn call(dd: &JsValue, path: &[&str], asked: &[(&str, JsValue)]) -> Option<Promise> {
    let mut this = JsValue::UNDEFINED;
    let mut found = dd.clone();
    for name in path {
        this = found;
        found = Object::new(&this).field(name);
    }
    let function: Function = found.dyn_into().ok()?;
    Some(Promise::new(&mut |resolve, reject| {
        let argument = object(asked);
        drop(Reflect::set(&argument, &"onSuccess".into(), &resolve));
        drop(Reflect::set(&argument, &"onFail".into(), &reject));
        match function.call1(&this, &argument) {
            Ok(returned) => heed(&returned, &reject),
            Err(error) => drop(reject.call1(&JsValue::UNDEFINED, &error)),
        }
    }))
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
