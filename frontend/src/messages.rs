mod en;
mod login;
mod zh_cn;

#[cfg(test)]
mod tests;

use dingtalk_qr_shared::ErrorCode;
use leptos::prelude::{document, window};

pub use login::LoginMessages;

/// A language the panel speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// Returns the language for a BCP 47 tag; English for one that we do not speak.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") { Self::ZhCn } else { Self::En }
    }

    /// Returns the language of the document, else of the browser.
    pub fn of_page() -> Self {
        let of_document =
            document().document_element().map(|root| root.get_attribute("lang").unwrap_or_default());
        match of_document.filter(|tag| !tag.is_empty()) {
            Some(tag) => Self::from_tag(&tag),
            None => Self::of_browser(),
        }
    }

    /// Returns the language of the browser.
    pub fn of_browser() -> Self {
        Self::from_tag(&window().navigator().language().unwrap_or_default())
    }

    /// Returns the BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// Returns the texts.
    pub fn messages(self) -> &'static Messages {
        match self {
            Self::En => &en::MESSAGES,
            Self::ZhCn => &zh_cn::MESSAGES,
        }
    }
}

/// Every text of the panel. A language that lacks one does not compile.
#[derive(Debug)]
#[expect(missing_docs, reason = "the English text says what each one is")]
#[non_exhaustive]
pub struct Messages {
    pub panel: &'static str,
    pub instruction: &'static str,
    pub what_happens: &'static str,
    pub qr_label: &'static str,
    pub user_code: &'static str,
    pub time_left: &'static str,
    pub one_minute: &'static str,
    pub brand: fn(&str) -> String,
    pub twice: &'static str,
    pub warning: &'static str,
    pub simulated: &'static str,
    pub simulated_link: &'static str,

    pub starting: &'static str,
    pub ready: &'static str,
    pub creating: &'static str,
    pub approval: &'static str,
    pub created: &'static str,
    pub denied: &'static str,
    pub expired: &'static str,
    pub cancelled: &'static str,
    pub failed: &'static str,
    pub operator: &'static str,
    pub reconnecting: &'static str,
    pub upstream_reconnecting: &'static str,
    pub offline: &'static str,
    pub paused: &'static str,

    pub copy: &'static str,
    pub copied: &'static str,
    pub copy_by_hand: &'static str,
    pub copy_link: &'static str,
    pub open_link: &'static str,
    pub open_in_dingtalk: &'static str,
    pub new_code: &'static str,
    pub retry: &'static str,
    pub start_again: &'static str,
    pub cancel: &'static str,
    pub by_hand: &'static str,
    pub back: &'static str,

    pub approval_body: &'static str,
    pub approval_note: fn(&str) -> String,
    pub copy_note: &'static str,

    pub client_id: &'static str,
    pub client_secret: &'static str,
    pub saved_to: &'static str,
    pub sink_store: &'static str,
    pub sink_env_file: &'static str,
    pub sink_unknown: &'static str,
    pub verified: &'static str,
    pub not_verified: &'static str,
    pub next_step: &'static str,
    pub another: &'static str,

    pub denied_reason: &'static str,
    pub denied_body: &'static str,
    pub expired_body: &'static str,
    pub cancelled_body: &'static str,
    pub operator_body: &'static str,
    pub unreachable: &'static str,
    pub failure: fn(ErrorCode) -> &'static str,
    pub retry_after: fn(u32) -> String,

    pub manual_title: &'static str,
    pub manual_body: &'static str,
    pub app_name: &'static str,
    pub app_name_hint: &'static str,
    pub show: &'static str,
    pub save: &'static str,
    pub saving: &'static str,
    pub required: &'static str,
    pub invalid: &'static str,

    pub login: LoginMessages,
}
