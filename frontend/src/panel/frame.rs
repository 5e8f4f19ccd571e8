use dingtalk_qr_shared::{Door, LoginMethod};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::Cx;
use crate::cut::cut;
use crate::el::{El, el};
use crate::messages::Text;
use crate::web_link::web_link;

/// What the backend's page may do in its frame. It needs its own origin to speak to DingTalk and to the backend.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-forms allow-popups";

/// The backend's page with DingTalk's login in it.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let pages = move || url(cx).map(|url| frame(cx, &url)).into_iter().collect();
    vec![el("div.frame").live_by(cx.prompt_key(), pages)]
}

fn url(cx: Cx) -> Option<String> {
    let prompt = cx.prompt()?;
    let Some(Door::Frame { url }) = &prompt.door else { return None };
    web_link(url).map(ToOwned::to_owned)
}

/// The other ways.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    vec![el("div.actions.foot").with(cx.switch(Text::LoginUseQr, LoginMethod::Qr)).with(cx.cancel())]
}

/// Language and colours are those of the moment: another address would load the page anew.
fn frame(cx: Cx, url: &str) -> El {
    let separator = if cut(url, b'?').is_some() { "&" } else { "?" };
    let mut url = [url, separator, "lang=", &cx.lang()].concat();
    if let Some(theme) = cx.theme() {
        url = url + "&theme=" + theme;
    }
    let serve = move |frame: HtmlElement| {
        if let Some(inside) = cx.try_inside() {
            inside.flow.serve_frame(frame.unchecked_into());
        }
    };
    el("iframe[referrerpolicy=strict-origin]")
        .set("title", cx.text(Text::LoginPanel))
        .set("sandbox", SANDBOX)
        .set("src", url)
        .on_mount(serve)
}
