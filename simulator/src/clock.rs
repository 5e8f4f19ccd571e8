//! Simulated time: real time plus an offset that tests move. The only place that asks the system for the time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// Answer of `GET` and `POST /_sim/clock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClockReading {
    /// Simulated time, seconds since 1970.
    pub now_s: u64,
    /// Seconds by which simulated time is ahead of real time.
    pub offset_s: u64,
}

/// Milliseconds since 1970, in simulated time.
pub(crate) type Millis = u64;

#[derive(Debug)]
pub(crate) struct SimulatedClock {
    started: Instant,
    started_at: Millis,
    offset: AtomicU64,
}

impl SimulatedClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    pub(crate) fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            started: Instant::now(),
            started_at: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
            offset: AtomicU64::new(0),
        }
    }

    pub(crate) fn now(&self) -> Millis {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.started_at.saturating_add(elapsed).saturating_add(self.offset.load(Ordering::Relaxed))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let add = |offset: u64| Some(offset.saturating_add(by));
        let _ = self.offset.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    pub(crate) fn reset(&self) {
        self.offset.store(0, Ordering::Relaxed);
    }

    pub(crate) fn reading(&self) -> ClockReading {
        ClockReading { now_s: self.now() / 1000, offset_s: self.offset.load(Ordering::Relaxed) / 1000 }
    }
}
