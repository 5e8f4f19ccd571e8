use leptos::prelude::*;

use super::{Cx, facts};
use crate::clipboard::copy_button;
use crate::el::{El, el};
use crate::phase::Phase;

/// What to tell the administrator.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    cx.flow.phase.with(|phase| {
        if let Phase::ApprovalPending { client_id, .. } = phase { details(cx, client_id) } else { Vec::new() }
    })
}

fn details(cx: Cx, client_id: &str) -> Vec<El> {
    let note = (cx.messages().approval_note)(client_id);
    vec![
        el("p", "dtqr-text").text(cx.text(|texts| texts.approval_body)),
        el("dl", "dtqr-facts").with([facts::client_id(cx, client_id)]),
        el("blockquote", "dtqr-quote").text(note.clone()),
        el("div", "dtqr-actions").with([copy_button(cx, note, |texts| texts.copy_note)]),
    ]
}
