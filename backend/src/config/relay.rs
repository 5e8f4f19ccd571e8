use url::Url;

use super::ConfigError;
use super::server::is_loopback;
use super::vars::Vars;
use crate::secret::RelayKey;

/// `MODE`: which part of the work this process does.
#[derive(Debug)]
pub enum Mode {
    /// All of it.
    Alone,
    /// All of it, and what locals ask for.
    Cloud,
    /// It keeps the people, and asks a cloud for the rest.
    Local(LocalConfig),
}

/// The way of a local to its cloud.
#[derive(Debug)]
pub struct LocalConfig {
    /// `RELAY_CLOUD_URL`.
    pub cloud: Url,
    /// `RELAY_ID`.
    pub id: String,
    /// `RELAY_KEY`.
    pub key: RelayKey,
}

impl Mode {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        match vars.text("MODE").as_deref() {
            None => Ok(Self::Alone),
            Some("cloud") => Ok(Self::Cloud),
            Some("local") => LocalConfig::from_vars(vars).map(Self::Local),
            Some(_) => Err(ConfigError { name: "MODE", expected: "cloud or local" }),
        }
    }
}

impl LocalConfig {
    /// Returns whether the cloud is on this machine.
    pub fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.cloud.origin())
    }

    fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let set = |name: &'static str| {
            vars.text(name).ok_or(ConfigError { name, expected: "set, as MODE is local" })
        };
        set("RELAY_CLOUD_URL")?;
        let name = "RELAY_CLOUD_URL";
        let cloud = vars.http_url(name, "")?;
        // Signatures keep requests from being changed, not from being read.
        if cloud.scheme() != "https" && !is_loopback(&cloud.origin()) {
            return Err(ConfigError { name, expected: "https; http is for this machine only" });
        }
        let id = set("RELAY_ID")?;
        if id.len() != 22 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(ConfigError { name: "RELAY_ID", expected: "22 characters of base64url" });
        }
        let key = RelayKey::try_from(set("RELAY_KEY")?.as_str()).map_err(|_| ConfigError {
            name: "RELAY_KEY",
            expected: "dqr_ and 43 characters of base64url",
        })?;
        Ok(Self { cloud, id, key })
    }
}
