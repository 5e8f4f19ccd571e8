//! The component in a real browser.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "tests")]

pub mod apps;
pub mod contract;
pub mod flow;
pub mod frame;
pub mod login;
pub mod login_panel;
pub mod panel;
pub mod redirect;
pub mod reveal;
pub mod site;
mod support;
pub mod workspace;

/// The standalone page, which is no part of the library.
#[path = "../../src"]
mod standalone {
    pub(crate) mod page;
}

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
