use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::outbox::{Delivery, DeliverySink};
use super::webhook::{Webhook, WebhookError};
use super::{Apps, EnvFile, EnvFileError, SecretError};
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::secret::random_below;
use crate::store::{DeliveryRow, DeliveryState};
use crate::telemetry;

/// How long whoever took a delivery has it: longer than an attempt can last.
const TAKEN_FOR: Duration = Duration::from_mins(1);

/// How long somebody who looks at a spinner waits for the sinks.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often he looks whether somebody else has made the delivery.
const GLANCE: Duration = Duration::from_millis(50);

/// The longest sleep: other processes queue deliveries as well, and nobody tells.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How many deliveries one process makes at the same time, so that a slow receiver holds nobody up.
const AT_ONCE: usize = 8;

/// The longest `Retry-After` that counts.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

impl Apps {
    /// Makes deliveries whenever one is due, until the future is dropped or [`Apps::close`] was called.
    ///
    /// # Cancellation
    ///
    /// Dropping the future cuts its attempts off. They are made again, here or in another process.
    pub async fn run(&self) {
        let mut attempts = JoinSet::new();
        let mut closing = self.shared.closing.subscribe();
        while !*closing.borrow() {
            let queued = self.shared.queued.notified();
            while attempts.try_join_next().is_some() {}
            let wake_at = loop {
                if attempts.len() >= AT_ONCE {
                    // The end of an attempt wakes us.
                    break self.shared.clock.now() + LONGEST_SLEEP;
                }
                match self.take(None).await {
                    Ok(Some(attempt)) => drop(attempts.spawn(attempt.make())),
                    Ok(None) => break self.next_wake().await,
                    Err(Unreadable) => break self.shared.clock.now() + LONGEST_SLEEP,
                }
            };
            tokio::select! {
                () = queued => {}
                () = self.shared.clock.sleep_until(wake_at) => {}
                _ = closing.changed() => {}
            }
        }
        while attempts.join_next().await.is_some() {}
    }

    /// Makes the deliveries of an app that are due, for somebody who waits: a few seconds at most, then they go on
    /// without him. What fails is left to [`Apps::run`].
    pub async fn deliver_now(&self, client_id: &str) {
        let mut attempts = Vec::new();
        while let Ok(Some(attempt)) = self.take(Some(client_id)).await {
            attempts.push(tokio::spawn(attempt.make()));
        }
        let made = async {
            futures_util::future::join_all(attempts).await;
            while self.is_under_way(client_id).await {
                tokio::time::sleep(GLANCE).await;
            }
        };
        if tokio::time::timeout(PATIENCE, made).await.is_err() {
            tracing::warn!(app.client_id = client_id, "delivery takes long");
        }
    }

    /// Returns whether somebody has a delivery of an app: [`Apps::run`] may have been faster, or another process.
    async fn is_under_way(&self, client_id: &str) -> bool {
        let now = self.shared.clock.now();
        let deliveries = self.shared.store.deliveries_of(client_id).await.unwrap_or_default();
        deliveries.iter().any(|row| row.state == DeliveryState::Pending && row.taken_until > now)
    }

    /// Lets [`Apps::run`] begin no more deliveries. For the end of the process.
    pub fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Waits until no attempt is under way.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub async fn drained(&self) {
        // The sender lives as long as the registry.
        self.shared.attempts.subscribe().wait_for(|attempts| *attempts == 0).await.ok();
    }

    /// Lists the deliveries of an app, by sink.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn deliveries(&self, client_id: &str) -> sqlx::Result<Vec<Delivery>> {
        self.shared.outbox.of_app(client_id).await
    }

    /// Has an app delivered to a sink once more, and says how that stands; `None` if the sink is switched off.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn redeliver(&self, client_id: &str, sink: DeliverySink) -> sqlx::Result<Option<Delivery>> {
        if self.shared.outbox.redeliver(client_id, Some(sink)).await?.is_empty() {
            return Ok(None);
        }
        self.deliver_now(client_id).await;
        let deliveries = self.deliveries(client_id).await?;
        Ok(deliveries.into_iter().find(|delivery| delivery.sink == sink))
    }

    async fn take(&self, client_id: Option<&str>) -> Result<Option<Attempt>, Unreadable> {
        let now = self.shared.clock.now();
        let under_way = UnderWay::begin(&self.shared.attempts);
        match self.shared.store.take_delivery(client_id, now, now + TAKEN_FOR).await {
            Ok(None) => Ok(None),
            Ok(Some(delivery)) => Ok(Some(Attempt { apps: self.clone(), delivery, _under_way: under_way })),
            Err(error) => {
                tracing::error!(error = %Causes(&error), "deliveries cannot be read");
                Err(Unreadable)
            }
        }
    }

    async fn next_wake(&self) -> Timestamp {
        let next = self.shared.store.next_delivery().await.unwrap_or_else(|error| {
            tracing::error!(error = %Causes(&error), "deliveries cannot be read");
            None
        });
        let latest = self.shared.clock.now() + LONGEST_SLEEP;
        next.map_or(latest, |next| next.min(latest))
    }

    async fn hand_over(&self, delivery: &DeliveryRow) -> Result<Handed, DeliverError> {
        let sink = delivery.sink.parse().ok();
        match (sink, &self.shared.env_file, &self.shared.webhook) {
            (Some(DeliverySink::EnvFile), Some(file), _) => self.write_env_file(file.clone(), delivery).await,
            (Some(DeliverySink::Webhook), _, Some(webhook)) => self.post(webhook, delivery).await,
            // The sink was switched off since.
            (Some(DeliverySink::EnvFile), None, _) | (Some(DeliverySink::Webhook), _, None) | (None, ..) => {
                Ok(Handed::Unwanted)
            }
        }
    }

    async fn write_env_file(&self, file: EnvFile, delivery: &DeliveryRow) -> Result<Handed, DeliverError> {
        let _writing = self.shared.writing.lock().await;
        // A newer app may have come while this one waited, and has to be the last that is written.
        let current = self.shared.store.delivery(&delivery.id).await?;
        if current.is_none_or(|current| current.state != DeliveryState::Pending) {
            return Ok(Handed::Overtaken);
        }
        let (app, secret) = self.credentials(&delivery.client_id).await?;
        let written = tokio::task::spawn_blocking(move || file.write(&app.client_id, &secret)).await;
        written.map_err(|_| DeliverError::Panicked)??;
        Ok(Handed::Over)
    }

    async fn post(&self, webhook: &Webhook, delivery: &DeliveryRow) -> Result<Handed, DeliverError> {
        let (app, secret) = self.credentials(&delivery.client_id).await?;
        webhook.post(delivery, &app, &secret, self.shared.clock.now()).await?;
        Ok(Handed::Over)
    }
}

/// Nothing can be taken from the outbox. That is in the log.
struct Unreadable;

/// A delivery that this process has taken.
struct Attempt {
    apps: Apps,
    delivery: DeliveryRow,
    _under_way: UnderWay,
}

impl Attempt {
    async fn make(self) {
        let outcome = self.apps.hand_over(&self.delivery).await;
        let shared = &self.apps.shared;
        let retry_at = outcome.as_ref().err().and_then(|error| self.retry_at(error, shared.clock.now()));
        self.tell(&outcome, retry_at);
        let id = &self.delivery.id;
        let noted = match &outcome {
            Ok(Handed::Over) => shared.store.end_delivery(id, DeliveryState::Delivered).await,
            Ok(Handed::Unwanted) => shared.store.end_delivery(id, DeliveryState::Dropped).await,
            Ok(Handed::Overtaken) => Ok(()),
            Err(error) => shared.store.fail_delivery(&self.delivery, retry_at, &error.word()).await,
        };
        if let Err(error) = noted {
            tracing::error!(error = %Causes(&error), delivery.id = id, "delivery cannot be noted");
        }
        shared.queued.notify_one();
    }

    /// Returns when to try again; `None` if never.
    fn retry_at(&self, error: &DeliverError, now: Timestamp) -> Option<Timestamp> {
        let last = self.delivery.tried_since + self.apps.shared.max_age;
        if error.is_final() || now >= last {
            return None;
        }
        let longest = self.delivery.sink.parse().map_or(LONGEST_SLEEP, DeliverySink::longest_backoff);
        let asked_for = error.retry_after().unwrap_or_default().min(LONGEST_RETRY_AFTER);
        let wait = jittered(backoff(self.delivery.attempts, longest)).max(asked_for);
        // The last attempt is at the end of the time.
        Some((now + wait).min(last))
    }

    /// Every attempt ends here.
    fn tell(&self, outcome: &Result<Handed, DeliverError>, retry_at: Option<Timestamp>) {
        let DeliveryRow { id, client_id, sink, attempts, .. } = &self.delivery;
        let result = match (outcome, retry_at) {
            (Ok(Handed::Over), _) => "delivered",
            (Ok(Handed::Unwanted | Handed::Overtaken), _) => "dropped",
            (Err(_), Some(_)) => "failed",
            (Err(_), None) => "given_up",
        };
        telemetry::delivery_attempted(sink.parse().map_or("unknown", DeliverySink::as_str), result);
        match outcome {
            Ok(Handed::Over) => {
                tracing::info!(delivery.id = id, app.client_id = client_id, sink, attempts, "delivered");
            }
            Ok(Handed::Unwanted | Handed::Overtaken) => {
                tracing::info!(
                    delivery.id = id,
                    app.client_id = client_id,
                    sink,
                    "delivery not wanted any more"
                );
            }
            Err(error) => {
                let message = if retry_at.is_some() { "delivery failed" } else { "delivery given up" };
                tracing::error!(
                    error = %Causes(error), delivery.id = id, app.client_id = client_id, sink, attempts, "{message}"
                );
            }
        }
    }
}

/// Counts an attempt until it is dropped.
struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn begin(attempts: &watch::Sender<usize>) -> Self {
        attempts.send_modify(|attempts| *attempts += 1);
        Self(attempts.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|attempts| *attempts -= 1);
    }
}

/// What became of an attempt that did not fail.
#[derive(Clone, Copy, Debug)]
enum Handed {
    /// The sink has it.
    Over,
    /// The sink is switched off.
    Unwanted,
    /// Another delivery has taken its place meanwhile.
    Overtaken,
}

/// A delivery could not be made.
#[derive(Debug, thiserror::Error)]
enum DeliverError {
    #[error("the outbox cannot be read")]
    Store(#[from] sqlx::Error),
    #[error("the secret cannot be had")]
    Secret(#[from] SecretError),
    #[error("the .env file cannot be written")]
    EnvFile(#[from] EnvFileError),
    #[error("the writer of the .env file panicked")]
    Panicked,
    #[error("the webhook was not taken")]
    Webhook(#[from] WebhookError),
}

impl DeliverError {
    /// Returns the error in a word, to keep and to show.
    fn word(&self) -> String {
        match self {
            Self::Store(_) | Self::Secret(_) => "unreadable".to_owned(),
            Self::EnvFile(_) | Self::Panicked => "unwritable".to_owned(),
            Self::Webhook(error) => error.word(),
        }
    }

    fn is_final(&self) -> bool {
        matches!(self, Self::Webhook(error) if error.is_final())
    }

    fn retry_after(&self) -> Option<Duration> {
        if let Self::Webhook(error) = self { error.retry_after() } else { None }
    }
}

/// Returns how long to wait after that many attempts: 1 s, and twice as long each time.
fn backoff(attempts: i64, longest: Duration) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    (Duration::from_secs(1) * 2_u32.pow(doublings)).min(longest)
}

/// Returns a time within a fifth of `wait`, so that what failed together does not come back together.
fn jittered(wait: Duration) -> Duration {
    wait * (80 + u32::from(random_below(41))) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let waits = [0, 1, 2, 3, 9, 10, 12, 13, 400].map(|attempts| {
            let wait = |sink: DeliverySink| backoff(attempts, sink.longest_backoff()).as_secs();
            (wait(DeliverySink::EnvFile), wait(DeliverySink::Webhook))
        });

        assert_eq!(
            waits,
            [(1, 1), (1, 1), (2, 2), (4, 4), (256, 256), (300, 512), (300, 2048), (300, 3600), (300, 3600)]
        );
    }

    #[test]
    fn jitter_stays_within_a_fifth() {
        let waits: Vec<_> = (0..200).map(|_| jittered(Duration::from_secs(100)).as_secs()).collect();

        assert!(waits.iter().all(|wait| (80..=120).contains(wait)), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait != waits[0]), "no jitter at all");
    }
}
