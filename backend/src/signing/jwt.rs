//! The form of a token. What it must be is fixed here, and never read from the token itself (RFC 8725 §3.1).

use std::time::Duration;

use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Kind;
use super::key::SigningKey;
use crate::clock::Timestamp;

/// What a token says, with the claims that all of them have (RFC 7519 §4.1).
#[derive(Debug, Deserialize, Serialize)]
pub struct Signed<C> {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// What this one says.
    #[serde(flatten)]
    pub content: C,
}

impl<C> Signed<C> {
    pub(super) fn new(kind: &Kind, content: C, now: Timestamp, lifetime: Duration) -> Self {
        let begins = seconds(now);
        let (iss, aud) = (kind.issuer.clone(), kind.audience.clone());
        Self { iss, aud, iat: begins, nbf: begins, exp: seconds(now + lifetime), content }
    }

    /// Returns when it was signed, to the second.
    pub fn signed_at(&self) -> Timestamp {
        Timestamp::from_millis(self.iat.saturating_mul(1000))
    }
}

pub(super) fn sign<C: Serialize>(
    kind: &Kind,
    claims: &Signed<C>,
    key: &SigningKey,
) -> Result<Zeroizing<String>, Error> {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(kind.name.to_owned());
    header.kid = Some(key.id.clone());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key.bytes.as_bytes())).map(Zeroizing::new)
}

/// Returns the key that a token says it was signed with: a name to look up, believed no further.
pub(super) fn key_id(kind: &Kind, token: &str) -> Option<String> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let is_ours = header.alg == Algorithm::HS256 && header.typ.as_deref() == Some(kind.name);
    header.kid.filter(|_| is_ours)
}

/// Returns what a token says that this key signed and that is good now.
pub(super) fn verify<C: DeserializeOwned>(
    kind: &Kind,
    token: &str,
    key: &SigningKey,
    now: Timestamp,
) -> Option<Signed<C>> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[&kind.issuer]);
    rules.set_audience(&[&kind.audience]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "nbf"]);
    // By our own clock instead.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(key.bytes.as_bytes());
    let claims = jsonwebtoken::decode::<Signed<C>>(token, &key, &rules).ok()?.claims;
    (claims.nbf <= seconds(now) && seconds(now) < claims.exp).then_some(claims)
}

fn seconds(time: Timestamp) -> i64 {
    time.as_millis() / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;
    const ISSUER: &str = "https://example.com";

    #[derive(Debug, Deserialize, Serialize)]
    struct Content {
        sub: String,
    }

    #[test]
    fn what_was_signed_here_is_good_until_it_ends() {
        let token = signed(&claims(&kind()), "secret one");

        assert!(is_good(&token, NOW));
        assert!(is_good(&token, NOW + 99));
        assert!(!is_good(&token, NOW + 100));
        assert!(!is_good(&token, NOW - 1));
    }

    #[test]
    fn another_key_another_issuer_and_another_audience_are_refused() {
        for (kind, secret) in [
            (kind(), "secret two"),
            (Kind { issuer: "https://evil.example".into(), ..kind() }, "secret one"),
            (Kind { audience: "https://other.example".into(), ..kind() }, "secret one"),
        ] {
            assert!(!is_good(&signed(&claims(&kind), secret), NOW));
        }
    }

    #[test]
    fn no_other_algorithm_or_type_is_believed() {
        let by = |algorithm, name: &str| {
            let mut header = Header::new(algorithm);
            header.typ = Some(name.to_owned());
            header.kid = Some("k1".to_owned());
            let key = EncodingKey::from_secret(b"secret one");
            jsonwebtoken::encode(&header, &claims(&kind()), &key).unwrap()
        };

        assert!(key_id(&kind(), &by(Algorithm::HS256, "one+jwt")).is_some());
        for token in [
            by(Algorithm::HS384, "one+jwt"),
            by(Algorithm::HS512, "one+jwt"),
            by(Algorithm::HS256, "JWT"),
            by(Algorithm::HS256, "other+jwt"),
        ] {
            assert_eq!(key_id(&kind(), &token), None);
        }
        assert!(!is_good(&by(Algorithm::HS512, "one+jwt"), NOW));
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;

        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims(&kind())).unwrap());
        for alg in ["none", "None", "NONE"] {
            let header = format!(r#"{{"alg":"{alg}","typ":"one+jwt","kid":"k1"}}"#);
            let token = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(key_id(&kind(), &token), None, "{alg}");
            assert!(!is_good(&token, NOW), "{alg}");
        }
    }

    #[test]
    fn no_changed_character_is_accepted() {
        let token = signed(&claims(&kind()), "secret one");
        for place in 0..token.len() {
            let mut changed = token.as_bytes().to_vec();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character of the signature has spare bits.
            if place + 1 < token.len() {
                assert!(!is_good(&changed, NOW), "{place}");
            }
        }
    }

    fn kind() -> Kind {
        Kind { name: "one+jwt", issuer: ISSUER.into(), audience: ISSUER.into() }
    }

    fn claims(kind: &Kind) -> Signed<Content> {
        let now = Timestamp::from_millis(NOW * 1000);
        Signed::new(kind, Content { sub: "u1".into() }, now, Duration::from_secs(100))
    }

    fn signed(claims: &Signed<Content>, secret: &str) -> String {
        sign(&kind(), claims, &key(secret)).unwrap().to_string()
    }

    fn key(secret: &str) -> SigningKey {
        SigningKey { id: "k1".into(), bytes: Zeroizing::new(secret.into()) }
    }

    fn is_good(token: &str, now: i64) -> bool {
        let now = Timestamp::from_millis(now * 1000);
        verify::<Content>(&kind(), token, &key("secret one"), now).is_some()
    }
}
