//! The cookies, all of one form: for this host only, not for scripts, and never without TLS but on this machine.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time;
use cookie::{Cookie, SameSite};

use crate::access;
use crate::config::Config;
use crate::secret::Presented;

/// What a cookie is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Jar {
    /// The session of an operator.
    Operator,
    /// Tells the browser that began a registration from others.
    Reveal,
    /// The session of a person.
    #[cfg(feature = "login")]
    Session,
    /// Tells one browser from another during a login.
    #[cfg(feature = "login")]
    Browser,
    /// What a browser of a local is at the cloud for.
    #[cfg(feature = "platform")]
    Errand,
}

impl Jar {
    /// Returns the name. The prefix makes browsers insist on TLS and on no other host (RFC 6265bis).
    pub(super) fn name(self, config: &Config) -> String {
        let prefix = if config.server.has_secure_cookies() { "__Host-" } else { "" };
        let name = match self {
            Self::Operator => "operator",
            Self::Reveal => "reveal",
            #[cfg(feature = "login")]
            Self::Session => "session",
            #[cfg(feature = "login")]
            Self::Browser => "browser",
            #[cfg(feature = "platform")]
            Self::Errand => "errand",
        };
        format!("{prefix}dingtalk-qr-{name}")
    }

    fn lifetime(self) -> Duration {
        match self {
            Self::Operator => access::SESSION_LIFETIME,
            // A registration may take two hours.
            Self::Reveal => Duration::from_hours(3),
            #[cfg(feature = "login")]
            Self::Session => crate::session::SESSION_LIFETIME,
            #[cfg(feature = "login")]
            Self::Browser => Duration::from_hours(24),
            #[cfg(feature = "platform")]
            Self::Errand => Duration::from_hours(1),
        }
    }

    /// A person comes back from DingTalk's page with the cookies of a login; an operator comes from nowhere.
    fn same_site(self) -> SameSite {
        match self {
            Self::Operator | Self::Reveal => SameSite::Strict,
            #[cfg(feature = "login")]
            Self::Session | Self::Browser => SameSite::Lax,
            #[cfg(feature = "platform")]
            Self::Errand => SameSite::Lax,
        }
    }

    /// Returns the value that the browser sends.
    pub(super) fn read(self, headers: &HeaderMap, config: &Config) -> Option<Presented> {
        let name = self.name(config);
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = values.flat_map(Cookie::split_parse).filter_map(Result::ok);
        cookies.find(|cookie| cookie.name() == name).map(|cookie| Presented::new(cookie.value()))
    }

    /// Returns the header that sets it.
    pub(super) fn set(self, config: &Config, value: &str) -> HeaderValue {
        let lifetime = time::Duration::try_from(self.lifetime()).unwrap_or(time::Duration::HOUR);
        self.header(config, value, lifetime)
    }

    /// Returns the header that takes it away.
    #[cfg(feature = "login")]
    pub(super) fn clear(self, config: &Config) -> HeaderValue {
        self.header(config, "", time::Duration::ZERO)
    }

    fn header(self, config: &Config, value: &str, lifetime: time::Duration) -> HeaderValue {
        let cookie = Cookie::build((self.name(config), value.to_owned()))
            .path("/")
            .http_only(true)
            .secure(config.server.has_secure_cookies())
            .same_site(self.same_site())
            .max_age(lifetime);
        HeaderValue::from_str(&cookie.to_string()).expect("names and values are of visible ASCII")
    }
}
