mod en;
mod ja;
mod ru;
mod text;
mod zh_cn;
mod zh_tw;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::rc::Rc;

use crate::cut::cut;
use crate::dom::{document, window};

pub use text::Text;

/// A language the panel speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
    /// Traditional Chinese.
    ZhTw,
    /// Japanese.
    Ja,
    /// Russian.
    Ru,
}

/// The texts of the panel: those of a language, with the embedder's in place of some.
#[derive(Clone)]
pub struct Texts(Rc<Lookup>);

type Lookup = dyn Fn(Text) -> Option<Cow<'static, str>>;

impl Language {
    /// Every language.
    pub const ALL: [Self; 5] = [Self::En, Self::ZhCn, Self::ZhTw, Self::Ja, Self::Ru];

    /// Returns the language for a BCP 47 tag; English for one that we do not speak.
    pub fn from_tag(tag: &str) -> Self {
        let mut subtags = tag.split(['-', '_']);
        let is = |subtag: &str, name: &str| subtag.eq_ignore_ascii_case(name);
        match subtags.next().unwrap_or_default() {
            primary if is(primary, "ja") => Self::Ja,
            primary if is(primary, "ru") => Self::Ru,
            primary if is(primary, "zh") => Self::chinese(subtags),
            _ => Self::En,
        }
    }

    /// The script decides, where it is named; else the region.
    fn chinese<'a>(mut subtags: impl Iterator<Item = &'a str>) -> Self {
        let traditional = ["Hant", "TW", "HK", "MO"];
        let decides = |subtag: &&str| {
            subtag.eq_ignore_ascii_case("Hans")
                || traditional.iter().any(|name| subtag.eq_ignore_ascii_case(name))
        };
        match subtags.find(decides) {
            Some(subtag) if !subtag.eq_ignore_ascii_case("Hans") => Self::ZhTw,
            _ => Self::ZhCn,
        }
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
            Self::ZhTw => "zh-TW",
            Self::Ja => "ja",
            Self::Ru => "ru",
        }
    }

    /// Returns the text in this language.
    pub fn text(self, text: Text) -> &'static str {
        match self {
            Self::En => en::text(text),
            Self::ZhCn => zh_cn::text(text),
            Self::ZhTw => zh_tw::text(text),
            Self::Ja => ja::text(text),
            Self::Ru => ru::text(text),
        }
    }
}

impl Texts {
    /// Returns the texts that `lookup` finds.
    pub fn new(lookup: impl Fn(Text) -> Option<Cow<'static, str>> + 'static) -> Self {
        Self(Rc::new(lookup))
    }

    /// Puts what `overrides` gives in place of these texts. A text with a value names it in braces, as the English one
    /// does: `{name}`.
    #[must_use]
    pub fn with(self, overrides: impl Fn(Text) -> Option<Cow<'static, str>> + 'static) -> Self {
        Self::new(move |text| overrides(text).or_else(|| (self.0)(text)))
    }

    /// Returns a text; nothing for one that is missing.
    pub fn get(&self, text: Text) -> Cow<'static, str> {
        (self.0)(text).unwrap_or_default()
    }

    /// Returns a text with `value` where it has a name in braces. What turns the direction of text stays out of it: the
    /// value may be somebody else's.
    pub fn fill(&self, text: Text, value: &str) -> String {
        let template = self.get(text);
        let parts = cut(&template, b'{').and_then(|(start, rest)| Some((start, cut(rest, b'}')?.1)));
        match parts {
            Some((start, end)) => {
                let value: String = value.chars().filter(|letter| !turns_direction(*letter)).collect();
                [start, &value, end].concat()
            }
            None => template.into_owned(),
        }
    }
}

/// Returns whether `letter` is one of Unicode's controls of direction.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl From<Language> for Texts {
    fn from(language: Language) -> Self {
        Self::new(move |text| Some(language.text(text).into()))
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}
