//! How often DingTalk is asked, and for how long when it does not answer. Pure.

use std::time::Duration;

use crate::account::AccountError;
use crate::clock::Timestamp;
use crate::dingtalk::{DingTalkError, Meaning};
use crate::flow::Failure;

/// The longest time between two attempts, unless DingTalk asks for a longer one.
const LONGEST_BACKOFF: Duration = Duration::from_mins(1);

/// For how long calls may fail, one after the other, before a run is given up.
const PATIENCE: Duration = Duration::from_hours(1);

/// A second is given so many calls. What is left of it does not count for the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    calls: usize,
    left: usize,
    since: Timestamp,
}

/// What becomes of a run whose call failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// It is tried again after that time.
    Again(Duration),
    /// It is over.
    Over(Failure),
}

impl Budget {
    pub(super) fn new(calls: usize, now: Timestamp) -> Self {
        Self { calls, left: calls, since: now }
    }

    /// Takes calls out, or more than there are if they belong together.
    pub(super) fn spend(&mut self, calls: usize) {
        self.left = self.left.saturating_sub(calls);
    }

    /// Returns until when to wait, if all is spent.
    pub(super) fn wait_until(&mut self, now: Timestamp) -> Option<Timestamp> {
        let next = self.since + Duration::from_secs(1);
        if now >= next {
            *self = Self::new(self.calls, now);
        }
        (self.left == 0).then_some(next)
    }
}

impl Verdict {
    /// Decides after a failure: the calls before it have failed for `failing`, `attempts` of them.
    pub(super) fn of(error: &AccountError, attempts: i64, failing: Duration) -> Self {
        let Some(said) = error.said() else { return Self::Over(error.failure()) };
        match said.meaning() {
            Meaning::Busy | Meaning::Unavailable if failing < PATIENCE => {
                Self::Again(said.retry_after().unwrap_or(Duration::ZERO).max(backoff(attempts)))
            }
            Meaning::AddressNotAllowed
            | Meaning::Busy
            | Meaning::CodeInvalid
            | Meaning::CredentialsRejected
            | Meaning::Incomplete
            | Meaning::NoDepartment
            | Meaning::NotAMember
            | Meaning::NotAuthorized
            | Meaning::OutOfRange
            | Meaning::PermissionMissing
            | Meaning::Refused
            | Meaning::TicketInvalid
            | Meaning::TokenInvalid
            | Meaning::Unavailable => Self::Over(error.failure()),
        }
    }
}

/// DingTalk's page 调用频率限制 asks for 1, 2, 4 s.
fn backoff(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(16);
    Duration::from_secs(1).saturating_mul(2_u32.pow(doublings)).min(LONGEST_BACKOFF)
}

/// Returns since when calls fail that fail for the first time at `now`.
pub(super) fn failing(since: Option<Timestamp>, now: Timestamp) -> Duration {
    since.map_or(Duration::ZERO, |since| now.since(since))
}

/// Says whether an error of DingTalk is worth a line of the log at level `warn`: a busy hour would fill it.
pub(super) fn is_worth_a_warning(error: &AccountError, attempts: i64) -> bool {
    attempts == 0 || error.said().map(DingTalkError::meaning) != Some(Meaning::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_so_many_calls_and_saves_none() {
        let at = Timestamp::from_millis;
        let mut budget = Budget::new(2, at(0));

        budget.spend(1);
        assert_eq!(budget.wait_until(at(500)), None);
        budget.spend(1);
        assert_eq!(budget.wait_until(at(500)), Some(at(1000)));
        assert_eq!(budget.wait_until(at(5000)), None);
        budget.spend(3);
        assert_eq!(budget.wait_until(at(5000)), Some(at(6000)));
    }

    #[test]
    fn the_wait_doubles_up_to_a_minute() {
        let waits = [0, 1, 2, 3, 5, 6, 400].map(|attempts| backoff(attempts).as_secs());

        assert_eq!(waits, [1, 2, 4, 8, 32, 60, 60]);
    }
}
