//! The rows of a local: how far it has followed its cloud, and the messages on their way there.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::user::upsert;
use super::{Address, Store, UserRow};
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `relay_messages`.
#[derive(Clone, Debug)]
pub struct RelayMessageRow {
    /// Names it, here and at the cloud.
    pub id: String,
    /// The API key that asked.
    pub owner: String,
    /// What the owner calls it.
    pub idempotency_key: Option<String>,
    /// Proves what was asked for.
    pub proof: String,
    /// The message for the cloud, as JSON.
    pub body: Sealed,
    /// Who was named and is nobody, as JSON.
    pub unresolved: String,
    /// How far it is.
    pub state: RelayMessageState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed, or why the cloud refused it, in a word.
    pub last_error: Option<String>,
    /// What the cloud told of it, as JSON.
    pub outcome: Option<String>,
    /// When it was accepted.
    pub created_at: Timestamp,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RelayMessageState {
    /// It waits for the cloud.
    Queued,
    /// The cloud has it.
    Accepted,
    /// The cloud does not take it.
    Refused,
    /// What became of it is known, and does not change any more.
    Settled,
    /// The cloud was not reached for too long.
    Dead,
}

/// What an event changes at a local.
#[derive(Clone, Debug)]
pub enum RelayChange {
    /// A person is as this row says.
    Person(Box<UserRow>),
    /// A person may not come in any more.
    Left {
        /// The organisation.
        corp_id: String,
        /// Names them at DingTalk.
        union_id: String,
    },
    /// There is more to tell of a message.
    Message {
        /// Which.
        id: String,
        /// How far it is.
        state: RelayMessageState,
        /// What there is to tell, as JSON.
        outcome: String,
    },
    /// Nothing that concerns this version.
    Nothing,
}

impl Store {
    /// Keeps a person as the cloud knows them. What the embedder keeps with them stays. `spare_id` names them if another
    /// person has the cloud's id here.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn keep_person(&self, user: &UserRow, spare_id: &str) -> sqlx::Result<UserRow> {
        let mut transaction = self.begin().await?;
        let row = keep(&mut transaction, user, spare_id).await?;
        transaction.commit().await?;
        Ok(row)
    }

    /// Finds a person by what the organisation calls them; in any organisation, if none is named.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn user_by_staff_id(
        &self,
        corp_id: Option<&str>,
        staff_id: &str,
    ) -> sqlx::Result<Option<UserRow>> {
        let query = sqlx::query(
            "SELECT * FROM users WHERE staff_id = $2 AND ($1 = '' OR corp_id = $1) ORDER BY id LIMIT 1",
        );
        let row = query.bind(corp_id.unwrap_or_default()).bind(staff_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(UserRow::try_from).transpose()
    }

    /// Returns the number of the newest event that was applied.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relay_cursor(&self, relay_id: &str) -> sqlx::Result<i64> {
        let number = sqlx::query_scalar("SELECT number FROM relay_cursors WHERE relay_id = $1");
        Ok(number.bind(relay_id).fetch_optional(&self.pool).await?.unwrap_or(0))
    }

    /// Applies what follows event `after`, up to `last`, at once. Returns `false`, and changes nothing, if somebody else has
    /// done it.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was applied.
    pub async fn apply_relay_changes(
        &self,
        relay_id: &str,
        after: i64,
        last: i64,
        changes: &[RelayChange],
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO relay_cursors (relay_id, number) VALUES ($1, 0) ON CONFLICT DO NOTHING")
            .bind(relay_id)
            .execute(&mut *transaction)
            .await?;
        let moved = sqlx::query("UPDATE relay_cursors SET number = $3 WHERE relay_id = $1 AND number = $2")
            .bind(relay_id)
            .bind(after)
            .bind(last)
            .execute(&mut *transaction)
            .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        for change in changes {
            apply(&mut transaction, change).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Accepts a message. Returns `false`, and writes nothing, if its owner has one of the same idempotency key.
    ///
    /// # Errors
    ///
    /// If the database fails; then it was not accepted.
    pub async fn add_relay_message(&self, message: &RelayMessageRow) -> sqlx::Result<bool> {
        let added = sqlx::query(
            "INSERT INTO relay_messages (id, owner, idempotency_key, proof, sealed_body, unresolved, state, due_at, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (owner, idempotency_key) DO NOTHING",
        )
        .bind(&message.id)
        .bind(&message.owner)
        .bind(&message.idempotency_key)
        .bind(&message.proof)
        .bind(message.body.as_bytes())
        .bind(&message.unresolved)
        .bind(message.state.as_str())
        .bind(message.created_at.as_millis())
        .execute(&self.writer)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    /// Finds a message by what its owner calls it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relay_message_of_key(
        &self,
        owner: &str,
        key: &str,
    ) -> sqlx::Result<Option<RelayMessageRow>> {
        let query = sqlx::query("SELECT * FROM relay_messages WHERE owner = $1 AND idempotency_key = $2");
        let row = query.bind(owner).bind(key).fetch_optional(&self.pool).await?;
        row.as_ref().map(RelayMessageRow::try_from).transpose()
    }

    /// Forgets messages that were accepted before `horizon` and are not on their way, and returns how many.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn sweep_relay_messages(&self, horizon: Timestamp) -> sqlx::Result<u64> {
        let query = sqlx::query("DELETE FROM relay_messages WHERE created_at < $1 AND state <> 'queued'");
        Ok(query.bind(horizon.as_millis()).execute(&mut *self.hurry().await?).await?.rows_affected())
    }

    /// Finds a message of an API key.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relay_message(&self, owner: &str, id: &str) -> sqlx::Result<Option<RelayMessageRow>> {
        let query = sqlx::query("SELECT * FROM relay_messages WHERE id = $1 AND owner = $2");
        let row = query.bind(id).bind(owner).fetch_optional(&self.pool).await?;
        row.as_ref().map(RelayMessageRow::try_from).transpose()
    }

    /// Takes the message that is due for the longest time, until `taken_until`, and counts the attempt.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_relay_message(
        &self,
        now: Timestamp,
        taken_until: Timestamp,
    ) -> sqlx::Result<Option<RelayMessageRow>> {
        let query = sqlx::query(
            "UPDATE relay_messages SET due_at = $2, attempts = attempts + 1 WHERE state = 'queued' \
             AND due_at <= $1 AND id = (SELECT id FROM relay_messages WHERE state = 'queued' AND due_at <= $1 \
             ORDER BY due_at, id LIMIT 1) RETURNING *",
        );
        let row = query.bind(now.as_millis()).bind(taken_until.as_millis());
        row.fetch_optional(&self.writer).await?.as_ref().map(RelayMessageRow::try_from).transpose()
    }

    /// Returns when the next message is due.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn next_relay_message(&self) -> sqlx::Result<Option<Timestamp>> {
        let due: Option<i64> =
            sqlx::query_scalar("SELECT MIN(due_at) FROM relay_messages WHERE state = 'queued'")
                .fetch_one(&self.pool)
                .await?;
        Ok(due.map(Timestamp::from_millis))
    }

    /// Notes how an attempt ended. What the cloud has told meanwhile stays.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_relay_message(
        &self,
        id: &str,
        state: RelayMessageState,
        last_error: Option<&str>,
        due_at: Timestamp,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE relay_messages SET state = $2, last_error = $3, due_at = $4 WHERE id = $1 AND state = 'queued'",
        )
        .bind(id)
        .bind(state.as_str())
        .bind(last_error)
        .bind(due_at.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }
}

async fn apply(connection: &mut AnyConnection, change: &RelayChange) -> sqlx::Result<()> {
    match change {
        RelayChange::Person(user) => keep(connection, user, &user.id).await.map(drop),
        RelayChange::Left { corp_id, union_id } => {
            let query = sqlx::query(
                "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE corp_id = $1 AND union_id = $2)",
            );
            query.bind(corp_id).bind(union_id).execute(connection).await.map(drop)
        }
        RelayChange::Message { id, state, outcome } => {
            let query = sqlx::query(
                "UPDATE relay_messages SET state = $2, outcome = $3, last_error = NULL WHERE id = $1",
            );
            query.bind(id).bind(state.as_str()).bind(outcome).execute(connection).await.map(drop)
        }
        RelayChange::Nothing => Ok(()),
    }
}

async fn keep(connection: &mut AnyConnection, user: &UserRow, spare_id: &str) -> sqlx::Result<UserRow> {
    // The cloud has learnt the organisation of somebody who is known already.
    sqlx::query(
        "UPDATE users SET corp_id = $1 WHERE id = $2 AND union_id = $3 AND corp_id = '' \
         AND NOT EXISTS (SELECT 1 FROM users WHERE corp_id = $1 AND union_id = $3)",
    )
    .bind(&user.corp_id)
    .bind(&user.id)
    .bind(&user.union_id)
    .execute(&mut *connection)
    .await?;
    let is_taken = sqlx::query("SELECT 1 FROM users WHERE id = $1 AND (corp_id <> $2 OR union_id <> $3)")
        .bind(&user.id)
        .bind(&user.corp_id)
        .bind(&user.union_id)
        .fetch_optional(&mut *connection)
        .await?
        .is_some();
    let id = if is_taken { spare_id } else { &user.id };
    upsert(connection, &UserRow { id: id.to_owned(), ..user.clone() }, Address::New).await
}

impl RelayMessageState {
    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Settled => "settled",
            Self::Dead => "dead",
        }
    }

    fn from_stored(row: &AnyRow) -> sqlx::Result<Self> {
        let name: String = row.try_get("state")?;
        let all = [Self::Queued, Self::Accepted, Self::Refused, Self::Settled, Self::Dead];
        let state = all.into_iter().find(|state| state.as_str() == name);
        state.ok_or_else(|| sqlx::Error::Decode("no state of a message".into()))
    }
}

impl TryFrom<&AnyRow> for RelayMessageRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            owner: row.try_get("owner")?,
            idempotency_key: row.try_get("idempotency_key")?,
            proof: row.try_get("proof")?,
            body: Sealed::from_stored(row.try_get("sealed_body")?),
            unresolved: row.try_get("unresolved")?,
            state: RelayMessageState::from_stored(row)?,
            attempts: row.try_get("attempts")?,
            last_error: row.try_get("last_error")?,
            outcome: row.try_get("outcome")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
        })
    }
}
