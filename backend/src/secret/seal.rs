use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead as _, Payload};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::key::{KEY_ID, KeyId, MasterKey};
use super::key_file::{KeyFile, KeyFileError};
use super::random::{fill_random, hmac};
use super::ring::{DerivedKeys, Ring};

const VERSION: u8 = 1;
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
///
/// One key seals and makes tokens, the current one. What was sealed or made with an older one is opened and believed as long as
/// that key is known.
pub struct Sealer {
    ring: Ring,
}

impl Sealer {
    /// Takes the keys: the current one, and older ones.
    pub fn new(current: &MasterKey, old: &[MasterKey]) -> Self {
        Self { ring: Ring::fixed(current, old) }
    }

    /// Takes the keys of a file, and goes with the file when it changes; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file cannot be used.
    pub fn from_file(file: KeyFile, old: &[MasterKey]) -> Result<Option<Self>, KeyFileError> {
        Ok(Ring::of_file(file, old)?.map(|ring| Self { ring }))
    }

    /// Returns what names the key that seals.
    pub fn current_id(&self) -> KeyId {
        self.ring.current().id
    }

    /// Returns what names the keys that only open.
    pub fn old_ids(&self) -> Vec<KeyId> {
        self.ring.follow();
        self.ring.all().iter().skip(1).map(|key| key.id).collect()
    }

    /// Returns whether what was sealed under a key can be opened.
    pub fn knows(&self, id: KeyId) -> bool {
        self.ring.find(id).is_some()
    }

    /// Seals `secret` for one place, such as `apps/ding123`: elsewhere it cannot be opened.
    ///
    /// # Panics
    ///
    /// If the system has no randomness, or the secret is longer than the cipher's 256 GiB.
    pub fn seal(&self, place: &str, secret: &str) -> Sealed {
        let key = self.ring.current();
        let mut nonce = [0; NONCE];
        fill_random(&mut nonce);
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let ciphertext = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a secret is far shorter than the cipher's limit of 256 GiB");
        Sealed([&[VERSION], key.id.as_bytes(), &nonce, &ciphertext].concat())
    }

    /// Opens what [`Sealer::seal`] sealed for the same place.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says whether the key is an unknown one or the bytes were changed.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<String>, OpenError> {
        let bytes = sealed.as_bytes();
        let Some((header, ciphertext)) = bytes.split_at_checked(1 + KEY_ID + NONCE) else {
            return Err(OpenError::Damaged);
        };
        if header[0] != VERSION {
            return Err(OpenError::Damaged);
        }
        let (id, nonce) = header[1..].split_at(KEY_ID);
        let id = KeyId::from_stored(id).ok_or(OpenError::Damaged)?;
        let key = self.ring.find(id).ok_or(OpenError::OtherKey)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| OpenError::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
        let plain = key.cipher.decrypt(&nonce, payload).map_err(|_| OpenError::Damaged)?;
        String::from_utf8(plain).map(Zeroizing::new).map_err(|_| OpenError::Damaged)
    }

    /// Returns the token that proves the right to `subject`. The same subject has the same token, until the key is another one.
    pub fn token(&self, subject: &str) -> String {
        token(&self.ring.current(), subject)
    }

    /// Returns whether `token` belongs to `subject`, whichever known key it was made with. Every key is tried, in constant time.
    pub fn is_token(&self, subject: &str, token: &str) -> bool {
        let known = self.ring.all();
        if is_of_one(&known, subject, token) {
            return true;
        }
        // Another process that shares the key file may have changed it, and made the token.
        self.ring.follow();
        let followed = self.ring.all();
        !Arc::ptr_eq(&known, &followed) && is_of_one(&followed, subject, token)
    }
}

fn is_of_one(keys: &[Arc<DerivedKeys>], subject: &str, presented: &str) -> bool {
    let is_equal = |key: &DerivedKeys| token(key, subject).as_bytes().ct_eq(presented.as_bytes());
    keys.iter().fold(Choice::from(0), |any, key| any | is_equal(key)).into()
}

fn token(key: &DerivedKeys, subject: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac(&key.token_key, &[subject.as_bytes()]).as_slice())
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer([redacted])")
    }
}

/// A sealed secret cannot be opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// It was sealed under a key that is not known.
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

    #[test]
    fn an_old_key_opens_and_believes_and_the_current_one_seals() {
        let before = sealer(7);
        let (sealed, token) = (before.seal("here", "canary"), before.token("flow"));
        let [old, current] = [7, 8].map(|byte| MasterKey::from_bytes([byte; 32]));

        let after = Sealer::new(&current, &[old]);

        assert_eq!(after.open("here", &sealed).unwrap().as_str(), "canary");
        assert!(after.is_token("flow", &token) && after.is_token("flow", &after.token("flow")));
        assert_eq!(before.open("here", &after.seal("here", "canary")).err(), Some(OpenError::OtherKey));
        assert!(!before.is_token("flow", &after.token("flow")));
        assert!(!sealer(8).is_token("flow", &token));
    }

    #[test]
    fn a_changed_key_file_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        let [first, second] = [7, 8].map(|byte| MasterKey::from_bytes([byte; 32]));
        file.create().unwrap();
        file.replace(&[&first]).unwrap();
        let running = Sealer::from_file(file.clone(), &[]).unwrap().unwrap();
        let (sealed, token) = (running.seal("here", "canary"), running.token("flow"));

        file.replace(&[&second, &first]).unwrap();

        let elsewhere = sealer(8);
        assert!(running.is_token("flow", &elsewhere.token("flow")));
        assert!(elsewhere.open("here", &running.seal("here", "canary")).is_ok(), "the new key seals at once");
        file.replace(&[&second]).unwrap();
        assert_eq!(running.current_id(), second.id());
        assert!(running.open("here", &sealed).is_ok(), "what is in memory stays good");
        assert!(running.is_token("flow", &token));
    }

    #[test]
    fn what_was_sealed_under_a_key_of_the_changed_file_opens() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        file.create().unwrap();
        let running = Sealer::from_file(file.clone(), &[]).unwrap().unwrap();

        file.replace(&[&MasterKey::from_bytes([8; 32])]).unwrap();

        assert!(running.open("here", &sealer(8).seal("here", "canary")).is_ok());
        assert_eq!(running.open("here", &sealer(9).seal("here", "canary")).err(), Some(OpenError::OtherKey));
    }

    #[test]
    fn a_key_file_that_is_gone_or_broken_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        file.create().unwrap();
        let running = Sealer::from_file(file.clone(), &[]).unwrap().unwrap();
        let id = running.current_id();

        std::fs::write(folder.path().join("key"), "half a k").unwrap();
        assert_eq!(running.current_id(), id);
        std::fs::remove_file(folder.path().join("key")).unwrap();
        assert_eq!(running.current_id(), id);
    }

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey::from_bytes([byte; 32]), &[])
    }
}
