use std::sync::Arc;

use super::super::Cx;
use super::super::action::{TakesFocus, button};
use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::messages::Text;
use crate::phase::{Phase, Prompt};
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
    let cover = move || cx.phase(Cover::of);
    let label = |cx: Cx| cx.text_of(Text::QrLabel, Text::LoginQrLabel);
    // Once scanned it is of no use to another phone.
    let shown = move || cx.prompt().filter(|_| cover() != Cover::Scanned);
    let code = move |prompt: &Option<Arc<Prompt>>| {
        let qr = prompt.as_ref().and_then(|prompt| prompt.qr.as_ref());
        qr.map(|qr| qr_code(qr, label(cx))).into_iter().collect()
    };
    let over = move |cover: &Cover| match cover {
        Cover::Nothing | Cover::Skeleton => Vec::new(),
        Cover::Scanned => vec![el("span", "dtqr-cover dtqr-number").text(Words::live(move || number(cx)))],
        Cover::Creating => vec![el("span", "dtqr-cover").with([Icon::Spinner.view()])],
        Cover::Expired => vec![refresh(cx)],
    };
    el("div", "dtqr-stage")
        .set_while("data-cover", move || Some(cover().name()))
        .live_by(shown, code)
        .live_by(cover, over)
}

fn number(cx: Cx) -> String {
    cx.phase(Phase::number).unwrap_or_default()
}

/// The whole code is the button.
fn refresh(cx: Cx) -> El {
    let label = cx.text(Text::NewCode);
    let refresh = button("dtqr-cover dtqr-refresh", label, move || cx.start());
    TakesFocus::IfFree.on(cx, refresh)
}
