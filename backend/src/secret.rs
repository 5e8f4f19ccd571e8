//! Secrets as types: they are wiped on drop, `Debug` hides them, and nothing turns them into JSON or text.

#[cfg(feature = "platform")]
mod callback;
mod database_url;
mod key;
mod key_file;
mod random;
#[cfg(feature = "platform")]
mod relay;
mod ring;
mod seal;
mod webhook;

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

#[cfg(feature = "platform")]
pub use callback::{CallbackKey, CallbackToken, InvalidCallbackKey, InvalidCallbackToken, SuiteTicket};
pub use database_url::{DatabaseUrl, InvalidDatabaseUrl};
pub use key::{KeyId, MalformedKey, MasterKey};
pub use key_file::{FileKeys, KeyFile, KeyFileError, KeyFileLock};
pub(crate) use random::{Serial, digest, random_below, random_id, random_secret};
#[cfg(feature = "platform")]
pub use relay::{InvalidRelayKey, RelayKey};
#[cfg(feature = "platform")]
pub(crate) use relay::{body_digest, relay_nonce};
pub use seal::{OpenError, Sealed, Sealer};
pub use webhook::{InvalidWebhookKey, InvalidWebhookUrl, WebhookKey, WebhookUrl};

/// The secret half of an app's credentials. Stays in the backend.
///
/// At most 256 visible ASCII characters (DingTalk's own have 64).
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// Returns the secret for a request to DingTalk, a sink, or sealing.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the first four characters and dots, for a person to recognise it by.
    pub fn hint(&self) -> String {
        // A short secret would be given away by a part of it.
        let shown = if self.0.len() >= 16 { 4 } else { 0 };
        format!("{}{}", &self.0[..shown], "•".repeat(8))
    }
}

impl TryFrom<String> for ClientSecret {
    type Error = InvalidSecret;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = Zeroizing::new(text);
        let trimmed = text.trim();
        let is_visible = |byte: u8| byte.is_ascii_graphic();
        if trimmed.is_empty() || trimmed.len() > 256 || !trimmed.bytes().all(is_visible) {
            return Err(InvalidSecret);
        }
        Ok(Self(Zeroizing::new(trimmed.to_owned())))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret([redacted])")
    }
}

/// The text is empty, too long, or not visible ASCII.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a client secret is 1 to 256 visible ASCII characters")]
pub struct InvalidSecret;

/// DingTalk's handle of one registration (RFC 8628 §3.2 `device_code`). Whoever has it can fetch the credentials.
#[derive(Clone)]
pub struct DeviceCode(Zeroizing<String>);

impl DeviceCode {
    /// Takes the code as DingTalk gave it.
    pub fn new(code: String) -> Self {
        Self(Zeroizing::new(code))
    }

    /// Returns the code for a request to DingTalk, or sealing.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceCode([redacted])")
    }
}

/// A token that DingTalk gave us for an app or for a person. Stays in the backend.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes the token as DingTalk gave it.
    pub fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    /// Returns the token for a request to DingTalk.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

/// An API key of another backend, which this program presents to it.
#[cfg(feature = "terminal")]
pub struct BackendKey(Zeroizing<String>);

#[cfg(feature = "terminal")]
impl BackendKey {
    /// Returns the key for a request to its backend.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "terminal")]
impl TryFrom<String> for BackendKey {
    type Error = InvalidSecret;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // Of the same form; what it is good for is another matter.
        ClientSecret::try_from(text).map(|secret| Self(secret.0))
    }
}

#[cfg(feature = "terminal")]
impl fmt::Debug for BackendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackendKey([redacted])")
    }
}

/// A secret that somebody presents to us: a poll token, an API key, a session, a code. Compared, hashed or given in,
/// then forgotten.
pub struct Presented(Zeroizing<String>);

impl Presented {
    /// Takes what stood in the request.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// Returns the text for comparing or hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Presented {
    /// Returns the same text once more, for somebody else who compares it.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_gives_nothing_of_a_short_secret_away() {
        check_hint("abcdefghijklmnop", "abcd••••••••");
        check_hint("abcdefgh", "••••••••");
    }

    #[test]
    fn a_secret_is_visible_ascii() {
        assert!(ClientSecret::try_from("  padded-by-a-copy \n".to_owned()).is_ok());
        for bad in ["", "  ", "two words", "line\nbreak", "密钥", &"x".repeat(257)] {
            assert_eq!(ClientSecret::try_from(bad.to_owned()).err(), Some(InvalidSecret), "{bad}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = ClientSecret::try_from("canary".to_owned()).unwrap();

        assert_eq!(format!("{secret:?} {:?}", DeviceCode::new("canary".into())).find("canary"), None);
    }

    #[track_caller]
    fn check_hint(secret: &str, expected: &str) {
        assert_eq!(ClientSecret::try_from(secret.to_owned()).unwrap().hint(), expected);
    }
}
