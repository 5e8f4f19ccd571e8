use dingtalk_qr_shared::{FlowId, FlowStarted, FlowState, FlowUpdate, Qr};
use wasm_bindgen::JsValue;

use super::app::app;
use super::{Malformed, Object, code, login};

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
    let flow_id = FlowId::try_from(object.text("flow_id")).map_err(|_| Malformed { field: "flow_id" })?;
    object.checked(FlowStarted {
        flow_id,
        poll_token: object.text("poll_token"),
        qr: object.optional_inner("qr", qr),
        user_code: object.optional_text("user_code"),
        door: object.optional_inner("door", login::door),
        expires_in: object.number("expires_in"),
        interval: object.number("interval"),
        brand: object.optional_text("brand"),
        simulated: object.optional_flag("simulated"),
        state: object.inner("state", flow_state),
    })
}

/// Reads a [`FlowUpdate`].
///
/// # Errors
///
/// Names the first field that is missing or malformed.
pub fn flow_update(value: &JsValue) -> Result<FlowUpdate, Malformed> {
    let object = Object::new(value);
    object.checked(FlowUpdate {
        state: flow_state(&object),
        expires_in: object.number("expires_in"),
        reconnecting: object.optional_flag("reconnecting"),
    })
}

fn flow_state(object: &Object<'_>) -> FlowState {
    match object.text("status").as_str() {
        "pending" => FlowState::Pending,
        "scanned" => FlowState::Scanned { number: object.number("number") },
        "creating" => FlowState::Creating,
        "approval_pending" => FlowState::ApprovalPending { client_id: object.text("client_id") },
        "created" => FlowState::Created(app(object)),
        "authenticated" => FlowState::Authenticated(login::signed_in(object)),
        "denied" => FlowState::Denied { reason: object.optional_text("reason") },
        "expired" => FlowState::Expired,
        "cancelled" => FlowState::Cancelled,
        "failed" => FlowState::Failed { code: code::error_code(&object.text("code")) },
        _ => FlowState::Unknown,
    }
}

fn qr(object: &Object<'_>) -> Qr {
    Qr { text: object.text("text"), size: object.number("size"), path: object.text("path") }
}
