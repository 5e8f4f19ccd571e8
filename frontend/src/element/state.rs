//! A [`Phase`] as JavaScript sees it: the backend's `FlowState` where there is one, and what only the page knows.

use dingtalk_qr_shared::{AppSaved, Identity, SignedIn, Sink};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::phase::{Failure, Phase, WorkspaceFailure};
use crate::wire::{error_code_name, object, optional};

pub(super) fn of(phase: &Phase) -> JsValue {
    let (status, fields): (_, Vec<(&str, JsValue)>) = match phase {
        Phase::Idle => ("idle", vec![]),
        Phase::Starting => ("starting", vec![]),
        Phase::Ready(_) => ("pending", vec![]),
        Phase::Leaving(_) => ("leaving", vec![]),
        Phase::Scanned { number, .. } => ("scanned", vec![("number", (*number).into())]),
        Phase::Confirming(_) => ("confirming", vec![]),
        Phase::Creating(_) => ("creating", vec![]),
        Phase::ApprovalPending { client_id, .. } => {
            ("approval_pending", vec![("client_id", client_id.into())])
        }
        Phase::Created(app) => ("created", created(app)),
        Phase::Authenticated(signed_in) => ("authenticated", authenticated(signed_in)),
        Phase::Denied { reason } => ("denied", vec![("reason", optional(reason.as_deref()))]),
        Phase::Expired(_) => ("expired", vec![]),
        Phase::Cancelled => ("cancelled", vec![]),
        Phase::Failed(failure) => ("failed", failed(failure)),
        Phase::OperatorRequired => ("operator_required", vec![]),
    };
    let mut all = vec![("status", status.into())];
    all.extend(fields);
    object(&all)
}

fn created(app: &AppSaved) -> Vec<(&'static str, JsValue)> {
    let saved_to: Array = app.saved_to.iter().map(|sink| JsValue::from(sink_name(*sink))).collect();
    let findings: Array = app.findings.iter().map(|code| JsValue::from(error_code_name(*code))).collect();
    vec![
        ("app", (&app.app).into()),
        ("client_id", (&app.client_id).into()),
        ("hint", (&app.hint).into()),
        ("saved_to", saved_to.into()),
        ("verified", app.verified.into()),
        ("findings", findings.into()),
    ]
}

fn sink_name(sink: Sink) -> &'static str {
    match sink {
        Sink::Store => "store",
        Sink::EnvFile => "env_file",
        Sink::Webhook => "webhook",
        Sink::Unknown => "unknown",
    }
}

fn authenticated(signed_in: &SignedIn) -> Vec<(&'static str, JsValue)> {
    let Identity { user_id, name, email, avatar_url, corp_id, admin } = &signed_in.identity;
    let identity = object(&[
        ("user_id", user_id.into()),
        ("name", name.into()),
        ("email", email.into()),
        ("avatar_url", optional(avatar_url.as_deref())),
        ("corp_id", optional(corp_id.as_deref())),
        ("admin", (*admin).into()),
    ]);
    vec![("identity", identity), ("ticket", optional(signed_in.ticket.as_deref()))]
}

fn failed(failure: &Failure) -> Vec<(&'static str, JsValue)> {
    match failure {
        Failure::Unreachable => vec![("code", "unreachable".into())],
        Failure::Code { code, retry_after } => {
            let retry_after = retry_after.map_or(JsValue::UNDEFINED, Into::into);
            vec![("code", error_code_name(*code).into()), ("retry_after", retry_after)]
        }
        Failure::Workspace(failure) => vec![("code", workspace(*failure).into())],
    }
}

fn workspace(failure: WorkspaceFailure) -> &'static str {
    match failure {
        WorkspaceFailure::Unavailable => "workspace_unavailable",
        WorkspaceFailure::UnknownDomain => "workspace_unknown_domain",
        WorkspaceFailure::Refused => "workspace_refused",
    }
}
