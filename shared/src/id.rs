use std::fmt;

use serde::{Deserialize, Serialize};

/// Names one flow: 128 random bits as 22 characters of base64url.
///
/// Opaque to the browser; it stands in for DingTalk's device code and says nothing about it.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct FlowId(String);

impl FlowId {
    /// Encoded length in characters.
    pub const LENGTH: usize = 22;

    /// Returns the identifier as it stands in a path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FlowId {
    type Error = InvalidFlowId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.len() == Self::LENGTH && text.bytes().all(is_base64url) {
            Ok(Self(text))
        } else {
            Err(InvalidFlowId)
        }
    }
}

impl From<FlowId> for String {
    fn from(id: FlowId) -> Self {
        id.0
    }
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a [`FlowId`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidFlowId;

impl fmt::Display for InvalidFlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flow id is 22 characters of base64url")
    }
}

impl std::error::Error for InvalidFlowId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_id_is_22_characters_of_base64url() {
        check("aZ09-_aZ09-_aZ09-_aZ09", true);
        check("", false);
        check("aZ09-_aZ09-_aZ09-_aZ0", false);
        check("aZ09-_aZ09-_aZ09-_aZ099", false);
        check("aZ09-_aZ09-_aZ09-_aZ0/", false);
        check("aZ09-_aZ09-_aZ09-_aZé", false);
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(FlowId::try_from(text.to_owned()).is_ok(), expected, "{text}");
    }
}
