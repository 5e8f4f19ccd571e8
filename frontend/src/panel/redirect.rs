use dingtalk_qr_shared::LoginMethod;

use super::action::TakesFocus;
use super::{Cx, button};
use crate::el::{El, el};
use crate::messages::Text;

/// What the button will do.
pub(super) fn top(cx: Cx) -> Vec<El> {
    vec![
        el("p.instruction")
            .with(el("b").text(cx.text(Text::LoginPanel)))
            .with(el("span").text(cx.text(Text::LoginRedirectBody))),
    ]
}

/// The button that leads to DingTalk. It stays, since the way there may be barred.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    let label = cx.text(Text::LoginContinueWith);
    let go = button("button.button.primary", label, move || cx.start());
    vec![
        el("div.actions.column")
            .with(TakesFocus::IfUsed.on(cx, go))
            .with(cx.switch(Text::LoginUseQr, LoginMethod::Qr)),
    ]
}
