//! Gives every flow its turn.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::course::Turn;
use super::driver::{Driver, Question, Step, Unheard};
use super::engine::{Engine, Table, place};
use super::live::{Inner, LINGER, Live, RECENT};
use super::status::Failure;
use crate::causes::Causes;
use crate::clock::Timestamp;

/// Questions under way at the same time.
const PARALLEL: usize = 256;

/// How long a settled flow stays in the store.
const KEEP: Duration = Duration::from_hours(24);

/// Time between two sweeps.
const SWEEP: Duration = Duration::from_mins(1);

/// How soon a turn that could not be finished is taken again.
const RETRY: Duration = Duration::from_secs(2);

/// A turn, for as long as it is under way.
struct TurnUnderWay(watch::Sender<usize>);

impl Drop for TurnUnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|turns| *turns -= 1);
    }
}

impl Engine {
    /// Gives the flows their turns until the engine is closed, and leaves them to other processes then.
    ///
    /// # Cancellation
    ///
    /// Dropping it ends the questions under way. They are asked again after a restart, or by another process.
    pub async fn run(&self) {
        if self.shared.replica.is_some() {
            tokio::select! {
                () = self.take_turns() => {}
                () = self.follow() => {}
            }
            self.leave_others_alone().await;
        } else {
            self.take_turns().await;
        }
        self.shared.has_ended.send_replace(true);
    }

    async fn take_turns(&self) {
        let slots = Arc::new(Semaphore::new(PARALLEL));
        let mut turns = JoinSet::new();
        let mut sweep_at = self.now() + SWEEP;
        let mut closing = self.shared.closing.subscribe();
        while !*closing.borrow_and_update() {
            let now = self.now();
            if sweep_at <= now {
                self.sweep(now).await;
                sweep_at = now + SWEEP;
            }
            while turns.try_join_next().is_some() {}
            let queued = self.shared.queued.notified();
            match self.take_due(now) {
                Ok(live) => {
                    let slot = Arc::clone(&slots).acquire_owned().await.ok();
                    let under_way = self.count_turn();
                    let engine = self.clone();
                    turns.spawn(async move {
                        engine.take_turn(&live).await;
                        drop((slot, under_way));
                    });
                }
                Err(next) => {
                    let wake_at = next.map_or(sweep_at, |next| next.min(sweep_at));
                    tokio::select! {
                        () = queued => {}
                        () = self.shared.clock.sleep_until(wake_at) => {}
                        _ = closing.changed() => {}
                    }
                }
            }
        }
        while turns.join_next().await.is_some() {}
    }

    fn count_turn(&self) -> TurnUnderWay {
        self.shared.turns.send_modify(|turns| *turns += 1);
        TurnUnderWay(self.shared.turns.clone())
    }

    /// Takes the first flow whose turn it is, or says when that will be.
    fn take_due(&self, now: Timestamp) -> Result<Arc<Live>, Option<Timestamp>> {
        let mut table = self.table();
        loop {
            let Some((due, id)) = table.queue.first().cloned() else { return Err(None) };
            if due > now {
                return Err(Some(due));
            }
            table.queue.pop_first();
            if let Some(live) = table.flows.get(&id) {
                live.lock().due = None;
                return Ok(Arc::clone(live));
            }
        }
    }

    /// Takes a turn whatever happens in it, and queues the next.
    async fn take_turn(&self, live: &Arc<Live>) {
        let turn = AssertUnwindSafe(self.turn(live)).catch_unwind().await;
        match turn {
            Ok(Ok(())) => self.enqueue(live),
            Ok(Err(error)) => {
                tracing::error!(error = %Causes(&error), flow.id = %live.id, "flow cannot be stored");
                stall(live);
                self.enqueue_at(live, self.now() + RETRY);
            }
            Err(_) => {
                tracing::error!(flow.id = %live.id, "a turn panicked");
                self.enqueue_at(live, self.now() + RETRY);
            }
        }
    }

    async fn turn(&self, live: &Arc<Live>) -> sqlx::Result<()> {
        let now = self.now();
        let mut turn = Turn::Rest;
        let attendance = {
            let inner = live.lock();
            if !inner.is_ours {
                return Ok(());
            }
            inner.attendance(now)
        };
        self.change(live, |course| turn = course.turn(now, attendance)).await?;
        let heard = match turn {
            Turn::Rest | Turn::WaitUntil(_) => return Ok(()),
            Turn::Ask => self.ask(live, |driver, question| driver.poll(question)).await,
            Turn::Conclude => self.ask(live, |driver, question| driver.conclude(question)).await,
        };
        let now = self.now();
        self.change(live, |course| match &heard {
            Ok(step) => course.hear(step.clone(), now),
            Err(unheard) => course.hear_nothing(*unheard, now),
        })
        .await
    }

    async fn ask(
        &self,
        live: &Live,
        ask: impl for<'a> FnOnce(
            &'a dyn Driver,
            Question<'a>,
        ) -> futures_util::future::BoxFuture<'a, Result<Step, Unheard>>,
    ) -> Result<Step, Unheard> {
        let unusable = Unheard { failure: Failure::UpstreamUnavailable, retry_after: None };
        let Some(driver) = self.shared.drivers.get(live.kind.as_str()) else { return Err(unusable) };
        let handle = self.shared.sealer.open(&place(&live.id), &live.handle).map_err(|error| {
            tracing::error!(error = %Causes(&error), flow.id = %live.id, "handle cannot be opened");
            unusable
        })?;
        let is_awaited = || live.lock().course.is_awaited();
        let stall = || stall(live);
        let question = Question {
            flow_id: &live.id,
            handle,
            subject: &live.subject,
            is_awaited: &is_awaited,
            is_in_doubt: live.lock().is_in_doubt(self.now()),
            stall: &stall,
        };
        ask(driver.as_ref(), question).await
    }

    /// Queues the next turn of a flow, if it has one.
    pub(super) fn enqueue(&self, live: &Live) {
        let mut table = self.table();
        let mut inner = live.lock();
        if let Some(next) = self.next_turn(&inner) {
            self.queue(&mut table, live, &mut inner, next);
        }
    }

    fn enqueue_at(&self, live: &Live, next: Timestamp) {
        let mut table = self.table();
        self.queue(&mut table, live, &mut live.lock(), next);
    }

    /// Moves a queued turn forward, as a page that comes back asks for.
    pub(super) fn hasten(&self, live: &Live) {
        let mut table = self.table();
        let mut inner = live.lock();
        // Without a queued turn it has one right now, and is queued anew behind it.
        if let (Some(due), Some(next)) = (inner.due, self.next_turn(&inner))
            && next < due
        {
            table.queue.remove(&(due, live.id.clone()));
            self.queue(&mut table, live, &mut inner, next);
        }
    }

    /// Puts a turn into the queue and into the flow, under both locks, so that nobody sees the one without the other.
    fn queue(&self, table: &mut Table, live: &Live, inner: &mut Inner, next: Timestamp) {
        inner.due = Some(next);
        table.queue.insert((next, live.id.clone()));
        self.shared.queued.notify_one();
    }

    /// Says when a flow has its next turn. What time alone changes is changed in the turn, through the store.
    fn next_turn(&self, inner: &Inner) -> Option<Timestamp> {
        let now = self.now();
        if !inner.is_ours {
            return None;
        }
        match inner.course.clone().turn(now, inner.attendance(now)) {
            Turn::Ask | Turn::Conclude => Some(now),
            Turn::WaitUntil(then) => Some(then),
            Turn::Rest => None,
        }
    }

    async fn sweep(&self, now: Timestamp) {
        self.forget_settled(now);
        if let Err(error) = self.shared.store.sweep_flows(now - KEEP).await {
            tracing::error!(error = %Causes(&error), "flows cannot be swept");
        }
    }

    fn forget_settled(&self, now: Timestamp) {
        let mut table = self.table();
        let is_over = |live: &&Arc<Live>| {
            let inner = live.lock();
            let has_lingered = inner.ended_at.is_some_and(|ended_at| now.since(ended_at) >= LINGER);
            let is_forsaken = !inner.is_ours && now.since(inner.seen_at) >= RECENT;
            inner.watchers == 0 && (is_forsaken || inner.course.is_settled && has_lingered)
        };
        let over: Vec<_> = table.flows.values().filter(is_over).cloned().collect();
        for live in &over {
            table.remove(live);
        }
    }
}

/// Tells the pages of a flow that it cannot be stored.
fn stall(live: &Live) {
    if live.lock().course.stall(true) {
        live.tell();
    }
}
