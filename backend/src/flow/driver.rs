use std::fmt::{self, Debug};
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use super::status::{CreatedApp, Failure, Person};

/// One kind of flow: how to ask the far side, and what to do with its answer.
pub trait Driver: Debug + Send + Sync {
    /// Names the kind in the store.
    fn kind(&self) -> &'static str;

    /// Names the way in which a person takes part, for a metric.
    fn method(&self, subject: &str) -> &'static str;

    /// Asks the far side once, and keeps for good whatever it hands out before returning.
    ///
    /// # Errors
    ///
    /// [`Unheard`] if there was no usable answer, or it could not be kept; it will be asked again.
    ///
    /// # Cancellation
    ///
    /// Not cancelled by the engine. A process that dies in it asks again after its restart, so it has to be idempotent.
    fn poll<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Step, Unheard>>;

    /// Says how a flow ends whose handle has died.
    ///
    /// # Errors
    ///
    /// [`Unheard`] if that cannot be said now; it will be asked again.
    fn conclude<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Step, Unheard>>;
}

/// What a driver is told about the flow.
pub struct Question<'a> {
    /// Names the flow.
    pub flow_id: &'a FlowId,
    /// What the far side knows it by.
    pub handle: Zeroizing<String>,
    /// What the driver stored with it.
    pub subject: &'a str,
    /// Returns whether a page still waits for the result. Asked late, for it may change meanwhile.
    pub is_awaited: &'a (dyn Fn() -> bool + Send + Sync),
    /// Whether another process, which had the flow before, may have got an answer that it has not stored yet.
    pub is_in_doubt: bool,
    /// Tells the pages that what was heard cannot be kept yet, and that it takes longer.
    pub stall: &'a (dyn Fn() + Send + Sync),
}

impl Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("flow_id", &self.flow_id).finish_non_exhaustive()
    }
}

/// A flow that a driver has begun at the far side.
pub struct NewFlow {
    /// What the far side knows it by.
    pub handle: Zeroizing<String>,
    /// What the driver wants to know about it later; no secrets.
    pub subject: String,
    /// How long the handle lives.
    pub expires_in: Duration,
    /// The time between two questions; `None` if the far side is not asked but tells by [`Engine::tell`].
    ///
    /// [`Engine::tell`]: super::Engine::tell
    pub interval: Option<Duration>,
}

impl Debug for NewFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFlow").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What a driver heard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// Nothing yet.
    Pending,
    /// A phone has opened it.
    Scanned {
        /// What its person has to pick.
        number: u8,
    },
    /// Approved; the far side is at work.
    Creating,
    /// The app is kept; an administrator has to approve it.
    ApprovalPending {
        /// The app's client id.
        client_id: String,
    },
    /// The app is kept.
    Created(CreatedApp),
    /// Somebody has signed in.
    Authenticated(Person),
    /// Refused.
    Denied {
        /// Text from outside.
        reason: Option<String>,
    },
    /// The handle is too old.
    Expired,
    /// The far side contradicts itself.
    Failed(Failure),
}

/// There was no usable answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unheard {
    /// What the flow fails with if this goes on.
    pub failure: Failure,
    /// How long the far side asks to wait.
    pub retry_after: Option<Duration>,
}
