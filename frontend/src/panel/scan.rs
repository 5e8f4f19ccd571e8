mod notes;
mod stage;

use dingtalk_qr_shared::LoginMethod;

use super::link::link;
use super::{Cx, button};
use crate::clipboard::copy_button;
use crate::countdown::countdown;
use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::phase::Phase;
use notes::notes;
use stage::stage;

/// What to do, and the square with the code.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let instruction = el("p", "dtqr-instruction")
        .with([el("b", "").text(Words::live(move || cx.say(instruction(cx))))])
        .text(" ")
        .live(move || if is_scanned(cx) { Vec::new() } else { vec![el("span", "").text(what_happens(cx))] });
    vec![instruction, stage(cx)]
}

/// The code in letters, the time, the ways around the camera, and the notes.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    // Once approved or scanned, the code is of no use any more.
    let is_open = move || cx.phase(|phase| matches!(phase, Phase::Starting | Phase::Ready(_)));
    // What was approved cannot be taken back here.
    let is_free = move || is_open() || is_scanned(cx);
    let meta = el("div", "dtqr-meta").set_while("data-over", move || (!is_free()).then_some("")).live_by(
        move || cx.prompt(),
        move |prompt| prompt.iter().flat_map(|prompt| meta(cx, prompt.user_code.as_deref())).collect(),
    );
    let ways = el("div", "dtqr-actions").live(move || {
        if is_scanned(cx) {
            return vec![warning(cx)];
        }
        let prompt = cx.prompt().filter(|_| is_open());
        prompt.and_then(|prompt| Some(ways(cx, &prompt.qr.as_ref()?.text))).unwrap_or_default()
    });
    let other = if cx.is_login() {
        cx.switch(Text::LoginContinueHere, LoginMethod::Redirect)
    } else {
        button("dtqr-button", cx.text(Text::ByHand), move || cx.set_by_hand(true))
    };
    let foot = el("div", "dtqr-actions dtqr-foot")
        .with([other])
        .live_by(is_free, move |is_free| is_free.then(|| cx.cancel()).into_iter().collect());
    let notes = (!cx.is_login()).then(|| notes(cx));
    [meta, ways].into_iter().chain(notes).chain([foot]).collect()
}

fn instruction(cx: Cx) -> Text {
    match (cx.is_login(), is_scanned(cx)) {
        (false, _) => Text::Instruction,
        (true, false) => Text::LoginInstruction,
        (true, true) => Text::LoginScannedInstruction,
    }
}

fn what_happens(cx: Cx) -> Words {
    cx.text_of(Text::WhatHappens, Text::LoginWhatHappens)
}

/// A forwarded code leads somebody else to this login: the number alone would tempt them.
fn warning(cx: Cx) -> El {
    let text = cx.text(Text::LoginScannedWarning);
    el("p", "dtqr-notes").with([el("strong", "").text(text)])
}

fn is_scanned(cx: Cx) -> bool {
    cx.phase(|phase| matches!(phase, Phase::Scanned { .. }))
}

fn meta(cx: Cx, user_code: Option<&str>) -> Vec<El> {
    cx.inside().entered.set(None);
    let user_code = user_code.map(|code| {
        el("span", "dtqr-user-code")
            .text(cx.text(Text::UserCode))
            .text(" ")
            .with([el("code", "").text(code.to_owned())])
    });
    user_code.into_iter().chain(countdown(cx)).collect()
}

/// The ways around the camera: for phones, and for whoever cannot use one.
fn ways(cx: Cx, url: &str) -> Vec<El> {
    let here = cx.text_of(Text::OpenInDingtalk, Text::LoginOpenHere);
    let touch = link("dtqr-button dtqr-primary dtqr-touch", url, here);
    let copy = copy_button(cx, url.to_owned(), Text::CopyLink);
    let mouse = link("dtqr-button dtqr-mouse", url, cx.text(Text::OpenLink));
    touch.into_iter().chain([copy]).chain(mouse).collect()
}
