#[cfg(test)]
mod tests;

/// Seconds for which one question may wait at the backend.
pub(crate) const WAIT_SECONDS: u32 = 25;

const FIRST_BACK_OFF: u32 = 1000;
const LONGEST_BACK_OFF: u32 = 15_000;

/// Decides when to ask again. Owns no clock, no timer and no socket. All times are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PollSchedule {
    interval: u32,
    failures: u32,
}

/// What came of the last question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Heard {
    /// Something is different.
    Changed,
    /// Nothing is different, `took` after the question.
    Same { took: f64 },
    /// Nothing will change any more.
    Ended,
    /// No answer, or none that makes sense.
    Unreachable { retry_after: Option<u32> },
}

/// The next step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Next {
    Ask { after: u32 },
    Stop,
}

impl PollSchedule {
    /// Starts a schedule for a backend that asks for `interval` seconds between questions that do not wait.
    pub(crate) fn new(interval: u32) -> Self {
        Self { interval: interval.max(1).saturating_mul(1000), failures: 0 }
    }

    /// Returns the next step.
    pub(crate) fn next(&mut self, heard: Heard) -> Next {
        let after = match heard {
            Heard::Ended => return Next::Stop,
            Heard::Unreachable { retry_after } => self.back_off(retry_after),
            Heard::Changed => self.recover(0),
            // An answer that did not wait comes from a backend, or a proxy, that cannot hold a long poll.
            Heard::Same { took } => self.recover(rest(self.interval, took)),
        };
        Next::Ask { after }
    }

    /// Returns after how long to try again what was lost; nothing after `attempts`.
    pub(crate) fn try_again(&mut self, attempts: u32) -> Option<u32> {
        let after = self.back_off(None);
        (self.failures < attempts).then_some(after)
    }

    fn recover(&mut self, after: u32) -> u32 {
        self.failures = 0;
        after
    }

    fn back_off(&mut self, retry_after: Option<u32>) -> u32 {
        let own = FIRST_BACK_OFF.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST_BACK_OFF);
        self.failures = self.failures.saturating_add(1);
        own.max(retry_after.unwrap_or(0).saturating_mul(1000))
    }
}

/// What is left of `interval` after `took`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturation"
)]
fn rest(interval: u32, took: f64) -> u32 {
    (f64::from(interval) - took) as u32
}
