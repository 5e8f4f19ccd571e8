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
    object.checked(app(&object))
}

pub(super) fn app(object: &Object<'_>) -> AppSaved {
    AppSaved {
        app: object.text("app"),
        client_id: object.text("client_id"),
        hint: object.text("hint"),
        saved_to: object.each("saved_to", code::sink),
        verified: object.flag("verified"),
        findings: if object.field("findings").is_undefined() {
            Vec::new()
        } else {
            object.each("findings", code::error_code)
        },
        revealable: object.optional_flag("revealable"),
    }
}
