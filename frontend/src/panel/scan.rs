mod notes;
mod stage;

use leptos::prelude::*;

use super::link::link;
use super::{Cx, button};
use crate::clipboard::copy_button;
use crate::countdown::countdown;
use crate::el::{El, el};
use crate::phase::Phase;
use notes::notes;
use stage::stage;

/// What to do, and the square with the code.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let instruction = el("p", "dtqr-instruction")
        .with([el("b", "").text(cx.text(|texts| texts.instruction))])
        .text(" ")
        .with([el("span", "").text(cx.text(|texts| texts.what_happens))]);
    vec![instruction, stage(cx)]
}

/// The code in letters, the time, the ways around the camera, and the notes.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    // Once approved, the code is of no use any more, and nothing can be taken back here.
    let is_open = move || cx.flow.phase.with(|phase| matches!(phase, Phase::Starting | Phase::Ready(_)));
    let meta = el("div", "dtqr-meta")
        .set_while("data-over", move || (!is_open()).then_some(""))
        .live(move || cx.prompt.get().map_or_else(Vec::new, |prompt| meta(cx, &prompt.user_code)));
    let ways = el("div", "dtqr-actions").live(move || match cx.prompt.get() {
        Some(prompt) if is_open() => ways(cx, &prompt.qr.text),
        _ => Vec::new(),
    });
    let foot = el("div", "dtqr-actions dtqr-foot")
        .with([button("dtqr-button", cx.text(|texts| texts.by_hand), move || cx.by_hand.set(true))])
        .live(move || {
            is_open()
                .then(|| button("dtqr-button", cx.text(|texts| texts.cancel), move || cx.flow.cancel.run(())))
        });
    vec![meta, ways, notes(cx), foot]
}

fn meta(cx: Cx, user_code: &str) -> Vec<El> {
    let user_code = el("span", "dtqr-user-code")
        .text(cx.text(|texts| texts.user_code))
        .text(" ")
        .with([el("code", "").text(user_code.to_owned())]);
    let mut meta = vec![user_code];
    meta.extend(countdown(cx));
    meta
}

/// The ways around the camera: for phones, and for whoever cannot use one.
fn ways(cx: Cx, url: &str) -> Vec<El> {
    let touch = link("dtqr-button dtqr-primary dtqr-touch", url, cx.text(|texts| texts.open_in_dingtalk));
    let copy = copy_button(cx, url.to_owned(), |texts| texts.copy_link);
    let mouse = link("dtqr-button dtqr-mouse", url, cx.text(|texts| texts.open_link));
    touch.into_iter().chain([copy]).chain(mouse).collect()
}
