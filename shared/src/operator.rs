use serde::{Deserialize, Serialize};

/// Exchanges the one-time setup link for an operator session, a cookie that allows to begin registrations.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StartOperatorSession {
    /// What follows `#setup=` in the link that the backend printed at its start.
    pub setup_code: String,
}

impl std::fmt::Debug for StartOperatorSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StartOperatorSession([redacted])")
    }
}
