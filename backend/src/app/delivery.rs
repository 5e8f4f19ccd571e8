use std::time::Duration;

use super::{Apps, ENV_FILE, EnvFile, EnvFileError, SecretError};
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::store::{DeliveryRow, DeliveryState};

/// The longest time between two attempts of a delivery.
const LONGEST_BACKOFF: Duration = Duration::from_mins(5);

impl Apps {
    /// Makes deliveries whenever one is due, until the future is dropped.
    pub async fn run(&self) {
        loop {
            let queued = self.shared.queued.notified();
            let next = self.deliver_due().await;
            let wake_at = next.unwrap_or(self.shared.clock.now() + LONGEST_BACKOFF);
            tokio::select! {
                () = queued => {}
                () = self.shared.clock.sleep_until(wake_at) => {}
            }
        }
    }

    /// Makes the deliveries that are due, for somebody who waits. What fails is left to [`Apps::run`].
    pub async fn deliver_now(&self) {
        self.deliver_due().await;
        self.shared.queued.notify_one();
    }

    /// Makes the deliveries that are due, and returns when the next one is.
    async fn deliver_due(&self) -> Option<Timestamp> {
        let _delivering = self.shared.delivering.lock().await;
        let now = self.shared.clock.now();
        let (due, next) = self.shared.store.due_deliveries(now).await.unwrap_or_else(|error| {
            tracing::error!(error = %Causes(&error), "deliveries cannot be read");
            (Vec::new(), None)
        });
        let mut next = next;
        for delivery in due {
            if self.deliver(&delivery).await.is_err() {
                let retry_at = now + backoff(delivery.attempts);
                next = Some(next.map_or(retry_at, |next| next.min(retry_at)));
                let (client_id, sink) = (&delivery.client_id, &delivery.sink);
                if let Err(error) = self.shared.store.postpone_delivery(client_id, sink, retry_at).await {
                    tracing::error!(error = %Causes(&error), "delivery cannot be postponed");
                }
            }
        }
        next
    }

    async fn deliver(&self, delivery: &DeliveryRow) -> Result<(), DeliverError> {
        let delivered = self.hand_over(delivery).await;
        if let Err(error) = &delivered {
            tracing::error!(
                error = %Causes(error),
                app.client_id = delivery.client_id,
                sink = delivery.sink,
                "delivery failed"
            );
        }
        delivered
    }

    async fn hand_over(&self, delivery: &DeliveryRow) -> Result<(), DeliverError> {
        let state = match &self.shared.env_file {
            Some(file) if delivery.sink == ENV_FILE => {
                self.write_env_file(file.clone(), delivery.client_id.clone()).await?;
                DeliveryState::Delivered
            }
            // The sink was switched off since.
            Some(_) | None => DeliveryState::Dropped,
        };
        Ok(self.shared.store.end_delivery(&delivery.client_id, &delivery.sink, state).await?)
    }

    async fn write_env_file(&self, file: EnvFile, client_id: String) -> Result<(), DeliverError> {
        let secret = self.secret(&client_id).await?;
        let written = tokio::task::spawn_blocking(move || file.write(&client_id, &secret)).await;
        Ok(written.map_err(|_| DeliverError::Panicked)??)
    }
}

/// A delivery could not be made.
#[derive(Debug, thiserror::Error)]
enum DeliverError {
    #[error("the delivery cannot be noted")]
    Store(#[from] sqlx::Error),
    #[error("the secret cannot be had")]
    Secret(#[from] SecretError),
    #[error("the .env file cannot be written")]
    EnvFile(#[from] EnvFileError),
    #[error("the writer of the .env file panicked")]
    Panicked,
}

fn backoff(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(10);
    (Duration::from_secs(1) * 2_u32.pow(doublings)).min(LONGEST_BACKOFF)
}
