//! The key of a relay, which signs what goes between a cloud and one of its locals.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::random::{fill_random, random_secret};

/// How every key begins, so that one in the wrong place is recognised.
const PREFIX: &str = "dqr_";

/// A key of 32 bytes that both ends of a relay have.
#[derive(Clone)]
pub struct RelayKey(Zeroizing<[u8; 32]>);

impl RelayKey {
    /// Makes one.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Returns the key as text, for its owner and for sealing.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0.as_slice())))
    }

    /// Returns the signature of some lines.
    pub(crate) fn sign(&self, lines: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(lines).finalize().into_bytes())
    }

    /// Returns whether it is the signature of these lines, in a time that does not depend on how much of it is right.
    pub(crate) fn verify(&self, lines: &[&str], signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        self.mac(lines).verify_slice(&signature).is_ok()
    }

    /// No line has a line end, so no two lists of lines are the same text.
    fn mac(&self, lines: &[&str]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        mac.update(lines.join("\n").as_bytes());
        mac
    }
}

/// Returns a nonce: 256 bits that nobody has used before.
pub(crate) fn relay_nonce() -> String {
    random_secret().as_str().to_owned()
}

/// Returns the digest of a body.
pub(crate) fn body_digest(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(body))
}

impl TryFrom<&str> for RelayKey {
    type Error = InvalidRelayKey;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let text = text.trim().strip_prefix(PREFIX).ok_or(InvalidRelayKey)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidRelayKey)?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| InvalidRelayKey)?;
        Ok(Self(Zeroizing::new(key)))
    }
}

impl fmt::Debug for RelayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelayKey([redacted])")
    }
}

/// The text is not such a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a key of a relay is dqr_ and 43 characters of base64url")]
pub struct InvalidRelayKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let key = RelayKey::generate();
        let again = RelayKey::try_from(key.expose().as_str()).unwrap();

        assert!(again.verify(&["a", "b"], &key.sign(&["a", "b"])));
        assert!(!again.verify(&["a", "c"], &key.sign(&["a", "b"])));
        assert!(!again.verify(&["a", "b"], &RelayKey::generate().sign(&["a", "b"])));
    }

    /// From `printf 'a\nb' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…00 -binary | base64`.
    #[test]
    fn a_signature_is_an_hmac_of_the_lines() {
        let key = RelayKey(Zeroizing::new([0; 32]));

        assert_eq!(key.sign(&["a", "b"]), "S-3CqLGA_fDH4AsSlv2aB9hsYD1vhgzyB3zC_N3EhLM");
    }

    #[test]
    fn anything_else_is_no_key() {
        for text in ["", "dqr_", "dqr_short", "dqk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "dqr_*"] {
            assert_eq!(RelayKey::try_from(text).err(), Some(InvalidRelayKey), "{text}");
        }
    }
}
