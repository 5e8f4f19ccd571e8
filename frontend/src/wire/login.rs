use dingtalk_qr_shared::{Door, Identity, Session, SignedIn};
use wasm_bindgen::JsValue;

use super::{Malformed, Object};

/// Reads a [`Session`].
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn session(value: &JsValue) -> Result<Session, Malformed> {
    let object = Object::new(value);
    object.checked(Session {
        identity: object.inner("identity", identity),
        expires_in: object.number("expires_in"),
    })
}

pub(super) fn signed_in(object: &Object<'_>) -> SignedIn {
    SignedIn { identity: object.inner("identity", identity), ticket: object.optional_text("ticket") }
}

pub(super) fn door(object: &Object<'_>) -> Door {
    match object.text("method").as_str() {
        "qr" => Door::Qr,
        "redirect" => Door::Redirect { url: object.text("url") },
        "frame" => Door::Frame { url: object.text("url") },
        "workspace" => Door::Workspace {
            client_id: object.text("client_id"),
            corp_id: object.text("corp_id"),
            script_url: object.text("script_url"),
        },
        _ => Door::Unknown,
    }
}

fn identity(object: &Object<'_>) -> Identity {
    Identity {
        user_id: object.text("user_id"),
        name: object.text("name"),
        email: object.text("email"),
        avatar_url: object.optional_text("avatar_url"),
        corp_id: object.optional_text("corp_id"),
        admin: object.optional_flag("admin"),
    }
}
