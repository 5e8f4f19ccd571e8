use super::engine::Engine;
use super::live::Live;
use super::status::Status;
use crate::telemetry;

/// How many flows there are here.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Those that have not ended, and that this process follows.
    pub live: u32,
    /// Those that have not ended, and for which a page waits here.
    pub watched: u32,
    /// Requests that wait.
    pub waiting: u32,
}

impl Engine {
    /// Counts the flows of each kind.
    pub fn counts(&self) -> Vec<(&'static str, Counts)> {
        let flows: Vec<_> = self.table().flows.values().cloned().collect();
        let of_kind = |kind: &str| {
            let mut counts = Counts::default();
            for live in flows.iter().filter(|live| live.kind == kind) {
                let inner = live.lock();
                counts.waiting += u32::try_from(inner.watchers).unwrap_or(u32::MAX);
                if !inner.course.status.is_ended() {
                    counts.live += u32::from(inner.is_ours);
                    counts.watched += u32::from(inner.watchers > 0);
                }
            }
            counts
        };
        self.shared.drivers.keys().map(|kind| (*kind, of_kind(kind))).collect()
    }

    pub(super) fn tally_start(&self, kind: &str, subject: &str) {
        if let Some(driver) = self.shared.drivers.get(kind) {
            telemetry::flow_started(driver.kind(), driver.method(subject));
        }
    }

    pub(super) fn tally_change(&self, live: &Live, before: &Status, after: &Status) {
        // What is said of a status may change without it.
        if before.name() == after.name() {
            return;
        }
        if let Some(driver) = self.shared.drivers.get(live.kind.as_str()) {
            telemetry::flow_changed(
                driver.kind(),
                driver.method(&live.subject),
                after.name(),
                after.failure(),
            );
        }
    }
}
