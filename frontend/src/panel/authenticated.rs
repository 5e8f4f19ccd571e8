use crate::dom;
use dingtalk_qr_shared::Identity;
use web_sys::{Element, Event};

use super::{Cx, slot};
use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::phase::Phase;
use crate::web_link::web_link;

/// Who is signed in.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    cx.phase(|phase| {
        if let Phase::Authenticated(signed_in) = phase { person(cx, &signed_in.identity) } else { Vec::new() }
    })
}

fn person(cx: Cx, identity: &Identity) -> Vec<El> {
    let name = identity.name.clone();
    let line = Words::live(move || cx.fill(Text::LoginSignedInAs, &name));
    let avatar = identity.avatar_url.as_deref().and_then(avatar);
    let line = el("p.text[dir=auto]").text(line);
    vec![el("div.person").with_some(avatar).with(line), slot("success")]
}

/// The picture adds nothing for those who do not see it, and vanishes where the page may not load it.
fn avatar(url: &str) -> Option<El> {
    let url = web_link(url).filter(|url| url.starts_with("https:"))?;
    let hide = |event: &Event| dom::target::<Element>(event).remove();
    Some(
        el("img.avatar[alt][referrerpolicy=no-referrer][width=64][height=64]")
            .on("error", hide)
            .set("src", url.to_owned()),
    )
}
