use leptos::prelude::*;

use super::action::TakesFocus;
use super::{Cx, button};
use crate::el::{El, Words, el};
use crate::messages::Messages;
use crate::phase::{Failure, Phase};

/// Why the flow ended without an app, and the ways on: never a dead end.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    let again = move || {
        let is_cancelled = cx.flow.phase.with(|phase| matches!(phase, Phase::Cancelled));
        if is_cancelled { cx.messages().start_again } else { cx.messages().retry }
    };
    let retry = button("dtqr-button dtqr-primary", Words::live(again), move || cx.flow.start.run(()));
    let by_hand = button("dtqr-button", cx.text(|texts| texts.by_hand), move || cx.by_hand.set(true));
    vec![
        el("div", "dtqr-text").live(move || cx.flow.phase.with(|phase| explanation(phase, cx.messages()))),
        el("div", "dtqr-actions dtqr-column").with([TakesFocus::IfUsed.on(cx, retry), by_hand]),
    ]
}

fn explanation(phase: &Phase, texts: &'static Messages) -> Vec<El> {
    let line = |text: &'static str| el("p", "").text(text);
    match phase {
        Phase::Denied { reason: None } => vec![line(texts.denied_body)],
        Phase::Denied { reason: Some(reason) } => vec![
            line(texts.denied_body),
            line(texts.denied_reason),
            el("blockquote", "dtqr-quote").text(reason.clone()),
        ],
        Phase::Cancelled => vec![line(texts.cancelled_body)],
        Phase::OperatorRequired => vec![line(texts.operator_body)],
        Phase::Failed(Failure::Unreachable) => vec![line(texts.unreachable)],
        Phase::Failed(Failure::Code { code, retry_after: None }) => vec![line((texts.failure)(*code))],
        Phase::Failed(Failure::Code { code, retry_after: Some(seconds) }) => {
            vec![line((texts.failure)(*code)), el("p", "").text((texts.retry_after)(*seconds))]
        }
        Phase::Starting
        | Phase::Ready(_)
        | Phase::Creating(_)
        | Phase::ApprovalPending { .. }
        | Phase::Created(_)
        | Phase::Expired(_) => Vec::new(),
    }
}
