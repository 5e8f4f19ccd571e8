use super::Cx;
use crate::clipboard::copy_button;
use crate::el::{El, el};
use crate::messages::Text;

/// One thing to know about an app.
pub(super) fn fact(cx: Cx, name: Text, value: El) -> El {
    el("div.fact").with(el("dt").text(cx.text(name))).with(value)
}

/// The client id in full, with a button that copies it.
pub(super) fn client_id(cx: Cx, client_id: &str) -> El {
    let value = el("dd").with(el("code").text(client_id.to_owned())).with(copy_button(
        cx,
        client_id.to_owned(),
        Text::Copy,
    ));
    fact(cx, Text::ClientId, value)
}
