//! Changes a flow: in the store first, then in memory and on the pages.

use std::sync::PoisonError;

use super::course::Course;
use super::engine::Engine;
use super::live::Live;
use crate::store::FlowChange;

impl Engine {
    /// Changes the course of a flow: in the store first, then in memory and on the pages. Where another process was
    /// faster, `change` is made again of what that one has stored.
    pub(super) async fn change(&self, live: &Live, mut change: impl FnMut(&mut Course)) -> sqlx::Result<()> {
        let _writing = live.writing.lock().await;
        loop {
            let (before, version, is_stored_silent) = {
                let inner = live.lock();
                (inner.course.clone(), inner.version, inner.is_stored_silent)
            };
            let mut after = before.clone();
            change(&mut after);
            after.stall(false);
            let is_new_status = before.status != after.status;
            let is_shared = self.shared.store.is_shared();
            let concerns_others =
                is_shared && (is_stored_silent != after.is_silent() || before.leave_at() != after.leave_at());
            let is_stored = is_new_status || before.is_settled != after.is_settled || concerns_others;
            if is_stored && !self.store(live, version, &after, is_new_status).await? {
                self.catch_up(live).await?;
                continue;
            }
            if is_new_status {
                tracing::info!(flow.id = %live.id, flow.status = after.status.name(), "flow changed");
                self.tally_change(live, &before.status, &after.status);
            }
            let now = self.now();
            let mut inner = live.lock();
            if after.status.is_ended() {
                inner.ended_at.get_or_insert(now);
            }
            if is_stored {
                inner.version = version + 1;
                inner.is_stored_silent = after.is_silent();
            }
            // A page may have come or gone while the store wrote; that part is its own.
            after.adopt_presence(&before, &inner.course);
            inner.course = after;
            drop(inner);
            live.tell();
            return Ok(());
        }
    }

    /// Stores a changed course. Returns `false` if somebody else has changed the flow since `version`.
    async fn store(
        &self,
        live: &Live,
        version: i64,
        course: &Course,
        is_new_status: bool,
    ) -> sqlx::Result<bool> {
        let status = serde_json::to_string(&course.status).unwrap_or_default();
        let change = FlowChange {
            version,
            status: &status,
            is_new_status,
            is_ended: course.status.is_ended(),
            is_settled: course.is_settled,
            is_silent: course.is_silent(),
            leave_at: course.leave_at(),
        };
        self.shared.store.change_flow(live.id.as_str(), &change, self.now()).await
    }

    /// Takes over what the store says of a flow.
    pub(super) async fn catch_up(&self, live: &Live) -> sqlx::Result<()> {
        let row = self.shared.store.flow(live.id.as_str()).await?;
        let now = self.now();
        let mut inner = live.lock();
        match row {
            Some(row) => {
                inner.version = row.version;
                inner.is_stored_silent = row.is_silent;
                inner.course.catch_up(&row);
                if let Some(replica) = &self.shared.replica {
                    let replica = replica.lock().unwrap_or_else(PoisonError::into_inner);
                    inner.is_ours = row.replica.as_deref() == Some(replica.as_str());
                }
                if !inner.is_ours {
                    inner.course.hear_of_silence(row.is_silent, now);
                }
            }
            // Swept, which happens to settled flows only.
            None => inner.course.is_settled = true,
        }
        if inner.course.status.is_ended() {
            inner.ended_at.get_or_insert(now);
        }
        drop(inner);
        live.tell();
        Ok(())
    }
}
