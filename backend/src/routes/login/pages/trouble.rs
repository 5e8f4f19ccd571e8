//! What went wrong, in words, and what to do about it.

use dingtalk_qr_shared::ErrorCode;
use maud::{Markup, html};

use super::layout::Sign;
use super::texts::Texts;

/// What happened, what the person can do, what the administrator checks, and how to find it in the log.
pub(super) fn trouble(texts: &Texts, code: ErrorCode, request_id: &str, retry: Option<&str>) -> Markup {
    let said = texts.troubles.of(code);
    let word = word(code);
    html! {
        main data-page="trouble" data-code=(word) {
            header {
                (Sign::Warning)
                h1 { (said.title) }
            }
            div .said {
                p { (said.happened) }
                p { (said.person) }
            }
            @if let Some(advice) = said.administrator {
                section .advice aria-label=(texts.for_administrator) {
                    h2 { (texts.for_administrator) }
                    p { (advice) }
                }
            }
            @if let Some(address) = retry.filter(|address| is_link(address)) {
                a .strong href=(address) { (texts.try_again) }
            }
            dl .small {
                div { dt { (texts.code) } dd { code { (word) } } }
                div { dt { (texts.reference) } dd { code { (request_id) } } }
            }
        }
    }
}

/// The code as the API spells it.
fn word(code: ErrorCode) -> String {
    let word = serde_json::to_value(code).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn is_link(address: &str) -> bool {
    let is_path = address.starts_with('/') && !address.starts_with("//");
    is_path || address.starts_with("https://") || address.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::is_link;

    #[test]
    fn only_paths_and_http_addresses_become_links() {
        assert!(is_link("/auth/dingtalk?app=x"));
        assert!(is_link("https://site.example/"));
        assert!(!is_link("javascript:alert(1)"));
        assert!(!is_link("//elsewhere.example"));
        assert!(!is_link(""));
    }
}
