//! The page, as the rest of the crate asks for it.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{Document, Event, Window};

use crate::wire::Object;

#[wasm_bindgen]
extern "C" {
    /// `web_sys::window` looks for it in four places.
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
}

pub(crate) fn window() -> Window {
    WINDOW.with(Clone::clone)
}

/// Returns a part of the address of the page, such as `search`.
pub(crate) fn address(part: &str) -> String {
    Object::new(&window().location()).optional_text(part).unwrap_or_default()
}

pub(crate) fn document() -> Document {
    window().document().expect_throw("a page has a document")
}

/// Returns the element at which `event` has happened.
pub(crate) fn target<T: JsCast>(event: &Event) -> T {
    event.target().expect_throw("an event that is heard has happened somewhere").unchecked_into()
}
