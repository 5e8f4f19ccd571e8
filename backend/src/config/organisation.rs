use super::ConfigError;
use super::vars::Vars;

/// Organisations whose people are kept.
#[derive(Clone, Copy, Debug)]
pub struct OrganisationConfig {
    /// `ORGANISATION_CALLS_PER_SECOND`: how often DingTalk is asked for one organisation while it is brought up to date.
    pub calls_per_second: usize,
}

impl OrganisationConfig {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        Ok(Self { calls_per_second: vars.positive("ORGANISATION_CALLS_PER_SECOND", "20")? })
    }
}
