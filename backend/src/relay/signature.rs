//! What is signed, and how both ends know it (HMAC-SHA-256, RFC 2104).
//!
//! A request is signed over its method, its path with the query, when and with which nonce it was made, and the digest of its
//! body; an answer over its status, the nonce of its request, and the digest of its body. An answer fits one request only, so
//! none can be kept for another, and a proxy that opens TLS can change neither.

use std::time::Duration;

use super::wire::RefusedAnswer;
use crate::clock::Timestamp;
use crate::secret::{RelayKey, body_digest};

/// How far the clocks of both ends may be apart.
pub const WINDOW: Duration = Duration::from_mins(1);

/// The header that names the relay.
pub(crate) const ID: &str = "x-relay-id";
/// The header with the seconds since the Unix epoch.
pub(crate) const TIMESTAMP: &str = "x-relay-timestamp";
/// The header with what makes a request like no other.
pub(crate) const NONCE: &str = "x-relay-nonce";
/// The header with the signature, of a request and of an answer.
pub(crate) const SIGNATURE: &str = "x-relay-signature";

/// What a request says of itself.
#[derive(Debug)]
pub struct Claim<'a> {
    /// Which relay.
    pub relay_id: &'a str,
    /// Seconds since the Unix epoch.
    pub timestamp: &'a str,
    /// 43 characters of base64url.
    pub nonce: &'a str,
    /// Over the rest.
    pub signature: &'a str,
    /// As on the wire.
    pub method: &'a str,
    /// From `/relay/` on, with the query.
    pub target: &'a str,
    /// As on the wire.
    pub body: &'a [u8],
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Something is missing, or has another form.
    #[error("the request is not signed as a relay signs")]
    Malformed,
    /// There is no such relay, or it was revoked.
    #[error("the cloud knows no relay of this id; it may have been revoked")]
    UnknownRelay,
    /// It was signed with another key, or changed on the way.
    #[error("the signature is wrong: RELAY_KEY is another relay's, or something on the way changes requests")]
    Signature,
    /// It was made too long ago, or too far ahead.
    #[error("the clocks of the cloud and of this machine are more than a minute apart")]
    Clock,
    /// It was let in before.
    #[error("the request was sent twice")]
    Replayed,
}

impl Claim<'_> {
    /// Returns whether the key made it, and made it for this moment.
    pub(super) fn check(&self, key: &RelayKey, now: Timestamp) -> Result<(), Refusal> {
        let is_nonce = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if self.nonce.len() != 43 || !self.nonce.bytes().all(is_nonce) {
            return Err(Refusal::Malformed);
        }
        let seconds: i64 = self.timestamp.parse().map_err(|_| Refusal::Malformed)?;
        let digest = body_digest(self.body);
        let lines = request_lines(self.method, self.target, self.timestamp, self.nonce, &digest);
        if !key.verify(&lines, self.signature) {
            return Err(Refusal::Signature);
        }
        if now.as_secs().abs_diff(seconds) > WINDOW.as_secs() {
            return Err(Refusal::Clock);
        }
        Ok(())
    }
}

/// Signs a request.
pub(super) fn sign_request(
    key: &RelayKey,
    (method, target): (&str, &str),
    timestamp: &str,
    nonce: &str,
    body: &[u8],
) -> String {
    key.sign(&request_lines(method, target, timestamp, nonce, &body_digest(body)))
}

/// Signs an answer to the request with this nonce.
pub(super) fn sign_answer(key: &RelayKey, status: u16, nonce: &str, body: &[u8]) -> String {
    key.sign(&answer_lines(&status.to_string(), nonce, &body_digest(body)))
}

/// Returns whether the other end has made the answer, and for this request.
pub(super) fn is_answer(key: &RelayKey, status: u16, nonce: &str, body: &[u8], signature: &str) -> bool {
    key.verify(&answer_lines(&status.to_string(), nonce, &body_digest(body)), signature)
}

fn request_lines<'a>(
    method: &'a str,
    target: &'a str,
    timestamp: &'a str,
    nonce: &'a str,
    digest: &'a str,
) -> [&'a str; 6] {
    ["dingtalk-qr relay request 1", method, target, timestamp, nonce, digest]
}

fn answer_lines<'a>(status: &'a str, nonce: &'a str, digest: &'a str) -> [&'a str; 4] {
    ["dingtalk-qr relay answer 1", status, nonce, digest]
}

impl Refusal {
    /// Returns the name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownRelay => "unknown_relay",
            Self::Signature => "signature",
            Self::Clock => "clock",
            Self::Replayed => "replayed",
        }
    }

    /// Reads the name on the wire.
    pub(super) fn of(answer: &RefusedAnswer) -> Option<Self> {
        let all = [Self::Malformed, Self::UnknownRelay, Self::Signature, Self::Clock, Self::Replayed];
        all.into_iter().find(|refusal| refusal.as_str() == answer.refused)
    }
}
