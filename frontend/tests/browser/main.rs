//! The component in a real browser.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "tests")]

pub mod contract;
pub mod flow;
pub mod panel;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
