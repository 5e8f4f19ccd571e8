//! Several processes on one store: each has some of the flows, and any of them serves any page.
//!
//! A process says every few seconds that it is alive. The flows of one that does not are free, and taken over. Whoever
//! changes a flow says which version he has seen, so two that take themselves for its owner cannot undo each other's
//! changes; at worst DingTalk is asked twice. What changes is told by the store, and looked up where that is cut off.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use super::course::Course;
use super::engine::Engine;
use super::live::Live;
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::secret::random_id;
use crate::store::{Listener, News};

/// How long a process counts as alive after it last said so.
const LEASE: Duration = Duration::from_secs(10);

/// Time between two times that it says so, and looks for flows that are free.
const TICK: Duration = Duration::from_secs(2);

/// Flows that are taken over at once, so that several processes share those of a dead one.
const BATCH: i64 = 500;

/// How long to wait before the store is asked again to tell.
const RELISTEN: Duration = Duration::from_millis(500);

/// How often the process that has a flow is told that a page watches it here.
const ANNOUNCE: Duration = Duration::from_secs(20);

impl Engine {
    /// Joins the processes that work on this store.
    pub(super) async fn join(&self) -> sqlx::Result<()> {
        let now = self.now();
        self.shared.store.insert_replica(&self.replica(), now, now + LEASE).await?;
        self.take_free().await
    }

    /// Returns the name of this process; empty if it is the only one.
    pub(super) fn replica(&self) -> String {
        let replica = self.shared.replica.as_ref();
        replica.map(|name| name.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Keeps this process among the others until the future is dropped.
    pub(super) async fn follow(&self) {
        tokio::join!(self.stay_alive(), self.listen());
    }

    /// Leaves the flows to the others.
    pub(super) async fn leave_others_alone(&self) {
        if let Err(error) = self.shared.store.release_replica(&self.replica()).await {
            tracing::warn!(error = %Causes(&error), "flows are left to other processes late");
        }
    }

    async fn stay_alive(&self) {
        loop {
            let tick = self.tick().await;
            if let Err(error) = &tick {
                tracing::error!(error = %Causes(error), "the database does not answer");
            }
            self.note_stall(tick.is_err());
            let next = self.now() + TICK;
            self.shared.clock.sleep_until(next).await;
        }
    }

    async fn tick(&self) -> sqlx::Result<()> {
        let now = self.now();
        if !self.shared.store.renew_replica(&self.replica(), now, now + LEASE).await? {
            tracing::warn!(
                "this process was taken for dead; it takes its flows up again as far as nobody has"
            );
            self.forget_name();
            self.shared.store.insert_replica(&self.replica(), now, now + LEASE).await?;
        }
        self.take_free().await?;
        self.keep_what_is_watched(now).await
    }

    /// Gives up every flow, under the old name. Those that no other process has taken come back at once.
    fn forget_name(&self) {
        if let Some(replica) = &self.shared.replica {
            *replica.lock().unwrap_or_else(PoisonError::into_inner) = random_id();
        }
        for live in self.lives() {
            live.lock().is_ours = false;
        }
    }

    /// Takes over flows that no living process has.
    async fn take_free(&self) -> sqlx::Result<()> {
        let rows = self.shared.store.lease_flows(&self.replica(), self.now(), BATCH).await?;
        let parts = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for (part, row) in (0..).zip(rows) {
            let known =
                FlowId::try_from(row.id.clone()).ok().and_then(|id| self.table().flows.get(&id).cloned());
            let live = match known {
                Some(live) => {
                    self.refresh(&live).await;
                    live
                }
                None => match self.load_live(row) {
                    Some(live) => live,
                    None => continue,
                },
            };
            {
                let mut inner = live.lock();
                inner.taken_at = Some(self.now());
                inner.course.postpone(part, parts);
            }
            self.enqueue(&live);
        }
        Ok(())
    }

    /// Holds flows that a page left and that another page watches here.
    async fn keep_what_is_watched(&self, now: Timestamp) -> sqlx::Result<()> {
        for live in self.lives() {
            let is_about_to_end = {
                let inner = live.lock();
                let ends_soon = |leave_at| leave_at < now + TICK + TICK;
                !inner.is_ours && inner.watchers > 0 && inner.course.leave_at().is_some_and(ends_soon)
            };
            if is_about_to_end {
                self.change(&live, Course::stay).await?;
            }
        }
        Ok(())
    }

    fn lives(&self) -> Vec<Arc<Live>> {
        self.table().flows.values().cloned().collect()
    }

    /// Tells the pages whether the store answers.
    fn note_stall(&self, is_stalled: bool) {
        for live in self.lives() {
            if live.lock().course.stall(is_stalled) {
                live.tell();
            }
        }
    }

    /// Takes in what other processes tell.
    async fn listen(&self) {
        loop {
            match self.shared.store.listen().await {
                Ok(Some(listener)) => {
                    // Nobody told while nobody listened.
                    self.look_up().await;
                    self.hear(listener).await;
                }
                Ok(None) => return,
                Err(_) => {}
            }
            tracing::warn!("other processes are not heard");
            tokio::time::sleep(RELISTEN).await;
            self.look_up().await;
        }
    }

    /// Hears until the connection is lost.
    async fn hear(&self, mut listener: Listener) {
        while let Ok(Some(news)) = listener.next().await {
            match news {
                News::Changed { id, version } => self.hear_of_change(id, version).await,
                News::Seen { id } => self.hear_of_watcher(id),
                News::Left => self.take_free().await.unwrap_or_else(|error| {
                    tracing::error!(error = %Causes(&error), "free flows cannot be taken over");
                }),
            }
        }
    }

    async fn hear_of_change(&self, id: String, version: i64) {
        let Some(live) = self.known(id) else { return };
        if live.lock().version < version {
            self.refresh(&live).await;
        }
    }

    fn hear_of_watcher(&self, id: String) {
        let Some(live) = self.known(id) else { return };
        live.lock().seen_at = self.now();
        self.hasten(&live);
    }

    fn known(&self, id: String) -> Option<Arc<Live>> {
        let id = FlowId::try_from(id).ok()?;
        self.table().flows.get(&id).cloned()
    }

    /// Looks every flow up that another process has and a page watches here.
    async fn look_up(&self) {
        for live in self.lives() {
            let is_watched_only = {
                let inner = live.lock();
                !inner.is_ours && inner.watchers > 0
            };
            if is_watched_only {
                self.refresh(&live).await;
            }
        }
    }

    async fn refresh(&self, live: &Live) {
        let _writing = live.writing.lock().await;
        if let Err(error) = self.catch_up(live).await {
            tracing::warn!(error = %Causes(&error), flow.id = %live.id, "flow cannot be looked up");
            if live.lock().course.stall(true) {
                live.tell();
            }
            return;
        }
        // Its next turn may be another one now.
        self.hasten(live);
    }

    /// Tells the process that has a flow that a page watches it here, unless it was told shortly before.
    pub(super) async fn announce_watcher(&self, live: &Live) {
        let now = self.now();
        let is_due = {
            let mut inner = live.lock();
            let is_due = !inner.is_ours && now.since(inner.announced_at) >= ANNOUNCE;
            if is_due {
                inner.announced_at = now;
            }
            is_due
        };
        if is_due && let Err(error) = Box::pin(self.shared.store.announce_watcher(live.id.as_str())).await {
            tracing::debug!(error = %Causes(&error), flow.id = %live.id, "a watcher could not be announced");
        }
    }
}
