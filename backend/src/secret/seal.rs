use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::key::MasterKey;
use super::random::{fill_random, hmac};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;

/// A sealed secret: version, key id, nonce, ciphertext with tag. Safe to store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Takes bytes from the store.
    pub fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes for the store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Seals secrets for the store with XChaCha20-Poly1305, and makes and checks tokens.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    key_id: [u8; KEY_ID],
    token_key: Zeroizing<[u8; 32]>,
}

impl Sealer {
    /// Derives the keys.
    pub fn new(master: &MasterKey) -> Self {
        let key = master.derive("dingtalk-qr/seal/v1");
        let mut key_id = [0; KEY_ID];
        key_id.copy_from_slice(&master.derive("dingtalk-qr/key-id/v1")[..KEY_ID]);
        let token_key = master.derive("dingtalk-qr/poll-token/v1");
        Self { cipher: XChaCha20Poly1305::new((&*key).into()), key_id, token_key }
    }

    /// Seals `secret` for one place, such as `apps/ding123`: elsewhere it cannot be opened.
    ///
    /// # Panics
    ///
    /// If the system has no randomness, or the secret is longer than the cipher's 256 GiB.
    pub fn seal(&self, place: &str, secret: &str) -> Sealed {
        let mut nonce = [0; NONCE];
        fill_random(&mut nonce);
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let ciphertext = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a secret is far shorter than the cipher's limit of 256 GiB");
        Sealed([&[VERSION], self.key_id.as_slice(), &nonce, &ciphertext].concat())
    }

    /// Opens what [`Sealer::seal`] sealed for the same place.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says whether the key is another one or the bytes were changed.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<String>, OpenError> {
        let bytes = sealed.as_bytes();
        let Some((header, ciphertext)) = bytes.split_at_checked(1 + KEY_ID + NONCE) else {
            return Err(OpenError::Damaged);
        };
        if header[0] != VERSION {
            return Err(OpenError::Damaged);
        }
        if header[1..=KEY_ID] != self.key_id {
            return Err(OpenError::OtherKey);
        }
        let nonce = XNonce::try_from(&header[1 + KEY_ID..]).map_err(|_| OpenError::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
        let plain = self.cipher.decrypt(&nonce, payload).map_err(|_| OpenError::Damaged)?;
        String::from_utf8(plain).map(Zeroizing::new).map_err(|_| OpenError::Damaged)
    }

    /// Returns the token that proves the right to `subject`. The same subject has the same token.
    pub fn token(&self, subject: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac(&self.token_key, &[subject.as_bytes()]).as_slice())
    }

    /// Returns whether `token` belongs to `subject`, in constant time.
    pub fn is_token(&self, subject: &str, token: &str) -> bool {
        self.token(subject).as_bytes().ct_eq(token.as_bytes()).into()
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer([redacted])")
    }
}

/// A sealed secret cannot be opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// It was sealed under another key.
    #[error("the secret was sealed under another key")]
    OtherKey,
    /// It was changed, or sealed for another place.
    #[error("the sealed secret is damaged")]
    Damaged,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let sealer = sealer(7);
        let ciphertext = sealer.seal("apps/ding1", "canary");

        assert_eq!(sealer.open("apps/ding1", &ciphertext).unwrap().as_str(), "canary");
        assert_eq!(sealer.open("apps/ding2", &ciphertext).err(), Some(OpenError::Damaged));
    }

    #[test]
    fn another_key_is_told_from_damage() {
        let ciphertext = sealer(7).seal("apps/ding1", "canary");

        assert_eq!(sealer(8).open("apps/ding1", &ciphertext).err(), Some(OpenError::OtherKey));
    }

    #[test]
    fn no_changed_byte_is_accepted() {
        let sealer = sealer(7);
        let ciphertext = sealer.seal("here", "canary");

        for index in 0..ciphertext.0.len() {
            let mut bytes = ciphertext.0.clone();
            bytes[index] ^= 1;
            assert!(sealer.open("here", &Sealed(bytes)).is_err(), "byte {index}");
            assert!(sealer.open("here", &Sealed(ciphertext.0[..index].to_vec())).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn a_token_fits_its_subject_only() {
        let sealer = sealer(7);

        assert!(sealer.is_token("flow-a", &sealer.token("flow-a")));
        assert!(!sealer.is_token("flow-b", &sealer.token("flow-a")));
        assert!(!sealer.is_token("flow-a", ""));
    }

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey::from_bytes([byte; 32]))
    }
}
