//! Embed tokens: a site's server asks for one with its API key and gives it to its page, which may then begin.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::{Origin, Url};
use zeroize::Zeroizing;

use crate::app::AppName;
use crate::clock::Clock;
use crate::secret::{Presented, Sealer};
use crate::signing::{Kind, SignError, Signer};
use crate::store::Store;

/// How long an embed token is good.
pub const EMBED_TOKEN_LIFETIME: Duration = Duration::from_mins(10);

/// Makes and checks embed tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EmbedTokens {
    clock: Arc<dyn Clock>,
    store: Store,
    signer: Signer,
}

/// What an embed token grants: a page of `origin` may begin, on behalf of `api_key`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Grant {
    /// The name of the API key.
    #[serde(rename = "sub")]
    pub api_key: String,
    /// The only origin whose pages may use it.
    pub origin: SiteOrigin,
    /// The only app that it is for; any if it is `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppName>,
}

/// A web origin as browsers write it (RFC 6454 §6.2): scheme, host, a port that is not the scheme's own, nothing more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String")]
pub struct SiteOrigin(String);

impl EmbedTokens {
    /// Makes it, for tokens of `issuer`: the address of this backend.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sealer: Arc<Sealer>, issuer: String) -> Self {
        let audience = format!("{issuer}/api/v1");
        let kind = Kind { name: "dingtalk-qr-embed+jwt", issuer, audience };
        Self { clock, signer: Signer::new(store.clone(), sealer, kind), store }
    }

    /// Makes a token.
    ///
    /// # Errors
    ///
    /// [`SignError`].
    pub async fn make(&self, grant: &Grant) -> Result<Zeroizing<String>, SignError> {
        self.signer.sign(grant, self.clock.now(), EMBED_TOKEN_LIFETIME).await
    }

    /// Returns what a token grants to a page of `origin`: `None` if it is not good, another page's, or of an API key that
    /// has been revoked.
    ///
    /// # Errors
    ///
    /// [`SignError`].
    pub async fn check(&self, token: &Presented, origin: &Origin) -> Result<Option<Grant>, SignError> {
        let Some(signed) = self.signer.verify::<Grant>(token, self.clock.now()).await? else {
            return Ok(None);
        };
        let made_at = self.store.api_key_made_at(&signed.content.api_key).await?;
        // The token knows seconds only. A key of the same name that was made later is another one.
        let has_key = made_at
            .is_some_and(|made_at| made_at.as_millis() / 1000 <= signed.signed_at().as_millis() / 1000);
        let is_right = has_key && signed.content.origin == SiteOrigin(origin.ascii_serialization());
        Ok(is_right.then_some(signed.content))
    }
}

impl SiteOrigin {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the origin, to compare it with others.
    pub fn to_origin(&self) -> Origin {
        Url::parse(&self.0).map_or_else(|_| Origin::new_opaque(), |url| url.origin())
    }
}

impl TryFrom<String> for SiteOrigin {
    type Error = InvalidOrigin;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let lower = text.to_ascii_lowercase();
        let url = Url::parse(&lower).map_err(|_| InvalidOrigin)?;
        let own_port = match url.scheme() {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(InvalidOrigin),
        };
        let origin = url.origin().ascii_serialization();
        // The parser forgives a lot; browsers write an origin in one way.
        let is_plain = lower == origin || lower.strip_suffix(own_port) == Some(&origin);
        if is_plain { Ok(Self(origin)) } else { Err(InvalidOrigin) }
    }
}

/// The text is not a [`SiteOrigin`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an origin is http or https, a host and perhaps a port")]
pub struct InvalidOrigin;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_in_one_form() {
        for (text, origin) in [
            ("https://shop.example", "https://shop.example"),
            ("HTTPS://Shop.Example", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://shop.example:80", "http://shop.example"),
            ("http://shop.example:443", "http://shop.example:443"),
            ("https://shop.example:8443", "https://shop.example:8443"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("http://127.0.0.1:5173", "http://127.0.0.1:5173"),
            ("http://[::1]:5173", "http://[::1]:5173"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(SiteOrigin::try_from(text.to_owned()).unwrap().as_str(), origin, "{text}");
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "shop.example",
            "//shop.example",
            "https:shop.example",
            "https:///shop.example",
            "https:\\\\shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/page",
            "https://shop.example?",
            "https://shop.example?a=b",
            "https://shop.example#",
            "https://user@shop.example",
            "https://user:word@shop.example",
            "https://@shop.example",
            "https://shop.example:",
            "https://shop.example:0443",
            "https://shop.example:99999",
            " https://shop.example",
            "https://shop.example\n",
            "https://shop.exam\tple",
            "https://shop.example,https://evil.example",
            "https://shop.example https://evil.example",
            "https://bücher.example",
            "https://shop%2eexample",
            "http://127.1",
            "ftp://shop.example",
            "file:///shop",
            "javascript:alert(1)",
            "blob:https://shop.example/1",
            "chrome-extension://shop",
        ] {
            assert_eq!(SiteOrigin::try_from(text.to_owned()), Err(InvalidOrigin), "{text}");
        }
    }
}
