use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use libaes::Cipher;
use serde::Deserialize;
use sha1::{Digest as _, Sha1};

/// Bytes to a multiple of which a plaintext is filled up.
const BLOCK: usize = 32;

/// Signs and encrypts as DingTalk does what it pushes (its repository `dingtalk-callback-Crypto`).
pub struct CallbackCrypto {
    token: String,
    key: [u8; 32],
    owner: String,
}

/// What can be wrong with a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// The signature is another one.
    Signature,
    /// It is for another app.
    Owner,
    /// The last byte of what the plaintext is filled up with is another one.
    Padding,
}

/// Why an answer is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The AES key is not 43 letters and digits.
    #[error("aes_key: must be 43 letters and digits")]
    Key,
    /// The signature is another one.
    #[error("the signature is wrong")]
    Signature,
    /// It cannot be decrypted.
    #[error("it cannot be decrypted")]
    Ciphertext,
    /// It is of another app.
    #[error("it is of another app")]
    Owner,
}

impl CallbackCrypto {
    /// Takes what DingTalk and the app share.
    ///
    /// # Errors
    ///
    /// [`CallbackError::Key`].
    pub fn new(token: &str, aes_key: &str, owner: &str) -> Result<Self, CallbackError> {
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireNone);
        let key = GeneralPurpose::new(&alphabet::STANDARD, config).decode(aes_key).ok();
        let key = key.and_then(|key| key.try_into().ok()).ok_or(CallbackError::Key)?;
        Ok(Self { token: token.to_owned(), key, owner: owner.to_owned() })
    }

    /// Encrypts a message behind 16 random characters.
    pub fn encrypt(&self, message: &str, salt: &str, wrong: Option<Wrong>) -> String {
        let owner = if wrong == Some(Wrong::Owner) { "another" } else { &self.owner };
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
        let mut plain = [salt.as_bytes(), &length, message.as_bytes(), owner.as_bytes()].concat();
        let fill = BLOCK - plain.len() % BLOCK;
        plain.extend(std::iter::repeat_n(u8::try_from(fill).unwrap_or_default(), fill));
        if let (Some(Wrong::Padding), Some(last)) = (wrong, plain.last_mut()) {
            *last ^= 0x40;
        }
        STANDARD.encode(self.cipher().cbc_encrypt(&self.key[..16], &plain))
    }

    /// Decrypts a message.
    ///
    /// # Errors
    ///
    /// [`CallbackError`].
    pub fn decrypt(&self, ciphertext: &str) -> Result<String, CallbackError> {
        let unusable = CallbackError::Ciphertext;
        let bytes = STANDARD.decode(ciphertext).map_err(|_| unusable)?;
        let mut plain = self.cipher().cbc_decrypt(&self.key[..16], &bytes);
        let fill = plain.last().copied().map_or(0, usize::from);
        if fill == 0 || fill > BLOCK || fill > plain.len() {
            return Err(unusable);
        }
        plain.truncate(plain.len() - fill);
        let length = plain.get(16..20).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
        let end = 20 + usize::try_from(length.ok_or(unusable)?).map_err(|_| unusable)?;
        let message = plain.get(20..end).ok_or(unusable)?;
        if plain.get(end..) != Some(self.owner.as_bytes()) {
            return Err(CallbackError::Owner);
        }
        String::from_utf8(message.to_vec()).map_err(|_| unusable)
    }

    /// Signs a ciphertext.
    pub fn signature(&self, timestamp: &str, nonce: &str, ciphertext: &str) -> String {
        let mut parts = [&self.token, timestamp, nonce, ciphertext];
        parts.sort_unstable();
        Sha1::digest(parts.concat()).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn cipher(&self) -> Cipher {
        let mut cipher = Cipher::new_256(&self.key);
        // DingTalk fills up to 32 bytes, where AES has 16.
        cipher.set_auto_padding(false);
        cipher
    }
}

impl std::fmt::Debug for CallbackCrypto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackCrypto").field("owner", &self.owner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{CallbackCrypto, CallbackError};

    const KEY: &str = "1234567890123456789012345678901234567890123";

    #[test]
    fn the_official_vector_is_made_and_read() {
        let crypto = CallbackCrypto::new("123456", KEY, "dingsnotzck6pm5veliw").unwrap();
        let ciphertext =
            "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==";

        assert_eq!(crypto.encrypt("success", "dICkEDLj0eb6yAbc", None), ciphertext);
        assert_eq!(crypto.decrypt(ciphertext).as_deref(), Ok("success"));
        assert_eq!(
            crypto.signature("1614767836", "A7Co0cJLMzIDtMMI", ciphertext),
            "9a95a004dd16f5c307e849b994173f76aa26e5eb"
        );
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert_eq!(CallbackCrypto::new("t", "short", "k").err(), Some(CallbackError::Key));
    }
}
