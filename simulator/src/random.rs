//! Codes, credentials and tokens in DingTalk's shapes.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// No letter or digit that is mistaken for another when read aloud (RFC 8628 §6.1).
const READABLE: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

pub(crate) struct Random(StdRng);

impl Random {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed.map_or_else(rand::make_rng, StdRng::seed_from_u64))
    }

    pub(crate) fn nonce(&mut self) -> String {
        format!("nr_{}", self.text(LOWER, 32))
    }

    pub(crate) fn device_code(&mut self) -> String {
        self.text(URL_SAFE, 48)
    }

    pub(crate) fn user_code(&mut self) -> String {
        [(); 3].map(|()| self.text(READABLE, 4)).join("-")
    }

    pub(crate) fn client_id(&mut self) -> String {
        format!("ding{}", self.text(LOWER, 16))
    }

    pub(crate) fn client_secret(&mut self) -> String {
        self.text(URL_SAFE, 64)
    }

    pub(crate) fn access_token(&mut self) -> String {
        self.text(LOWER, 32)
    }

    pub(crate) fn refresh_token(&mut self) -> String {
        self.text(LOWER, 32)
    }

    /// A code of the authorize page or of the JSAPI: they look alike.
    pub(crate) fn temporary_code(&mut self) -> String {
        self.text(LOWER, 32)
    }

    pub(crate) fn agent_id(&mut self) -> u64 {
        self.0.random_range(1_000_000_000..10_000_000_000)
    }

    /// Names a work notice.
    pub(crate) fn task_id(&mut self) -> u64 {
        self.0.random_range(100_000_000_000..1_000_000_000_000)
    }

    pub(crate) fn request_id(&mut self) -> String {
        let part = |length| move |random: &mut Self| random.text(b"0123456789ABCDEF", length);
        [8, 4, 4, 4, 12].map(|length| part(length)(self)).join("-")
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.0.random_range(0..alphabet.len())])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[track_caller]
    fn check(text: &str, length: usize, allowed: impl Fn(char) -> bool) {
        assert_eq!(text.chars().count(), length, "{text}");
        assert!(text.chars().all(allowed), "{text}");
    }

    #[test]
    fn everything_has_the_shape_that_dingtalk_gives_it() {
        let mut random = Random::new(None);
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();

        check(random.nonce().strip_prefix("nr_").unwrap(), 32, lower);
        check(&random.device_code(), 48, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        check(&random.client_id(), 20, lower);
        check(&random.client_secret(), 64, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        for group in random.user_code().split('-') {
            check(group, 4, |c| c.is_ascii_uppercase() || c.is_ascii_digit());
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_codes() {
        assert_eq!(Random::new(Some(7)).user_code(), Random::new(Some(7)).user_code());
        assert_ne!(Random::new(Some(7)).user_code(), Random::new(Some(8)).user_code());
    }
}
