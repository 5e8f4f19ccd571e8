use std::fmt;

use url::Url;
use zeroize::Zeroizing;

/// Where a PostgreSQL database is, as `postgres://user:password@host/name`. Mostly holds a password.
#[derive(Clone)]
pub struct DatabaseUrl(Zeroizing<String>);

impl DatabaseUrl {
    /// Returns the URL with its password, for connecting.
    ///
    /// # Security
    ///
    /// Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = InvalidDatabaseUrl;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = Zeroizing::new(text);
        let url: Url = text.parse().map_err(|_| InvalidDatabaseUrl)?;
        match url.scheme() {
            "postgres" | "postgresql" => Ok(Self(text)),
            _ => Err(InvalidDatabaseUrl),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl([redacted])")
    }
}

/// The text is not a URL of PostgreSQL.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a database URL begins with postgres://")]
pub struct InvalidDatabaseUrl;
