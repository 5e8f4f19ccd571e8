//! How DingTalk signs and encrypts what it pushes (its repository `dingtalk-callback-Crypto`).
//!
//! 1. The signature is the SHA-1 of token, timestamp, nonce and ciphertext, sorted and put together.
//! 2. The ciphertext is AES-256-CBC in base64; the first half of the key is the first block's vector.
//! 3. The plaintext is 16 random bytes, the length of the message in four, the message, and whose app it is for.
//! 4. It is filled up to whole blocks of 32 bytes, where AES has 16: up to 32 bytes that each say how many they are.
//!
//! The answer is made the same way.

use std::fmt::Write as _;

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::client_id::ClientId;
use crate::secret::{CallbackKey, CallbackToken, random_id};

/// The random bytes in front of the message.
const SALT: usize = 16;
/// The bytes that say how long it is.
const LENGTH: usize = 4;
/// What the plaintext is filled up to a multiple of.
const BLOCK: usize = 32;

/// Opens what DingTalk pushes to one app, and seals the answers.
#[derive(Clone, Debug)]
pub struct CallbackCrypto {
    token: CallbackToken,
    key: CallbackKey,
    owner: ClientId,
}

/// An encrypted message with what signs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Envelope {
    /// The signature, in lower-case hexadecimal.
    pub signature: String,
    /// When it was sent; part of the signature, so kept as text.
    pub timestamp: String,
    /// Random text; part of the signature.
    pub nonce: String,
    /// The ciphertext, in base64.
    pub ciphertext: String,
}

/// What came is not from DingTalk, or not for this app.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Rejected {
    /// The signature is another one.
    #[error("the signature is wrong")]
    Signature,
    /// It is no base64, or not whole blocks.
    #[error("the ciphertext is not whole blocks in base64")]
    Ciphertext,
    /// What it is filled up with is not as it should be.
    #[error("the padding is wrong")]
    Padding,
    /// The message is longer than what holds it.
    #[error("the length is wrong")]
    Length,
    /// It is for another app.
    #[error("it is for another app")]
    Owner,
    /// The message is no text.
    #[error("the message is not UTF-8")]
    Text,
}

impl CallbackCrypto {
    /// Takes what DingTalk and the app share; `owner` is the key of the third-party app.
    pub fn new(token: CallbackToken, key: CallbackKey, owner: ClientId) -> Self {
        Self { token, key, owner }
    }

    /// Opens what DingTalk has sealed.
    ///
    /// # Errors
    ///
    /// [`Rejected`]. Nothing is decrypted before the signature is known to be right.
    ///
    /// # Security
    ///
    /// The signature is compared in constant time. It says nothing of when: the same envelope opens again.
    pub fn open(&self, envelope: &Envelope) -> Result<Zeroizing<String>, Rejected> {
        let expected = self.signature(&envelope.timestamp, &envelope.nonce, &envelope.ciphertext);
        if !bool::from(expected.as_bytes().ct_eq(envelope.signature.as_bytes())) {
            return Err(Rejected::Signature);
        }
        let mut bytes =
            Zeroizing::new(STANDARD.decode(&envelope.ciphertext).map_err(|_| Rejected::Ciphertext)?);
        let (key, vector) = self.key_and_vector();
        let plain = cbc::Decryptor::<Aes256>::new(key.into(), vector.into())
            .decrypt_padded::<NoPadding>(bytes.as_mut_slice())
            .map_err(|_| Rejected::Ciphertext)?;
        let (_, rest) = unpadded(plain)?.split_at_checked(SALT).ok_or(Rejected::Length)?;
        let (length, rest) = rest.split_at_checked(LENGTH).ok_or(Rejected::Length)?;
        let length = length.iter().fold(0, |length: usize, byte| length << 8 | usize::from(*byte));
        let (message, owner) = rest.split_at_checked(length).ok_or(Rejected::Length)?;
        if owner != self.owner.as_str().as_bytes() {
            return Err(Rejected::Owner);
        }
        String::from_utf8(message.to_vec()).map(Zeroizing::new).map_err(|_| Rejected::Text)
    }

    /// Seals an answer.
    ///
    /// # Panics
    ///
    /// If the system has no randomness.
    pub fn seal(&self, message: &str, timestamp: &str) -> Envelope {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
        let salt = sixteen_characters();
        let mut plain = Zeroizing::new(
            [salt.as_bytes(), &length, message.as_bytes(), self.owner.as_str().as_bytes()].concat(),
        );
        let end = plain.len();
        let fill = BLOCK - end % BLOCK;
        plain.resize(end + fill, u8::try_from(fill).unwrap_or_default());
        let (key, vector) = self.key_and_vector();
        let whole = plain.len();
        let sealed = cbc::Encryptor::<Aes256>::new(key.into(), vector.into())
            .encrypt_padded::<NoPadding>(plain.as_mut_slice(), whole)
            .expect("the buffer is whole blocks");
        let (nonce, ciphertext) = (sixteen_characters(), STANDARD.encode(sealed));
        Envelope {
            signature: self.signature(timestamp, &nonce, &ciphertext),
            timestamp: timestamp.to_owned(),
            nonce,
            ciphertext,
        }
    }

    fn signature(&self, timestamp: &str, nonce: &str, ciphertext: &str) -> String {
        let mut parts = [self.token.expose(), timestamp, nonce, ciphertext];
        parts.sort_unstable();
        let mut hash = Sha1::new();
        for part in parts {
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().fold(String::with_capacity(40), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn key_and_vector(&self) -> (&[u8; 32], &[u8; 16]) {
        let key = self.key.expose();
        (key, key.first_chunk().expect("16 bytes are the first half of 32"))
    }
}

/// Takes off what a plaintext is filled up with. A cipher for blocks of 16 would refuse what is longer than that.
fn unpadded(plain: &[u8]) -> Result<&[u8], Rejected> {
    let fill = plain.last().copied().unwrap_or_default();
    let start = plain.len().checked_sub(fill.into()).ok_or(Rejected::Padding)?;
    let (plain, filling) = plain.split_at(start);
    let is_whole = (1..=BLOCK).contains(&filling.len()) && filling.iter().all(|byte| *byte == fill);
    if is_whole { Ok(plain) } else { Err(Rejected::Padding) }
}

fn sixteen_characters() -> String {
    random_id()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one of DingTalk's repository.
    const OFFICIAL: [&str; 4] = [
        "9a95a004dd16f5c307e849b994173f76aa26e5eb",
        "1614767836",
        "A7Co0cJLMzIDtMMI",
        "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==",
    ];

    #[test]
    fn the_official_vector_opens() {
        assert_eq!(crypto().open(&official()).unwrap().as_str(), "success");
    }

    #[test]
    fn what_is_sealed_opens_whatever_its_length() {
        for length in 0..100 {
            let message = "钉".repeat(length / 3) + &"x".repeat(length % 3);
            let envelope = crypto().seal(&message, "1614767836");
            assert_eq!(crypto().open(&envelope).unwrap().as_str(), message, "{length}");
        }
    }

    #[test]
    fn a_change_of_any_byte_is_refused() {
        let whole = official();
        for part in 0..4 {
            for place in 0..OFFICIAL[part].len() {
                let mut changed = OFFICIAL.map(str::to_owned);
                let byte = if changed[part].as_bytes()[place] == b'0' { "1" } else { "0" };
                changed[part].replace_range(place..=place, byte);
                let refused = crypto().open(&envelope(changed));
                assert_eq!(refused.err(), Some(Rejected::Signature), "{part} {place}");
            }
        }
        assert!(crypto().open(&whole).is_ok());
    }

    #[test]
    fn what_is_not_in_form_is_refused_with_its_reason() {
        let crypto = crypto();
        let open = |ciphertext: &str| crypto.open(&signed(&crypto, ciphertext)).err();
        assert_eq!(open("not base64"), Some(Rejected::Ciphertext));
        assert_eq!(open("AAAA"), Some(Rejected::Ciphertext));
        assert_eq!(open(""), Some(Rejected::Padding));
        for (plain, expected) in [
            (vec![0; 32], Rejected::Padding),
            (vec![33; 64], Rejected::Padding),
            ([vec![1; 31], vec![2]].concat(), Rejected::Padding),
            (vec![32; 32], Rejected::Length),
            ([vec![0; 16], vec![0, 0, 0, 200], vec![12; 12]].concat(), Rejected::Length),
            ([vec![0; 16], vec![255; 4], vec![12; 12]].concat(), Rejected::Length),
            ([vec![0; 20], vec![12; 12]].concat(), Rejected::Owner),
            (
                [vec![0; 16], vec![0, 0, 0, 1, 0xff], b"dingsnotzck6pm5veliw".to_vec(), vec![23; 23]]
                    .concat(),
                Rejected::Text,
            ),
        ] {
            assert_eq!(open(&encrypted(&crypto, plain.clone())), Some(expected), "{plain:?}");
        }
    }

    fn encrypted(crypto: &CallbackCrypto, mut plain: Vec<u8>) -> String {
        let (key, vector) = crypto.key_and_vector();
        let length = plain.len();
        let cipher = cbc::Encryptor::<Aes256>::new(key.into(), vector.into());
        STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut plain, length).unwrap())
    }

    fn signed(crypto: &CallbackCrypto, ciphertext: &str) -> Envelope {
        let signature = crypto.signature("1", "n", ciphertext);
        envelope([&signature, "1", "n", ciphertext].map(str::to_owned))
    }

    fn official() -> Envelope {
        envelope(OFFICIAL.map(str::to_owned))
    }

    fn envelope([signature, timestamp, nonce, ciphertext]: [String; 4]) -> Envelope {
        Envelope { signature, timestamp, nonce, ciphertext }
    }

    fn crypto() -> CallbackCrypto {
        CallbackCrypto::new(
            "123456".to_owned().try_into().unwrap(),
            "1234567890123456789012345678901234567890123".to_owned().try_into().unwrap(),
            "dingsnotzck6pm5veliw".to_owned().try_into().unwrap(),
        )
    }
}
