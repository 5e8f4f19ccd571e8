//! Which language a page speaks.

use super::texts::{self, Texts};

/// A language that the pages are written in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::routes) enum Language {
    /// English, and whatever is unknown.
    #[default]
    En,
    /// Chinese as written on the mainland.
    ZhCn,
    /// Chinese as written in Taiwan, Hong Kong and Macao.
    ZhTw,
    /// Japanese.
    Ja,
    /// Russian.
    Ru,
}

impl Language {
    /// Every language.
    #[cfg(test)]
    pub(in crate::routes) const ALL: [Self; 5] = [Self::En, Self::ZhCn, Self::ZhTw, Self::Ja, Self::Ru];

    /// Chooses by the `lang` of the address, else by the header `Accept-Language` (RFC 9110 §12.5.4), else English.
    pub(in crate::routes) fn of(accept_language: Option<&str>, lang_query: Option<&str>) -> Self {
        lang_query
            .and_then(Self::from_tag)
            .or_else(|| accept_language.and_then(Self::most_wanted))
            .unwrap_or_default()
    }

    /// Returns the tag for `lang` attributes (BCP 47).
    pub(in crate::routes) fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
            Self::Ja => "ja",
            Self::Ru => "ru",
        }
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Self::En => &texts::en::TEXTS,
            Self::ZhCn => &texts::zh_cn::TEXTS,
            Self::ZhTw => &texts::zh_tw::TEXTS,
            Self::Ja => &texts::ja::TEXTS,
            Self::Ru => &texts::ru::TEXTS,
        }
    }

    /// The known language with the highest quality; among equals the first.
    fn most_wanted(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in header.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let Some(language) = Self::from_tag(tag) else { continue };
            let quality = quality(parameters);
            if quality > best.map_or(0, |(quality, _)| quality) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut subtags = tag.split(['-', '_']);
        match subtags.next()? {
            "en" => Some(Self::En),
            "ja" => Some(Self::Ja),
            "ru" => Some(Self::Ru),
            // The script decides; the region does where no script is named.
            "zh" => match subtags.find(|subtag| ["hans", "hant", "hk", "mo", "tw"].contains(subtag)) {
                None | Some("hans") => Some(Self::ZhCn),
                Some(_) => Some(Self::ZhTw),
            },
            _ => None,
        }
    }
}

/// Thousandths; one without a parameter, none where it cannot be read.
fn quality(parameters: &str) -> u16 {
    let mut parameters = parameters.split(';').map(str::trim);
    let Some(value) = parameters.find_map(|parameter| parameter.strip_prefix(['q', 'Q'])?.strip_prefix('='))
    else {
        return 1000;
    };
    match value.split_once('.').unwrap_or((value, "")) {
        ("1", _) => 1000,
        ("0", fraction) => {
            let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
            digits.parse().unwrap_or(0)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Ja, Ru, ZhCn, ZhTw};

    #[track_caller]
    fn check(accept_language: &str, expected: Language) {
        assert_eq!(Language::of(Some(accept_language), None), expected, "{accept_language}");
    }

    #[test]
    fn the_browser_says_which_language() {
        check("en", En);
        check("en-GB", En);
        check("ja-JP", Ja);
        check("ru,en;q=0.5", Ru);
        check("RU", Ru);
    }

    #[test]
    fn chinese_is_told_apart_by_script_then_region() {
        check("zh", ZhCn);
        check("zh-CN,zh;q=0.9", ZhCn);
        check("zh-SG", ZhCn);
        check("zh-Hans", ZhCn);
        check("zh-Hans-HK", ZhCn);
        check("zh-TW", ZhTw);
        check("zh-HK", ZhTw);
        check("zh-Hant", ZhTw);
        check("zh-Hant-CN", ZhTw);
        check("zh_TW", ZhTw);
    }

    #[test]
    fn the_highest_quality_wins_and_among_equals_the_first() {
        check("en;q=0.8, zh-CN;q=0.9", ZhCn);
        check("ja;q=0.5,ru;q=0.5", Ja);
        check("ja;q=0.85,ru;q=0.9", Ru);
        check("de, fr;q=0.9, ja;q=0.1", Ja);
        check("zh;q=0, ru;q=0.001", Ru);
        check("zh; Q=0.2 ; x=1, ru;q=1.000", Ru);
    }

    #[test]
    fn what_cannot_be_read_is_english() {
        check("", En);
        check("*", En);
        check("de,fr", En);
        check("ja;q=0", En);
        check("ja;q=many", En);
        check(",;;q=,", En);
        assert_eq!(Language::of(None, None), En);
    }

    #[test]
    fn the_address_has_the_last_word_if_it_names_a_language() {
        assert_eq!(Language::of(Some("ja"), Some("zh-TW")), ZhTw);
        assert_eq!(Language::of(Some("ja"), Some("klingon")), Ja);
        assert_eq!(Language::of(None, Some("ru")), Ru);
    }
}
