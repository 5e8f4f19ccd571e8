//! The shared wire types, read from what `response.json()` gives.
//!
//! serde's decoders are a third of a bundle of this size, so the browser has none; the contract test feeds the same
//! documents to both readers.

mod app;
mod apps;
mod code;
mod flow;
mod login;
mod object;

use dingtalk_qr_shared::Problem;
use wasm_bindgen::JsValue;

pub use app::app_saved;
pub use apps::{KnownApp, known_apps};
pub(crate) use flow::Begun;
pub use flow::{flow_started, flow_update};
pub use login::session;

#[cfg(any(feature = "element", test))]
pub(crate) use code::UNKNOWN_CODE;
pub(crate) use code::{ERROR_CODES, error_code, error_code_name};
pub(crate) use object::{Object, object, optional, to_json};

/// The answer is not what the wire types promise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Malformed {
    /// The first field that is missing or of the wrong kind.
    pub field: &'static str,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "field {} is missing or malformed", self.field)
    }
}

impl std::error::Error for Malformed {}

/// Reads a [`Problem`].
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn problem(value: &JsValue) -> Result<Problem, Malformed> {
    let object = Object::new(value);
    object.checked(Problem {
        kind: object.text("type"),
        title: object.text("title"),
        status: object.number("status"),
        code: code::error_code(&object.text("code")),
        field: object.optional_text("field"),
        request_id: object.optional_text("request_id"),
    })
}
