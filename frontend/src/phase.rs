mod failure;
mod prompt;

#[cfg(test)]
mod tests;

use std::mem;
use std::sync::Arc;

use dingtalk_qr_shared::{AppSaved, ErrorCode, FlowState, SignedIn};

use crate::digits::two_digits;

pub use failure::{Failure, WorkspaceFailure};
pub use prompt::Prompt;

/// What the panel shows: one registration or login, from the first request to its end.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing has begun: a login by redirect waits for a press of its button.
    Idle,
    /// The flow has been asked for and has not come yet.
    Starting,
    /// The code can be scanned, or the door opened.
    Ready(Arc<Prompt>),
    /// The browser is on its way to DingTalk; on a page of the backend's own origin without a flow.
    Leaving(Option<Arc<Prompt>>),
    /// A phone has opened the login; its person has to pick the number there.
    Scanned {
        /// What was scanned.
        prompt: Arc<Prompt>,
        /// Two digits, to be shown large.
        number: u8,
    },
    /// DingTalk has answered this browser, and the backend is looking at the answer.
    Confirming(Option<Arc<Prompt>>),
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
    /// Somebody has signed in.
    Authenticated(SignedIn),
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

/// What moves a [`Phase`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The panel waits for a press of its button.
    Rest,
    /// A flow was asked for.
    Start,
    /// It has begun, or was found again after a reload.
    Started(Arc<Prompt>, FlowState),
    /// The browser was sent to DingTalk.
    Leave,
    /// It came back, and the page is as it was.
    Return,
    /// It could not begin, or could not go on.
    StartFailed(Failure),
    /// DingTalk has answered this browser.
    Answered,
    /// The backend told where it stands.
    Updated(FlowState),
    /// This browser is signed in.
    SignedIn(SignedIn),
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
            Event::Rest => Self::Idle,
            Event::Start => Self::Starting,
            Event::Started(prompt, state) => Self::Ready(prompt).follow(state),
            Event::Leave => Self::Leaving(self.live_prompt()),
            Event::Return => self.come_back(),
            Event::StartFailed(failure) => failure.into(),
            Event::Answered if self.is_ended() => self,
            Event::Answered => Self::Confirming(self.live_prompt()),
            Event::Updated(state) => self.follow(state),
            Event::SignedIn(signed_in) => Self::Authenticated(signed_in),
            Event::Vanished => self.vanish(),
            Event::DeadlinePassed => self.expire(),
            Event::Cancelled => self.cancel(),
            Event::Saved(app) => Self::Created(app),
        }
    }

    fn follow(self, state: FlowState) -> Self {
        let Some(prompt) = self.live_prompt() else { return self };
        match state {
            // Only this page knows how far the browser is.
            FlowState::Pending if matches!(self, Self::Leaving(_) | Self::Confirming(_)) => self,
            FlowState::Pending => Self::Ready(prompt),
            FlowState::Scanned { number } => Self::Scanned { prompt, number },
            FlowState::Creating => Self::Creating(prompt),
            FlowState::ApprovalPending { client_id } => Self::ApprovalPending { prompt, client_id },
            FlowState::Created(app) => Self::Created(app),
            FlowState::Authenticated(signed_in) => Self::Authenticated(signed_in),
            FlowState::Denied { reason } => Self::Denied { reason },
            FlowState::Expired => Self::Expired(prompt),
            FlowState::Cancelled => Self::Cancelled,
            FlowState::Failed { code } => Self::Failed(code.into()),
            FlowState::Unknown => self,
        }
    }

    fn come_back(self) -> Self {
        if let Self::Leaving(prompt) = self { prompt.map_or(Self::Idle, Self::Ready) } else { self }
    }

    /// The credentials of an app under approval are stored, so losing sight of it is not an expiry.
    fn vanish(self) -> Self {
        if let Self::ApprovalPending { .. } = self {
            return Self::Failed(ErrorCode::ApprovalOutstanding.into());
        }
        self.live_prompt().map_or(self, Self::Expired)
    }

    fn cancel(self) -> Self {
        match self {
            Self::Starting
            | Self::Ready(_)
            | Self::Leaving(Some(_))
            | Self::Scanned { .. }
            | Self::Confirming(_)
            | Self::Creating(_) => Self::Cancelled,
            Self::Idle
            | Self::Leaving(None)
            | Self::ApprovalPending { .. }
            | Self::Created(_)
            | Self::Authenticated(_)
            | Self::Denied { .. }
            | Self::Expired(_)
            | Self::Cancelled
            | Self::Failed(_)
            | Self::OperatorRequired => self.vanish(),
        }
    }

    /// Only what nobody has approved ends by our clock; afterwards the backend decides.
    fn expire(self) -> Self {
        match self {
            Self::Ready(prompt) | Self::Leaving(Some(prompt)) | Self::Scanned { prompt, .. } => {
                Self::Expired(prompt)
            }
            Self::Idle
            | Self::Starting
            | Self::Leaving(None)
            | Self::Confirming(_)
            | Self::Creating(_)
            | Self::ApprovalPending { .. }
            | Self::Created(_)
            | Self::Authenticated(_)
            | Self::Denied { .. }
            | Self::Expired(_)
            | Self::Cancelled
            | Self::Failed(_)
            | Self::OperatorRequired => self,
        }
    }

    /// Returns whether a flow that stands so looks as it did. Not all of `==`: what an app or a person is does not change.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let prompt = |phase: &Self| phase.prompt().map(|prompt| Arc::as_ptr(&prompt));
        let is_alike = match (self, other) {
            (Self::Scanned { number, .. }, Self::Scanned { number: other, .. }) => number == other,
            (Self::Failed(failure), Self::Failed(other)) => failure == other,
            _ => mem::discriminant(self) == mem::discriminant(other),
        };
        is_alike && prompt(self) == prompt(other)
    }

    /// Returns whether there is a flow at the backend to ask about.
    pub fn is_watched(&self) -> bool {
        self.live_prompt().is_some()
    }

    /// Returns whether something may still change without the user.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Starting | Self::Confirming(_)) || self.is_watched()
    }

    /// Returns whether the flow is over, well or badly.
    pub fn is_ended(&self) -> bool {
        !self.is_live() && !matches!(self, Self::Idle | Self::Leaving(None))
    }

    /// Returns what there is, or was, to scan or to open.
    pub fn prompt(&self) -> Option<Arc<Prompt>> {
        match self {
            Self::Ready(prompt)
            | Self::Scanned { prompt, .. }
            | Self::Creating(prompt)
            | Self::ApprovalPending { prompt, .. }
            | Self::Expired(prompt) => Some(Arc::clone(prompt)),
            Self::Leaving(prompt) | Self::Confirming(prompt) => prompt.clone(),
            Self::Idle
            | Self::Starting
            | Self::Created(_)
            | Self::Authenticated(_)
            | Self::Denied { .. }
            | Self::Cancelled
            | Self::Failed(_)
            | Self::OperatorRequired => None,
        }
    }

    /// Returns the number to pick on the phone, in two digits.
    pub fn number(&self) -> Option<String> {
        if let Self::Scanned { number, .. } = self { Some(two_digits((*number).into())) } else { None }
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
