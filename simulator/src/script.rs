//! The script file: settings and faults to start with.

use std::path::{Path, PathBuf};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::control::ControlError;
use crate::fault::FaultRule;
use crate::settings::{Settings, SettingsPatch};

/// Content of a script file: the members of [`SettingsPatch`], and `faults`, a list of [`FaultRule`]s.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// Settings to start with.
    pub settings: Settings,
    /// Faults that wait from the start.
    pub faults: Vec<FaultRule>,
}

/// Why a script file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The content is not a script.
    #[error("{} is not a script", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the name of the member.
        #[source]
        source: ControlError,
    },
}

impl Script {
    /// Reads a script file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a member of it is unknown or wrong.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let text =
            std::fs::read(path).map_err(|source| ScriptError::Read { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|source| ScriptError::Content { path: path.to_owned(), source })
    }

    fn parse(text: &[u8]) -> Result<Self, ControlError> {
        let mut members: Map<String, Value> = parse(text)?;
        let faults = members.remove("faults").unwrap_or_else(|| json!([]));
        let patch: SettingsPatch = parse(Value::Object(members).to_string().as_bytes())?;
        let in_faults = |error: ControlError| ControlError::Invalid(format!("faults{error}"));
        let faults: Vec<FaultRule> = parse(faults.to_string().as_bytes()).map_err(in_faults)?;
        for (index, rule) in faults.iter().enumerate() {
            rule.check().map_err(|error| ControlError::Invalid(format!("faults[{index}].{error}")))?;
        }
        let mut settings = Settings::default();
        settings.change(patch);
        Ok(Self { settings, faults })
    }
}

/// Parses JSON from the operator; an error begins with the path of the member that is wrong.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, ControlError> {
    let in_words = |rejection: JsonRejection| {
        let text = rejection.body_text();
        let detail = text.split_once(": ").map_or(text.as_str(), |(_, detail)| detail);
        ControlError::Invalid(detail.to_owned())
    };
    Json::<T>::from_bytes(text).map(|Json(value)| value).map_err(in_words)
}

#[cfg(test)]
mod tests {
    use super::Script;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = Script::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn a_script_sets_settings_and_faults() {
        let text = r#"{"interval": 2, "faults": [{"path": "/x", "times": 3, "fault": {"http": 502}}]}"#;

        let script = Script::parse(text.as_bytes()).unwrap();

        assert_eq!((script.settings.interval, script.settings.expires_in), (2, 7200));
        assert_eq!(script.faults.len(), 1);
    }

    #[test]
    fn a_wrong_script_is_refused_with_the_name_of_what_is_wrong() {
        check(r#"{"interval": "2"}"#, "interval: invalid type");
        check(r#"{"intervall": 2}"#, "intervall: unknown field");
        check(r#"{"faults": [{"path": "/x", "fault": {"htp": 1}}]}"#, "faults[0].fault.htp: unknown field");
        check(r#"{"faults": [{"path": "/x", "fault": {}}]}"#, "faults[0].fault: must have");
        check("[]", "invalid type");
        check("{", "EOF");
    }
}
