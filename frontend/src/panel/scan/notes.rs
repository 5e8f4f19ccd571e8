use leptos::prelude::*;

use super::super::Cx;
use crate::el::{El, Words, el};

/// What to know before approving on the phone (RFC 10027: context against approving somebody else's request).
pub(super) fn notes(cx: Cx) -> El {
    let brand = move || {
        let brand = cx.prompt.get()?.brand.clone()?;
        Some(el("li", "").text(Words::live(move || (cx.messages().brand)(&brand))))
    };
    el("ul", "dtqr-notes").live(brand).with([
        el("li", "").text(cx.text(|texts| texts.twice)),
        el("li", "").with([el("strong", "").text(cx.text(|texts| texts.warning))]),
    ])
}
