use super::super::Cx;
use super::super::action::{TakesFocus, button};
use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::messages::Text;
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
    let cover = move || cx.phase(Cover::of);
    let key = cx.prompt_key();
    // Once scanned it is of no use to another phone.
    let shown = move || if cover() == Cover::Scanned { 0 } else { key() };
    let code = move || {
        let prompt = cx.prompt().filter(|_| cover() != Cover::Scanned);
        let qr = prompt.as_ref().and_then(|prompt| prompt.qr.as_ref());
        qr.map(|qr| qr_code(qr, cx.text_of(Text::QrLabel, Text::LoginQrLabel))).into_iter().collect()
    };
    let over = move || match cover() {
        Cover::Nothing | Cover::Skeleton => Vec::new(),
        Cover::Scanned => vec![el("span.cover.number").text(Words::live(move || number(cx)))],
        Cover::Creating => vec![el("span.cover").with(Icon::Spinner.view())],
        Cover::Expired => vec![refresh(cx)],
    };
    el("div.stage")
        .set("data-cover", Words::live(move || cover().name()))
        .live_by(shown, code)
        .live_by(move || cover() as usize, over)
}

fn number(cx: Cx) -> String {
    cx.phase(Phase::number).unwrap_or_default()
}

/// The whole code is the button.
fn refresh(cx: Cx) -> El {
    let label = cx.text(Text::NewCode);
    let refresh = button("button.cover.refresh", label, move || cx.start());
    TakesFocus::IfFree.on(cx, refresh)
}
