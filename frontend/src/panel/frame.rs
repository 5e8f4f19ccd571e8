use dingtalk_qr_shared::{Door, LoginMethod};
use wasm_bindgen::JsCast;

use super::Cx;
use crate::el::{El, el};
use crate::messages::Text;
use crate::web_link::web_link;

/// What the backend's page may do in its frame. It needs its own origin to speak to DingTalk and to the backend.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-forms allow-popups";

/// The backend's page with DingTalk's login in it.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let url = move || match &cx.prompt()?.door {
        Some(Door::Frame { url }) => web_link(url).map(ToOwned::to_owned),
        _ => None,
    };
    vec![el("div", "dtqr-frame").live_by(url, move |url| url.iter().map(|url| frame(cx, url)).collect())]
}

/// The other ways.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    vec![
        el("div", "dtqr-actions dtqr-foot").with([cx.switch(Text::LoginUseQr, LoginMethod::Qr), cx.cancel()]),
    ]
}

/// Language and colours are those of the moment: another address would load the page anew.
fn frame(cx: Cx, url: &str) -> El {
    let separator = if url.contains('?') { '&' } else { '?' };
    let mut url = format!("{url}{separator}lang={}", cx.lang());
    if let Some(theme) = cx.theme() {
        url = url + "&theme=" + theme;
    }
    el("iframe", "")
        .set("title", cx.text(Text::LoginPanel))
        .set("sandbox", SANDBOX)
        .set("referrerpolicy", "strict-origin")
        .set("src", url)
        .on_mount(move |frame| {
            if let Some(inside) = cx.try_inside() {
                inside.flow.serve_frame(frame.unchecked_into());
            }
        })
}
