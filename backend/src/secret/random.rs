//! Randomness and digests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

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

pub(super) fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("without randomness of the system nothing here is safe");
}

/// Returns the HMAC-SHA-256 of the parts under a key.
pub(super) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Returns a random number from zero up to, not including, `end`, each equally likely.
pub(crate) fn random_below(end: u8) -> u8 {
    let fair = u8::MAX - u8::MAX % end;
    loop {
        let mut byte = [0];
        fill_random(&mut byte);
        if byte[0] < fair {
            return byte[0] % end;
        }
    }
}
