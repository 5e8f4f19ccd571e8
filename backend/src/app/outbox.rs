use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, Timestamp};
use crate::flow::SinkName;
use crate::secret::random_id;
use crate::store::{DeliveryRow, DeliveryState, NewDelivery, Store};

/// What the id of every message begins with.
pub(super) const MESSAGE: &str = "msg_";

/// What is on its way to the sinks, as an operator sees it. Works without a server, too. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox {
    clock: Arc<dyn Clock>,
    store: Store,
    sinks: Arc<[DeliverySink]>,
}

/// A sink that something is delivered to. The store is none: it has everything before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeliverySink {
    /// The `.env` file. It holds one app, the newest.
    EnvFile,
    /// The webhook. It is told of every app.
    Webhook,
}

/// There is no sink of that name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sink is env_file or webhook")]
pub struct UnknownSink;

/// What a message tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Event {
    /// A scan made an app.
    Registered,
    /// Somebody typed the credentials.
    Entered,
    /// Somebody wants an app delivered that is there already.
    Claimed,
}

/// How far the way of an app to one sink is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivery {
    /// The id of the message: `webhook-id`, the same in every attempt.
    pub id: String,
    /// The sink.
    pub sink: DeliverySink,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried, since it was queued or an operator had it made again.
    pub attempts: i64,
    /// When it is tried next; `None` unless it is pending.
    pub next_attempt: Option<Timestamp>,
    /// Why the last attempt failed, in a word: `unreachable`, `timed_out`, `not_public`, `http_` and a status,
    /// `unwritable`, `unreadable`.
    pub last_error: Option<String>,
}

impl Outbox {
    /// Takes the sinks that are switched on.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sinks: Vec<DeliverySink>) -> Self {
        Self { clock, store, sinks: sinks.into() }
    }

    /// Lists the deliveries of an app, by sink.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn of_app(&self, client_id: &str) -> sqlx::Result<Vec<Delivery>> {
        let rows = self.store.deliveries_of(client_id).await?;
        Ok(rows.into_iter().filter_map(Delivery::from_row).collect())
    }

    /// Lists every delivery with the name of its app, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn all(&self) -> sqlx::Result<Vec<(String, Delivery)>> {
        let rows = self.store.deliveries().await?;
        Ok(rows.into_iter().filter_map(|(app, row)| Some((app, Delivery::from_row(row)?))).collect())
    }

    /// Has an app delivered once more, under the same message id: to `sink`, or to every sink. An app that was never
    /// on its way there is now, and claimed. The server makes the deliveries, at the latest half a minute later.
    ///
    /// Returns the sinks; none if there is no such app, or `sink` is switched off.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn redeliver(
        &self,
        client_id: &str,
        sink: Option<DeliverySink>,
    ) -> sqlx::Result<Vec<DeliverySink>> {
        let mut queued = Vec::new();
        for each in self.sinks.iter().filter(|each| sink.is_none_or(|sink| sink == **each)) {
            let delivery = each.message(Event::Claimed, format!("{MESSAGE}{}", random_id()));
            if self.store.redeliver(client_id, &delivery, self.clock.now()).await? {
                queued.push(*each);
            }
        }
        Ok(queued)
    }

    /// Makes what has to be queued for an app. `id` makes the second half of a message id, for each sink another one.
    pub(super) fn messages(&self, event: Event, id: impl Fn(DeliverySink) -> String) -> Vec<NewDelivery> {
        self.sinks.iter().map(|sink| sink.message(event, format!("{MESSAGE}{}", id(*sink)))).collect()
    }
}

impl DeliverySink {
    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnvFile => "env_file",
            Self::Webhook => "webhook",
        }
    }

    fn message(self, event: Event, id: String) -> NewDelivery {
        let takes_place = match self {
            Self::EnvFile => true,
            Self::Webhook => false,
        };
        NewDelivery { id, sink: self.as_str(), event: event.as_str(), takes_place }
    }

    /// The longest time between two attempts: a file is on this machine, a receiver may be away for a day.
    pub(super) fn longest_backoff(self) -> Duration {
        match self {
            Self::EnvFile => Duration::from_mins(5),
            Self::Webhook => Duration::from_hours(1),
        }
    }
}

impl FromStr for DeliverySink {
    type Err = UnknownSink;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::EnvFile, Self::Webhook].into_iter().find(|sink| sink.as_str() == name).ok_or(UnknownSink)
    }
}

impl From<DeliverySink> for SinkName {
    fn from(sink: DeliverySink) -> Self {
        match sink {
            DeliverySink::EnvFile => Self::EnvFile,
            DeliverySink::Webhook => Self::Webhook,
        }
    }
}

impl Event {
    fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "app.registered",
            Self::Entered => "app.entered",
            Self::Claimed => "app.claimed",
        }
    }
}

impl Delivery {
    /// Returns `None` for a sink of a later version.
    pub(super) fn from_row(row: DeliveryRow) -> Option<Self> {
        let is_pending = row.state == DeliveryState::Pending;
        Some(Self {
            sink: row.sink.parse().ok()?,
            next_attempt: is_pending.then(|| row.due_at.max(row.taken_until)),
            id: row.id,
            state: row.state,
            attempts: row.attempts,
            last_error: row.last_error,
        })
    }
}
