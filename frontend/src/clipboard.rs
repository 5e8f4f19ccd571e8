use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlInputElement};

use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::messages::Messages;
use crate::panel::Cx;
use crate::task::spawn;

/// How long the confirmation stays, in milliseconds.
const CONFIRMED: u32 = 4000;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Copied {
    No,
    Yes,
    Refused,
}

/// Copies `text`. Where the browser refuses, the text appears to be selected by hand.
pub(crate) fn copy_button(cx: Cx, text: String, label: fn(&Messages) -> &'static str) -> El {
    let state = RwSignal::new(Copied::No);
    let timer = StoredValue::new_local(None);
    let by_hand = text.clone();
    let on_click = move |_| {
        let text = text.clone();
        spawn(async move {
            let copied = if copy(&text).await { Copied::Yes } else { Copied::Refused };
            // The panel may have gone on meanwhile.
            _ = state.try_set(copied);
            if copied == Copied::Yes {
                let reset = Timeout::new(CONFIRMED, move || _ = state.try_set(Copied::No));
                drop(timer.try_set_value(Some(reset)));
            }
        });
    };
    let label = move || if state.get() == Copied::Yes { cx.messages().copied } else { label(cx.messages()) };
    let button =
        el("button", "dtqr-button").set("type", "button").on("click", on_click).with([el("span", "")
            .set("aria-live", "polite")
            .live(move || (state.get() == Copied::Yes).then(|| Icon::Tick.view()))
            .text(Words::live(label))]);
    el("span", "dtqr-copy")
        .with([button])
        .live(move || (state.get() == Copied::Refused).then(|| selectable(cx, by_hand.clone())))
}

fn selectable(cx: Cx, text: String) -> El {
    let on_focus = |event: Event| event_target::<HtmlInputElement>(&event).select();
    el("label", "dtqr-selectable")
        .text(cx.text(|texts| texts.copy_by_hand))
        .with([el("input", "dtqr-input").set("readonly", "").set("value", text).on("focus", on_focus)])
}

/// Returns whether the text is in the clipboard; there is none outside of a secure context.
async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let missing =
        Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_undefined());
    !missing && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
