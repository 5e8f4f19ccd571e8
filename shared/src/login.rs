use std::fmt;

use serde::{Deserialize, Serialize};

/// Asks for a login: a person proves with DingTalk who they are.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StartLogin {
    /// By which door the person comes in.
    pub method: LoginMethod,
    /// The name of the app to sign in with. Without it, and without `corp_id`, the backend's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The organisation whose app to sign in with (DingTalk's `corpId`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corp_id: Option<String>,
    /// For [`LoginMethod::Redirect`]: where the browser goes afterwards, on the origin of the page that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

/// By which door a person comes in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginMethod {
    /// A QR code of ours: the phone signs in at DingTalk and confirms the number that the page shows.
    Qr,
    /// The page goes to DingTalk and comes back.
    Redirect,
    /// DingTalk's own page in a frame.
    Frame,
    /// Inside DingTalk's workspace: its script gives the page a code.
    Workspace,
}

/// What the page does so that the person can sign in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Door {
    /// Show the code in `qr`; on the phone itself, open its link.
    Qr,
    /// Go to this address of the backend.
    Redirect {
        /// Absolute.
        url: String,
    },
    /// Frame this page of the backend and give it the flow when it asks.
    Frame {
        /// Absolute.
        url: String,
    },
    /// Ask DingTalk's script for a code and send it to `POST /api/v1/logins/{flow_id}/workspace`.
    Workspace {
        /// The app's client id.
        client_id: String,
        /// The organisation.
        corp_id: String,
        /// DingTalk's script, to be loaded unless the page has it already.
        script_url: String,
    },
    /// A door that this version of the crate does not know.
    #[serde(other)]
    Unknown,
}

/// Who has signed in, as far as a page needs to know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Identity {
    /// Names the person here; stable.
    pub user_id: String,
    /// What DingTalk calls them.
    pub name: String,
    /// Their address at DingTalk, else `{unionId}@dingtalk.local`.
    pub email: String,
    /// Their picture, an https link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// The organisation in which they signed in, where DingTalk told (its `corpId`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corp_id: Option<String>,
    /// Whether `ADMIN_EMAILS` names them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
}

/// A login ended well.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedIn {
    /// Who.
    pub identity: Identity,
    /// Proof for the embedder's server, or for `POST /api/v1/session`: good once, within 60 s of the login. Gone
    /// once it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("user_id", &self.identity.user_id).finish_non_exhaustive()
    }
}

/// Gives a ticket in: for a session cookie, or by the embedder's server for the identity.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TicketPresented {
    /// As [`SignedIn::ticket`] had it.
    pub ticket: String,
}

impl fmt::Debug for TicketPresented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketPresented([redacted])")
    }
}

/// The session of this browser.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Session {
    /// Who is signed in.
    pub identity: Identity,
    /// Seconds until the session ends by itself.
    pub expires_in: u32,
}

/// A code that DingTalk gave to the page or to the frame.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CodePresented {
    /// The code; missing when DingTalk gave an error instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// DingTalk's word for why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The `state` that came with it; for the frame only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl fmt::Debug for CodePresented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodePresented([redacted])")
    }
}

/// What the browser brought back from DingTalk to the page of another origin.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProofPresented {
    /// What follows `#dingtalk-qr-proof=` in the address.
    pub proof: String,
}

impl fmt::Debug for ProofPresented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofPresented([redacted])")
    }
}

/// Where DingTalk's page is, for the frame.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Authorization {
    /// DingTalk's page with everything it needs to know.
    pub url: String,
}

/// What a page may know of an app before anybody has signed in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LoginConfig {
    /// The app's client id (DingTalk also says `AppKey`). Nothing else is told.
    pub client_id: String,
}
