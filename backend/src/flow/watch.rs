use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use super::course::Course;
use super::driver::Step;
use super::engine::Engine;
use super::live::{Live, Snapshot};
use super::status::Status;
use crate::secret::Presented;
use crate::store::FlowRow;

/// A page's flow cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// There is no such flow, or it is somebody else's.
    #[error("no flow with this id and token")]
    NotFound,
    /// The database failed.
    #[error("the flow could not be read or stored")]
    Store(#[source] sqlx::Error),
}

impl Engine {
    /// Returns what a page can see of its flow: at once if that is not `known`, else as soon as it changes, and
    /// `None` if it has not by the end of `wait`.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id and for a wrong token alike.
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
    ) -> Result<Option<Snapshot>, FlowError> {
        let Some(live) = self.owned(id, token)? else { return self.stored(id).await.map(Some) };
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
    /// [`FlowError::NotFound`] for an unknown id and for a wrong token alike.
    pub async fn subject(&self, id: &FlowId, token: &Presented) -> Result<String, FlowError> {
        match self.owned(id, token)? {
            Some(live) => Ok(live.subject.clone()),
            None => Ok(self.row(id).await?.subject),
        }
    }

    async fn stored(&self, id: &FlowId) -> Result<Snapshot, FlowError> {
        let row = self.row(id).await?;
        let status = serde_json::from_str(&row.status).map_err(|_| FlowError::NotFound)?;
        let mut course = Course::new(status, row.shown_until, row.handle_until, None, row.created_at);
        course.is_settled = true;
        Ok(Snapshot::of(&course))
    }

    async fn row(&self, id: &FlowId) -> Result<FlowRow, FlowError> {
        self.shared.store.flow(id.as_str()).await.map_err(FlowError::Store)?.ok_or(FlowError::NotFound)
    }

    /// Gives a flow up on the page's behalf. One that was approved or has ended stays as it is.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id and for a wrong token alike.
    pub async fn cancel(&self, id: &FlowId, token: &Presented) -> Result<(), FlowError> {
        let Some(live) = self.owned(id, token)? else { return Ok(()) };
        self.change(&live, Course::cancel).await.map_err(FlowError::Store)
    }

    /// Gives a flow up unless its page comes back within ten seconds, as it does when it is reloaded.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id and for a wrong token alike.
    pub fn leave(&self, id: &FlowId, token: &Presented) -> Result<(), FlowError> {
        let Some(live) = self.owned(id, token)? else { return Ok(()) };
        let now = self.now();
        live.lock().course.leave(now);
        self.hasten(&live);
        Ok(())
    }

    /// Returns where a flow stands, for the backend's own use.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id.
    pub async fn standing(&self, id: &FlowId) -> Result<Status, FlowError> {
        let live = self.table().flows.get(id).cloned();
        match live {
            Some(live) => Ok(live.told.borrow().status.clone()),
            None => Ok(self.stored(id).await?.status),
        }
    }

    /// Proves that a page began this flow.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for a wrong token.
    pub fn prove(&self, id: &FlowId, token: &Presented) -> Result<(), FlowError> {
        self.owned(id, token).map(drop)
    }

    /// Takes in what the far side told, and returns where the flow stands then: elsewhere than `step` says, if it
    /// has ended before.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for a flow that is unknown or over for minutes; [`FlowError::Store`] if nothing could be
    /// stored, and nothing has changed then.
    pub async fn tell(&self, id: &FlowId, step: Step) -> Result<Status, FlowError> {
        let live = self.table().flows.get(id).cloned().ok_or(FlowError::NotFound)?;
        let now = self.now();
        let change = |course: &mut Course| {
            course.expire(now);
            course.hear(step, now);
        };
        self.change(&live, change).await.map_err(FlowError::Store)?;
        Ok(live.told.borrow().status.clone())
    }

    /// Finds a flow of the page; `None` if it is out of memory, and therefore over.
    fn owned(&self, id: &FlowId, token: &Presented) -> Result<Option<Arc<Live>>, FlowError> {
        let is_owner = self.shared.sealer.is_token(id.as_str(), token.expose());
        let live = self.table().flows.get(id).cloned();
        if is_owner { Ok(live) } else { Err(FlowError::NotFound) }
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
