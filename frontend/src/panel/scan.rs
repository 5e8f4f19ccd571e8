mod notes;
mod stage;

use dingtalk_qr_shared::LoginMethod;

use super::Cx;
use super::link::link;
use crate::clipboard::copy_button;
use crate::countdown::countdown;
use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::phase::Phase;
use notes::notes;
use stage::stage;

/// What to do, and the square with the code.
pub(super) fn top(cx: Cx) -> Vec<El> {
    let what_happens = move || {
        let text = cx.text_of(Text::WhatHappens, Text::LoginWhatHappens);
        if is_scanned(cx) { Vec::new() } else { vec![el("span").text(text)] }
    };
    let instruction = el("p.instruction")
        .with(el("b").text(Words::live(move || cx.say(instruction(cx)))))
        .text(" ")
        .live(what_happens);
    vec![instruction, stage(cx)]
}

/// The code in letters, the time, the ways around the camera, and the notes.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    let meta = el("div.meta")
        .set("data-over", Words::live(move || (!is_free(cx)).then_some("")))
        .live_by(cx.prompt_key(), move || meta(cx));
    let mut all = vec![meta, el("div.actions").live(move || ways(cx))];
    if !cx.is_login() {
        all.push(notes(cx));
    }
    let other =
        if cx.is_login() { cx.switch(Text::LoginContinueHere, LoginMethod::Redirect) } else { cx.by_hand() };
    let cancel = move || if is_free(cx) { vec![cx.cancel()] } else { Vec::new() };
    all.push(el("div.actions.foot").with(other).live_by(move || usize::from(is_free(cx)), cancel));
    all
}

/// Once approved or scanned, the code is of no use any more.
fn is_open(cx: Cx) -> bool {
    cx.phase(|phase| matches!(phase, Phase::Starting | Phase::Ready(_)))
}

/// What was approved cannot be taken back here.
fn is_free(cx: Cx) -> bool {
    is_open(cx) || is_scanned(cx)
}

fn instruction(cx: Cx) -> Text {
    match (cx.is_login(), is_scanned(cx)) {
        (false, _) => Text::Instruction,
        (true, false) => Text::LoginInstruction,
        (true, true) => Text::LoginScannedInstruction,
    }
}

/// A forwarded code leads somebody else to this login: the number alone would tempt them.
fn warning(cx: Cx) -> El {
    let text = cx.text(Text::LoginScannedWarning);
    el("p.notes").with(el("strong").text(text))
}

fn is_scanned(cx: Cx) -> bool {
    cx.phase(|phase| matches!(phase, Phase::Scanned { .. }))
}

fn meta(cx: Cx) -> Vec<El> {
    let Some(prompt) = cx.prompt() else { return Vec::new() };
    cx.inside().entered.set(None);
    let mut all = Vec::new();
    if let Some(code) = &prompt.user_code {
        let code = el("code").text(code.clone());
        all.push(el("span.user-code").text(cx.text(Text::UserCode)).text(" ").with(code));
    }
    all.extend(countdown(cx));
    all
}

/// The ways around the camera: for phones, and for whoever cannot use one.
fn ways(cx: Cx) -> Vec<El> {
    if is_scanned(cx) {
        return vec![warning(cx)];
    }
    let prompt = cx.prompt().filter(|_| is_open(cx));
    let Some(qr) = prompt.as_ref().and_then(|prompt| prompt.qr.as_ref()) else { return Vec::new() };
    let here = cx.text_of(Text::OpenInDingtalk, Text::LoginOpenHere);
    let mut all = vec![copy_button(cx, qr.text.clone(), Text::CopyLink)];
    all.extend(link("a.button.mouse", &qr.text, cx.text(Text::OpenLink)));
    if let Some(touch) = link("a.button.primary.touch", &qr.text, here) {
        all.insert(0, touch);
    }
    all
}
