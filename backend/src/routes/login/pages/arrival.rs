//! The page to which a browser comes back at a local. Its script gives in what is in the fragment of the address.

use maud::html;

use super::Language;
use super::layout::{Head, document_with_script};

/// Returns the page as an HTML document. `base` is the path below which the router is nested.
pub(in crate::routes) fn render_arrival(language: Language, base: &str) -> String {
    let texts = &language.texts().frame;
    let main = html! {
        main data-page="arrival" {
            form method="post" action={ (base) "/auth/dingtalk/callback" } {
                input type="hidden" name="proof" value="";
            }
            p role="status" { (texts.sending) }
            noscript { p { (texts.no_script) } }
        }
    };
    let head = Head { language, base, title: texts.title, theme: None };
    document_with_script(&head, "/embed/arrival.js", &main).into_string()
}
