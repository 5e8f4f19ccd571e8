//! The words that `poll` answers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `status` of a registration, in the order of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Status {
    /// Nobody has decided on the phone.
    Waiting,
    /// Approved; the app is being made.
    Creating,
    /// The app's version is being published.
    Publishing,
    /// The app exists and an administrator has yet to let it in. Comes with credentials.
    Approving,
    /// Done. Comes with credentials.
    Success,
    /// Refused, on the phone or by the administrator.
    Fail,
    /// The device code is too old.
    Expired,
    /// A word that DingTalk does not use, or not in this spelling: for tests of tolerant readers.
    Other(String),
}

impl Status {
    /// Returns the word as it goes over the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Waiting => "WAITING",
            Self::Creating => "CREATING",
            Self::Publishing => "PUBLISHING",
            Self::Approving => "APPROVING",
            Self::Success => "SUCCESS",
            Self::Fail => "FAIL",
            Self::Expired => "EXPIRED",
            Self::Other(word) => word,
        }
    }

    /// Returns what a tolerant reader makes of an odd spelling such as `" success "`.
    pub(crate) fn meaning(&self) -> Self {
        Self::from(self.as_str().trim().to_uppercase())
    }

    pub(crate) fn carries_credentials(&self) -> bool {
        matches!(self.meaning(), Self::Approving | Self::Success)
    }

    pub(crate) fn is_final(&self) -> bool {
        matches!(self.meaning(), Self::Success | Self::Fail | Self::Expired)
    }
}

impl From<String> for Status {
    fn from(word: String) -> Self {
        match word.as_str() {
            "WAITING" => Self::Waiting,
            "CREATING" => Self::Creating,
            "PUBLISHING" => Self::Publishing,
            "APPROVING" => Self::Approving,
            "SUCCESS" => Self::Success,
            "FAIL" => Self::Fail,
            "EXPIRED" => Self::Expired,
            _ => Self::Other(word),
        }
    }
}

impl From<Status> for String {
    fn from(status: Status) -> Self {
        status.as_str().to_owned()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
