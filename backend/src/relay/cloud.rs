use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::signature::{Claim, Refusal, WINDOW, sign_answer};
use super::wire::{Event, EventBatch, Happening};
use crate::clock::{Clock, Timestamp};
use crate::message::Messages;
use crate::secret::{OpenError, RelayKey, Sealer, random_id};
use crate::store::{
    MESSAGE_CHANGED, PERSON_CHANGED, PERSON_GONE, PERSON_LEFT, RelayEventRow, RelayRow, Store, UserRow,
};

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

/// What a local asks of its log.
#[derive(Clone, Copy, Debug)]
pub struct EventsAsked {
    /// The last event that it has applied.
    pub after: i64,
    /// For how long it waits for another.
    pub wait: Duration,
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
        Self { clock, store, sealer }
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

    /// Forgets what a local has applied, and returns what comes next: at once if there is something, else after it has waited, or
    /// when `is_closing`.
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
        messages: &Messages,
        EventsAsked { after, wait }: EventsAsked,
        is_closing: impl Fn() -> bool,
    ) -> sqlx::Result<EventBatch> {
        self.store.acknowledge_relay_events(&relay.id, after).await?;
        let deadline = self.clock.now() + wait;
        loop {
            let rows = self.store.relay_events(&relay.id, after, BATCH).await?;
            let now = self.clock.now();
            if !rows.is_empty() || now >= deadline || is_closing() {
                return self.batch(relay, messages, rows).await;
            }
            self.clock.sleep_until(deadline.min(now + LOOK)).await;
        }
    }

    /// Looks up how whatever has changed is by now. Of something that changed several times the last event says so.
    async fn batch(
        &self,
        relay: &RelayRow,
        messages: &Messages,
        rows: Vec<RelayEventRow>,
    ) -> sqlx::Result<EventBatch> {
        let last: HashMap<_, _> =
            rows.iter().map(|row| ((row.kind.clone(), row.subject.clone()), row.number)).collect();
        let mut events = Vec::with_capacity(rows.len());
        for RelayEventRow { number, kind, subject } in rows {
            let happening = if last.get(&(kind.clone(), subject.clone())) == Some(&number) {
                self.happening(relay, messages, &kind, subject).await?
            } else {
                Happening::Unknown
            };
            events.push(Event { number, happening });
        }
        Ok(EventBatch { events })
    }

    async fn happening(
        &self,
        relay: &RelayRow,
        messages: &Messages,
        kind: &str,
        subject: String,
    ) -> sqlx::Result<Happening> {
        let happening = match kind {
            PERSON_CHANGED => self.store.user(&subject).await?.map(Happening::person_changed),
            PERSON_LEFT => self.store.user(&subject).await?.map(Happening::person_left),
            PERSON_GONE => subject.split_once(' ').map(|(corp_id, union_id)| Happening::PersonLeft {
                corp_id: corp_id.to_owned(),
                union_id: union_id.to_owned(),
            }),
            MESSAGE_CHANGED => {
                let message = messages.find_by_key(&relay.owner(), &subject).await?;
                message.map(|message| Happening::MessageChanged { id: subject, outcome: message.into() })
            }
            _ => None,
        };
        Ok(happening.unwrap_or(Happening::Unknown))
    }
}

impl Admitted {
    /// Signs the answer to the request.
    pub fn sign(&self, status: u16, body: &[u8]) -> String {
        sign_answer(&self.key, status, &self.nonce, body)
    }
}

/// The place to which the key of a relay is sealed.
fn place(id: &str) -> String {
    format!("relays/{id}")
}
