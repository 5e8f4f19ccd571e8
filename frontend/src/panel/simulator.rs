use super::Cx;
use super::link::link;
use crate::el::{El, el};
use crate::messages::Text;

/// The strip that says that nothing is real, with the page that plays the phone.
pub(super) fn simulator(cx: Cx) -> Vec<El> {
    let Some(prompt) = cx.prompt().filter(|prompt| prompt.simulated) else { return Vec::new() };
    let text = cx.text_of(Text::Simulated, Text::LoginSimulated);
    let phone = prompt.qr.as_ref();
    let phone = phone.and_then(|qr| link("a.link", &qr.text, cx.text(Text::SimulatedLink)));
    vec![el("p.simulated").text(text).text(" ").with_some(phone)]
}
