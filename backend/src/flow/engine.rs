use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::{Notify, OnceCell, watch};

use super::course::Course;
use super::driver::{Driver, NewFlow};
use super::live::{Live, Snapshot};
use super::status::Status;
use crate::clock::{Clock, Timestamp};
use crate::secret::{Presented, Sealer};
use crate::store::{FlowRow, Store};

/// How many flows there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Flows that a page waits for, in all.
    pub live: usize,
    /// Flows that a page waits for, by address.
    pub live_per_peer: usize,
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
    /// Starts under way, by peer.
    starting: HashMap<String, usize>,
    /// Starts by the digest of owner and idempotency key.
    starts: HashMap<String, Arc<OnceCell<FlowId>>>,
}

/// What [`Engine::start`] is given.
#[derive(Debug)]
pub struct Start {
    /// Names the driver.
    pub kind: &'static str,
    /// Who begins it.
    pub owner: String,
    /// From where.
    pub peer: String,
    /// Digest of the owner and his idempotency key.
    pub idempotency: Option<String>,
}

/// A flow that has begun, or was there already.
#[derive(Debug)]
pub struct Started {
    /// Names the flow.
    pub flow_id: FlowId,
    /// Proves the right to it.
    pub poll_token: String,
    /// What the driver stored with it.
    pub subject: String,
    /// The time between two questions.
    pub interval: Duration,
    /// Where it stands.
    pub snapshot: Snapshot,
}

/// A flow cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError<E> {
    /// There are too many flows.
    #[error("too many live flows")]
    TooMany {
        /// When the first of them ends.
        retry_after: Duration,
    },
    /// The driver could not begin it.
    #[error("the flow could not be begun")]
    Begin(#[source] E),
    /// The flow could not be stored.
    #[error("the flow could not be stored")]
    Store(#[source] sqlx::Error),
}

/// There is no such flow, or it is somebody else's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no flow with this id and token")]
pub struct NotFound;

/// A flow cannot be given up.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is no such flow, or it is somebody else's.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// It cannot be stored.
    #[error("the end of the flow could not be stored")]
    Store(#[source] sqlx::Error),
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
        let interval = Duration::from_millis(u64::try_from(row.interval_ms).unwrap_or_default());
        let course = Course::new(status, row.shown_until, row.handle_until, interval, now);
        if let Some(idempotency) = &row.idempotency {
            let cell = Arc::new(OnceCell::new_with(Some(id.clone())));
            self.table().starts.insert(idempotency.clone(), cell);
        }
        let live = Arc::new(Live::new(row, id.clone(), handle, course, now));
        self.table().flows.insert(id, Arc::clone(&live));
        self.enqueue(&live);
    }

    /// Starts a flow, or returns the one that the same owner started with the same idempotency key.
    ///
    /// `begin` asks the far side; it is called at most once, and not at all when a limit is reached.
    ///
    /// # Errors
    ///
    /// [`StartError`]; nothing is kept then.
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave an unused handle behind at the far side.
    pub async fn start<E>(
        &self,
        start: Start,
        begin: impl Future<Output = Result<NewFlow, E>>,
    ) -> Result<Started, StartError<E>> {
        let Some(key) = start.idempotency.clone() else {
            let id = self.begin(start, begin).await?;
            return Ok(self.started(&id));
        };
        let cell = self.start_cell(&key);
        match cell.get_or_try_init(|| self.begin(start, begin)).await {
            Ok(id) => Ok(self.started(id)),
            Err(error) => {
                self.table().starts.retain(|known, cell| known != &key || cell.initialized());
                Err(error)
            }
        }
    }

    /// Returns where an earlier start with this key left its flow; a fresh cell if that has ended.
    fn start_cell(&self, key: &str) -> Arc<OnceCell<FlowId>> {
        let mut table = self.table();
        let is_over =
            table.starts.get(key).and_then(|cell| cell.get()).is_some_and(|id| {
                table.flows.get(id).is_none_or(|live| live.told.borrow().status.is_ended())
            });
        if is_over {
            table.starts.remove(key);
        }
        Arc::clone(table.starts.entry(key.to_owned()).or_default())
    }

    async fn begin<E>(
        &self,
        start: Start,
        begin: impl Future<Output = Result<NewFlow, E>>,
    ) -> Result<FlowId, StartError<E>> {
        let _admission =
            self.admit(&start.peer).map_err(|retry_after| StartError::TooMany { retry_after })?;
        let new = begin.await.map_err(StartError::Begin)?;
        let now = self.now();
        let id = new_flow_id();
        let handle = self.shared.sealer.seal(&place(&id), &new.handle);
        let row = FlowRow {
            id: id.to_string(),
            kind: start.kind.to_owned(),
            owner: start.owner,
            peer: start.peer,
            idempotency: start.idempotency,
            subject: new.subject,
            handle: Some(handle.clone()),
            status: serde_json::to_string(&Status::Pending).unwrap_or_default(),
            created_at: now,
            shown_until: now + self.shared.limits.display.min(new.expires_in),
            handle_until: now + new.expires_in,
            interval_ms: i64::try_from(new.interval.as_millis()).unwrap_or(i64::MAX),
            changed_at: now,
        };
        self.shared.store.insert_flow(&row).await.map_err(StartError::Store)?;
        let course = Course::new(Status::Pending, row.shown_until, row.handle_until, new.interval, now);
        let live = Arc::new(Live::new(row, id.clone(), handle, course, now));
        self.table().flows.insert(id.clone(), Arc::clone(&live));
        self.enqueue(&live);
        tracing::info!(flow.id = %id, flow.kind = start.kind, "flow started");
        Ok(id)
    }

    fn started(&self, id: &FlowId) -> Started {
        let live = self
            .table()
            .flows
            .get(id)
            .cloned()
            .expect("a flow is swept minutes after its start at the earliest");
        let snapshot = live.told.borrow().clone();
        Started {
            flow_id: id.clone(),
            poll_token: self.shared.sealer.token(id.as_str()),
            subject: live.subject.clone(),
            interval: live.lock().course.interval,
            snapshot,
        }
    }

    /// Returns what a page can see of its flow: at once if that is not `known`, else as soon as it changes, and
    /// `None` if it has not by the end of `wait`.
    ///
    /// # Errors
    ///
    /// [`NotFound`] for an unknown id and for a wrong token alike.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub async fn watch(
        &self,
        id: &FlowId,
        token: &Presented,
        known: Option<&str>,
        wait: Duration,
    ) -> Result<Option<Snapshot>, NotFound> {
        let is_owner = self.shared.sealer.is_token(id.as_str(), token.expose());
        let live = self.table().flows.get(id).cloned();
        let Some(live) = live else {
            return if is_owner { self.stored(id).await.map(Some) } else { Err(NotFound) };
        };
        if !is_owner {
            return Err(NotFound);
        }
        let _watcher = self.attend(&live);
        let mut told = live.told.subscribe();
        let mut closing = self.shared.closing.subscribe();
        let changed = told.wait_for(|snapshot| known != Some(snapshot.tag.as_str()));
        tokio::select! {
            biased;
            changed = changed => Ok(changed.ok().map(|snapshot| snapshot.clone())),
            _ = closing.wait_for(|is_closing| *is_closing) => Ok(None),
            () = tokio::time::sleep(wait) => Ok(None),
        }
    }

    /// Returns what is stored with a flow, for its page.
    ///
    /// # Errors
    ///
    /// [`NotFound`] for an unknown id and for a wrong token alike.
    pub async fn subject(&self, id: &FlowId, token: &Presented) -> Result<String, NotFound> {
        let is_owner = self.shared.sealer.is_token(id.as_str(), token.expose());
        let live = self.table().flows.get(id).cloned();
        match live {
            _ if !is_owner => Err(NotFound),
            Some(live) => Ok(live.subject.clone()),
            None => Ok(self.row(id).await?.subject),
        }
    }

    async fn stored(&self, id: &FlowId) -> Result<Snapshot, NotFound> {
        let row = self.row(id).await?;
        let status = serde_json::from_str(&row.status).map_err(|_| NotFound)?;
        let mut course =
            Course::new(status, row.shown_until, row.handle_until, Duration::ZERO, row.created_at);
        course.is_settled = true;
        Ok(Snapshot::of(&course))
    }

    async fn row(&self, id: &FlowId) -> Result<FlowRow, NotFound> {
        match self.shared.store.flow(id.as_str()).await {
            Ok(row) => row.ok_or(NotFound),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "flow cannot be read");
                Err(NotFound)
            }
        }
    }

    /// Gives a flow up on the page's behalf. One that has ended stays as it is.
    ///
    /// # Errors
    ///
    /// [`CancelError::NotFound`] for an unknown id and for a wrong token alike.
    pub async fn cancel(&self, id: &FlowId, token: &Presented) -> Result<(), CancelError> {
        let Some(live) = self.owned(id, token)? else { return Ok(()) };
        self.change(&live, Course::cancel).await.map_err(CancelError::Store)
    }

    /// Gives a flow up unless its page comes back within ten seconds, as it does when it is reloaded.
    ///
    /// # Errors
    ///
    /// [`NotFound`] for an unknown id and for a wrong token alike.
    pub fn leave(&self, id: &FlowId, token: &Presented) -> Result<(), NotFound> {
        let Some(live) = self.owned(id, token)? else { return Ok(()) };
        let now = self.now();
        live.lock().course.leave(now);
        self.hasten(&live);
        Ok(())
    }

    /// Finds a flow of the page; `None` if it is out of memory, and therefore over.
    fn owned(&self, id: &FlowId, token: &Presented) -> Result<Option<Arc<Live>>, NotFound> {
        let is_owner = self.shared.sealer.is_token(id.as_str(), token.expose());
        let live = self.table().flows.get(id).cloned();
        if is_owner { Ok(live) } else { Err(NotFound) }
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

    /// Reserves a place for a start from `peer`, or says when one will be free.
    fn admit(&self, peer: &str) -> Result<Admission<'_>, Duration> {
        let now = self.now();
        let limits = self.shared.limits;
        let mut table = self.table();
        let is_live = |live: &&Arc<Live>| !live.told.borrow().status.is_ended();
        let all = table.flows.values().filter(is_live).count() + table.starting.values().sum::<usize>();
        let of_peer = || table.flows.values().filter(|live| live.peer == peer);
        let live_of_peer = of_peer().filter(is_live).count() + table.starting.get(peer).copied().unwrap_or(0);
        // A code that its page gave up costs questions until it dies, so those are bounded too.
        let codes_of_peer = of_peer().count();
        if all >= limits.live
            || live_of_peer >= limits.live_per_peer
            || codes_of_peer >= limits.live_per_peer * 8
        {
            let ends = of_peer().filter(is_live).map(|live| live.told.borrow().deadline.since(now));
            let first = ends.min().unwrap_or(limits.display);
            return Err(first.clamp(Duration::from_secs(1), limits.display));
        }
        *table.starting.entry(peer.to_owned()).or_default() += 1;
        drop(table);
        Ok(Admission { engine: self, peer: peer.to_owned() })
    }

    /// Counts a page as watching for as long as the guard lives.
    fn attend<'a>(&'a self, live: &'a Arc<Live>) -> Watcher<'a> {
        let now = self.now();
        let mut inner = live.lock();
        inner.watchers += 1;
        inner.seen_at = now;
        inner.course.stay();
        drop(inner);
        self.hasten(live);
        Watcher { engine: self, live }
    }
}

/// A place reserved while a start is under way.
struct Admission<'a> {
    engine: &'a Engine,
    peer: String,
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        let mut table = self.engine.table();
        if let Some(count) = table.starting.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                table.starting.remove(&self.peer);
            }
        }
    }
}

/// A page that watches.
struct Watcher<'a> {
    engine: &'a Engine,
    live: &'a Live,
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        let now = self.engine.now();
        let mut inner = self.live.lock();
        inner.watchers -= 1;
        inner.seen_at = now;
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

fn new_flow_id() -> FlowId {
    FlowId::try_from(crate::secret::random_id()).expect("random_id has the form of a flow id")
}
