use dingtalk_qr_shared::{Door, LoginMethod};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Cx, button};
use crate::el::{El, el};
use crate::web_link::web_link;

/// What the backend's page may do in its frame. It needs its own origin to speak to DingTalk and to the backend.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-forms allow-popups";

/// The backend's page with DingTalk's login in it.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let frame = move || {
        let prompt = cx.prompt.get()?;
        let Some(Door::Frame { url }) = &prompt.door else { return None };
        Some(frame(cx, web_link(url)?))
    };
    vec![el("div", "dtqr-frame").live(frame)]
}

/// The other ways.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    vec![el("div", "dtqr-actions dtqr-foot").with([
        cx.switch(|texts| texts.login.use_qr, LoginMethod::Qr),
        button("dtqr-button", cx.text(|texts| texts.cancel), move || cx.flow.cancel.run(())),
    ])]
}

/// Language and colours are those of the moment: another address would load the page anew.
fn frame(cx: Cx, url: &str) -> El {
    let separator = if url.contains('?') { '&' } else { '?' };
    let theme = match cx.theme.get_untracked().as_deref() {
        Some("light") => "&theme=light",
        Some("dark") => "&theme=dark",
        _ => "",
    };
    let url = format!("{url}{separator}lang={}{theme}", cx.language.get_untracked().tag());
    el("iframe", "")
        .set("title", cx.text(|texts| texts.login.panel))
        .set("sandbox", SANDBOX)
        .set("referrerpolicy", "strict-origin")
        .set("src", url)
        .on_mount(move |frame| _ = cx.flow.frame.try_run(frame.unchecked_into()))
}
