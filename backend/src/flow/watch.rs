use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use super::course::{Attendance, Course};
use super::driver::Step;
use super::engine::{Engine, Found};
use super::live::{LINGER, Live, Snapshot};
use super::status::Status;
use crate::causes::Causes;
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
        let live = match self.owned(id, token).await? {
            Owned::Live(live) => live,
            Owned::Over(row) => return over(&row).map(Some),
        };
        let _watcher = self.attend(&live).await;
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
        match self.owned(id, token).await? {
            Owned::Live(live) => Ok(live.subject.clone()),
            Owned::Over(row) => Ok(row.subject),
        }
    }

    /// Gives a flow up on the page's behalf. One that was approved or has ended stays as it is.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id and for a wrong token alike.
    pub async fn cancel(&self, id: &FlowId, token: &Presented) -> Result<(), FlowError> {
        match self.owned(id, token).await? {
            Owned::Live(live) => self.change(&live, Course::cancel).await.map_err(FlowError::Store),
            Owned::Over(_) => Ok(()),
        }
    }

    /// Gives a flow up unless its page comes back within ten seconds, as it does when it is reloaded.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id and for a wrong token alike.
    pub async fn leave(&self, id: &FlowId, token: &Presented) -> Result<(), FlowError> {
        let Owned::Live(live) = self.owned(id, token).await? else { return Ok(()) };
        let now = self.now();
        self.change(&live, |course| course.leave(now)).await.map_err(FlowError::Store)?;
        self.hasten(&live);
        Ok(())
    }

    /// Returns where a flow stands, for the backend's own use.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for an unknown id.
    pub async fn standing(&self, id: &FlowId) -> Result<Status, FlowError> {
        match self.find(id).await.map_err(FlowError::Store)? {
            Found::Live(live) => Ok(live.told.borrow().status.clone()),
            Found::Over(row) => Ok(over(&row)?.status),
            Found::Nothing => Err(FlowError::NotFound),
        }
    }

    /// Proves that a page began this flow.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for a wrong token.
    pub fn prove(&self, id: &FlowId, token: &Presented) -> Result<(), FlowError> {
        let is_owner = self.shared.sealer.is_token(id.as_str(), token.expose());
        if is_owner { Ok(()) } else { Err(FlowError::NotFound) }
    }

    /// Takes in what the far side told, and returns where the flow stands then: elsewhere than `step` says, if it
    /// has ended before.
    ///
    /// # Errors
    ///
    /// [`FlowError::NotFound`] for a flow that is unknown or over for minutes; [`FlowError::Store`] if nothing could be
    /// stored, and nothing has changed then.
    pub async fn tell(&self, id: &FlowId, step: Step) -> Result<Status, FlowError> {
        let live = match self.find(id).await.map_err(FlowError::Store)? {
            Found::Live(live) => live,
            Found::Over(row) if self.now().since(row.changed_at) < LINGER => return Ok(over(&row)?.status),
            Found::Over(_) | Found::Nothing => return Err(FlowError::NotFound),
        };
        let now = self.now();
        let change = |course: &mut Course| {
            course.expire(now);
            course.hear(step.clone(), now);
        };
        self.change(&live, change).await.map_err(FlowError::Store)?;
        Ok(live.told.borrow().status.clone())
    }

    /// Finds a flow of the page.
    async fn owned(&self, id: &FlowId, token: &Presented) -> Result<Owned, FlowError> {
        self.prove(id, token)?;
        match self.find(id).await.map_err(FlowError::Store)? {
            Found::Live(live) => Ok(Owned::Live(live)),
            Found::Over(row) => Ok(Owned::Over(row)),
            Found::Nothing => Err(FlowError::NotFound),
        }
    }

    /// Counts a page as watching for as long as the guard lives.
    async fn attend<'a>(&'a self, live: &'a Arc<Live>) -> Watcher<'a> {
        let now = self.now();
        let (was_leaving, was_unattended) = {
            let mut inner = live.lock();
            let was_unattended = inner.attendance(now) == Attendance::Unattended;
            inner.watchers += 1;
            inner.seen_at = now;
            (inner.course.leave_at().is_some(), was_unattended)
        };
        let watcher = Watcher { engine: self, live };
        if was_leaving && let Err(error) = Box::pin(self.change(live, Course::stay)).await {
            tracing::warn!(error = %Causes(&error), flow.id = %live.id, "the return of a page cannot be stored");
        }
        if was_leaving || was_unattended {
            self.hasten(live);
        }
        self.announce_watcher(live).await;
        watcher
    }
}

/// A flow of the page that asks.
enum Owned {
    /// It may still change.
    Live(Arc<Live>),
    /// It has ended, and is not in memory.
    Over(Box<FlowRow>),
}

/// Returns what a page can see of a flow that has ended.
fn over(row: &FlowRow) -> Result<Snapshot, FlowError> {
    Course::load(row, row.changed_at).map(|course| Snapshot::of(&course)).ok_or(FlowError::NotFound)
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
