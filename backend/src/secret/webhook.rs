//! Signatures of webhooks: <https://www.standardwebhooks.com/>, symmetric, `v1`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use url::Url;
use zeroize::Zeroizing;

/// A key that signs webhooks: `whsec_` and 24 to 64 bytes of base64. The receiver has the same.
#[derive(Clone)]
pub struct WebhookKey(Zeroizing<Vec<u8>>);

impl WebhookKey {
    /// Returns the signature of a message, as it stands in `webhook-signature`.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes a key of any length.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl TryFrom<&str> for WebhookKey {
    type Error = InvalidWebhookKey;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let text = text.strip_prefix("whsec_").ok_or(InvalidWebhookKey)?;
        let key = Zeroizing::new(STANDARD.decode(text).map_err(|_| InvalidWebhookKey)?);
        if (24..=64).contains(&key.len()) { Ok(Self(key)) } else { Err(InvalidWebhookKey) }
    }
}

impl fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKey([redacted])")
    }
}

/// The text is not such a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a key of webhooks is whsec_ and 24 to 64 bytes of base64")]
pub struct InvalidWebhookKey;

/// Where webhooks go. Path and query may be what lets us in there.
#[derive(Clone)]
pub struct WebhookUrl(Zeroizing<String>);

impl WebhookUrl {
    /// Returns the URL, for the call to it.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&Url> for WebhookUrl {
    type Error = InvalidWebhookUrl;

    fn try_from(url: &Url) -> Result<Self, Self::Error> {
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
        if is_plain && is_http {
            Ok(Self(Zeroizing::new(url.as_str().to_owned())))
        } else {
            Err(InvalidWebhookUrl)
        }
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl([redacted])")
    }
}

/// The URL is not http or https, or has a user, a password or a fragment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a webhook goes to an http or https URL without user and fragment")]
pub struct InvalidWebhookUrl;

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tests of the Standard Webhooks libraries.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = WebhookKey::try_from("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;

        let signature = key.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body);

        assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn a_key_says_what_it_is_and_is_long_enough() {
        for bad in
            ["", "whsec_", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_c2hvcnQ=", "whsec_***", "whsk_AAAA"]
        {
            assert_eq!(WebhookKey::try_from(bad).err(), Some(InvalidWebhookKey), "{bad}");
        }
    }
}
