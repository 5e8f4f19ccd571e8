use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::{Notify, OnceCell, watch};

use super::course::Course;
use super::driver::Driver;
use super::live::Live;
use crate::clock::{Clock, Timestamp};
use crate::secret::Sealer;
use crate::store::{FlowRow, Store};

/// How many flows there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Flows of one kind that a page waits for, in all.
    pub live: usize,
    /// How long a page shows a code at most.
    pub display: Duration,
}

/// Runs the flows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Store,
    pub(super) sealer: Arc<Sealer>,
    pub(super) drivers: HashMap<&'static str, Arc<dyn Driver>>,
    pub(super) limits: Limits,
    pub(super) table: Mutex<Table>,
    /// Woken when the queue has a new first entry.
    pub(super) queued: Notify,
    /// Becomes `true` when the process wants to end.
    pub(super) closing: watch::Sender<bool>,
    /// Turns under way.
    pub(super) turns: watch::Sender<usize>,
}

/// The flows in memory and the order of their turns.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) flows: HashMap<FlowId, Arc<Live>>,
    pub(super) queue: BTreeSet<(Timestamp, FlowId)>,
    /// Starts under way, by kind and peer.
    pub(super) starting: HashMap<(&'static str, String), usize>,
    /// Starts by the digest of owner and idempotency key.
    pub(super) starts: HashMap<String, Arc<OnceCell<FlowId>>>,
}

impl Engine {
    /// Loads the flows that are not settled yet. They go on when [`Engine::run`] does.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn load(
        clock: Arc<dyn Clock>,
        store: Store,
        sealer: Arc<Sealer>,
        drivers: Vec<Arc<dyn Driver>>,
        limits: Limits,
    ) -> sqlx::Result<Self> {
        let drivers = drivers.into_iter().map(|driver| (driver.kind(), driver)).collect();
        let shared = Shared {
            clock,
            store,
            sealer,
            drivers,
            limits,
            table: Mutex::default(),
            queued: Notify::new(),
            closing: watch::Sender::new(false),
            turns: watch::Sender::new(0),
        };
        let engine = Self { shared: Arc::new(shared) };
        for row in engine.shared.store.unsettled_flows().await? {
            engine.resume(row);
        }
        Ok(engine)
    }

    fn resume(&self, mut row: FlowRow) {
        let (Ok(id), Ok(status)) = (FlowId::try_from(row.id.clone()), serde_json::from_str(&row.status))
        else {
            tracing::error!(flow.id = row.id, "stored flow cannot be read");
            return;
        };
        let Some(handle) = row.handle.take() else { return };
        let now = self.now();
        let interval =
            u64::try_from(row.interval_ms).ok().filter(|millis| *millis > 0).map(Duration::from_millis);
        let course = Course::new(status, row.shown_until, row.handle_until, interval, now);
        if let Some(idempotency) = &row.idempotency {
            let cell = Arc::new(OnceCell::new_with(Some(id.clone())));
            self.table().starts.insert(idempotency.clone(), cell);
        }
        let live = Arc::new(Live::new(row, id.clone(), handle, course, now));
        self.table().flows.insert(id, Arc::clone(&live));
        self.enqueue(&live);
    }

    /// Lets every waiting page ask again, and takes no turn any more. For the end of the process.
    pub fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Waits until no turn is under way: what the far side is handing out at this moment is stored then.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub async fn drained(&self) {
        // The sender lives as long as the engine.
        self.shared.turns.subscribe().wait_for(|turns| *turns == 0).await.ok();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing that holds this lock can panic half-way through a change.
        self.shared.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Forgets a flow.
    pub(super) fn remove(&mut self, live: &Live) {
        self.flows.remove(&live.id);
        if let Some(key) = &live.idempotency
            && self.starts.get(key).and_then(|cell| cell.get()) == Some(&live.id)
        {
            self.starts.remove(key);
        }
    }
}

/// The place to which a flow's handle is sealed.
pub(super) fn place(id: &FlowId) -> String {
    format!("flows/{id}")
}
