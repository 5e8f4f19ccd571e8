use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::OnceCell;

use super::course::Course;
use super::driver::NewFlow;
use super::engine::{Engine, place};
use super::live::{Live, Snapshot};
use super::status::Status;
use crate::store::FlowRow;

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
        let _admission = self.admit(&start).map_err(|retry_after| StartError::TooMany { retry_after })?;
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

    /// Reserves a place for a start, or says when one will be free.
    fn admit(&self, start: &Start) -> Result<Admission<'_>, Duration> {
        let now = self.now();
        let limits = self.shared.limits;
        let key = (start.kind, start.peer.clone());
        let mut table = self.table();
        let is_live = |live: &&Arc<Live>| !live.told.borrow().status.is_ended();
        let starting = |kind| {
            table.starting.iter().filter(move |((other, _), _)| *other == kind).map(|(_, count)| count)
        };
        let of_kind = || table.flows.values().filter(|live| live.kind == start.kind);
        // Logins are open to everybody; they must not keep an operator from his registration.
        let all = of_kind().filter(is_live).count() + starting(start.kind).sum::<usize>();
        let of_peer = || of_kind().filter(|live| live.peer == start.peer);
        let live_of_peer = of_peer().filter(is_live).count() + table.starting.get(&key).copied().unwrap_or(0);
        // A code that its page gave up costs questions until it dies, so those are bounded too.
        let codes_of_peer = of_peer().filter(|live| !live.lock().course.is_settled).count();
        let live_of_owner = of_kind().filter(|live| live.owner == start.owner).filter(is_live).count();
        if all >= limits.live
            || live_of_peer >= start.live_per_peer
            || codes_of_peer >= start.live_per_peer * 8
            || live_of_owner >= start.live_per_owner
        {
            let ends = of_peer().filter(is_live).map(|live| live.told.borrow().deadline.since(now));
            let first = ends.min().unwrap_or(limits.display);
            return Err(first.clamp(Duration::from_secs(1), limits.display));
        }
        *table.starting.entry(key.clone()).or_default() += 1;
        drop(table);
        Ok(Admission { engine: self, key })
    }
}

/// A place reserved while a start is under way.
struct Admission<'a> {
    engine: &'a Engine,
    key: (&'static str, String),
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        let mut table = self.engine.table();
        if let Some(count) = table.starting.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                table.starting.remove(&self.key);
            }
        }
    }
}

fn new_flow_id() -> FlowId {
    FlowId::try_from(crate::secret::random_id()).expect("random_id has the form of a flow id")
}
