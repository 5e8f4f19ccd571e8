use crate::dom::{self, window};
use gloo_timers::callback::Timeout;
use js_sys::{Promise, Reflect};
use web_sys::{Event, HtmlInputElement};

use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::messages::Text;
use crate::panel::Cx;
use crate::task::{Step, settled};

/// How long the confirmation stays, in milliseconds.
const CONFIRMED: u32 = 4000;

/// What came of copying.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Copied {
    Yes,
    Refused,
}

/// Copies `text`. Where the browser refuses, the text appears to be selected by hand.
pub(crate) fn copy_button(cx: Cx, text: String, label: Text) -> El {
    let by_hand = text.clone();
    let on_click = move |_: &Event| {
        let done = move |is_copied| {
            let copied = if is_copied { Copied::Yes } else { Copied::Refused };
            // The panel may be gone meanwhile.
            let Some(inside) = cx.try_inside() else { return };
            inside.copied.set(Some((label, copied)));
            let reset = is_copied.then(|| Timeout::new(CONFIRMED, move || forget(cx)));
            drop(inside.copied_timer.replace(reset));
        };
        match copy(&text) {
            None => done(false),
            Some(copying) => Step::after(
                settled(copying),
                Box::new(move |copied| {
                    done(copied.is_ok());
                    Step::End
                }),
            )
            .run(),
        }
    };
    let outcome = move || {
        let copied = cx.inside().copied.get();
        copied.filter(|(copied, _)| *copied == label).map(|(_, outcome)| outcome)
    };
    let is_copied = move || outcome() == Some(Copied::Yes);
    let is_refused = move || outcome() == Some(Copied::Refused);
    let caption = move || cx.say(if is_copied() { Text::Copied } else { label });
    let tick = move || if is_copied() { vec![Icon::Tick.view()] } else { Vec::new() };
    let by_hand = move || if is_refused() { vec![selectable(cx, by_hand.clone())] } else { Vec::new() };
    let content = el("span[aria-live=polite]").live(tick).text(Words::live(caption));
    el("span.copy").with(el("button.button[type=button]").on("click", on_click).with(content)).live(by_hand)
}

fn forget(cx: Cx) {
    if let Some(inside) = cx.try_inside() {
        inside.copied.set(None);
    }
}

fn selectable(cx: Cx, text: String) -> El {
    let on_focus = |event: &Event| dom::target::<HtmlInputElement>(event).select();
    el("label.selectable")
        .text(cx.text(Text::CopyByHand))
        .with(el("input.input[readonly]").set("value", text).on("focus", on_focus))
}

/// Begins to put the text into the clipboard; there is none outside of a secure context.
fn copy(text: &str) -> Option<Promise> {
    let navigator = window().navigator();
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    (!clipboard.is_undefined()).then(|| navigator.clipboard().write_text(text))
}
