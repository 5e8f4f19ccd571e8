//! The backend's page in a frame: it asks for the flow, and signs the person in by itself.

use std::rc::Rc;

use js_sys::Object as JsObject;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlIFrameElement, MessageEvent, Url};

use super::driver::{Driver, Held};
use crate::listener::Listener;
use crate::phase::{Failure, Phase};
use crate::wire::{self, Object};
use dingtalk_qr_shared::Door;

const READY: &str = "dingtalk-qr:frame-ready";
const FLOW: &str = "dingtalk-qr:flow";
const FAILED: &str = "dingtalk-qr:frame-failed";

impl Driver {
    /// Answers the page in `frame` until the flow ends.
    pub(super) fn serve_frame(self: &Rc<Self>, frame: HtmlIFrameElement) {
        let driver = Rc::clone(self);
        self.hold(Held::Listener(Listener::new("message", move |event| {
            driver.hear_frame(&frame, event.unchecked_ref());
        })));
    }

    /// Anybody may send a message here, so it counts only from this very frame while the backend's page is in it.
    fn hear_frame(&self, frame: &HtmlIFrameElement, message: &MessageEvent) {
        let Some(origin) = self.frame_origin() else { return };
        let Some(page) = frame.content_window() else { return };
        let is_ours = message.source().is_some_and(|source| JsObject::is(&source, &page));
        if !is_ours || message.origin() != origin {
            return;
        }
        let data = message.data();
        let data = Object::new(&data);
        match data.optional_text("type").as_deref() {
            Some(READY) => {
                if let Some(flow) = self.flow_for_frame() {
                    drop(page.post_message(&flow, &origin));
                }
            }
            Some(FAILED) => {
                let code = wire::error_code(&data.optional_text("code").unwrap_or_default());
                self.fail(Failure::from(code));
            }
            _ => {}
        }
    }

    fn frame_origin(&self) -> Option<String> {
        let prompt = self.standing.phase.peek(Phase::prompt)?;
        let Some(Door::Frame { url }) = &prompt.door else { return None };
        Some(Url::new(url).ok()?.origin())
    }

    fn flow_for_frame(&self) -> Option<JsValue> {
        let flow = self.flow.borrow();
        let flow = flow.as_ref()?;
        Some(wire::object(&[
            ("type", FLOW.into()),
            ("flow_id", flow.ticket.flow_id.as_str().into()),
            ("poll_token", flow.ticket.poll_token.as_str().into()),
        ]))
    }
}
