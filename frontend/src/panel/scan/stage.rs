use leptos::prelude::*;

use super::super::Cx;
use super::super::action::{TakesFocus, button};
use crate::el::{El, el};
use crate::icon::Icon;
use crate::phase::Phase;
use crate::qr::qr_code;

/// What lies over the code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cover {
    Skeleton,
    Nothing,
    Creating,
    Expired,
}

impl Cover {
    fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Starting => Self::Skeleton,
            Phase::Creating(_) => Self::Creating,
            Phase::Expired(_) => Self::Expired,
            Phase::Ready(_)
            | Phase::ApprovalPending { .. }
            | Phase::Created(_)
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
            Self::Creating => "creating",
            Self::Expired => "expired",
        }
    }
}

/// The square with the code; it has its size before the code comes.
pub(super) fn stage(cx: Cx) -> El {
    let cover = move || cx.flow.phase.with(Cover::of);
    let code = move || cx.prompt.get().map(|prompt| qr_code(&prompt.qr, cx.text(|texts| texts.qr_label)));
    let over = move || match cover() {
        Cover::Nothing | Cover::Skeleton => None,
        Cover::Creating => Some(el("span", "dtqr-cover").with([Icon::Spinner.view()])),
        Cover::Expired => Some(refresh(cx)),
    };
    el("div", "dtqr-stage").set_while("data-cover", move || Some(cover().name())).live(code).live(over)
}

/// The whole code is the button.
fn refresh(cx: Cx) -> El {
    let label = cx.text(|texts| texts.new_code);
    let refresh = button("dtqr-cover dtqr-refresh", label, move || cx.flow.start.run(()));
    TakesFocus::IfFree.on(cx, refresh)
}
