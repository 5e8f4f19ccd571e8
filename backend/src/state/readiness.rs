use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::Timestamp;
use crate::store::Store;

/// The longest that the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer is good, however often it is asked for.
const FRESH: Duration = Duration::from_secs(1);

/// Whether the database answers, asked one at a time.
#[derive(Debug, Default)]
pub(super) struct Readiness {
    known: Mutex<Option<(Timestamp, bool)>>,
}

impl Readiness {
    /// Returns whether the database answers, or did within the last second.
    pub(super) async fn ask(&self, store: &Store, now: Timestamp) -> bool {
        let mut known = self.known.lock().await;
        if let Some((asked_at, is_ready)) = *known
            && asked_at <= now
            && now.since(asked_at) < FRESH
        {
            return is_ready;
        }
        let is_ready = tokio::time::timeout(PATIENCE, store.is_ready()).await.unwrap_or(false);
        *known = Some((now, is_ready));
        is_ready
    }
}
