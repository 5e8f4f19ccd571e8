//! Randomness and digests.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// Makes ids in the form of [`random_id`], each once and none a secret, without asking the system for every one.
#[derive(Debug)]
pub(crate) struct Serial {
    prefix: [u8; 8],
    /// Odd, so that the ids come round after 2⁶⁴ only. It hides how many there were.
    step: u64,
    count: AtomicU64,
}

impl Serial {
    /// Begins somewhere.
    pub(crate) fn new() -> Self {
        let (mut prefix, mut step) = ([0; 8], [0; 8]);
        fill_random(&mut prefix);
        fill_random(&mut step);
        Self { prefix, step: u64::from_ne_bytes(step) | 1, count: AtomicU64::new(0) }
    }

    /// Returns the next one.
    pub(crate) fn next(&self) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed).wrapping_mul(self.step);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.prefix);
        bytes[8..].copy_from_slice(&number.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_serial_gives_each_id_once_and_does_not_count_aloud() {
        let (serial, other) = (Serial::new(), Serial::new());
        let ids: Vec<_> = (0..1000).flat_map(|_| [serial.next(), other.next()]).collect();

        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 2000);
        assert!(ids.iter().all(|id| id.len() == random_id().len()));
        assert_ne!(ids[2][..18], ids[4][..18]);
    }
}
