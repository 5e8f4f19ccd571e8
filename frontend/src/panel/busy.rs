use dingtalk_qr_shared::LoginMethod;
use leptos::prelude::*;

use super::{Cx, button};
use crate::el::{El, el};

/// The ways out while DingTalk and the backend settle it among themselves.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    vec![el("div", "dtqr-actions dtqr-column").with([
        cx.switch(|texts| texts.login.use_qr, LoginMethod::Qr),
        button("dtqr-button", cx.text(|texts| texts.cancel), move || cx.flow.cancel.run(())),
    ])]
}
