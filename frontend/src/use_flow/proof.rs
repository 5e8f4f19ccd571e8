//! The proof that DingTalk's answer brings to a page of another origin, in the fragment of its address.
//!
//! It is taken out of the address at once, by whichever panel comes first, and kept for a moment for the panel beside it
//! whose flow was sent to DingTalk. If there is none, it is somebody else's and forgotten.

use std::cell::RefCell;

use crate::dom::{address, window};
use crate::task::queue_microtask;
use wasm_bindgen::JsValue;

const PREFIX: &str = "#dingtalk-qr-proof=";

thread_local! {
    static PROOF: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Takes the proof out of the address, if it has one.
pub(super) fn pick_up() {
    let hash = address("hash");
    let Some(proof) = hash.strip_prefix(PREFIX) else { return };
    PROOF.set(Some(proof.to_owned()));
    queue_microtask(Box::new(|| drop(take())));
    let page = address("pathname") + &address("search");
    if let Ok(history) = window().history() {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(&page)));
    }
}

/// Returns the proof that was picked up, once.
pub(super) fn take() -> Option<String> {
    PROOF.take()
}
