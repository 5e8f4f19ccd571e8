use std::time::Duration;

#[cfg(test)]
mod tests;

/// Seconds for which one question may wait at the backend.
pub(crate) const WAIT_SECONDS: u32 = 25;

const FIRST_BACK_OFF: Duration = Duration::from_secs(1);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(15);

/// Decides when to ask again. Owns no clock, no timer and no socket.
#[derive(Clone, Debug)]
pub(crate) struct PollSchedule {
    interval: Duration,
    failures: u32,
}

/// What came of the last question.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Heard {
    /// Something is different.
    Changed,
    /// Nothing is different, `took` after the question.
    Same { took: Duration },
    /// Nothing will change any more.
    Ended,
    /// No answer, or none that makes sense.
    Unreachable { retry_after: Option<u32> },
}

/// The next step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Next {
    Ask { after: Duration },
    Stop,
}

impl PollSchedule {
    /// Starts a schedule for a backend that asks for `interval` seconds between questions that do not wait.
    pub(crate) fn new(interval: u32) -> Self {
        Self { interval: Duration::from_secs(interval.max(1).into()), failures: 0 }
    }

    /// Returns the next step.
    pub(crate) fn next(&mut self, heard: Heard) -> Next {
        let after = match heard {
            Heard::Ended => return Next::Stop,
            Heard::Unreachable { retry_after } => self.back_off(retry_after),
            Heard::Changed => self.recover(Duration::ZERO),
            // An answer that did not wait comes from a backend, or a proxy, that cannot hold a long poll.
            Heard::Same { took } => self.recover(self.interval.saturating_sub(took)),
        };
        Next::Ask { after }
    }

    fn recover(&mut self, after: Duration) -> Duration {
        self.failures = 0;
        after
    }

    fn back_off(&mut self, retry_after: Option<u32>) -> Duration {
        let own = FIRST_BACK_OFF.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST_BACK_OFF);
        self.failures = self.failures.saturating_add(1);
        own.max(Duration::from_secs(retry_after.unwrap_or(0).into()))
    }
}
