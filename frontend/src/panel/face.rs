use dingtalk_qr_shared::LoginMethod;

use crate::phase::Phase;

/// The arrangement of the panel; within one, only texts and details change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Face {
    Scan,
    Frame,
    Redirect,
    /// Nothing to do but wait.
    Busy,
    Approval,
    Created,
    Authenticated,
    Ended,
    ByHand,
}

impl Face {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Frame => "frame",
            Self::Redirect => "redirect",
            Self::Busy => "busy",
            Self::Approval => "approval",
            Self::Created => "created",
            Self::Authenticated => "authenticated",
            Self::Ended => "ended",
            Self::ByHand => "by-hand",
        }
    }

    /// Returns the face of a login by `method`, or of a registration.
    pub(super) fn of(phase: &Phase, method: Option<LoginMethod>, by_hand: bool) -> Self {
        match phase {
            Phase::ApprovalPending { .. } => Self::Approval,
            Phase::Created(_) => Self::Created,
            _ if by_hand => Self::ByHand,
            Phase::Idle | Phase::Leaving(_) => Self::Redirect,
            Phase::Starting | Phase::Ready(_) => Self::of_door(method),
            Phase::Scanned { .. } | Phase::Creating(_) => Self::Scan,
            Phase::Confirming(_) => Self::Busy,
            Phase::Authenticated(_) => Self::Authenticated,
            // Only a code can be shown as one that is over.
            Phase::Expired(prompt) if prompt.qr.is_some() => Self::Scan,
            Phase::Expired(_)
            | Phase::Denied { .. }
            | Phase::Cancelled
            | Phase::Failed(_)
            | Phase::OperatorRequired => Self::Ended,
        }
    }

    fn of_door(method: Option<LoginMethod>) -> Self {
        match method {
            None | Some(LoginMethod::Qr) => Self::Scan,
            Some(LoginMethod::Redirect) => Self::Redirect,
            Some(LoginMethod::Frame) => Self::Frame,
            Some(LoginMethod::Workspace) => Self::Busy,
        }
    }
}
