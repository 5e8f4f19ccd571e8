use crate::el::{El, Words, el};
use crate::web_link::web_link;

/// A link that opens beside the page, or nothing if `url` does not lead to the web.
pub(super) fn link(spec: &'static str, url: &str, label: Words) -> Option<El> {
    let url = web_link(url)?.to_owned();
    Some(el(spec).set("href", url).set("target", "_blank").set("rel", "noopener noreferrer").text(label))
}
