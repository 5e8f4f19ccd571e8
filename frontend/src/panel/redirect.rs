use dingtalk_qr_shared::LoginMethod;
use leptos::prelude::*;

use super::action::TakesFocus;
use super::{Cx, button};
use crate::el::{El, el};

/// What the button will do.
pub(super) fn top(cx: Cx) -> Vec<El> {
    vec![el("p", "dtqr-instruction").with([
        el("b", "").text(cx.text(|texts| texts.login.panel)),
        el("span", "").text(cx.text(|texts| texts.login.redirect_body)),
    ])]
}

/// The button that leads to DingTalk. It stays, since the way there may be barred.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    let label = cx.text(|texts| texts.login.continue_with);
    let go = button("dtqr-button dtqr-primary", label, move || cx.flow.start.run(()));
    vec![
        el("div", "dtqr-actions dtqr-column")
            .with([TakesFocus::IfUsed.on(cx, go), cx.switch(|texts| texts.login.use_qr, LoginMethod::Qr)]),
    ]
}
