use dingtalk_qr_shared::{FlowId, FlowStarted, FlowState, FlowUpdate, Qr};
use wasm_bindgen::JsValue;

use super::{Malformed, Object, app_saved, code, login};

/// A flow that has begun, with the answer that said so: it is kept as it came.
pub(crate) struct Begun {
    pub(crate) started: FlowStarted,
    pub(crate) json: JsValue,
}

impl Begun {
    pub(crate) fn read(json: JsValue) -> Result<Self, Malformed> {
        Ok(Self { started: flow_started(&json)?, json })
    }
}

/// Reads a [`FlowStarted`].
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn flow_started(value: &JsValue) -> Result<FlowStarted, Malformed> {
    let object = Object::new(value);
    Ok(FlowStarted {
        flow_id: flow_id(&object)?,
        poll_token: object.text("poll_token")?,
        qr: if_there(&object.field("qr"), qr)?,
        user_code: object.optional_text("user_code"),
        door: if_there(&object.field("door"), login::door)?,
        expires_in: object.number("expires_in")?,
        interval: object.number("interval")?,
        brand: object.optional_text("brand"),
        simulated: object.optional_flag("simulated")?,
        state: flow_state(&object.field("state"))?,
    })
}

/// Reads a [`FlowUpdate`].
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn flow_update(value: &JsValue) -> Result<FlowUpdate, Malformed> {
    let object = Object::new(value);
    Ok(FlowUpdate {
        state: flow_state(value)?,
        expires_in: object.number("expires_in")?,
        reconnecting: object.optional_flag("reconnecting")?,
    })
}

fn flow_state(value: &JsValue) -> Result<FlowState, Malformed> {
    let object = Object::new(value);
    Ok(match object.text("status")?.as_str() {
        "pending" => FlowState::Pending,
        "scanned" => FlowState::Scanned { number: number(&object)? },
        "creating" => FlowState::Creating,
        "approval_pending" => FlowState::ApprovalPending { client_id: object.text("client_id")? },
        "created" => FlowState::Created(app_saved(value)?),
        "authenticated" => FlowState::Authenticated(login::signed_in(value)?),
        "denied" => FlowState::Denied { reason: object.optional_text("reason") },
        "expired" => FlowState::Expired,
        "cancelled" => FlowState::Cancelled,
        "failed" => FlowState::Failed { code: code::error_code(&object.text("code")?) },
        _ => FlowState::Unknown,
    })
}

fn flow_id(object: &Object<'_>) -> Result<FlowId, Malformed> {
    FlowId::try_from(object.text("flow_id")?).map_err(|_| Malformed { field: "flow_id" })
}

fn qr(value: &JsValue) -> Result<Qr, Malformed> {
    let object = Object::new(value);
    Ok(Qr { text: object.text("text")?, size: object.number("size")?, path: object.text("path")? })
}

fn number(object: &Object<'_>) -> Result<u8, Malformed> {
    u8::try_from(object.number("number")?).map_err(|_| Malformed { field: "number" })
}

/// Reads what may be missing.
fn if_there<T>(value: &JsValue, read: fn(&JsValue) -> Result<T, Malformed>) -> Result<Option<T>, Malformed> {
    if value.is_undefined() || value.is_null() { Ok(None) } else { read(value).map(Some) }
}
