//! The flow in `sessionStorage`, so that a reload of the tab goes on with the same code, and a login that was at
//! DingTalk with the same flow.
//!
//! One key for each kind, backend, app and method: `dingtalk-qr:{backend}:{app_name}` for registrations,
//! `dingtalk-qr-login:{method}:{backend}:{app}:{corp_id}` for logins; the second such panel of a page has `#2` behind it.
//! It holds what the backend answered when the flow
//! began, the poll token included, and the deadline by this browser's clock. It is removed when the flow ends, is
//! cancelled, or the panel is unmounted. Credentials, codes and tickets are never in it.

// The element names places, and gives them away, before there is WebAssembly.
#[cfg(any(feature = "leptos", not(feature = "element")))]
mod claim;

use crate::dom::window;
use js_sys::{JSON, Reflect};
use web_sys::Storage;

use crate::wire::{Begun, Object, to_json};
#[cfg(any(feature = "leptos", not(feature = "element")))]
pub(crate) use claim::{login, registration};

/// What is kept beside the backend's answer.
const DEADLINE: &str = "deadline";
const LEFT: &str = "left";

/// The place of one panel in `sessionStorage`.
pub(crate) struct Resume {
    key: String,
}

/// What was found in it.
pub(crate) enum Kept {
    Flow(Box<Resumed>),
    /// The browser was sent to DingTalk without a flow.
    Departure,
}

/// A flow that was found again.
pub(crate) struct Resumed {
    pub(crate) begun: Begun,
    /// Milliseconds since 1970.
    pub(crate) deadline: f64,
    pub(crate) place: Place,
}

/// Where the browser was sent when the flow was kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    Here,
    DingTalk,
}

impl Resume {
    /// Takes `place`, which somebody has claimed.
    pub(crate) fn at(place: String) -> Self {
        Self { key: place }
    }

    /// Keeps a flow. Failing to do so costs nothing but the resumption.
    pub(crate) fn save(&self, begun: &Begun, deadline: f64, place: Place) {
        drop(Reflect::set(&begun.json, &DEADLINE.into(), &deadline.into()));
        drop(Reflect::set(&begun.json, &LEFT.into(), &(place == Place::DingTalk).into()));
        if let Ok(text) = JSON::stringify(&begun.json) {
            self.keep(&String::from(text));
        }
    }

    /// Remembers that the browser was sent to DingTalk without a flow.
    pub(crate) fn depart(&self) {
        self.keep(&to_json(&[("departed", true.into())]));
    }

    /// Returns what was kept, unless its time was over at `now`.
    pub(crate) fn load(&self, now: f64) -> Option<Kept> {
        let text = storage()?.get_item(&self.key).ok()??;
        let json = JSON::parse(&text).ok()?;
        let object = Object::new(&json);
        if object.field("departed").is_truthy() {
            return Some(Kept::Departure);
        }
        let deadline = object.field(DEADLINE).as_f64()?;
        let place = if object.field(LEFT).is_truthy() { Place::DingTalk } else { Place::Here };
        let begun = Begun::read(json).ok()?;
        (now < deadline).then(|| Kept::Flow(Box::new(Resumed { begun, deadline, place })))
    }

    pub(crate) fn forget(&self) {
        if let Some(storage) = storage() {
            drop(storage.remove_item(&self.key));
        }
    }

    fn keep(&self, text: &str) {
        if let Some(storage) = storage() {
            drop(storage.set_item(&self.key, text));
        }
    }
}

/// Returns nothing where the browser forbids storage.
fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}
