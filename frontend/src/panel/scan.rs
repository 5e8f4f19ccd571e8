mod notes;
mod stage;

use dingtalk_qr_shared::LoginMethod;
use leptos::prelude::*;

use super::link::link;
use super::{Cx, button};
use crate::clipboard::copy_button;
use crate::countdown::countdown;
use crate::el::{El, Words, el};
use crate::phase::Phase;
use notes::notes;
use stage::stage;

/// What to do, and the square with the code.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let instruction = el("p", "dtqr-instruction")
        .with([el("b", "").text(Words::live(move || instruction(cx)))])
        .text(" ")
        .live(move || (!is_scanned(cx)).then(|| el("span", "").text(what_happens(cx))));
    vec![instruction, stage(cx)]
}

/// The code in letters, the time, the ways around the camera, and the notes.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    // Once approved or scanned, the code is of no use any more.
    let is_open = move || cx.flow.phase.with(|phase| matches!(phase, Phase::Starting | Phase::Ready(_)));
    // What was approved cannot be taken back here.
    let is_free = move || is_open() || is_scanned(cx);
    let meta = el("div", "dtqr-meta")
        .set_while("data-over", move || (!is_free()).then_some(""))
        .live(move || cx.prompt.get().map_or_else(Vec::new, |prompt| meta(cx, prompt.user_code.as_deref())));
    let ways = el("div", "dtqr-actions").live(move || {
        if is_scanned(cx) {
            return vec![warning(cx)];
        }
        let prompt = cx.prompt.get().filter(|_| is_open());
        prompt.and_then(|prompt| Some(ways(cx, &prompt.qr.as_ref()?.text))).unwrap_or_default()
    });
    let other = if cx.is_login() {
        cx.switch(|texts| texts.login.continue_here, LoginMethod::Redirect)
    } else {
        button("dtqr-button", cx.text(|texts| texts.by_hand), move || cx.by_hand.set(true))
    };
    let foot = el("div", "dtqr-actions dtqr-foot").with([other]).live(move || {
        is_free()
            .then(|| button("dtqr-button", cx.text(|texts| texts.cancel), move || cx.flow.cancel.run(())))
    });
    let notes = (!cx.is_login()).then(|| notes(cx));
    [meta, ways].into_iter().chain(notes).chain([foot]).collect()
}

fn instruction(cx: Cx) -> &'static str {
    let texts = cx.messages();
    match (cx.is_login(), is_scanned(cx)) {
        (false, _) => texts.instruction,
        (true, false) => texts.login.instruction,
        (true, true) => texts.login.scanned_instruction,
    }
}

fn what_happens(cx: Cx) -> Words {
    cx.text_of(|texts| texts.what_happens, |texts| texts.login.what_happens)
}

/// A forwarded code leads somebody else to this login: the number alone would tempt them.
fn warning(cx: Cx) -> El {
    let text = cx.text(|texts| texts.login.scanned_warning);
    el("p", "dtqr-notes").with([el("strong", "").text(text)])
}

fn is_scanned(cx: Cx) -> bool {
    cx.flow.phase.with(|phase| matches!(phase, Phase::Scanned { .. }))
}

fn meta(cx: Cx, user_code: Option<&str>) -> Vec<El> {
    let user_code = user_code.map(|code| {
        el("span", "dtqr-user-code")
            .text(cx.text(|texts| texts.user_code))
            .text(" ")
            .with([el("code", "").text(code.to_owned())])
    });
    user_code.into_iter().chain(countdown(cx)).collect()
}

/// The ways around the camera: for phones, and for whoever cannot use one.
fn ways(cx: Cx, url: &str) -> Vec<El> {
    let here = cx.text_of(|texts| texts.open_in_dingtalk, |texts| texts.login.open_here);
    let touch = link("dtqr-button dtqr-primary dtqr-touch", url, here);
    let copy = copy_button(cx, url.to_owned(), |texts| texts.copy_link);
    let mouse = link("dtqr-button dtqr-mouse", url, cx.text(|texts| texts.open_link));
    touch.into_iter().chain([copy]).chain(mouse).collect()
}
