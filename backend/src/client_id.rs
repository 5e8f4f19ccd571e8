//! The public half of the credentials of an app.

use std::fmt;

use serde::Deserialize;

/// The public half of an app's credentials (DingTalk also says `AppKey`): 1 to 128 of `A-Z a-z 0-9 . _ -`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct ClientId(String);

impl ClientId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientId {
    type Error = InvalidClientId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if text.is_empty() || text.len() > 128 || !text.bytes().all(is_allowed) {
            return Err(InvalidClientId);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a [`ClientId`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a client id is 1 to 128 letters, digits, dots, underscores and hyphens")]
pub struct InvalidClientId;
