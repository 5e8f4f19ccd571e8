use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::{Notify, OnceCell, watch};

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
    /// Held while flows are counted, and while a start under way becomes one of them: none is counted twice or not at all.
    pub(super) counting: tokio::sync::Mutex<()>,
    /// The name of this process among several on one store; another one once it was taken for dead.
    pub(super) replica: Option<Mutex<String>>,
    /// Woken when the queue has a new first entry.
    pub(super) queued: Notify,
    /// Becomes `true` when the process wants to end.
    pub(super) closing: watch::Sender<bool>,
    /// Turns under way.
    pub(super) turns: watch::Sender<usize>,
    /// Becomes `true` when no turn will be taken any more.
    pub(super) has_ended: watch::Sender<bool>,
}

/// Who starts a flow, for the limits.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Starter {
    pub(super) kind: &'static str,
    pub(super) peer: String,
    pub(super) owner: String,
}

/// What there is of a flow.
#[derive(Debug)]
pub(super) enum Found {
    /// It may still change.
    Live(Arc<Live>),
    /// It has ended, and is not in memory.
    Over(Box<FlowRow>),
    /// There is none.
    Nothing,
}

/// The flows in memory and the order of their turns.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) flows: HashMap<FlowId, Arc<Live>>,
    pub(super) queue: BTreeSet<(Timestamp, FlowId)>,
    /// Starts under way.
    pub(super) starting: HashMap<Starter, usize>,
    /// Starts by the digest of owner and idempotency key.
    pub(super) starts: HashMap<String, Arc<OnceCell<FlowId>>>,
}

impl Engine {
    /// Loads the flows that are not settled yet, or of several processes on one store: joins them and takes the flows
    /// that nobody has. They go on when [`Engine::run`] does.
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
        let replica = store.is_shared().then(|| Mutex::new(crate::secret::random_id()));
        let shared = Shared {
            clock,
            store,
            sealer,
            drivers,
            limits,
            table: Mutex::default(),
            counting: tokio::sync::Mutex::default(),
            replica,
            queued: Notify::new(),
            closing: watch::Sender::new(false),
            turns: watch::Sender::new(0),
            has_ended: watch::Sender::new(false),
        };
        let engine = Self { shared: Arc::new(shared) };
        if engine.shared.store.is_shared() {
            engine.join().await?;
        } else {
            engine.take_up_all(engine.shared.store.unsettled_flows().await?);
        }
        Ok(engine)
    }

    /// Gives a stored flow its turns from now on.
    pub(super) fn take_up(&self, row: FlowRow) {
        if let Some(live) = self.load_live(row) {
            self.enqueue(&live);
        }
    }

    /// The same for many, whose questions are spread over an interval.
    fn take_up_all(&self, rows: Vec<FlowRow>) {
        let parts = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for (part, live) in (0..).zip(rows.into_iter().filter_map(|row| self.load_live(row))) {
            live.lock().course.postpone(part, parts);
            self.enqueue(&live);
        }
    }

    /// Takes a stored flow into memory as ours.
    pub(super) fn load_live(&self, row: FlowRow) -> Option<Arc<Live>> {
        let live = Arc::new(Live::load(row, true, self.now())?);
        if let Some(idempotency) = &live.idempotency {
            let cell = Arc::new(OnceCell::new_with(Some(live.id.clone())));
            self.table().starts.insert(idempotency.clone(), cell);
        }
        self.table().flows.insert(live.id.clone(), Arc::clone(&live));
        Some(live)
    }

    /// Finds a flow in memory or, where other processes have flows too, in the store.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn find(&self, id: &FlowId) -> sqlx::Result<Found> {
        if let Some(live) = self.table().flows.get(id).cloned() {
            return Ok(Found::Live(live));
        }
        let Some(row) = Box::pin(self.shared.store.flow(id.as_str())).await? else {
            return Ok(Found::Nothing);
        };
        if self.shared.store.is_shared()
            && let Some(live) = Live::load(row.clone(), false, self.now())
            && !live.told.borrow().status.is_ended()
        {
            return Ok(Found::Live(Arc::clone(
                self.table().flows.entry(id.clone()).or_insert(Arc::new(live)),
            )));
        }
        Ok(Found::Over(Box::new(row)))
    }

    /// Lets every waiting page ask again, and takes no turn any more. For the end of the process.
    pub fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Waits until [`Engine::run`] is over, and has left its flows to other processes if there are any.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub async fn ended(&self) {
        // The sender lives as long as the engine.
        self.shared.has_ended.subscribe().wait_for(|has_ended| *has_ended).await.ok();
    }

    /// Returns whether the process wants to end.
    pub fn is_closed(&self) -> bool {
        *self.shared.closing.borrow()
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
