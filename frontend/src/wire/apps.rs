use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{Malformed, Object};

/// An app whose credentials the backend holds, as far as it is shown to choose one.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct KnownApp {
    /// The name under which it is kept.
    pub name: String,
    /// What people call it, where that is known.
    pub title: Option<String>,
    /// The app's client id.
    pub client_id: String,
    /// The first characters of the secret, and dots.
    pub hint: String,
    /// Whether DingTalk accepted the credentials.
    pub verified: bool,
}

/// Reads the apps of an `AppList`.
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn known_apps(value: &JsValue) -> Result<Vec<KnownApp>, Malformed> {
    let apps = Object::new(value).field("apps");
    if !Array::is_array(&apps) {
        return Err(Malformed { field: "apps" });
    }
    Array::from(&apps).iter().map(|app| known_app(&app)).collect()
}

fn known_app(value: &JsValue) -> Result<KnownApp, Malformed> {
    let object = Object::new(value);
    object.checked(KnownApp {
        name: object.text("app"),
        title: object.optional_text("title"),
        client_id: object.text("client_id"),
        hint: object.text("hint"),
        verified: object.flag("verified"),
    })
}
