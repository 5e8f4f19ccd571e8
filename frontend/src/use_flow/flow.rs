use dingtalk_qr_shared::{Door, FlowStarted};

use crate::api::Ticket;
use crate::poll::PollSchedule;

/// A live flow, as far as this page has to remember it.
pub(super) struct Flow {
    pub(super) ticket: Ticket,
    pub(super) etag: Option<String>,
    pub(super) schedule: PollSchedule,
    /// Milliseconds since 1970 by this browser's clock.
    pub(super) deadline: f64,
    /// Whether its person signs in at DingTalk in place of this page.
    pub(super) goes_on_elsewhere: bool,
    origin: Origin,
}

/// Where the page has its flow from.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Origin {
    /// It has just begun it.
    Begun,
    /// It, or the page before it in this tab, had left it for a while.
    Resumed,
}

impl Flow {
    pub(super) fn new(started: &FlowStarted, deadline: f64, origin: Origin) -> Self {
        Self {
            origin,
            goes_on_elsewhere: matches!(started.door, Some(Door::Redirect { .. })),
            ticket: Ticket { flow_id: started.flow_id.clone(), poll_token: started.poll_token.clone() },
            etag: None,
            schedule: PollSchedule::new(started.interval),
            deadline,
        }
    }

    /// Marks the flow as left for a while.
    pub(super) fn left(&mut self) {
        self.origin = Origin::Resumed;
    }

    /// Returns whether the flow was resumed and has not been heard of since.
    pub(super) fn is_unconfirmed(&self) -> bool {
        self.origin == Origin::Resumed
    }

    /// Takes note of an answer.
    pub(super) fn hear(&mut self, etag: Option<String>) {
        self.origin = Origin::Begun;
        self.etag = etag;
    }
}

/// Returns the milliseconds since 1970.
pub(super) fn now() -> f64 {
    js_sys::Date::now()
}

/// Returns the moment `seconds` from now.
pub(super) fn deadline_in(seconds: u32) -> f64 {
    now() + f64::from(seconds) * 1000.0
}

/// Returns the whole seconds until `deadline`, rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturation"
)]
pub(super) fn seconds_until(deadline: f64) -> u32 {
    ((deadline - now()) / 1000.0).ceil() as u32
}
