use crate::dom::document;
use web_sys::{Event, FocusOptions, HtmlElement};

use super::Cx;
use crate::el::{El, Words, el};

/// What a button does.
pub(crate) trait Act {
    fn act(&self);
}

impl<F: Fn()> Act for F {
    fn act(&self) {
        self();
    }
}

/// A button with a text.
pub(crate) fn button(spec: &'static str, label: Words, on_click: impl Act + 'static) -> El {
    let on_click: Box<dyn Act> = Box::new(on_click);
    el(spec).set("type", "button").on("click", move |_: &Event| on_click.act()).with(el("span").text(label))
}

/// When a button or a field that has just appeared may take the focus.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TakesFocus {
    /// Unless the user is busy elsewhere on the page.
    IfFree,
    /// If also the user has been busy in the panel: what had the focus has just gone.
    IfUsed,
}

impl TakesFocus {
    /// Lets `button` take the focus when it appears.
    pub(crate) fn on(self, cx: Cx, button: El) -> El {
        button.on_mount(move |button: HtmlElement| {
            let is_used = cx.try_inside().is_some_and(|inside| inside.is_used.get());
            if (self == Self::IfFree || is_used) && is_free(&button) {
                let options = FocusOptions::new();
                options.set_prevent_scroll(true);
                drop(button.focus_with_options(&options));
            }
        })
    }
}

/// Returns whether the focus is in the panel of `button`, or nowhere.
fn is_free(button: &HtmlElement) -> bool {
    let document = document();
    let focused = document.active_element();
    let is_nowhere = focused.is_none() || focused == document.body().map(Into::into);
    is_nowhere || button.closest(".dtqr:focus-within").is_ok_and(|panel| panel.is_some())
}
