//! What DingTalk and a third-party app share beside the secret of the app.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// Signs what DingTalk pushes: 3 to 32 letters and digits.
#[derive(Clone)]
pub struct CallbackToken(Zeroizing<String>);

/// Encrypts what DingTalk pushes: 32 bytes, written as 43 characters of base64.
#[derive(Clone)]
pub struct CallbackKey(Zeroizing<[u8; 32]>);

/// What DingTalk pushes to a third-party app every few hours, and wants to see again when it is asked for tokens.
#[derive(Clone)]
pub struct SuiteTicket(Zeroizing<String>);

impl CallbackToken {
    /// Returns the token for a signature.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CallbackToken {
    type Error = InvalidCallbackToken;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = Zeroizing::new(text);
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_plain && (3..=32).contains(&text.len()) { Ok(Self(text)) } else { Err(InvalidCallbackToken) }
    }
}

impl CallbackKey {
    /// Returns the key for a cipher.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<String> for CallbackKey {
    type Error = InvalidCallbackKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // 43 characters are two bits too many, and DingTalk makes them up at random.
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireNone);
        let text = Zeroizing::new(text);
        let is_plain = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let bytes = is_plain.then(|| GeneralPurpose::new(&STANDARD, config).decode(text.as_bytes()));
        let bytes = Zeroizing::new(bytes.and_then(Result::ok).ok_or(InvalidCallbackKey)?);
        let bytes = bytes.as_slice().try_into().map_err(|_| InvalidCallbackKey)?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

impl SuiteTicket {
    /// Takes the ticket as DingTalk pushed it.
    pub fn new(ticket: String) -> Self {
        Self(Zeroizing::new(ticket))
    }

    /// Returns the ticket for a request to DingTalk, or sealing.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CallbackToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackToken([redacted])")
    }
}

impl fmt::Debug for CallbackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackKey([redacted])")
    }
}

impl fmt::Debug for SuiteTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SuiteTicket([redacted])")
    }
}

/// The text is not a [`CallbackToken`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a token is 3 to 32 letters and digits")]
pub struct InvalidCallbackToken;

/// The text is not a [`CallbackKey`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an AES key is 43 letters and digits")]
pub struct InvalidCallbackKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_few_letters_and_digits() {
        for good in ["abc", "A1b", &"x".repeat(32)] {
            assert!(CallbackToken::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "ab", "a b", "a-b", "令牌令牌", &"x".repeat(33)] {
            assert!(CallbackToken::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_43_letters_and_digits_whatever_the_last_one_is() {
        for last in ['A', '3', 'z', '9'] {
            assert!(CallbackKey::try_from(format!("{}{last}", "x".repeat(42))).is_ok(), "{last}");
        }
        for bad in ["", &"x".repeat(42), &"x".repeat(44), &format!("{}=", "x".repeat(42)), &"+".repeat(43)] {
            assert!(CallbackKey::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
