use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AppSaved, Door, ErrorCode, FlowId, SignedIn};

/// A flow has begun: show [`FlowStarted::qr`] and ask for its state.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlowStarted {
    /// Names the flow in every later request.
    pub flow_id: FlowId,
    /// Proves that this page began the flow; sent as `Authorization: Bearer …`. Never in the QR or a URL.
    pub poll_token: String,
    /// What to scan: for a registration, and for a login by [`Door::Qr`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<Qr>,
    /// The code that DingTalk's page shows; opaque text such as `MUEU-DEKR-5TN3` (RFC 8628 §3.2 `user_code`). For a
    /// registration only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
    /// How the person signs in; for a login only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<Door>,
    /// Seconds for which the code is shown and honoured here.
    pub expires_in: u32,
    /// Seconds between two questions of the backend to DingTalk. A page that cannot wait in a long poll asks no
    /// more often than this.
    pub interval: u32,
    /// The brand that DingTalk's page will show instead of ours, to be told to the user beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// `true` when a simulator plays DingTalk: nothing real will be created.
    #[serde(default, skip_serializing_if = "is_false")]
    pub simulated: bool,
    /// Where the flow stands.
    pub state: FlowState,
}

impl fmt::Debug for FlowStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowStarted")
            .field("flow_id", &self.flow_id)
            .field("expires_in", &self.expires_in)
            .field("interval", &self.interval)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A QR code, drawn by the backend so that the browser needs no encoder.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Qr {
    /// The encoded text: a link that may also be opened or copied.
    pub text: String,
    /// Modules on a side, without the quiet zone.
    pub size: u32,
    /// The dark modules as SVG path data in module units, `(0,0)` top left, without the quiet zone.
    pub path: String,
}

/// The answer to "how does the flow stand?".
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlowUpdate {
    /// Where the flow stands.
    #[serde(flatten)]
    pub state: FlowState,
    /// Seconds left until the code expires; 0 once the flow has ended.
    pub expires_in: u32,
    /// `true` while DingTalk cannot be reached. The flow goes on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reconnecting: bool,
}

/// Where a flow stands, in the order of life.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum FlowState {
    /// Waiting for somebody to scan and approve (RFC 8628 §3.5 `authorization_pending`).
    Pending,
    /// A phone has opened the login. It may go on once its person picks this number out of three.
    Scanned {
        /// Two digits, to be shown large.
        number: u8,
    },
    /// Approved; DingTalk is creating or publishing the app.
    Creating,
    /// The app exists and its credentials are stored; an administrator of the organisation has to approve it.
    ApprovalPending {
        /// The app's client id.
        client_id: String,
    },
    /// The app exists and its credentials are where they belong.
    Created(AppSaved),
    /// Somebody has signed in.
    Authenticated(SignedIn),
    /// Refused on the phone or by the administrator (RFC 8628 §3.5 `access_denied`).
    Denied {
        /// DingTalk's reason: text from outside, to be shown as text and nothing else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Nobody approved in time (RFC 8628 §3.5 `expired_token`).
    Expired,
    /// Given up by the page.
    Cancelled,
    /// Ended by an error.
    Failed {
        /// Which one.
        code: ErrorCode,
    },
    /// A state that this version of the crate does not know; treated as pending.
    #[serde(other)]
    Unknown,
}

impl FlowState {
    /// Returns whether nothing will change any more.
    pub fn is_ended(&self) -> bool {
        match self {
            Self::Pending
            | Self::Scanned { .. }
            | Self::Creating
            | Self::ApprovalPending { .. }
            | Self::Unknown => false,
            Self::Created(_)
            | Self::Authenticated(_)
            | Self::Denied { .. }
            | Self::Expired
            | Self::Cancelled
            | Self::Failed { .. } => true,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
pub(crate) fn is_false(value: &bool) -> bool {
    !*value
}
