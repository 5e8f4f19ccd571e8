//! The flow in `sessionStorage`, so that a reload of the tab goes on with the same code.
//!
//! One key for each backend and app name, `dingtalk-qr:{backend}:{app_name}`. It holds what the backend answered when
//! the flow began, the poll token included, and the deadline by this browser's clock. It is removed when the flow
//! ends, is cancelled, or the panel is unmounted. Credentials of an app are never in it.

use dingtalk_qr_shared::FlowStarted;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use web_sys::Storage;

use crate::wire::{self, Object, to_json};

/// The place of one panel in `sessionStorage`.
pub(crate) struct Resume {
    key: String,
}

/// A flow that was found again.
pub(crate) struct Resumed {
    pub(crate) started: FlowStarted,
    /// Milliseconds since 1970.
    pub(crate) deadline: f64,
}

impl Resume {
    pub(crate) fn new(backend: &str, app_name: Option<&str>) -> Self {
        Self { key: format!("dingtalk-qr:{backend}:{}", app_name.unwrap_or_default()) }
    }

    /// Keeps a flow. Failing to do so costs nothing but the resumption.
    pub(crate) fn save(&self, started: &FlowStarted, deadline: f64) {
        if let Some(storage) = storage() {
            drop(storage.set_item(&self.key, &write(started, deadline)));
        }
    }

    /// Returns the flow that was kept, unless its time was over at `now`.
    pub(crate) fn load(&self, now: f64) -> Option<Resumed> {
        let text = storage()?.get_item(&self.key).ok()??;
        let value = js_sys::JSON::parse(&text).ok()?;
        let deadline = Object::new(&value).field("deadline").as_f64()?;
        let started = wire::flow_started(&value).ok()?;
        (now < deadline).then_some(Resumed { started, deadline })
    }

    pub(crate) fn forget(&self) {
        if let Some(storage) = storage() {
            drop(storage.remove_item(&self.key));
        }
    }
}

/// Returns nothing where the browser forbids storage.
fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}

fn write(started: &FlowStarted, deadline: f64) -> String {
    let qr = wire::object(&[
        ("text", started.qr.text.as_str().into()),
        ("size", started.qr.size.into()),
        ("path", started.qr.path.as_str().into()),
    ]);
    to_json(&[
        ("flow_id", started.flow_id.as_str().into()),
        ("poll_token", started.poll_token.as_str().into()),
        ("qr", qr),
        ("user_code", started.user_code.as_str().into()),
        ("expires_in", started.expires_in.into()),
        ("interval", started.interval.into()),
        ("brand", started.brand.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str)),
        ("simulated", started.simulated.into()),
        ("state", wire::object(&[("status", "pending".into())])),
        ("deadline", deadline.into()),
    ])
}
