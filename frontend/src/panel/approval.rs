use super::link::link;
use super::{Cx, facts};
use crate::clipboard::copy_button;
use crate::el::{El, el};
use crate::messages::Text;
use crate::phase::Phase;

/// Where an administrator approves.
const CONSOLE: &str = "https://oa.dingtalk.com";

/// What to tell the administrator.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    cx.phase(|phase| {
        if let Phase::ApprovalPending { client_id, .. } = phase { details(cx, client_id) } else { Vec::new() }
    })
}

fn details(cx: Cx, client_id: &str) -> Vec<El> {
    let note = cx.fill(Text::ApprovalNote, client_id);
    let console = link("a.button", CONSOLE, cx.text(Text::OpenConsole));
    vec![
        el("p.text").text(cx.text(Text::ApprovalBody)),
        el("dl.facts").with(facts::client_id(cx, client_id)),
        el("blockquote.quote").text(note.clone()),
        el("div.actions").with(copy_button(cx, note, Text::CopyNote)).with_some(console),
    ]
}
