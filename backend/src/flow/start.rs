use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::{MutexGuard, OnceCell};

use super::driver::NewFlow;
use super::engine::{Engine, Found, Starter, place};
use super::live::Snapshot;
use super::status::Status;
use crate::store::{ACQUIRE_TIMEOUT, FlowCounts, FlowRow};

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
    /// How many flows of this kind may be live from one address.
    pub live_per_peer: usize,
    /// How many flows of this kind one owner may have live.
    pub live_per_owner: usize,
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
    /// The time between two questions; `None` if the far side is not asked.
    pub interval: Option<Duration>,
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

impl Engine {
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
            return self.started(&id).await.map_err(StartError::Store);
        };
        let cell = self.start_cell(&key);
        match cell.get_or_try_init(|| self.begin_once(&key, start, begin)).await {
            Ok(id) => self.started(id).await.map_err(StartError::Store),
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

    /// Begins a flow unless another process has begun one with the same key.
    async fn begin_once<E>(
        &self,
        key: &str,
        start: Start,
        begin: impl Future<Output = Result<NewFlow, E>>,
    ) -> Result<FlowId, StartError<E>> {
        match self.begun_elsewhere(key).await.map_err(StartError::Store)? {
            Some(id) => Ok(id),
            None => self.begin(start, begin).await,
        }
    }

    /// Returns the flow that another process has begun with this key and that has not ended.
    async fn begun_elsewhere(&self, key: &str) -> sqlx::Result<Option<FlowId>> {
        if !self.shared.store.is_shared() {
            return Ok(None);
        }
        let row = self.shared.store.flow_by_idempotency(key).await?;
        Ok(row.and_then(|row| FlowId::try_from(row.id).ok()))
    }

    async fn begin<E>(
        &self,
        start: Start,
        begin: impl Future<Output = Result<NewFlow, E>>,
    ) -> Result<FlowId, StartError<E>> {
        let admission = self.admit(&start).await?;
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
            interval_ms: new
                .interval
                .map_or(0, |interval| i64::try_from(interval.as_millis()).unwrap_or(i64::MAX)),
            changed_at: now,
            version: 0,
            is_silent: false,
            leave_at: None,
            replica: Some(self.replica()).filter(|replica| !replica.is_empty()),
        };
        let counting = self.counting().await.map_err(StartError::Store)?;
        if !self.shared.store.insert_flow(&row).await.map_err(StartError::Store)? {
            // Another process was faster with the same key; this code stays unused.
            let key = row.idempotency.unwrap_or_default();
            let theirs = self.begun_elsewhere(&key).await.map_err(StartError::Store)?;
            return theirs.ok_or(StartError::Store(sqlx::Error::RowNotFound));
        }
        self.tally_start(start.kind, &row.subject);
        self.take_up(row);
        drop((admission, counting));
        tracing::info!(flow.id = %id, flow.kind = start.kind, "flow started");
        Ok(id)
    }

    async fn started(&self, id: &FlowId) -> sqlx::Result<Started> {
        let live = match self.find(id).await? {
            Found::Live(live) => live,
            // It ended in the moment in which it was found.
            Found::Over(_) | Found::Nothing => return Err(sqlx::Error::RowNotFound),
        };
        let snapshot = live.told.borrow().clone();
        Ok(Started {
            flow_id: id.clone(),
            poll_token: self.shared.sealer.token(id.as_str()),
            subject: live.subject.clone(),
            interval: live.lock().course.interval,
            snapshot,
        })
    }

    /// Reserves a place for a start, or says when one will be free.
    async fn admit<E>(&self, start: &Start) -> Result<Admission<'_>, StartError<E>> {
        let limits = self.shared.limits;
        let _counting = self.counting().await.map_err(StartError::Store)?;
        let counts = if self.shared.store.is_shared() {
            let (kind, peer, owner) = (start.kind, &start.peer, &start.owner);
            self.shared.store.count_flows(kind, peer, owner).await.map_err(StartError::Store)?
        } else {
            self.count(start)
        };
        let starter = Starter { kind: start.kind, peer: start.peer.clone(), owner: start.owner.clone() };
        let mut table = self.table();
        let starting = |is_counted: &dyn Fn(&Starter) -> bool| -> usize {
            // Logins are open to everybody; they must not keep an operator from his registration.
            let counted = |known: &Starter| known.kind == start.kind && is_counted(known);
            table.starting.iter().filter(|(known, _)| counted(known)).map(|(_, count)| count).sum()
        };
        // A code that its page gave up costs questions until it dies, so those are bounded too.
        if counts.live + starting(&|_| true) >= limits.live
            || counts.live_of_peer + starting(&|known| known.peer == start.peer) >= start.live_per_peer
            || counts.codes_of_peer >= start.live_per_peer * 8
            || counts.live_of_owner + starting(&|known| known.owner == start.owner) >= start.live_per_owner
        {
            let first = counts.first_end_of_peer.map_or(limits.display, |end| end.since(self.now()));
            let retry_after = first.clamp(Duration::from_secs(1), limits.display);
            return Err(StartError::TooMany { retry_after });
        }
        *table.starting.entry(starter.clone()).or_default() += 1;
        drop(table);
        Ok(Admission { engine: self, starter })
    }

    /// Waits for the turn to count, as long as for a connection: with a store that is away everybody would wait for
    /// everybody before.
    async fn counting(&self) -> sqlx::Result<MutexGuard<'_, ()>> {
        let turn = self.shared.counting.lock();
        tokio::time::timeout(ACQUIRE_TIMEOUT, turn).await.map_err(|_| sqlx::Error::PoolTimedOut)
    }

    /// Counts the flows in memory, which are all if no other process has some.
    fn count(&self, start: &Start) -> FlowCounts {
        let table = self.table();
        let mut counts = FlowCounts::default();
        for live in table.flows.values().filter(|live| live.kind == start.kind) {
            let is_of_peer = live.peer == start.peer;
            counts.codes_of_peer += usize::from(is_of_peer && !live.lock().course.is_settled);
            let told = live.told.borrow();
            if told.status.is_ended() {
                continue;
            }
            counts.live += 1;
            counts.live_of_owner += usize::from(live.owner == start.owner);
            if is_of_peer {
                counts.live_of_peer += 1;
                let first = counts.first_end_of_peer.map_or(told.deadline, |first| first.min(told.deadline));
                counts.first_end_of_peer = Some(first);
            }
        }
        counts
    }
}

/// A place reserved while a start is under way.
struct Admission<'a> {
    engine: &'a Engine,
    starter: Starter,
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        let mut table = self.engine.table();
        if let Some(count) = table.starting.get_mut(&self.starter) {
            *count -= 1;
            if *count == 0 {
                table.starting.remove(&self.starter);
            }
        }
    }
}

fn new_flow_id() -> FlowId {
    FlowId::try_from(crate::secret::random_id()).expect("random_id has the form of a flow id")
}
