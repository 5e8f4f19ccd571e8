//! What all pages share: the document, the signs, and how names from outside are shown.

use maud::{DOCTYPE, Markup, Render, html};
use serde::Deserialize;

use super::Language;

/// What the document says about itself.
pub(super) struct Head<'a> {
    /// Which language the page speaks.
    pub(super) language: Language,
    /// The path below which the router is nested.
    pub(super) base: &'a str,
    /// The title of the window.
    pub(super) title: &'a str,
    /// Its colours; the system's if it is `None`.
    pub(super) theme: Option<Theme>,
}

/// The colours that a panel has been given.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Whatever the system has.
    #[serde(other)]
    Auto,
}

impl Theme {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
            Self::Auto => None,
        }
    }
}

/// Text from outside inside of a sentence of ours: marked, and kept from turning the sentence around.
#[derive(Clone, Copy)]
pub(super) struct Named<'a>(pub(super) &'a str);

impl Render for Named<'_> {
    fn render(&self) -> Markup {
        html! { b { bdi { (self.0) } } }
    }
}

/// The drawing on top of a card. Decoration: the title says the same.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    /// A screen and a phone.
    Screens,
    /// A person.
    Person,
    /// It is done.
    Tick,
    /// It was refused.
    Cross,
    /// Its time is over.
    Clock,
    /// Something is wrong.
    Warning,
}

impl Sign {
    fn drawing(self) -> (&'static str, &'static str) {
        match self {
            Self::Screens => {
                ("accent", "M13 17H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v1M8 20h5M16 10h5v10h-5z")
            }
            Self::Person => {
                ("accent", "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 20c.6-3.6 3.3-5.5 7-5.5s6.4 1.9 7 5.5")
            }
            Self::Tick => ("good", "m5 12.5 4.5 4.5L19 7.5"),
            Self::Cross => ("calm", "m7 7 10 10M17 7 7 17"),
            Self::Clock => ("calm", "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2"),
            Self::Warning => ("bad", "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.1"),
        }
    }
}

impl Render for Sign {
    fn render(&self) -> Markup {
        let (tone, path) = self.drawing();
        html! {
            div .sign data-tone=(tone) aria-hidden="true" {
                svg viewBox="0 0 24 24" focusable="false" { path d=(path) {} }
            }
        }
    }
}

/// Puts a page's `<main>` into a document.
pub(super) fn document(head: &Head<'_>, main: &Markup) -> Markup {
    framework(head, &html! {}, main)
}

/// The same with a script of ours.
pub(super) fn document_with_script(head: &Head<'_>, script: &str, main: &Markup) -> Markup {
    framework(head, &html! { script src={ (head.base) (script) } defer {} }, main)
}

fn framework(head: &Head<'_>, script: &Markup, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(head.language.tag()) dir="ltr" data-theme=[head.theme.and_then(Theme::name)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="theme-color" content="#f3f6fb" media="(prefers-color-scheme: light)";
                meta name="theme-color" content="#0f1217" media="(prefers-color-scheme: dark)";
                meta name="robots" content="noindex";
                meta name="referrer" content="same-origin";
                meta name="format-detection" content="telephone=no";
                title { (head.title) }
                link rel="stylesheet" href={ (head.base) "/embed/pages.css" };
                (script)
            }
            body { (main) }
        }
    }
}
