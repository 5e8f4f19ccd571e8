use dingtalk_qr_shared::LoginMethod;

use super::action::TakesFocus;
use super::{Cx, button};
use crate::el::{El, Words, el};
use crate::intl;
use crate::messages::Text;
use crate::phase::{Failure, Phase, WorkspaceFailure};

/// Why the flow ended with nothing, and the ways on: never a dead end.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    let again = move || {
        let is_cancelled = cx.phase(|phase| matches!(phase, Phase::Cancelled));
        cx.say(if is_cancelled { Text::StartAgain } else { Text::Retry })
    };
    let retry = button("button.button.primary", Words::live(again), move || cx.start());
    let ways = el("div.actions.column").with(TakesFocus::IfUsed.on(cx, retry));
    vec![
        el("div.text").live(move || cx.phase(|phase| explanation(cx, phase))),
        other_ways(cx).into_iter().fold(ways, El::with),
    ]
}

fn other_ways(cx: Cx) -> Vec<El> {
    match cx.method() {
        None => vec![cx.by_hand()],
        Some(LoginMethod::Qr) => vec![continue_here(cx)],
        Some(LoginMethod::Redirect) => vec![use_qr(cx)],
        Some(LoginMethod::Frame | LoginMethod::Workspace) => vec![use_qr(cx), continue_here(cx)],
    }
}

fn use_qr(cx: Cx) -> El {
    cx.switch(Text::LoginUseQr, LoginMethod::Qr)
}

fn continue_here(cx: Cx) -> El {
    cx.switch(Text::LoginContinueHere, LoginMethod::Redirect)
}

fn explanation(cx: Cx, phase: &Phase) -> Vec<El> {
    let line = |text: Text| el("p").text(cx.text(text));
    let either = |registration, login| el("p").text(cx.text_of(registration, login));
    match phase {
        Phase::Denied { reason: None } => vec![either(Text::DeniedBody, Text::LoginDeniedBody)],
        Phase::Denied { reason: Some(reason) } => vec![
            either(Text::DeniedBody, Text::LoginDeniedBody),
            line(Text::DeniedReason),
            el("blockquote.quote[dir=auto]").text(reason.clone()),
        ],
        Phase::Expired(_) => vec![line(Text::LoginExpiredBody)],
        Phase::Cancelled => vec![either(Text::CancelledBody, Text::LoginCancelledBody)],
        Phase::OperatorRequired => vec![line(Text::OperatorBody)],
        Phase::Failed(Failure::Unreachable) => vec![line(Text::Unreachable)],
        Phase::Failed(Failure::Workspace(failure)) => vec![line(workspace(*failure))],
        Phase::Failed(Failure::Code { code, retry_after }) => {
            let code = *code;
            let mut lines = vec![el("p").text(Words::live(move || cx.failure(code)))];
            if let Some(seconds) = *retry_after {
                let time = move || cx.fill(Text::RetryAfter, &intl::seconds(&cx.lang(), seconds));
                lines.push(el("p").text(Words::live(time)));
            }
            lines
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

fn workspace(failure: WorkspaceFailure) -> Text {
    match failure {
        WorkspaceFailure::Unavailable => Text::LoginWorkspaceUnavailable,
        WorkspaceFailure::UnknownDomain => Text::LoginWorkspaceDomain,
        WorkspaceFailure::Refused => Text::LoginWorkspaceRefused,
    }
}
