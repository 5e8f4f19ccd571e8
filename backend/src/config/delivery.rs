use std::net::IpAddr;
use std::time::Duration;

use url::{Host, Url};

use super::ConfigError;
use super::vars::Vars;
use crate::http::is_public;
use crate::secret::{WebhookKey, WebhookUrl};

/// The outbox.
#[derive(Debug)]
pub struct DeliveryConfig {
    /// Who is told of every app; nobody if it is not set.
    pub webhook: Option<WebhookConfig>,
    /// `DELIVERY_MAX_AGE_HOURS`: for how long a delivery is tried.
    pub max_age: Duration,
}

/// Who is told of every app.
#[derive(Debug)]
pub struct WebhookConfig {
    /// `WEBHOOK_URL`.
    pub url: WebhookUrl,
    /// `WEBHOOK_SECRET`: every one of them signs.
    pub keys: Vec<WebhookKey>,
    /// `WEBHOOK_ALLOW_PRIVATE`: whether addresses count that are not of the public Internet.
    pub allows_private: bool,
}

impl DeliveryConfig {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let hours = vars.positive("DELIVERY_MAX_AGE_HOURS", "72")?;
        Ok(Self {
            webhook: WebhookConfig::from_vars(vars)?,
            max_age: Duration::from_secs(u64::try_from(hours).unwrap_or(u64::MAX).saturating_mul(3600)),
        })
    }
}

impl WebhookConfig {
    fn from_vars(vars: &Vars<'_>) -> Result<Option<Self>, ConfigError> {
        let allows_private = vars.parsed("WEBHOOK_ALLOW_PRIVATE", "false", "true or false")?;
        let keys = keys(vars)?;
        let Some(text) = vars.text("WEBHOOK_URL") else {
            return if keys.is_empty() { Ok(None) } else { Err(wrong_url("set, as WEBHOOK_SECRET is")) };
        };
        let url = url(&text, allows_private)?;
        if keys.is_empty() {
            return Err(ConfigError { name: "WEBHOOK_SECRET", expected: "set, as WEBHOOK_URL is" });
        }
        Ok(Some(Self { url, keys, allows_private }))
    }
}

fn keys(vars: &Vars<'_>) -> Result<Vec<WebhookKey>, ConfigError> {
    let text = vars.text("WEBHOOK_SECRET").map(zeroize::Zeroizing::new).unwrap_or_default();
    let wrong = |_| ConfigError {
        name: "WEBHOOK_SECRET",
        expected: "whsec_ and 24 to 64 bytes of base64, or several of them with spaces between",
    };
    text.split_whitespace().map(|key| WebhookKey::try_from(key).map_err(wrong)).collect()
}

fn url(text: &str, allows_private: bool) -> Result<WebhookUrl, ConfigError> {
    let malformed = || wrong_url("an https URL without user and fragment");
    let parsed: Url = text.parse().map_err(|_| malformed())?;
    let address = match parsed.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
        Some(Host::Domain(_)) | None => None,
    };
    if !allows_private && address.is_some_and(|address| !is_public(address)) {
        return Err(wrong_url("public; WEBHOOK_ALLOW_PRIVATE=true allows that"));
    }
    let is_on_this_machine = super::is_loopback(&parsed.origin());
    if parsed.scheme() != "https" && !(allows_private && is_on_this_machine) {
        return Err(wrong_url("https; http is for this machine only, with WEBHOOK_ALLOW_PRIVATE=true"));
    }
    WebhookUrl::try_from(&parsed).map_err(|_| malformed())
}

fn wrong_url(expected: &'static str) -> ConfigError {
    ConfigError { name: "WEBHOOK_URL", expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    #[test]
    fn a_webhook_goes_to_the_internet_over_https() {
        for good in
            ["https://hooks.example/path?token=x", "https://1.1.1.1/", "https://[2400:3200::1]:8443/x"]
        {
            assert!(from(good, "false").is_ok(), "{good}");
        }
        for bad in [
            "http://hooks.example/",
            "http://localhost:9000/",
            "ftp://hooks.example/",
            "https://me:pass@hooks.example/",
            "https://hooks.example/#part",
            "https://10.0.0.1/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "canary",
        ] {
            assert_eq!(from(bad, "false").unwrap_err().name, "WEBHOOK_URL", "{bad}");
        }
    }

    #[test]
    fn a_private_receiver_has_to_be_allowed_and_http_stays_on_this_machine() {
        for good in ["https://10.0.0.1/", "http://127.0.0.1:9000/", "http://localhost/", "http://[::1]/"] {
            assert!(from(good, "true").is_ok(), "{good}");
        }
        for bad in ["http://10.0.0.1/", "http://hooks.example/"] {
            assert_eq!(from(bad, "true").unwrap_err().name, "WEBHOOK_URL", "{bad}");
        }
    }

    #[test]
    fn url_and_secret_come_together() {
        let one = |name: &'static str, value: &'static str| {
            DeliveryConfig::from_vars(&Vars(&|asked| (asked == name).then(|| value.to_owned())))
        };

        assert_eq!(one("WEBHOOK_URL", "https://hooks.example/").unwrap_err().name, "WEBHOOK_SECRET");
        assert_eq!(one("WEBHOOK_SECRET", KEY).unwrap_err().name, "WEBHOOK_URL");
        assert!(one("NOTHING", "").unwrap().webhook.is_none());
    }

    fn from(url: &str, allows_private: &str) -> Result<DeliveryConfig, ConfigError> {
        DeliveryConfig::from_vars(&Vars(&|name| match name {
            "WEBHOOK_URL" => Some(url.to_owned()),
            "WEBHOOK_SECRET" => Some(format!("{KEY} {KEY}")),
            "WEBHOOK_ALLOW_PRIVATE" => Some(allows_private.to_owned()),
            _ => None,
        }))
    }
}
