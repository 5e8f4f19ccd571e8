use leptos::prelude::*;

use super::Cx;
use super::link::link;
use crate::el::{El, el};

/// The strip that says that nothing is real, with the page that plays the phone.
pub(super) fn simulator(cx: Cx) -> Option<El> {
    let prompt = cx.prompt.get().filter(|prompt| prompt.simulated)?;
    let strip = el("p", "dtqr-simulated").text(cx.text(|texts| texts.simulated)).text(" ").with(link(
        "dtqr-link",
        &prompt.qr.text,
        cx.text(|texts| texts.simulated_link),
    ));
    Some(strip)
}
