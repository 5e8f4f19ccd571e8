//! The form of a session token. What it must be is fixed here, and never read from the token itself (RFC 8725 §3.1).

use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::key::SessionKey;
use crate::clock::Timestamp;
use crate::store::SessionRow;

/// Tells a session token from any other that might ever be signed here (RFC 8725 §3.11).
const TYPE: &str = "dingtalk-qr-session+jwt";

/// The claims (RFC 7519 §4.1).
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// What a token is measured by.
pub(super) struct Validity<'a> {
    pub(super) issuer: &'a str,
    pub(super) now: Timestamp,
}

impl Claims {
    pub(super) fn new(issuer: &str, session: &SessionRow) -> Self {
        let begins = session.created_at.as_millis() / 1000;
        Self {
            iss: issuer.to_owned(),
            aud: issuer.to_owned(),
            sub: session.user_id.clone(),
            jti: session.id.clone(),
            iat: begins,
            nbf: begins,
            exp: session.expires_at.as_millis() / 1000,
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.jti
    }

    pub(super) fn user_id(&self) -> &str {
        &self.sub
    }
}

pub(super) fn sign(claims: &Claims, key: &SessionKey) -> Result<Zeroizing<String>, Error> {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(key.id.clone());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key.bytes.as_bytes())).map(Zeroizing::new)
}

/// Returns the key that a token says it was signed with: a name to look up, believed no further.
pub(super) fn key_id(token: &str) -> Option<String> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let is_ours = header.alg == Algorithm::HS256 && header.typ.as_deref() == Some(TYPE);
    header.kid.filter(|_| is_ours)
}

/// Returns the claims of a token that this key signed and that is good now.
pub(super) fn verify(token: &str, key: &SessionKey, validity: &Validity<'_>) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[validity.issuer]);
    rules.set_audience(&[validity.issuer]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    // By our own clock instead.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(key.bytes.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules).ok()?.claims;
    let now = validity.now.as_millis() / 1000;
    (claims.nbf <= now && now < claims.exp).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;
    const ISSUER: &str = "https://example.com";

    #[test]
    fn what_was_signed_here_is_good_until_it_ends() {
        let token = sign(&claims(ISSUER), &key("k1", "secret one")).unwrap();

        assert!(is_good(&token, NOW));
        assert!(is_good(&token, NOW + 99));
        assert!(!is_good(&token, NOW + 100));
        assert!(!is_good(&token, NOW - 1));
    }

    #[test]
    fn another_key_another_issuer_and_another_audience_are_refused() {
        for (claims, secret) in [
            (claims(ISSUER), "secret two"),
            (claims("https://evil.example"), "secret one"),
            (Claims { aud: "https://other.example".into(), ..claims(ISSUER) }, "secret one"),
        ] {
            assert!(!is_good(&sign(&claims, &key("k1", secret)).unwrap(), NOW));
        }
    }

    #[test]
    fn no_other_algorithm_or_type_is_believed() {
        let by = |algorithm, kind: &str| {
            let mut header = Header::new(algorithm);
            header.typ = Some(kind.to_owned());
            header.kid = Some("k1".to_owned());
            jsonwebtoken::encode(&header, &claims(ISSUER), &EncodingKey::from_secret(b"secret one")).unwrap()
        };

        assert!(key_id(&by(Algorithm::HS256, TYPE)).is_some());
        for token in [by(Algorithm::HS384, TYPE), by(Algorithm::HS512, TYPE), by(Algorithm::HS256, "JWT")] {
            assert_eq!(key_id(&token), None);
        }
        assert!(!is_good(&by(Algorithm::HS512, TYPE), NOW));
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;

        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims(ISSUER)).unwrap());
        for alg in ["none", "None", "NONE"] {
            let header = format!(r#"{{"alg":"{alg}","typ":"{TYPE}","kid":"k1"}}"#);
            let token = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(key_id(&token), None, "{alg}");
            assert!(!is_good(&token, NOW), "{alg}");
        }
    }

    #[test]
    fn no_changed_character_is_accepted() {
        let token = sign(&claims(ISSUER), &key("k1", "secret one")).unwrap();
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

    fn claims(issuer: &str) -> Claims {
        let session = SessionRow {
            id: "s1".into(),
            user_id: "u1".into(),
            method: "qr".into(),
            created_at: Timestamp::from_millis(NOW * 1000),
            expires_at: Timestamp::from_millis((NOW + 100) * 1000),
        };
        Claims::new(issuer, &session)
    }

    fn key(id: &str, secret: &str) -> SessionKey {
        SessionKey { id: id.into(), bytes: Zeroizing::new(secret.into()) }
    }

    fn is_good(token: &str, now: i64) -> bool {
        let validity = Validity { issuer: ISSUER, now: Timestamp::from_millis(now * 1000) };
        verify(token, &key("k1", "secret one"), &validity).is_some()
    }
}
