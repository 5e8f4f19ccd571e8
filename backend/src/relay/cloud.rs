use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::signature::{Claim, Refusal, WINDOW, sign_answer};
use super::wire::{Event, EventBatch, Happening, MessageSent};
use crate::clock::{Clock, Timestamp};
use crate::secret::{OpenError, RelayKey, Sealer, random_id};
use crate::store::{NewRelayEvent, PERSON_CHANGED, PERSON_LEFT, RelayEventRow, RelayRow, Store, UserRow};

/// What the log calls the end of a message.
const MESSAGE_SETTLED: &str = "message_settled";

/// Most events in one answer.
const BATCH: i64 = 50;

/// How often a local that waits is looked after. Another process may have written to its log.
const LOOK: Duration = Duration::from_secs(1);

/// The locals of a cloud. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Relays {
    clock: Arc<dyn Clock>,
    store: Store,
    sealer: Arc<Sealer>,
    messenger: Arc<OnceLock<Arc<dyn Messenger>>>,
}

/// Who sends the messages of locals to DingTalk.
pub trait Messenger: Debug + Send + Sync {
    /// Accepts a message and returns its id. Under a key that it has accepted before it returns the same id, and sends nothing.
    fn accept(&self, key: String, message: Value) -> BoxFuture<'_, Result<String, MessengerError>>;
}

/// A message was not accepted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MessengerError {
    /// It never will be.
    #[error("the message is refused")]
    Refused {
        /// The field at fault.
        field: Option<String>,
    },
    /// It may be another time.
    #[error("no message can be accepted")]
    Unavailable,
}

/// A local that has just been made.
#[derive(Debug)]
pub struct NewRelay {
    /// Names it on the wire: `RELAY_ID`.
    pub id: String,
    /// What both ends sign with: `RELAY_KEY`. It cannot be shown again.
    pub key: RelayKey,
}

/// A local whose request was let in.
#[derive(Debug)]
pub struct Admitted {
    /// Which one.
    pub relay: RelayRow,
    key: RelayKey,
    nonce: String,
}

/// A request cannot be let in.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// It is not good.
    #[error("the request of a relay is refused: {0}")]
    Refused(#[source] Refusal),
    /// The database failed.
    #[error("the relay cannot be read")]
    Store(#[from] sqlx::Error),
    /// The key of the relay does not open.
    #[error("the key of the relay cannot be opened")]
    Key(#[from] OpenError),
}

impl Relays {
    /// Makes it.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sealer: Arc<Sealer>) -> Self {
        Self { clock, store, sealer, messenger: Arc::default() }
    }

    /// Lets `messenger` send the messages of locals. Who was named first stays.
    pub fn send_with(&self, messenger: Arc<dyn Messenger>) {
        self.messenger.set(messenger).ok();
    }

    /// Makes a local whose pages are on `origins`. `None` if the name is taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn create(&self, name: &str, origins: &[String]) -> sqlx::Result<Option<NewRelay>> {
        let (id, key) = (random_id(), RelayKey::generate());
        let relay = RelayRow {
            key: self.sealer.seal(&place(&id), &key.expose()),
            id: id.clone(),
            name: name.to_owned(),
            origins: origins.join(" "),
            created_at: self.clock.now(),
            seen_at: None,
            backlog: 0,
        };
        Ok(self.store.insert_relay(&relay).await?.then_some(NewRelay { id, key }))
    }

    /// Lists the locals by name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn all(&self) -> sqlx::Result<Vec<RelayRow>> {
        self.store.relays().await
    }

    /// Revokes a local, at once, with all that it has not applied. Returns `false` if there is none of this name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn revoke(&self, name: &str) -> sqlx::Result<bool> {
        self.store.delete_relay(name).await
    }

    /// Lets a request in: once, and only if the local has made it for this moment.
    ///
    /// # Errors
    ///
    /// [`RelayError`]. Nothing of the request may be done then.
    pub async fn admit(&self, claim: &Claim<'_>) -> Result<Admitted, RelayError> {
        let refused = RelayError::Refused;
        let relay = self.store.relay(claim.relay_id).await?.ok_or(refused(Refusal::UnknownRelay))?;
        let key: Zeroizing<String> = self.sealer.open(&place(&relay.id), &relay.key)?;
        let key = RelayKey::try_from(key.as_str()).map_err(|_| OpenError::Damaged)?;
        let now = self.clock.now();
        claim.check(&key, now).map_err(refused)?;
        // A nonce has to be known for as long as its timestamp may be believed, which may lie ahead.
        let horizon = now - 2 * WINDOW - Duration::from_secs(1);
        if !self.store.use_relay_nonce(&relay.id, claim.nonce, now, horizon).await? {
            return Err(refused(Refusal::Replayed));
        }
        Ok(Admitted { relay, key, nonce: claim.nonce.to_owned() })
    }

    /// Returns the cloud's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Notes that a local keeps a person, so that it is told what becomes of them.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn entrust(&self, relay: &RelayRow, user_id: &str) -> sqlx::Result<()> {
        self.store.insert_relay_person(&relay.id, user_id).await
    }

    /// Finds a person that a local keeps. Those of others are nobody.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn person(
        &self,
        relay: &RelayRow,
        corp_id: &str,
        union_id: &str,
    ) -> sqlx::Result<Option<UserRow>> {
        self.store.relay_person(&relay.id, corp_id, union_id).await
    }

    /// Tells the locals that keep a person that they may not come in any more.
    ///
    /// # Errors
    ///
    /// If the database fails; then nobody was told.
    pub async fn person_left(&self, user_id: &str) -> sqlx::Result<()> {
        self.store.tell_relays_of_person(user_id, PERSON_LEFT).await
    }

    /// Takes a message of a local, once, and returns the cloud's id of it.
    ///
    /// # Errors
    ///
    /// [`MessengerError`].
    pub async fn accept(&self, relay: &RelayRow, sent: MessageSent) -> Result<String, MessengerError> {
        let messenger = self.messenger.get().ok_or(MessengerError::Unavailable)?;
        messenger.accept(format!("{KEY}{}:{}", relay.id, sent.id), sent.message).await
    }

    /// Tells the local whose message was accepted under `key` what became of it. Other keys are nobody's.
    ///
    /// # Errors
    ///
    /// If the database fails; then nobody was told.
    pub async fn message_settled(&self, key: &str, outcome: &Value) -> sqlx::Result<()> {
        let Some((relay_id, subject)) = key.strip_prefix(KEY).and_then(|key| key.split_once(':')) else {
            return Ok(());
        };
        let body = json!({ "outcome": outcome }).to_string();
        self.store.tell_relay(relay_id, NewRelayEvent { kind: MESSAGE_SETTLED, subject, body: &body }).await
    }

    /// Forgets what a local has applied, and returns what comes next: at once if there is something, else after `wait`, or when
    /// `is_closing`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing.
    pub async fn events(
        &self,
        relay: &RelayRow,
        after: i64,
        wait: Duration,
        is_closing: impl Fn() -> bool,
    ) -> sqlx::Result<EventBatch> {
        self.store.acknowledge_relay_events(&relay.id, after).await?;
        let deadline = self.clock.now() + wait;
        loop {
            let rows = self.store.relay_events(&relay.id, after, BATCH).await?;
            let now = self.clock.now();
            if !rows.is_empty() || now >= deadline || is_closing() {
                return self.batch(rows).await;
            }
            self.clock.sleep_until(deadline.min(now + LOOK)).await;
        }
    }

    async fn batch(&self, rows: Vec<RelayEventRow>) -> sqlx::Result<EventBatch> {
        let mut people = HashMap::new();
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            if [PERSON_CHANGED, PERSON_LEFT].contains(&row.kind.as_str())
                && !people.contains_key(&row.subject)
            {
                people.insert(row.subject.clone(), self.store.user(&row.subject).await?);
            }
            let person = people.get(&row.subject).cloned().flatten();
            events.push(Event { number: row.number, happening: happening(row, person) });
        }
        Ok(EventBatch { events })
    }
}

/// What the idempotency key of a local's message begins with, before its relay and its own id.
const KEY: &str = "relay:";

impl Admitted {
    /// Signs the answer to the request.
    pub fn sign(&self, status: u16, body: &[u8]) -> String {
        sign_answer(&self.key, status, &self.nonce, body)
    }
}

fn happening(row: RelayEventRow, person: Option<UserRow>) -> Happening {
    match (row.kind.as_str(), person) {
        (PERSON_CHANGED, Some(person)) => Happening::PersonChanged { person: Box::new(person.into()) },
        (PERSON_LEFT, Some(person)) => {
            Happening::PersonLeft { corp_id: person.corp_id, union_id: person.union_id }
        }
        (MESSAGE_SETTLED, _) => {
            let mut body: Value = serde_json::from_str(&row.body).unwrap_or_default();
            Happening::MessageSettled { id: row.subject, outcome: body["outcome"].take() }
        }
        _ => Happening::Unknown,
    }
}

/// The place to which the key of a relay is sealed.
fn place(id: &str) -> String {
    format!("relays/{id}")
}
