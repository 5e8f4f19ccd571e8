use dingtalk_qr_shared::AppSaved;
use wasm_bindgen::JsValue;

use super::{Malformed, Object, code};

/// Reads an [`AppSaved`].
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn app_saved(value: &JsValue) -> Result<AppSaved, Malformed> {
    let object = Object::new(value);
    Ok(AppSaved {
        app: object.text("app")?,
        client_id: object.text("client_id")?,
        hint: object.text("hint")?,
        saved_to: object.texts("saved_to")?.iter().map(|name| code::sink(name)).collect(),
        verified: object.flag("verified")?,
        findings: object.optional_texts("findings")?.iter().map(|name| code::error_code(name)).collect(),
    })
}
