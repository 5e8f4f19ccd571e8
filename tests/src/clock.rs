use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use dingtalk_qr_backend::Clock;
use dingtalk_qr_backend::clock::Timestamp;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

/// A clock that moves when it is told to.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: watch::Sender<Timestamp>,
    sleepers: Arc<Mutex<Sleepers>>,
}

/// The deadlines of those who sleep.
#[derive(Debug, Default)]
struct Sleepers {
    next_id: u64,
    deadlines: BTreeMap<u64, Timestamp>,
}

impl ManualClock {
    /// Starts at a moment like any other.
    pub fn start() -> Self {
        let start = Timestamp::from_millis(1_790_000_000_000);
        Self { now: watch::Sender::new(start), sleepers: Arc::default() }
    }

    /// Moves on and wakes those whose time has come.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now = *now + by);
    }

    /// Returns whether at least `count` sleep and nobody's time has come.
    pub fn has_sleepers(&self, count: usize) -> bool {
        let now = *self.now.borrow();
        let sleepers = self.lock();
        sleepers.deadlines.len() >= count && sleepers.deadlines.values().all(|deadline| *deadline > now)
    }

    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move {
            let mut now = clock.now.subscribe();
            let _sleeper = Sleeper::register(&clock, deadline);
            now.wait_for(|now| *now >= deadline).await.unwrap();
        })
    }
}

/// One who sleeps, until dropped.
struct Sleeper {
    clock: ManualClock,
    id: u64,
}

impl Sleeper {
    fn register(clock: &ManualClock, deadline: Timestamp) -> Self {
        let mut sleepers = clock.lock();
        sleepers.next_id += 1;
        let id = sleepers.next_id;
        sleepers.deadlines.insert(id, deadline);
        drop(sleepers);
        Self { clock: clock.clone(), id }
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.clock.lock().deadlines.remove(&self.id);
    }
}
