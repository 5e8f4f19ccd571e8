use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::random::{fill_random, hmac};

/// How many bytes name a key.
pub(super) const KEY_ID: usize = 4;

/// The 256-bit key from which every other key is derived.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Makes a random one.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice());
        Self(bytes)
    }

    #[cfg(test)]
    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from its text, 32 bytes as base64.
    ///
    /// # Errors
    ///
    /// [`MalformedKey`] for anything else; the text is not repeated.
    pub fn from_base64(text: &str) -> Result<Self, MalformedKey> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| MalformedKey)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| MalformedKey)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Reads several keys, with space or commas between them.
    ///
    /// # Errors
    ///
    /// [`MalformedKey`] if one of them is something else.
    pub fn list_from_base64(text: &str) -> Result<Vec<Self>, MalformedKey> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        words.map(Self::from_base64).collect()
    }

    /// Returns the key as base64, for the operator who asked for one, and for the key file.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }

    /// Returns what names the key.
    pub fn id(&self) -> KeyId {
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&self.derive("dingtalk-qr/key-id/v1")[..KEY_ID]);
        KeyId(id)
    }

    /// Derives the key for one purpose: HMAC-SHA-256 of its name.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        hmac(&self.0, &[purpose.as_bytes()])
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey([redacted])")
    }
}

/// What names a master key and tells nothing of it. Stands in front of everything sealed under the key.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct KeyId(pub(super) [u8; KEY_ID]);

impl KeyId {
    /// Takes the bytes that stand in front of something sealed; `None` if they are not as many as a key id has.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes, as they stand in the store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns eight hexadecimal digits, for a person.
    pub fn to_hex(self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.0))
    }
}

/// The text is not a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the key is not 32 bytes of base64")]
pub struct MalformedKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_listed_with_space_or_commas_between_them() {
        let [a, b, c] = [1, 2, 3].map(|byte| MasterKey::from_bytes([byte; 32]));
        let [text_a, text_b, text_c] = [&a, &b, &c].map(|key| key.to_base64().to_string());

        let keys = MasterKey::list_from_base64(&format!(" {text_a}, {text_b}\n{text_c},")).unwrap();

        let ids: Vec<_> = keys.iter().map(MasterKey::id).collect();
        assert_eq!(ids, [a.id(), b.id(), c.id()]);
        assert!(MasterKey::list_from_base64(&format!("{text_a} canary")).is_err());
    }
}
