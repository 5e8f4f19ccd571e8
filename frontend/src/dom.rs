//! The page, as the rest of the crate asks for it.

use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{Document, Event, Window};

pub(crate) fn window() -> Window {
    web_sys::window().expect_throw("the widget runs in a page")
}

pub(crate) fn document() -> Document {
    window().document().expect_throw("a page has a document")
}

/// Returns the element at which `event` has happened.
pub(crate) fn target<T: JsCast>(event: &Event) -> T {
    event.target().expect_throw("an event that is heard has happened somewhere").unchecked_into()
}
