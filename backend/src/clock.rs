//! Time as a parameter. The only file that asks the system for it.

use std::fmt::Debug;
use std::ops::{Add, Sub};
use std::time::Duration;

use futures_util::future::BoxFuture;

/// Milliseconds since the Unix epoch.
///
/// Wall-clock time, because deadlines are stored and must mean the same after a restart.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Takes milliseconds since the Unix epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns milliseconds since the Unix epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the time from `earlier` until this moment, zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Tells the time and waits for it.
pub trait Clock: Debug + Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;

    /// Waits until `deadline`, which may be past.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()>;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let now = std::time::SystemTime::now();
        let since_epoch = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::default() + since_epoch
    }

    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()> {
        // A poller with nothing to do waits for a moment that never comes; tokio's timer has a limit.
        const LONGEST: Duration = Duration::from_hours(24);
        let wait = deadline.since(self.now()).min(LONGEST);
        Box::pin(tokio::time::sleep(wait))
    }
}
