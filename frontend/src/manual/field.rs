use leptos::prelude::*;

use crate::el::{El, Words, el};
use crate::messages::Messages;
use crate::panel::Cx;

type Text = fn(&Messages) -> &'static str;

/// A line of text with its label, a hint, and what is wrong with it.
pub(super) fn field(
    cx: Cx,
    name: &'static str,
    label: Text,
    hint: Option<Text>,
    fault: impl Fn() -> &'static str + Copy + 'static,
) -> El {
    el("label", "dtqr-field")
        .with([el("span", "").text(cx.text(label)), input(name, fault).set("type", "text")])
        .with(hint.map(|hint| el("small", "").text(cx.text(hint))))
        .with([el("small", "dtqr-error").text(Words::live(fault))])
}

/// The secret: dots, unless the user wants to see it.
pub(super) fn secret_field(cx: Cx, fault: impl Fn() -> &'static str + Copy + 'static) -> El {
    let shown = RwSignal::new(false);
    let kind = move || if shown.get() { "text" } else { "password" };
    let show = el("button", "dtqr-button dtqr-show")
        .set("type", "button")
        .set("aria-pressed", Words::live(move || if shown.get() { "true" } else { "false" }))
        .on("click", move |_| shown.update(|shown| *shown = !*shown))
        .text(cx.text(|texts| texts.show));
    let label = el("label", "").with([
        el("span", "").text(cx.text(|texts| texts.client_secret)),
        input("client_secret", fault).set("type", Words::live(kind)),
        el("small", "dtqr-error").text(Words::live(fault)),
    ]);
    el("div", "dtqr-field").with([label, show])
}

fn input(name: &'static str, fault: impl Fn() -> &'static str + 'static) -> El {
    el("input", "dtqr-input")
        .set("name", name)
        .set("autocomplete", "off")
        .set("autocapitalize", "none")
        .set("spellcheck", "false")
        .set_while("aria-invalid", move || (!fault().is_empty()).then_some("true"))
}
