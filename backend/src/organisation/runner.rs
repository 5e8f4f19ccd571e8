//! Takes runs, and changes of which events told, and goes on with them.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Organisations;
use super::patience::{Budget, Verdict, failing, is_worth_a_warning};
use super::step::{Slice, SliceError};
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::secret::random_id;
use crate::store::{Hold, SyncRow};

/// How long whoever took a run has it. Each call makes that anew.
pub(super) const TAKEN_FOR: Duration = Duration::from_secs(30);

/// The longest sleep: other processes begin runs as well, and nobody tells.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How many organisations one process brings up to date at the same time.
const AT_ONCE: usize = 4;

/// How often somebody who waits for a run looks at it.
const GLANCE: Duration = Duration::from_secs(1);

/// How long a run rests when the database failed.
const REST: Duration = Duration::from_secs(5);

impl Organisations {
    /// Goes on with runs whenever one is due, until the future is dropped or [`Organisations::close`] was called.
    ///
    /// # Cancellation
    ///
    /// Dropping the future cuts calls off. They are made again, here or in another process, after half a minute.
    pub async fn run(&self) {
        let mut slices = JoinSet::new();
        let mut closing = self.shared.closing.subscribe();
        while !*closing.borrow() {
            let queued = self.shared.queued.notified();
            while slices.try_join_next().is_some() {}
            let wake_at = loop {
                if slices.len() >= AT_ONCE {
                    // The end of a slice wakes us.
                    break self.shared.parts.clock.now() + LONGEST_SLEEP;
                }
                match self.take_work().await {
                    Ok(Some(work)) => drop(slices.spawn(work)),
                    Ok(None) => break self.next_wake().await,
                    Err(error) => {
                        tracing::error!(error = %Causes(&error), "runs cannot be read");
                        break self.shared.parts.clock.now() + LONGEST_SLEEP;
                    }
                }
            };
            tokio::select! {
                () = queued => {}
                () = self.shared.parts.clock.sleep_until(wake_at) => {}
                _ = closing.changed() => {}
            }
        }
        while slices.join_next().await.is_some() {}
    }

    /// Goes on with the run of one organisation, if it is due and nobody else has it, for as many calls as a second may have. For
    /// a program without a server. Returns when to come back.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn go_on(&self, corp_id: &str) -> sqlx::Result<Timestamp> {
        let taken = self.take(Some(corp_id)).await?;
        let now = self.shared.parts.clock.now();
        let Some(taken) = taken else { return Ok(now + GLANCE) };
        taken.go_on().await;
        let due = self.shared.parts.store.sync(corp_id).await?.map_or(now, |row| row.due_at);
        Ok(due.clamp(now, now + GLANCE))
    }

    /// Takes a change or a run that is due.
    async fn take_work(&self) -> sqlx::Result<Option<BoxFuture<'static, ()>>> {
        if let Some(pending) = self.take_change().await? {
            return Ok(Some(pending.make().boxed()));
        }
        Ok(self.take(None).await?.map(|taken| taken.go_on().boxed()))
    }

    async fn take(&self, corp_id: Option<&str>) -> sqlx::Result<Option<Taken>> {
        let parts = &self.shared.parts;
        let (now, holder) = (parts.clock.now(), random_id());
        let guard = TakenGuard::new(&self.shared.taken);
        let row = parts.store.take_sync(corp_id, &holder, now, now + TAKEN_FOR).await?;
        Ok(row.map(|row| Taken { organisations: self.clone(), row, holder, _guard: guard }))
    }

    async fn next_wake(&self) -> Timestamp {
        let store = &self.shared.parts.store;
        let next = async { Ok::<_, sqlx::Error>([store.next_sync().await?, store.next_change().await?]) };
        let next = next.await.unwrap_or_else(|error| {
            tracing::error!(error = %Causes(&error), "runs cannot be read");
            [None, None]
        });
        let latest = self.shared.parts.clock.now() + LONGEST_SLEEP;
        next.into_iter().flatten().fold(latest, std::cmp::Ord::min)
    }
}

/// A run that this process has taken.
struct Taken {
    organisations: Organisations,
    row: SyncRow,
    holder: String,
    _guard: TakenGuard,
}

impl Taken {
    async fn go_on(self) {
        let shared = &self.organisations.shared;
        let parts = &shared.parts;
        let SyncRow { corp_id, run, started_at, .. } = &self.row;
        let (corp_id, holder) = (corp_id.clone(), self.holder.clone());
        let hold = Hold { corp_id, run: *run, holder, since: *started_at };
        let due_at = match Slice::begin(&self.organisations, &hold, &self.row).await {
            Ok(slice) => self.work(&hold, slice).await,
            Err(error) => {
                self.fail(&hold, &error, false).await;
                None
            }
        };
        if let Some(due_at) = due_at
            && let Err(error) = parts.store.release_sync(&hold, due_at).await
        {
            tracing::error!(error = %Causes(&error), "a run cannot be let go");
        }
        // Whoever sleeps until a run is due has to hear of it.
        shared.queued.notify_one();
    }

    /// Makes calls for as long as they may be made. Returns when to go on.
    async fn work(&self, hold: &Hold, mut slice: Slice<'_>) -> Option<Timestamp> {
        let shared = &self.organisations.shared;
        let parts = &shared.parts;
        let mut budget = Budget::new(parts.calls_per_second, parts.clock.now());
        loop {
            if *shared.closing.borrow() {
                return Some(parts.clock.now());
            }
            if let Some(next) = budget.wait_until(parts.clock.now()) {
                return Some(next);
            }
            match slice.step().await {
                Ok(calls) => budget.spend(calls?),
                Err(error) => {
                    self.fail(hold, &error, slice.has_succeeded()).await;
                    return None;
                }
            }
        }
    }

    async fn fail(&self, hold: &Hold, error: &SliceError, has_succeeded: bool) {
        let parts = &self.organisations.shared.parts;
        let now = parts.clock.now();
        let (attempts, since) =
            if has_succeeded { (0, None) } else { (self.row.attempts, self.row.failing_since) };
        let noted = match error {
            SliceError::Store(error) => {
                tracing::error!(error = %Causes(error), "what a run brought cannot be stored");
                parts.store.release_sync(hold, now + REST).await
            }
            SliceError::Account(error) => {
                let corp_id = &hold.corp_id;
                if is_worth_a_warning(error, attempts) {
                    tracing::warn!(error = %Causes(error), organisation.corp_id = corp_id, "a run cannot ask");
                }
                match Verdict::of(error, attempts, failing(since, now)) {
                    Verdict::Again(wait) => parts.store.delay_sync(hold, now, now + wait).await,
                    Verdict::Over(failure) => parts.store.fail_sync(hold, failure.name(), now).await,
                }
            }
            SliceError::Find(error) => {
                tracing::warn!(error = %Causes(error), "nothing asks for an organisation any more");
                parts.store.fail_sync(hold, "app_not_found", now).await
            }
        };
        if let Err(error) = noted {
            tracing::error!(error = %Causes(&error), "the end of a run cannot be noted");
        }
    }
}

/// Counts a run or a change as taken, until dropped.
pub(super) struct TakenGuard(watch::Sender<usize>);

impl TakenGuard {
    pub(super) fn new(taken: &watch::Sender<usize>) -> Self {
        taken.send_modify(|taken| *taken += 1);
        Self(taken.clone())
    }
}

impl Drop for TakenGuard {
    fn drop(&mut self) {
        self.0.send_modify(|taken| *taken -= 1);
    }
}
