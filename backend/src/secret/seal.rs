use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;

/// The 256-bit key from which every other key is derived.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Reads the key from its text, 32 bytes as base64.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] for anything else; the text is not repeated.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| KeyError::Malformed)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| KeyError::Malformed)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Reads the key file, or makes it (mode 0600) if there is none.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the file cannot be read or written, is malformed, or can be read by others.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                refuse_open_mode(path)?;
                Self::from_base64(&Zeroizing::new(text))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(KeyError::File(error)),
        }
    }

    fn create(path: &Path) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice());
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(KeyError::File)?;
        file.write_all(text.as_bytes()).map_err(KeyError::File)?;
        file.as_file().sync_all().map_err(KeyError::File)?;
        // Somebody else may have made the key meanwhile: theirs stands.
        match file.persist_noclobber(path) {
            Ok(_) => Ok(Self(bytes)),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Self::from_file(path),
            Err(error) => Err(KeyError::File(error.error)),
        }
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

/// The master key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is not 32 bytes of base64.
    #[error("the key is not 32 bytes of base64")]
    Malformed,
    /// The key file cannot be read or written.
    #[error("the key file cannot be used")]
    File(#[source] io::Error),
    /// The key file can be read by others.
    #[error("the key file can be read by others; set its mode to 0600")]
    OpenMode,
}

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

/// Returns 128 random bits as 22 characters of base64url.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 16];
    fill_random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns 256 random bits as 43 characters of base64url.
pub(crate) fn random_secret() -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 32]);
    fill_random(bytes.as_mut_slice());
    Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

/// Returns the SHA-256 of the parts, each with its length before it, as base64url: for looking up a secret
/// that is itself not stored.
pub(crate) fn digest(parts: &[&str]) -> String {
    use sha2::Digest as _;

    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("without randomness of the system nothing here is safe");
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(unix)]
fn refuse_open_mode(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map_err(KeyError::File)?.permissions().mode();
    let for_others = mode & 0o077;
    if for_others == 0 { Ok(()) } else { Err(KeyError::OpenMode) }
}

#[cfg(not(unix))]
fn refuse_open_mode(_: &Path) -> Result<(), KeyError> {
    Ok(())
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

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_made_once_and_refused_when_open_to_others() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = MasterKey::from_file(&path).unwrap();

        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(*made.0, *MasterKey::from_file(&path).unwrap().0);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(MasterKey::from_file(&path), Err(KeyError::OpenMode)));
    }

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey(Zeroizing::new([byte; 32])))
    }
}
