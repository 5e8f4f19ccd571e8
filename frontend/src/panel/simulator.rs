use leptos::prelude::*;

use super::Cx;
use super::link::link;
use crate::el::{El, el};

/// The strip that says that nothing is real, with the page that plays the phone.
pub(super) fn simulator(cx: Cx) -> Option<El> {
    let prompt = cx.prompt.get().filter(|prompt| prompt.simulated)?;
    let text = cx.text_of(|texts| texts.simulated, |texts| texts.login.simulated);
    let phone = prompt.qr.as_ref();
    let phone = phone.and_then(|qr| link("dtqr-link", &qr.text, cx.text(|texts| texts.simulated_link)));
    Some(el("p", "dtqr-simulated").text(text).text(" ").with(phone))
}
