use dingtalk_qr_shared::LoginMethod;
use leptos::prelude::*;

use super::action::TakesFocus;
use super::{Cx, button};
use crate::el::{El, Words, el};
use crate::messages::Messages;
use crate::phase::{Failure, Phase, WorkspaceFailure};

/// Why the flow ended with nothing, and the ways on: never a dead end.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    let again = move || {
        let is_cancelled = cx.flow.phase.with(|phase| matches!(phase, Phase::Cancelled));
        if is_cancelled { cx.messages().start_again } else { cx.messages().retry }
    };
    let retry = button("dtqr-button dtqr-primary", Words::live(again), move || cx.flow.start.run(()));
    vec![
        el("div", "dtqr-text").live(move || cx.flow.phase.with(|phase| explanation(cx, phase))),
        el("div", "dtqr-actions dtqr-column").with([TakesFocus::IfUsed.on(cx, retry)]).with(other_ways(cx)),
    ]
}

fn other_ways(cx: Cx) -> Vec<El> {
    match cx.flow.method.get_untracked() {
        None => {
            vec![button("dtqr-button", cx.text(|texts| texts.by_hand), move || cx.by_hand.set(true))]
        }
        Some(LoginMethod::Qr) => vec![continue_here(cx)],
        Some(LoginMethod::Redirect) => vec![use_qr(cx)],
        Some(LoginMethod::Frame | LoginMethod::Workspace) => vec![use_qr(cx), continue_here(cx)],
    }
}

fn use_qr(cx: Cx) -> El {
    cx.switch(|texts| texts.login.use_qr, LoginMethod::Qr)
}

fn continue_here(cx: Cx) -> El {
    cx.switch(|texts| texts.login.continue_here, LoginMethod::Redirect)
}

fn explanation(cx: Cx, phase: &Phase) -> Vec<El> {
    let texts = cx.messages();
    let line = |text: &'static str| el("p", "").text(text);
    match phase {
        Phase::Denied { reason: None } => vec![line(denied(cx, texts))],
        Phase::Denied { reason: Some(reason) } => vec![
            line(denied(cx, texts)),
            line(texts.denied_reason),
            el("blockquote", "dtqr-quote").text(reason.clone()),
        ],
        Phase::Expired(_) => vec![line(texts.login.expired_body)],
        Phase::Cancelled if cx.is_login() => vec![line(texts.login.cancelled_body)],
        Phase::Cancelled => vec![line(texts.cancelled_body)],
        Phase::OperatorRequired => vec![line(texts.operator_body)],
        Phase::Failed(Failure::Unreachable) => vec![line(texts.unreachable)],
        Phase::Failed(Failure::Workspace(failure)) => vec![line(workspace(*failure, texts))],
        Phase::Failed(Failure::Code { code, retry_after: None }) => vec![line(cx.failure(*code))],
        Phase::Failed(Failure::Code { code, retry_after: Some(seconds) }) => {
            vec![line(cx.failure(*code)), el("p", "").text((texts.retry_after)(*seconds))]
        }
        Phase::Idle
        | Phase::Starting
        | Phase::Ready(_)
        | Phase::Leaving(_)
        | Phase::Scanned { .. }
        | Phase::Confirming(_)
        | Phase::Creating(_)
        | Phase::ApprovalPending { .. }
        | Phase::Created(_)
        | Phase::Authenticated(_) => Vec::new(),
    }
}

fn denied(cx: Cx, texts: &'static Messages) -> &'static str {
    if cx.is_login() { texts.login.denied_body } else { texts.denied_body }
}

fn workspace(failure: WorkspaceFailure, texts: &'static Messages) -> &'static str {
    match failure {
        WorkspaceFailure::Unavailable => texts.login.workspace_unavailable,
        WorkspaceFailure::UnknownDomain => texts.login.workspace_domain,
        WorkspaceFailure::Refused => texts.login.workspace_refused,
    }
}
