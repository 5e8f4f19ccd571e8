use dingtalk_qr_shared::LoginMethod;

use super::Cx;
use crate::el::{El, el};
use crate::messages::Text;

/// The ways out while DingTalk and the backend settle it among themselves.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    vec![el("div.actions.column").with(cx.switch(Text::LoginUseQr, LoginMethod::Qr)).with(cx.cancel())]
}
