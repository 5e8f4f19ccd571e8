//! Takes parts that are due, and forgets messages that are old.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Messages;
use super::turn::Turn;
use crate::causes::Causes;
use crate::clock::Timestamp;

/// How long whoever took a part has it: longer than a turn can last, which is two calls with two tokens.
pub(super) const TAKEN_FOR: Duration = Duration::from_mins(2);

/// The longest sleep: other processes queue messages as well, and nobody tells.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

/// How many parts one process sends at the same time.
const AT_ONCE: usize = 8;

/// Time between two sweeps.
const SWEEP: Duration = Duration::from_hours(1);

impl Messages {
    /// Sends what is due and looks after what was sent, until the future is dropped or [`Messages::close`] was called.
    ///
    /// # Cancellation
    ///
    /// Dropping the future cuts calls off. What was being sent is in doubt then.
    pub async fn run(&self) {
        let mut turns = JoinSet::new();
        let mut closing = self.shared.closing.subscribe();
        let mut sweep_at = Timestamp::default();
        while !*closing.borrow() {
            let queued = self.shared.queued.notified();
            while turns.try_join_next().is_some() {}
            let now = self.shared.parts.clock.now();
            if sweep_at <= now {
                self.sweep(now).await;
                sweep_at = now + SWEEP;
            }
            let wake_at = loop {
                if turns.len() >= AT_ONCE {
                    // The end of a turn wakes us.
                    break self.shared.parts.clock.now() + LONGEST_SLEEP;
                }
                match self.take().await {
                    Ok(Some(turn)) => drop(turns.spawn(turn.make())),
                    Ok(None) => break self.next_wake().await,
                    Err(error) => {
                        tracing::error!(error = %Causes(&error), "messages cannot be read");
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
        while turns.join_next().await.is_some() {}
    }

    /// Lets [`Messages::run`] begin no more turns. For the end of the process.
    pub fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Waits until no turn is under way.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub async fn drained(&self) {
        // The sender lives as long as the messages.
        self.shared.turns.subscribe().wait_for(|turns| *turns == 0).await.ok();
    }

    async fn take(&self) -> sqlx::Result<Option<Turn>> {
        let now = self.shared.parts.clock.now();
        let under_way = UnderWay::begin(&self.shared.turns);
        let part = self.shared.parts.store.take_part(now, now + TAKEN_FOR).await?;
        Ok(part.map(|part| Turn { messages: self.clone(), part, _under_way: under_way }))
    }

    async fn next_wake(&self) -> Timestamp {
        let next = self.shared.parts.store.next_part().await.unwrap_or_else(|error| {
            tracing::error!(error = %Causes(&error), "messages cannot be read");
            None
        });
        let latest = self.shared.parts.clock.now() + LONGEST_SLEEP;
        next.map_or(latest, |next| next.min(latest))
    }

    async fn sweep(&self, now: Timestamp) {
        match self.shared.parts.store.sweep_messages(now - self.shared.parts.keep).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(messages = count, "old messages forgotten"),
            Err(error) => tracing::error!(error = %Causes(&error), "old messages cannot be forgotten"),
        }
    }
}

/// Counts a turn until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn begin(turns: &watch::Sender<usize>) -> Self {
        turns.send_modify(|turns| *turns += 1);
        Self(turns.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|turns| *turns -= 1);
    }
}
