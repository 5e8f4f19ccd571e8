use std::collections::HashMap;
use std::str::FromStr;

use url::Url;

use super::ConfigError;

/// Reads `NAME=value` lines one by one, so that a line which cannot be read takes no other with it.
pub(super) fn assignments(text: &str) -> HashMap<String, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = |line: &str| dotenvy::from_read_iter(line.as_bytes()).next()?.ok();
    text.lines().filter_map(read).collect()
}

pub(super) struct Vars<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Vars<'_> {
    /// Returns a variable without the space around it, unless it is empty then.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = (self.0)(name)?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The same for a variable that is set to nothing on purpose: that is `None`, not the default.
    pub(super) fn text_or(&self, name: &str, default: &str) -> Option<String> {
        let text = (self.0)(name).map_or_else(|| default.to_owned(), |text| text.trim().to_owned());
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        default: &str,
        expected: &'static str,
    ) -> Result<T, ConfigError> {
        let text = self.text(name);
        text.as_deref().unwrap_or(default).parse().map_err(|_| ConfigError { name, expected })
    }

    pub(super) fn positive(&self, name: &'static str, default: &str) -> Result<usize, ConfigError> {
        let expected = "a whole number above zero";
        let number: u32 = self.parsed(name, default, expected)?;
        usize::try_from(number).ok().filter(|number| *number > 0).ok_or(ConfigError { name, expected })
    }

    /// Reads an http or https URL without user, query or fragment, and cuts the slashes at its end.
    pub(super) fn http_url(&self, name: &'static str, default: &str) -> Result<Url, ConfigError> {
        let expected = "an http or https URL without user, query and fragment";
        let text = self.text(name).unwrap_or_else(|| default.to_owned());
        let url: Url = text.trim_end_matches('/').parse().map_err(|_| ConfigError { name, expected })?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
        if is_plain && is_http { Ok(url) } else { Err(ConfigError { name, expected }) }
    }

    pub(super) fn list<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, ConfigError> {
        let text = self.text(name).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| parse(item).ok_or(ConfigError { name, expected })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_takes_no_other_with_it() {
        let text = "\u{feff}A=1\r\nGREETING=it's me\nhello world\n# B=2\nexport C=\"3 4\"\nD=\n";
        let expected = [("A", "1"), ("C", "3 4"), ("D", "")];

        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(assignments(text), HashMap::from(expected));
    }
}
