use std::str::FromStr;

use super::texts::{Texts, en, zh_cn};

/// A language that the wizard speaks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// English, and whatever is unknown.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Language {
    /// Returns the language of a locale of POSIX, such as `zh_CN.UTF-8`.
    pub fn of_locale(locale: Option<&str>) -> Self {
        locale.and_then(|locale| locale.parse().ok()).unwrap_or_default()
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::ZhCn => &zh_cn::TEXTS,
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Ok(Self::En),
            "zh" => Ok(Self::ZhCn),
            _ => Err(UnknownLanguage),
        }
    }
}

/// The text names no language that the wizard speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the languages are en and zh-CN")]
pub struct UnknownLanguage;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_and_the_unknown_is_english() {
        check(Some("zh_CN.UTF-8"), Language::ZhCn);
        check(Some("zh"), Language::ZhCn);
        check(Some("en_GB"), Language::En);
        check(Some("C.UTF-8"), Language::En);
        check(None, Language::En);
    }

    #[track_caller]
    fn check(locale: Option<&str>, expected: Language) {
        assert_eq!(Language::of_locale(locale), expected, "{locale:?}");
    }
}
