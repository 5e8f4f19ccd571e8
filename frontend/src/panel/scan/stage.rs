use leptos::prelude::*;

use super::super::Cx;
use super::super::action::{TakesFocus, button};
use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::phase::Phase;
use crate::qr::qr_code;

/// What lies over the code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cover {
    Skeleton,
    Nothing,
    Scanned,
    Creating,
    Expired,
}

impl Cover {
    fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Starting => Self::Skeleton,
            Phase::Scanned { .. } => Self::Scanned,
            Phase::Creating(_) => Self::Creating,
            Phase::Expired(_) => Self::Expired,
            Phase::Idle
            | Phase::Ready(_)
            | Phase::Leaving(_)
            | Phase::Confirming(_)
            | Phase::ApprovalPending { .. }
            | Phase::Created(_)
            | Phase::Authenticated(_)
            | Phase::Denied { .. }
            | Phase::Cancelled
            | Phase::Failed(_)
            | Phase::OperatorRequired => Self::Nothing,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Skeleton => "skeleton",
            Self::Nothing => "code",
            Self::Scanned => "scanned",
            Self::Creating => "creating",
            Self::Expired => "expired",
        }
    }
}

/// The square with the code; it has its size before the code comes.
pub(super) fn stage(cx: Cx) -> El {
    let cover = move || cx.flow.phase.with(Cover::of);
    let label = |cx: Cx| cx.text_of(|texts| texts.qr_label, |texts| texts.login.qr_label);
    // Once scanned it is of no use to another phone.
    let is_scanned = Memo::new(move |_| cover() == Cover::Scanned);
    let code = move || {
        let prompt = cx.prompt.get().filter(|_| !is_scanned.get())?;
        Some(qr_code(prompt.qr.as_ref()?, label(cx)))
    };
    let over = move || match cover() {
        Cover::Nothing | Cover::Skeleton => None,
        Cover::Scanned => Some(el("span", "dtqr-cover dtqr-number").text(Words::live(move || number(cx)))),
        Cover::Creating => Some(el("span", "dtqr-cover").with([Icon::Spinner.view()])),
        Cover::Expired => Some(refresh(cx)),
    };
    el("div", "dtqr-stage").set_while("data-cover", move || Some(cover().name())).live(code).live(over)
}

fn number(cx: Cx) -> String {
    cx.flow.phase.with(Phase::number).unwrap_or_default()
}

/// The whole code is the button.
fn refresh(cx: Cx) -> El {
    let label = cx.text(|texts| texts.new_code);
    let refresh = button("dtqr-cover dtqr-refresh", label, move || cx.flow.start.run(()));
    TakesFocus::IfFree.on(cx, refresh)
}
