use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::panel::{Cx, button};

/// A line of text with its label, a hint, and what is wrong with it.
pub(super) fn field(
    cx: Cx,
    name: &'static str,
    label: Text,
    hint: Option<Text>,
    fault: impl Fn() -> Option<Text> + Copy + 'static,
) -> El {
    el("label", "dtqr-field")
        .with([el("span", "").text(cx.text(label)), input(name, fault).set("type", "text")])
        .with(hint.map(|hint| el("small", "").text(cx.text(hint))))
        .with([error(cx, "small", fault)])
}

/// The secret: dots, unless the user wants to see it.
pub(super) fn secret_field(cx: Cx, fault: impl Fn() -> Option<Text> + Copy + 'static) -> El {
    let is_shown = move || cx.inside().is_secret_shown.get();
    let kind = move || if is_shown() { "text" } else { "password" };
    let toggle = move || {
        let inside = cx.inside();
        inside.is_secret_shown.set(!inside.is_secret_shown.now());
    };
    let show = button("dtqr-button dtqr-show", cx.text(Text::Show), toggle)
        .set("aria-pressed", Words::live(move || if is_shown() { "true" } else { "false" }));
    let label = el("label", "").with([
        el("span", "").text(cx.text(Text::ClientSecret)),
        input("client_secret", fault).set("type", Words::live(kind)),
        error(cx, "small", fault),
    ]);
    el("div", "dtqr-field").with([label, show])
}

fn input(name: &'static str, fault: impl Fn() -> Option<Text> + 'static) -> El {
    el("input", "dtqr-input")
        .set("name", name)
        .set("autocomplete", "off")
        .set("autocapitalize", "none")
        .set("spellcheck", "false")
        .set_while("aria-invalid", move || fault().map(|_| "true"))
}

/// Says what is wrong, once something is.
pub(super) fn error(cx: Cx, tag: &'static str, fault: impl Fn() -> Option<Text> + 'static) -> El {
    el(tag, "dtqr-error").text(Words::live(move || fault().map(|text| cx.say(text)).unwrap_or_default()))
}
