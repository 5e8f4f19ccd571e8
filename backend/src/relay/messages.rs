//! Messages of a local: accepted in its own store, then carried to the cloud.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Local;
use super::link::LinkError;
use super::local::PAUSES;
use super::wire::{MessageAccepted, MessageSent};
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::secret::{digest, random_id};
use crate::store::{RelayMessageRow, RelayMessageState, UserRow};

/// How long one process has a message before another may take it: longer than a call takes.
const TAKEN: Duration = Duration::from_mins(1);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Most recipients that are looked up.
const MOST_RECIPIENTS: usize = 5000;

/// To whom a message goes, and what of that a local knows nothing of.
#[derive(Debug)]
pub struct Recipients {
    /// The message, as the cloud takes it.
    message: Value,
    /// Ids of the embedder, and of people, that stand for nobody here, or for nobody whom the organisation has named.
    pub missing: Vec<String>,
}

/// A message cannot be accepted.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// A field has another form.
    #[error("a field of the message has another form")]
    Invalid {
        /// Which.
        field: &'static str,
    },
    /// All that are named stand for nobody.
    #[error("nobody whom the message names is known here")]
    Nobody,
    /// The idempotency key stands for another message.
    #[error("the idempotency key stands for another message")]
    OtherMessage,
    /// The database failed.
    #[error("the message could not be stored")]
    Store(#[from] sqlx::Error),
}

impl Local {
    /// Puts the organisation's own ids in the place of our ids and the embedder's (`to.user_ids`, `to.external_ids`).
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub async fn resolve(&self, mut message: Map<String, Value>) -> Result<Recipients, MessageError> {
        let invalid = |field| MessageError::Invalid { field };
        let Some(Value::Object(to)) = message.get_mut("to") else { return Err(invalid("to")) };
        let user_ids = take_ids(to, "user_ids").ok_or(invalid("to.user_ids"))?;
        let external_ids = take_ids(to, "external_ids").ok_or(invalid("to.external_ids"))?;
        if user_ids.is_empty() && external_ids.is_empty() {
            return Ok(Recipients { message: message.into(), missing: Vec::new() });
        }
        let named = take_ids(to, "staff_ids").ok_or(invalid("to.staff_ids"))?;
        if user_ids.len() + external_ids.len() > MOST_RECIPIENTS {
            return Err(invalid("to"));
        }
        let mut found = Found { staff_ids: BTreeSet::from_iter(named), ..Found::default() };
        for id in user_ids {
            let user = self.shared.store.user(&id).await?;
            found.add(id, user);
        }
        for id in external_ids {
            let user = self.shared.store.user_by_external_id(&id).await?;
            found.add(id, user);
        }
        // What names somebody in one organisation may name another person in the next.
        if found.organisations.len() > 1 {
            return Err(invalid("to"));
        }
        if found.staff_ids.is_empty() {
            return Err(MessageError::Nobody);
        }
        to.insert("staff_ids".to_owned(), json!(found.staff_ids));
        Ok(Recipients { message: message.into(), missing: found.missing })
    }

    /// Accepts a message on behalf of an API key: from here on it is not lost. The same idempotency key accepts it once.
    ///
    /// # Errors
    ///
    /// [`MessageError`]; then it was not accepted.
    pub async fn accept(
        &self,
        owner: &str,
        idempotency_key: Option<&str>,
        recipients: Recipients,
    ) -> Result<RelayMessageRow, MessageError> {
        let body = recipients.message.to_string();
        let request_digest = digest(&["relay message", &body]);
        let accepted = self
            .shared
            .store
            .accept_relay_message(&RelayMessageRow {
                id: random_id(),
                owner: owner.to_owned(),
                idempotency: idempotency_key.map(|key| digest(&["relay idempotency", owner, key])),
                body,
                request_digest: request_digest.clone(),
                state: RelayMessageState::Queued,
                attempts: 0,
                last_error: None,
                outcome: None,
                created_at: self.shared.clock.now(),
            })
            .await?;
        if accepted.request_digest != request_digest {
            return Err(MessageError::OtherMessage);
        }
        self.shared.queued.notify_one();
        Ok(accepted)
    }

    /// Finds a message of an API key.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn message(&self, owner: &str, id: &str) -> sqlx::Result<Option<RelayMessageRow>> {
        self.shared.store.relay_message(owner, id).await
    }

    /// Counts the messages by state.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn count_messages(&self) -> sqlx::Result<Vec<(RelayMessageState, i64)>> {
        self.shared.store.count_relay_messages().await
    }

    /// Carries messages to the cloud as they become due, for ever.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing: what was under way is sent again, under the same id.
    pub async fn carry(&self) {
        loop {
            let until = match self.carry_one().await {
                Ok(Some(due_at)) => due_at,
                // Another process on the same database may accept one meanwhile.
                Ok(None) => self.shared.clock.now() + PAUSES.1,
                Err(error) => {
                    tracing::error!(error = %Causes(&error), "messages cannot be read");
                    self.shared.clock.now() + PAUSES.0
                }
            };
            let longest = self.shared.clock.now() + PAUSES.1;
            tokio::select! {
                () = self.shared.clock.sleep_until(until.min(longest)) => {}
                () = self.shared.queued.notified() => {}
            }
        }
    }

    /// Carries the message that is due, and returns when the next one is.
    async fn carry_one(&self) -> sqlx::Result<Option<Timestamp>> {
        let now = self.shared.clock.now();
        if let Some(row) = self.shared.store.take_relay_message(now, now + TAKEN).await? {
            self.send(&row).await?;
        }
        self.shared.store.next_relay_message().await
    }

    async fn send(&self, row: &RelayMessageRow) -> sqlx::Result<()> {
        let message = serde_json::from_str(&row.body).unwrap_or_default();
        let sent = MessageSent { id: row.id.clone(), message };
        let answer: Result<MessageAccepted, _> = self.shared.link.post("/relay/v1/messages", &sent).await;
        let now = self.shared.clock.now();
        let (state, error, due_at) = match self.heard(answer) {
            Ok(_) => (RelayMessageState::Accepted, None, now),
            Err(error) => {
                tracing::warn!(error = %Causes(&error), message.id = row.id, "message not carried");
                let state = match error.as_refusal() {
                    Some(_) => RelayMessageState::Refused,
                    None if now.since(row.created_at) >= self.shared.max_age => RelayMessageState::Dead,
                    None => RelayMessageState::Queued,
                };
                (state, Some(word(&error)), now + pause(row.attempts))
            }
        };
        self.shared.store.note_relay_message(&row.id, state, error.as_deref(), due_at).await
    }
}

/// The people whom a message names.
#[derive(Debug, Default)]
struct Found {
    staff_ids: BTreeSet<String>,
    organisations: BTreeSet<String>,
    missing: Vec<String>,
}

impl Found {
    fn add(&mut self, id: String, user: Option<UserRow>) {
        match user.and_then(|user| Some((user.corp_id, user.staff_id?))) {
            Some((corp_id, staff_id)) => {
                self.organisations.insert(corp_id);
                self.staff_ids.insert(staff_id);
            }
            None => self.missing.push(id),
        }
    }
}

/// Takes a list of ids away; an empty one if there is none. `None` if it is something else.
fn take_ids(to: &mut Map<String, Value>, field: &str) -> Option<Vec<String>> {
    let Some(ids) = to.remove(field) else { return Some(Vec::new()) };
    serde_json::from_value(ids).ok()
}

/// Says why a message was not carried: the cloud's own code, if it has one.
fn word(error: &LinkError) -> String {
    let code = error.as_refusal().and_then(|(_, code)| serde_json::to_value(code).ok());
    code.and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_else(|| error.word().to_owned())
}

/// Doubles from a second on.
fn pause(attempts: i64) -> Duration {
    let doubled = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or_default();
    LONGEST_PAUSE.min(PAUSES.0 * 2_u32.pow(doubled))
}
