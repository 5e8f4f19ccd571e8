use serde::{Deserialize, Serialize};

use crate::client_id::ClientId;

/// What we call an app: 1 to 64 of `a-z 0-9 _ -`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String")]
pub struct AppName(String);

impl AppName {
    const LONGEST: usize = 64;

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes a name for an app that was given none.
    pub fn from_client_id(client_id: &ClientId) -> Self {
        let lower = client_id.as_str().to_ascii_lowercase().replace('.', "-");
        Self(lower.chars().take(Self::LONGEST).collect())
    }
}

impl TryFrom<String> for AppName {
    type Error = InvalidAppName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        if text.is_empty() || text.len() > Self::LONGEST || !text.bytes().all(is_allowed) {
            return Err(InvalidAppName);
        }
        Ok(Self(text))
    }
}

/// The text is not an [`AppName`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the name of an app is 1 to 64 lower-case letters, digits, underscores and hyphens")]
pub struct InvalidAppName;
