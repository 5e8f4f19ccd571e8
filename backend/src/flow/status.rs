use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a flow stands, in the order of life. Stored as JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// Nobody has approved yet.
    Pending,
    /// A phone has opened it; its person has to confirm.
    Scanned {
        /// What the page shows and the person picks.
        number: u8,
    },
    /// Approved; the far side is at work.
    Creating,
    /// The app exists and is stored; an administrator has to approve it.
    ApprovalPending {
        /// The app's client id.
        client_id: String,
    },
    /// The app exists and is where it belongs.
    Created(CreatedApp),
    /// Somebody has signed in.
    Authenticated(Person),
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
            Self::Pending | Self::Scanned { .. } | Self::Creating | Self::ApprovalPending { .. } => false,
            Self::Created(_)
            | Self::Authenticated(_)
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
            Self::Scanned { .. } => "scanned",
            Self::Creating => "creating",
            Self::ApprovalPending { .. } => "approval_pending",
            Self::Created(_) => "created",
            Self::Authenticated(_) => "authenticated",
            Self::Denied { .. } => "denied",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Status {
    /// Returns the name of the failure that it ended by, if it did, for a metric.
    pub(super) fn failure(&self) -> Option<&'static str> {
        match self {
            Self::Failed { failure } => Some(failure.name()),
            Self::Pending
            | Self::Scanned { .. }
            | Self::Creating
            | Self::ApprovalPending { .. }
            | Self::Created(_)
            | Self::Authenticated(_)
            | Self::Denied { .. }
            | Self::Expired
            | Self::Cancelled => None,
        }
    }
}

/// Who has signed in, as far as a page needs to know.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Person {
    /// Names them here.
    pub user_id: String,
    /// What they are called.
    pub name: String,
    /// Their address; made up if there is none.
    pub email: String,
    /// Their picture.
    pub avatar_url: Option<String>,
    /// The organisation in which they signed in.
    pub corp_id: Option<String>,
    /// Whether they may administer.
    pub is_admin: bool,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("user_id", &self.user_id).finish_non_exhaustive()
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
    /// The webhook.
    Webhook,
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
    /// The far side does not let this server in.
    AddressNotAllowed,
    /// Success without both credentials.
    AppCredentialMissing,
    /// The far side does not know the authorization code.
    AuthorizationCodeInvalid,
    /// The far side does not accept the app's credentials.
    CredentialsRejected,
    /// The person's address is of a domain that may not come in.
    EmailDomainNotAllowed,
    /// The person's organisation may not come in.
    ForeignOrganisation,
    /// We failed.
    Internal,
    /// The person is not a member of the organisation that owns the app.
    NotAMember,
    /// The person was not invited.
    NotInvited,
    /// The number picked was not the one shown.
    NumberMismatch,
    /// The app lacks a permission.
    PermissionMissing,
    /// The far side does not say who the person is.
    ProfileIncomplete,
    /// The far side is busy.
    UpstreamBusy,
    /// The far side refuses the question.
    UpstreamRefused,
    /// The far side cannot be reached or answers nonsense.
    UpstreamUnavailable,
    /// The far side does not know the workspace code.
    WorkspaceCodeInvalid,
}

impl Failure {
    /// Returns the name, as it is stored and as pages are told.
    pub fn name(self) -> &'static str {
        match self {
            Self::AddressNotAllowed => "address_not_allowed",
            Self::AppCredentialMissing => "app_credential_missing",
            Self::AuthorizationCodeInvalid => "authorization_code_invalid",
            Self::CredentialsRejected => "credentials_rejected",
            Self::EmailDomainNotAllowed => "email_domain_not_allowed",
            Self::ForeignOrganisation => "foreign_organisation",
            Self::Internal => "internal",
            Self::NotAMember => "not_a_member",
            Self::NotInvited => "not_invited",
            Self::NumberMismatch => "number_mismatch",
            Self::PermissionMissing => "permission_missing",
            Self::ProfileIncomplete => "profile_incomplete",
            Self::UpstreamBusy => "upstream_busy",
            Self::UpstreamRefused => "upstream_refused",
            Self::UpstreamUnavailable => "upstream_unavailable",
            Self::WorkspaceCodeInvalid => "workspace_code_invalid",
        }
    }
}
