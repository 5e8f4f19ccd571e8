//! Runs as somebody who asks sees them.

use super::{Organisations, StartError};
use crate::clock::Timestamp;
use crate::store::{SyncMode, SyncRow, SyncState};

/// How far a run is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The organisation.
    pub corp_id: String,
    /// How thoroughly it looks.
    pub mode: SyncMode,
    /// How it stands.
    pub state: SyncState,
    /// Why it failed, in a word.
    pub failure: Option<String>,
    /// How many departments it has found so far.
    pub departments: i64,
    /// How many of them it has read.
    pub departments_read: i64,
    /// How often it has asked DingTalk.
    pub calls: i64,
    /// How many people are new, moved, or known better.
    pub changed: i64,
    /// How many people are gone.
    pub removed: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it goes on, while DingTalk does not answer.
    pub retry_at: Option<Timestamp>,
}

impl Organisations {
    /// Begins a run, unless one is under way, and says how far the one is that is. The first run of an organisation is a full
    /// one, whatever was wished: there is nothing to compare.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub async fn start(&self, corp_id: &str, app: &str, mode: SyncMode) -> Result<Progress, StartError> {
        let parts = &self.shared.parts;
        let account = parts.accounts.find(app, Some(corp_id)).await?;
        let known = parts.store.organisation(corp_id).await?;
        let has_ended = known.is_some_and(|organisation| organisation.synced_at.is_some());
        let mode = if has_ended { mode } else { SyncMode::Full };
        let row = parts.store.begin_sync(corp_id, &account.app, mode, parts.clock.now()).await?;
        self.shared.queued.notify_one();
        Ok(self.progress_of(row).await?)
    }

    /// Says how far the last run of an organisation is; `None` if it never had one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn progress(&self, corp_id: &str) -> sqlx::Result<Option<Progress>> {
        match self.shared.parts.store.sync(corp_id).await? {
            Some(row) => self.progress_of(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Breaks off the run that is under way, if one is. What it has brought stays.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn cancel(&self, corp_id: &str) -> sqlx::Result<()> {
        let parts = &self.shared.parts;
        parts.store.cancel_sync(corp_id, parts.clock.now()).await
    }

    async fn progress_of(&self, row: SyncRow) -> sqlx::Result<Progress> {
        let (departments, departments_read) =
            self.shared.parts.store.count_read(&row.corp_id, row.run).await?;
        let is_waiting = row.state == SyncState::Running && row.attempts > 0;
        Ok(Progress {
            corp_id: row.corp_id,
            mode: row.mode,
            state: row.state,
            failure: row.failure,
            departments,
            departments_read,
            calls: row.calls,
            changed: row.changed,
            removed: row.removed,
            started_at: row.started_at,
            ended_at: row.ended_at,
            retry_at: is_waiting.then_some(row.due_at),
        })
    }
}
