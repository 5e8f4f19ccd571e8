use std::sync::Arc;

use dingtalk_qr_shared::{AppSaved, ErrorCode, FlowStarted, FlowState, Qr};

#[cfg(test)]
mod tests;

/// What the panel shows: one registration, from the first request to its end.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Phase {
    /// A code has been asked for and has not come yet.
    Starting,
    /// The code can be scanned.
    Ready(Arc<Prompt>),
    /// Approved; DingTalk is creating the app.
    Creating(Arc<Prompt>),
    /// The app exists and its credentials are stored; an administrator has to approve it.
    ApprovalPending {
        /// What was scanned.
        prompt: Arc<Prompt>,
        /// The app's client id.
        client_id: String,
    },
    /// The app exists and its credentials are where they belong.
    Created(AppSaved),
    /// Refused on the phone or by the administrator.
    Denied {
        /// DingTalk's reason: untrusted text.
        reason: Option<String>,
    },
    /// Nobody approved in time. The code is kept to be shown blurred.
    Expired(Arc<Prompt>),
    /// Given up by the user of this page.
    Cancelled,
    /// Ended by an error.
    Failed(Failure),
    /// Only an operator may begin a registration, and this page is not one.
    OperatorRequired,
}

/// What there is to scan, and what to say beside it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Prompt {
    /// The code.
    pub qr: Qr,
    /// The code that DingTalk's page shows, for comparison.
    pub user_code: String,
    /// The brand that DingTalk's page shows instead of ours.
    pub brand: Option<String>,
    /// Whether a simulator plays DingTalk.
    pub simulated: bool,
}

impl From<&FlowStarted> for Prompt {
    fn from(started: &FlowStarted) -> Self {
        Self {
            qr: started.qr.clone(),
            user_code: started.user_code.clone(),
            brand: started.brand.clone(),
            simulated: started.simulated,
        }
    }
}

/// Why a flow failed, or could not begin.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// The backend cannot be reached, or what answers is not the backend.
    Unreachable,
    /// The backend said why.
    Code {
        /// Its word for it.
        code: ErrorCode,
        /// Seconds after which it may be tried again.
        retry_after: Option<u32>,
    },
}

/// What moves a [`Phase`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A registration was asked for.
    Start,
    /// It has begun, or was found again after a reload.
    Started(Arc<Prompt>, FlowState),
    /// It could not begin.
    StartFailed(Failure),
    /// The backend told where it stands.
    Updated(FlowState),
    /// The backend does not know it.
    Vanished,
    /// Its time is over by our own clock.
    DeadlinePassed,
    /// The user gave up.
    Cancelled,
    /// The credentials were entered by hand instead.
    Saved(AppSaved),
}

impl Phase {
    /// Returns the phase after `event`. An event that does not fit changes nothing.
    #[must_use]
    pub fn next(self, event: Event) -> Self {
        match event {
            Event::Start => Self::Starting,
            Event::Started(prompt, state) => Self::Ready(prompt).follow(state),
            Event::StartFailed(failure) => failure.into(),
            Event::Updated(state) => self.follow(state),
            Event::Vanished => self.vanish(),
            Event::DeadlinePassed => self.expire(),
            Event::Cancelled => self.cancel(),
            Event::Saved(app) => Self::Created(app),
        }
    }

    fn follow(self, state: FlowState) -> Self {
        let Some(prompt) = self.live_prompt() else { return self };
        match state {
            FlowState::Pending => Self::Ready(prompt),
            FlowState::Creating => Self::Creating(prompt),
            FlowState::ApprovalPending { client_id } => Self::ApprovalPending { prompt, client_id },
            FlowState::Created(app) => Self::Created(app),
            FlowState::Denied { reason } => Self::Denied { reason },
            FlowState::Expired => Self::Expired(prompt),
            FlowState::Cancelled => Self::Cancelled,
            FlowState::Failed { code } => Self::Failed(Failure::Code { code, retry_after: None }),
            FlowState::Unknown => self,
        }
    }

    /// The credentials of an app under approval are stored, so losing sight of it is not an expiry.
    fn vanish(self) -> Self {
        match self {
            Self::ApprovalPending { .. } => {
                Self::Failed(Failure::Code { code: ErrorCode::ApprovalOutstanding, retry_after: None })
            }
            Self::Ready(prompt) | Self::Creating(prompt) => Self::Expired(prompt),
            Self::Starting
            | Self::Created(_)
            | Self::Denied { .. }
            | Self::Expired(_)
            | Self::Cancelled
            | Self::Failed(_)
            | Self::OperatorRequired => self,
        }
    }

    fn cancel(self) -> Self {
        match self {
            Self::Starting | Self::Ready(_) | Self::Creating(_) => Self::Cancelled,
            Self::ApprovalPending { .. }
            | Self::Created(_)
            | Self::Denied { .. }
            | Self::Expired(_)
            | Self::Cancelled
            | Self::Failed(_)
            | Self::OperatorRequired => self.vanish(),
        }
    }

    /// Only an unscanned code ends by our clock; once approved, the backend decides.
    fn expire(self) -> Self {
        if let Self::Ready(prompt) = self { Self::Expired(prompt) } else { self }
    }

    /// Returns whether there is a flow at the backend to ask about.
    pub fn is_watched(&self) -> bool {
        self.live_prompt().is_some()
    }

    /// Returns whether something may still change without the user.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Starting) || self.is_watched()
    }

    /// Returns what there is, or was, to scan.
    pub fn prompt(&self) -> Option<Arc<Prompt>> {
        match self {
            Self::Ready(prompt)
            | Self::Creating(prompt)
            | Self::ApprovalPending { prompt, .. }
            | Self::Expired(prompt) => Some(Arc::clone(prompt)),
            Self::Starting
            | Self::Created(_)
            | Self::Denied { .. }
            | Self::Cancelled
            | Self::Failed(_)
            | Self::OperatorRequired => None,
        }
    }

    fn live_prompt(&self) -> Option<Arc<Prompt>> {
        if matches!(self, Self::Expired(_)) { None } else { self.prompt() }
    }
}

impl From<Failure> for Phase {
    fn from(failure: Failure) -> Self {
        if matches!(failure, Failure::Code { code: ErrorCode::OperatorRequired, .. }) {
            Self::OperatorRequired
        } else {
            Self::Failed(failure)
        }
    }
}
