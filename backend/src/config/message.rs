use std::time::Duration;

use super::ConfigError;
use super::vars::Vars;

/// Messages.
#[derive(Clone, Copy, Debug)]
pub struct MessageConfig {
    /// `MESSAGE_RETENTION_DAYS`: for how long a message is kept, and what became of it.
    pub keep: Duration,
}

impl MessageConfig {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let days = vars.positive("MESSAGE_RETENTION_DAYS", "30")?;
        let hours = u64::try_from(days).unwrap_or(u64::MAX).saturating_mul(24);
        Ok(Self { keep: Duration::from_secs(hours.saturating_mul(3600)) })
    }
}
