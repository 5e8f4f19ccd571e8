use serde::{Deserialize, Serialize};

/// Where a flow stands, in the order of life. Stored as JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// Nobody has approved yet.
    Pending,
    /// Approved; the far side is at work.
    Creating,
    /// The app exists and is stored; an administrator has to approve it.
    ApprovalPending {
        /// The app's client id.
        client_id: String,
    },
    /// The app exists and is where it belongs.
    Created(CreatedApp),
    /// Refused.
    Denied {
        /// Text from outside.
        reason: Option<String>,
    },
    /// Nobody approved in time.
    Expired,
    /// Given up by the page.
    Cancelled,
    /// Ended by an error.
    Failed {
        /// Which one.
        failure: Failure,
    },
}

impl Status {
    /// Returns whether it will not change any more.
    pub fn is_ended(&self) -> bool {
        match self {
            Self::Pending | Self::Creating | Self::ApprovalPending { .. } => false,
            Self::Created(_)
            | Self::Denied { .. }
            | Self::Expired
            | Self::Cancelled
            | Self::Failed { .. } => true,
        }
    }

    /// Returns the name, for a log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Creating => "creating",
            Self::ApprovalPending { .. } => "approval_pending",
            Self::Created(_) => "created",
            Self::Denied { .. } => "denied",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }
}

/// What there is to tell of an app whose credentials are kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CreatedApp {
    /// What we call it.
    pub name: String,
    /// Its client id.
    pub client_id: String,
    /// The first characters of its secret.
    pub hint: String,
    /// Where its credentials are.
    pub saved_to: Vec<SinkName>,
    /// Whether DingTalk accepted them.
    pub is_verified: bool,
    /// What is wrong or outstanding, most important first.
    pub findings: Vec<Finding>,
}

/// A place where credentials go.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SinkName {
    /// The encrypted store.
    Store,
    /// The `.env` file.
    EnvFile,
}

/// What is wrong or outstanding with an app that is kept all the same.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The administrator had not approved it when the code ended.
    ApprovalOutstanding,
    /// DingTalk does not accept the credentials.
    CredentialsRejected,
    /// One of the sinks could not be written yet.
    SinkFailed,
    /// DingTalk could not be asked about the credentials.
    UpstreamUnavailable,
}

/// Why a flow ended by an error.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Success without both credentials.
    AppCredentialMissing,
    /// The far side refuses the question.
    UpstreamRefused,
    /// The far side cannot be reached or answers nonsense.
    UpstreamUnavailable,
}
