//! Messages of a local: accepted in its own store, then carried to the cloud.

use std::time::Duration;

use super::Local;
use super::link::LinkError;
use super::local::PAUSES;
use super::wire::{MessageAccepted, MessageSent, RecipientBatch};
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::message::{Draft, DraftError, Named, Unresolved, Why};
use crate::secret::random_id;
use crate::store::{RelayMessageRow, RelayMessageState, UserRow};

/// How long one process has a message before another may take it: longer than a call takes.
const TAKEN: Duration = Duration::from_mins(1);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Time between two sweeps.
const SWEEP: Duration = Duration::from_hours(1);

/// A message that a local has.
#[derive(Debug)]
pub struct AcceptedHere {
    /// Names it, here and at the cloud.
    pub id: String,
    /// Who was named and does not get it.
    pub unresolved: Vec<Unresolved>,
}

/// A message cannot be accepted. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// It is not what DingTalk takes.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The people whom it names are of several organisations, where an id may be several people's.
    #[error("the people whom the message names are of several organisations")]
    SeveralOrganisations,
    /// Of those who are named nobody is known.
    #[error("nobody whom the message names is known here")]
    Nobody,
    /// Its owner has another message of this idempotency key.
    #[error("the idempotency key is of another message")]
    KeyReused,
    /// The database failed.
    #[error("the message cannot be kept")]
    Store(#[from] sqlx::Error),
}

impl Local {
    /// Accepts a message of `owner`: from here on it is not lost. People are named to the cloud as the organisation calls them.
    /// The same idempotency key with the same draft gives the message that there is.
    ///
    /// # Errors
    ///
    /// [`MessageError`]; then it was not accepted.
    pub async fn accept(&self, owner: &str, mut draft: Draft) -> Result<AcceptedHere, MessageError> {
        draft.check()?;
        let shared = &self.shared;
        let subject = format!("relay {}", draft.subject(owner));
        if let Some(known) = self.known(owner, &draft, &subject).await? {
            return Ok(known);
        }
        let idempotency_key = draft.idempotency_key.take();
        let unresolved = self.resolve(&mut draft).await?;
        let id = random_id();
        let row = RelayMessageRow {
            body: shared.sealer.seal(&place(&id), &serde_json::to_string(&draft).unwrap_or_default()),
            id,
            owner: owner.to_owned(),
            proof: idempotency_key.as_ref().map_or_else(String::new, |_| shared.sealer.token(&subject)),
            idempotency_key,
            unresolved: serde_json::to_string(&unresolved).unwrap_or_default(),
            state: RelayMessageState::Queued,
            attempts: 0,
            last_error: None,
            outcome: None,
            created_at: shared.clock.now(),
        };
        if shared.store.add_relay_message(&row).await? {
            tracing::info!(message.id = row.id, message.unresolved = unresolved.len(), "message accepted");
            shared.queued.notify_one();
            return Ok(AcceptedHere { id: row.id, unresolved });
        }
        // Somebody else was faster under the same key.
        draft.idempotency_key = row.idempotency_key;
        let known = self.known(owner, &draft, &subject).await?;
        known.ok_or(MessageError::Store(sqlx::Error::RowNotFound))
    }

    /// Returns the message that the idempotency key already names.
    async fn known(
        &self,
        owner: &str,
        draft: &Draft,
        subject: &str,
    ) -> Result<Option<AcceptedHere>, MessageError> {
        let Some(key) = &draft.idempotency_key else { return Ok(None) };
        let Some(row) = self.shared.store.relay_message_of_key(owner, key).await? else { return Ok(None) };
        if !self.shared.sealer.is_token(subject, &row.proof) {
            return Err(MessageError::KeyReused);
        }
        let unresolved = serde_json::from_str(&row.unresolved).unwrap_or_default();
        Ok(Some(AcceptedHere { id: row.id, unresolved }))
    }

    /// Puts the organisation's own ids in the place of our ids and the embedder's. Returns who stands for nobody.
    async fn resolve(&self, draft: &mut Draft) -> Result<Vec<Unresolved>, MessageError> {
        let wanted = draft.corp_id.clone();
        let mut unresolved = Vec::new();
        for id in std::mem::take(&mut draft.to.user_ids) {
            let user = self.shared.store.user(&id).await?;
            let named = Named { field: "to.user_ids".to_owned(), id };
            unresolved.extend(add(draft, wanted.as_deref(), named, user)?);
        }
        for id in std::mem::take(&mut draft.to.external_ids) {
            let user = self.shared.store.user_by_external_id(&id).await?;
            let named = Named { field: "to.external_ids".to_owned(), id };
            unresolved.extend(add(draft, wanted.as_deref(), named, user)?);
        }
        let is_nobody = draft.to.staff_ids.is_empty() && draft.to.department_ids.is_empty();
        if is_nobody && !draft.to.is_one_audience() {
            return Err(MessageError::Nobody);
        }
        Ok(unresolved)
    }

    /// Finds a message of an owner.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn message(&self, owner: &str, id: &str) -> sqlx::Result<Option<RelayMessageRow>> {
        self.shared.store.relay_message(owner, id).await
    }

    /// Asks the cloud what became of a message for each who gets it.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn recipients(
        &self,
        id: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RecipientBatch, LinkError> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("limit", &limit.to_string())
            .extend_pairs(cursor.map(|cursor| ("cursor", cursor)))
            .finish();
        let target = format!("/relay/v1/messages/{id}/recipients?{query}");
        self.heard(self.shared.link.get(&target, Duration::ZERO).await)
    }

    /// Carries messages to the cloud as they become due, for ever, and forgets old ones.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing: what was under way is sent again, under the same id.
    pub async fn carry(&self) {
        let mut sweep_at = Timestamp::default();
        loop {
            let now = self.shared.clock.now();
            if sweep_at <= now {
                self.sweep(now).await;
                sweep_at = now + SWEEP;
            }
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

    async fn sweep(&self, now: Timestamp) {
        match self.shared.store.sweep_relay_messages(now - self.shared.times.keep).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(messages = count, "old messages forgotten"),
            Err(error) => tracing::error!(error = %Causes(&error), "old messages cannot be forgotten"),
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
        let (state, error) = match self.draft_of(row) {
            None => (RelayMessageState::Dead, Some("internal".to_owned())),
            Some(draft) => self.try_send(row, draft).await,
        };
        let due_at = self.shared.clock.now() + pause(row.attempts);
        self.shared.store.note_relay_message(&row.id, state, error.as_deref(), due_at).await
    }

    async fn try_send(&self, row: &RelayMessageRow, draft: Draft) -> (RelayMessageState, Option<String>) {
        let sent = MessageSent { id: row.id.clone(), draft };
        let answer: Result<MessageAccepted, _> = self.shared.link.post("/relay/v1/messages", &sent).await;
        let Err(error) = self.heard(answer) else { return (RelayMessageState::Accepted, None) };
        tracing::warn!(error = %Causes(&error), message.id = row.id, "message not carried");
        let is_late = self.shared.clock.now().since(row.created_at) >= self.shared.times.try_for;
        let state = match error.as_refusal() {
            Some(_) => RelayMessageState::Refused,
            None if is_late => RelayMessageState::Dead,
            None => RelayMessageState::Queued,
        };
        (state, Some(word(&error)))
    }

    fn draft_of(&self, row: &RelayMessageRow) -> Option<Draft> {
        let body = self.shared.sealer.open(&place(&row.id), &row.body);
        let body = body.inspect_err(
            |error| tracing::error!(error = %Causes(error), message.id = row.id, "a message cannot be opened"),
        );
        serde_json::from_str(&body.ok()?).ok()
    }
}

/// Adds a person to those who get a message, unless nothing names them to the organisation. If the message does not say which
/// that is, it is the one of whom it names first.
fn add(
    draft: &mut Draft,
    wanted: Option<&str>,
    named: Named,
    user: Option<UserRow>,
) -> Result<Option<Unresolved>, MessageError> {
    let unresolved = |why| Ok(Some(Unresolved { named, why }));
    let Some(user) = user else { return unresolved(Why::Unknown) };
    if wanted.is_some_and(|corp_id| corp_id != user.corp_id) {
        return unresolved(Why::OtherOrganisation);
    }
    let Some(staff_id) = user.staff_id else { return unresolved(Why::NotAMember) };
    if draft.corp_id.get_or_insert_with(|| user.corp_id.clone()) != &user.corp_id {
        return Err(MessageError::SeveralOrganisations);
    }
    draft.to.staff_ids.push(staff_id);
    Ok(None)
}

/// The place to which a message is sealed.
fn place(id: &str) -> String {
    format!("relay_messages/{id}")
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
