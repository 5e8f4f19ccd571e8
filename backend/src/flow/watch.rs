use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use super::course::Course;
use super::engine::Engine;
use super::live::{Live, Snapshot};
use crate::secret::Presented;
use crate::store::FlowRow;

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

    /// Gives a flow up on the page's behalf. One that was approved or has ended stays as it is.
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
