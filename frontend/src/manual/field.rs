use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::panel::{Cx, TakesFocus, button};

/// A line of text with its label and what is wrong with it; it has the focus when it appears.
pub(super) fn first_field(
    cx: Cx,
    name: &'static str,
    label: Text,
    fault: impl Fn() -> Option<Text> + Copy + 'static,
) -> El {
    let input = TakesFocus::IfUsed.on(cx, input(name, fault).set("type", "text"));
    el("label.field").with(el("span").text(cx.text(label))).with(input).with(error(cx, "small.error", fault))
}

/// A line of text with its label, a hint, and what is wrong with it.
pub(super) fn field(
    cx: Cx,
    name: &'static str,
    label: Text,
    hint: Text,
    fault: impl Fn() -> Option<Text> + Copy + 'static,
) -> El {
    el("label.field")
        .with(el("span").text(cx.text(label)))
        .with(input(name, fault).set("type", "text"))
        .with(el("small").text(cx.text(hint)))
        .with(error(cx, "small.error", fault))
}

/// The secret: dots, unless the user wants to see it.
pub(super) fn secret_field(cx: Cx, fault: impl Fn() -> Option<Text> + Copy + 'static) -> El {
    let is_shown = move || cx.inside().is_secret_shown.get();
    let kind = move || if is_shown() { "text" } else { "password" };
    let toggle = move || {
        let inside = cx.inside();
        inside.is_secret_shown.set(!inside.is_secret_shown.now());
    };
    let show = button("button.button.show", cx.text(Text::Show), toggle)
        .set("aria-pressed", Words::live(move || if is_shown() { "true" } else { "false" }));
    let label = el("label")
        .with(el("span").text(cx.text(Text::ClientSecret)))
        .with(input("client_secret", fault).set("type", Words::live(kind)))
        .with(error(cx, "small.error", fault));
    el("div.field").with(label).with(show)
}

fn input(name: &'static str, fault: impl Fn() -> Option<Text> + 'static) -> El {
    el("input.input[autocomplete=off][autocapitalize=none][spellcheck=false]")
        .set("name", name)
        .set("aria-invalid", Words::live(move || fault().map(|_| "true")))
}

/// Says what is wrong, once something is.
pub(super) fn error(cx: Cx, spec: &'static str, fault: impl Fn() -> Option<Text> + 'static) -> El {
    el(spec).text(Words::live(move || fault().map(|text| cx.say(text))))
}
