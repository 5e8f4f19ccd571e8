use super::ConfigError;
use super::vars::Vars;
use crate::secret::BackendKey;

/// What the wizard in the terminal finds in the environment.
#[derive(Debug)]
pub struct TerminalConfig {
    /// `LC_ALL`, else `LC_MESSAGES`, else `LANG`: the language of the person.
    pub locale: Option<String>,
    /// `NO_COLOR`, and `TERM`: what may be drawn.
    pub drawing: Drawing,
    /// `DINGTALK_QR_API_KEY`: opens the backend that `--backend` names.
    pub backend_key: Option<BackendKey>,
}

/// What may be drawn on a terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Drawing {
    /// Colours, and lines that change.
    Rich,
    /// Lines that change, but no colours (`NO_COLOR`).
    Colourless,
    /// Text and nothing else (`TERM=dumb`).
    Dumb,
}

impl TerminalConfig {
    /// Reads it through `var`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the variable that cannot be used.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let name = "DINGTALK_QR_API_KEY";
        let backend_key = vars.text(name).map(BackendKey::try_from).transpose();
        Ok(Self {
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| vars.text(name)),
            drawing: match (vars.text("TERM").as_deref(), vars.text("NO_COLOR")) {
                (Some("dumb"), _) => Drawing::Dumb,
                (_, Some(_)) => Drawing::Colourless,
                (_, None) => Drawing::Rich,
            },
            backend_key: backend_key
                .map_err(|_| ConfigError { name, expected: "an API key as `api-key create` prints it" })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_locale_counts() {
        check(&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "zh_CN.UTF-8")], Some("zh_CN.UTF-8"));
        check(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], Some("C"));
        check(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")], Some("zh_CN.UTF-8"));
        check(&[], None);
    }

    #[test]
    fn colours_are_for_those_who_want_them() {
        for (vars, expected) in [
            (&[("TERM", "xterm")][..], Drawing::Rich),
            (&[("TERM", "xterm"), ("NO_COLOR", "1")], Drawing::Colourless),
            (&[("NO_COLOR", "")], Drawing::Rich),
            (&[("TERM", "dumb")], Drawing::Dumb),
        ] {
            assert_eq!(from(vars).drawing, expected, "{vars:?}");
        }
    }

    #[track_caller]
    fn check(vars: &[(&str, &str)], expected: Option<&str>) {
        assert_eq!(from(vars).locale.as_deref(), expected, "{vars:?}");
    }

    fn from(vars: &[(&str, &str)]) -> TerminalConfig {
        let value = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        TerminalConfig::from_vars(|name| value(name).map(str::to_owned)).unwrap()
    }
}
