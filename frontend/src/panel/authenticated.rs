use dingtalk_qr_shared::Identity;
use leptos::prelude::*;
use web_sys::Element;

use super::Cx;
use crate::el::{El, Words, el};
use crate::phase::Phase;
use crate::web_link::web_link;

/// Who is signed in.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    cx.flow.phase.with(|phase| {
        if let Phase::Authenticated(signed_in) = phase { person(cx, &signed_in.identity) } else { Vec::new() }
    })
}

fn person(cx: Cx, identity: &Identity) -> Vec<El> {
    let name = identity.name.clone();
    let line = Words::live(move || (cx.messages().login.signed_in_as)(&name));
    let avatar = identity.avatar_url.as_deref().and_then(avatar);
    vec![el("div", "dtqr-person").with(avatar).with([el("p", "dtqr-text").text(line)])]
}

/// The picture adds nothing for those who do not see it, and vanishes where the page may not load it.
fn avatar(url: &str) -> Option<El> {
    let url = web_link(url).filter(|url| url.starts_with("https:"))?;
    let hide = |event| event_target::<Element>(&event).remove();
    Some(
        el("img", "dtqr-avatar")
            .set("alt", "")
            .set("referrerpolicy", "no-referrer")
            .set("width", "64")
            .set("height", "64")
            .on("error", hide)
            .set("src", url.to_owned()),
    )
}
