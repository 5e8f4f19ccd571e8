use super::Cx;
use crate::clipboard::copy_button;
use crate::el::{El, el};
use crate::messages::Text;

/// One thing to know about an app.
pub(super) fn fact(cx: Cx, name: Text) -> El {
    el("div", "dtqr-fact").with([el("dt", "").text(cx.text(name))])
}

/// The client id in full, with a button that copies it.
pub(super) fn client_id(cx: Cx, client_id: &str) -> El {
    fact(cx, Text::ClientId).with([el("dd", "").with([
        el("code", "").text(client_id.to_owned()),
        copy_button(cx, client_id.to_owned(), Text::Copy),
    ])])
}
