//! The HTML pages that the backend writes itself: for phones, for browsers that come back from DingTalk, and for the frame.
//!
//! They need no JavaScript (but for the frame) and nothing inline, so a strict policy fits them. What a page's route has to
//! allow: `style-src 'self'`; `form-action 'self'` and, because browsers apply it to redirects after a form, too, the origin of
//! DingTalk's login page; for the frame `script-src 'self'`, `connect-src 'self'`, `frame-src` that origin and
//! `frame-ancestors` its parents.

#[cfg(feature = "platform")]
mod arrival;
mod asking;
mod frame;
mod language;
mod layout;
mod outcome;
mod texts;
mod trouble;

use dingtalk_qr_shared::ErrorCode;

use crate::clock::Timestamp;

#[cfg(feature = "platform")]
pub(in crate::routes) use arrival::render_arrival;
pub(super) use frame::{Frame, render_frame};
pub(in crate::routes) use language::Language;

pub(super) use layout::Theme;
use layout::{Head, document};

/// The stylesheet of every page, served as `/embed/pages.css`.
pub(in crate::routes) const STYLE: &str = include_str!("../../../assets/pages.css");

/// The script of the frame page, served as `/embed/frame.js`.
pub(super) const FRAME_SCRIPT: &str = include_str!("../../../assets/frame.js");

/// The script of the page to which a browser comes back at a local, served as `/embed/arrival.js`.
#[cfg(feature = "platform")]
pub(in crate::routes) const ARRIVAL_SCRIPT: &str = include_str!("../../../assets/arrival.js");

/// Who asks for a login: what a person compares before going on.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    /// The site that is signed in to.
    pub site: String,
    /// The name of the app at DingTalk's side. Empty: not shown.
    pub app: String,
    /// Which browser began it, in words. Empty: not shown.
    pub browser: String,
    /// The network address that it was begun from. Empty: not shown.
    pub address: String,
    /// When it was begun.
    pub begun_at: Timestamp,
}

/// A page that the backend writes, in the order in which a login meets them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Page<'a> {
    /// The QR code's link: who asks. Nothing has happened yet.
    Ask {
        /// Who asks.
        asking: &'a Asking,
        /// Where the forms go: `token`, and `do` = `continue` or `deny`.
        action: &'a str,
        /// What proves that the form is ours.
        token: &'a str,
    },
    /// DingTalk has said who the person is; the number of the other screen is missing.
    Confirm {
        /// Who asks.
        asking: &'a Asking,
        /// Where the forms go: `token`, and `number` = one of the three, or `do` = `deny`.
        action: &'a str,
        /// What proves that the form is ours.
        token: &'a str,
        /// What DingTalk calls the person.
        name: &'a str,
        /// The number of the other screen and two others, in the order to show them.
        numbers: [u8; 3],
    },
    /// The person is signed in, on the other screen.
    Done {
        /// Where.
        site: &'a str,
        /// As whom.
        name: &'a str,
    },
    /// The person said no.
    Denied {
        /// Where somebody wanted to sign in.
        site: &'a str,
        /// Where to try again, for who has no other screen to go back to.
        retry: Option<&'a str>,
    },
    /// The number picked was not the one of the other screen.
    WrongNumber {
        /// Where somebody wanted to sign in.
        site: &'a str,
    },
    /// The link is expired, used, taken up by another phone, or unknown.
    Over,
    /// Something failed.
    Trouble {
        /// What.
        code: ErrorCode,
        /// Finds the request in the log.
        request_id: &'a str,
        /// Where to try again: a path, or an http or https link.
        retry: Option<&'a str>,
    },
}

/// Returns the page as an HTML document. `base` is the path below which the router is nested, such as `""` or `/dingtalk`.
pub(super) fn render(page: &Page<'_>, language: Language, base: &str) -> String {
    let texts = language.texts();
    let head = |title| Head { language, base, title, theme: None };
    let markup = match *page {
        Page::Ask { asking, action, token } => {
            let form = asking::Form { action, token };
            document(&head(texts.ask_title), &asking::ask(texts, asking, form))
        }
        Page::Confirm { asking, action, token, name, numbers } => {
            let form = asking::Form { action, token };
            document(&head(texts.confirm_title), &asking::confirm(texts, asking, form, name, numbers))
        }
        Page::Done { site, name } => document(&head(texts.done_title), &outcome::done(texts, site, name)),
        Page::Denied { site, retry } => {
            document(&head(texts.denied_title), &outcome::denied(texts, site, retry))
        }
        Page::WrongNumber { site } => {
            document(&head(texts.wrong_number_title), &outcome::wrong_number(texts, site))
        }
        Page::Over => document(&head(texts.over_title), &outcome::over(texts)),
        Page::Trouble { code, request_id, retry } => {
            let title = texts.troubles.of(code).title;
            document(&head(title), &trouble::trouble(texts, code, request_id, retry))
        }
    };
    markup.into_string()
}

#[cfg(test)]
mod tests;
