mod part;
mod recipient;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Store, relay};
use crate::clock::Timestamp;
use crate::secret::Sealed;

pub use part::{PartRow, PartState, PartTurn};
pub use recipient::{Finding, Outcome, RecipientRow};

/// A row of `messages`.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// The app that sends it.
    pub client_id: String,
    /// What the app was called when it was asked for.
    pub app: String,
    /// The organisation, where it is known.
    pub corp_id: Option<String>,
    /// The way that it goes.
    pub channel: String,
    /// What it says.
    pub body: Sealed,
    /// What the owner calls it.
    pub idempotency_key: Option<String>,
    /// Proves what was asked for.
    pub proof: String,
    /// Who was named and is nobody, as JSON.
    pub unresolved: String,
    /// Who was named more than once, as JSON.
    pub duplicates: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its owner wanted it back.
    pub recalled_at: Option<Timestamp>,
}

/// What of a message one call sends, and to whom.
#[derive(Clone, Debug)]
pub struct NewPart {
    /// Of what kind they are.
    pub audience: &'static str,
    /// What names them, unless they are people.
    pub target: String,
    /// The people.
    pub recipients: Vec<NewRecipient>,
}

/// Somebody who gets a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewRecipient {
    /// Names them in the organisation.
    pub staff_id: String,
    /// Names them here, if they were named so.
    pub user_id: Option<String>,
    /// Names them to the embedder, if they were named so.
    pub external_id: Option<String>,
}

/// Which messages to list.
#[derive(Clone, Copy, Debug)]
pub struct MessagesPage<'a> {
    /// Whose; everybody's if nobody is named.
    pub owner: Option<&'a str>,
    /// Of which app only.
    pub app: Option<&'a str>,
    /// Those behind this one.
    pub after: Option<(Timestamp, &'a str)>,
    /// How many at most.
    pub limit: u32,
}

impl Store {
    /// Keeps a message with all that has to be sent, in one transaction. Returns `false`, and writes nothing, if its owner has
    /// one of the same idempotency key.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn add_message(&self, message: &MessageRow, parts: &[NewPart]) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let added = sqlx::query(
            "INSERT INTO messages (id, owner, client_id, app, corp_id, channel, sealed_body, idempotency_key, proof, \
             unresolved, duplicates, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (owner, idempotency_key) DO NOTHING",
        )
        .bind(&message.id)
        .bind(&message.owner)
        .bind(&message.client_id)
        .bind(&message.app)
        .bind(&message.corp_id)
        .bind(&message.channel)
        .bind(message.body.as_bytes())
        .bind(&message.idempotency_key)
        .bind(&message.proof)
        .bind(&message.unresolved)
        .bind(&message.duplicates)
        .bind(message.created_at.as_millis())
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        for (number, part) in (1..).zip(parts) {
            part::add(&mut transaction, message, number, part).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Finds a message.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn message(&self, id: &str) -> sqlx::Result<Option<MessageRow>> {
        let query = sqlx::query("SELECT * FROM messages WHERE id = $1").bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(MessageRow::try_from).transpose()
    }

    /// Finds a message by what its owner calls it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn message_of_key(&self, owner: &str, key: &str) -> sqlx::Result<Option<MessageRow>> {
        let query = sqlx::query("SELECT * FROM messages WHERE owner = $1 AND idempotency_key = $2")
            .bind(owner)
            .bind(key);
        query.fetch_optional(&self.pool).await?.as_ref().map(MessageRow::try_from).transpose()
    }

    /// Lists messages, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn messages_page(&self, page: MessagesPage<'_>) -> sqlx::Result<Vec<MessageRow>> {
        let (created_at, id) = page.after.unwrap_or((Timestamp::from_millis(i64::MAX), ""));
        let query = sqlx::query(
            "SELECT * FROM messages WHERE (created_at < $1 OR (created_at = $1 AND id > $2)) \
             AND ($3 = '' OR owner = $3) AND ($4 = '' OR app = $4) ORDER BY created_at DESC, id LIMIT $5",
        )
        .bind(created_at.as_millis())
        .bind(id)
        .bind(page.owner.unwrap_or_default())
        .bind(page.app.unwrap_or_default())
        .bind(i64::from(page.limit));
        query.fetch_all(&self.pool).await?.iter().map(MessageRow::try_from).collect()
    }

    /// Notes that a message is wanted back. What was not sent by now never is: its parts are given up.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn recall_message(&self, id: &str, now: Timestamp) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        let wanted = "UPDATE messages SET recalled_at = COALESCE(recalled_at, $2) WHERE id = $1";
        sqlx::query(wanted).bind(id).bind(now.as_millis()).execute(&mut *transaction).await?;
        sqlx::query(
            "UPDATE message_recipients SET outcome = 'cancelled' WHERE message_id = $1 AND part IN \
             (SELECT number FROM message_parts WHERE message_id = $1 AND state = 'queued')",
        )
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE message_parts SET state = 'cancelled' WHERE message_id = $1 AND state = 'queued'",
        )
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        relay::tell_of_message(&mut transaction, id).await?;
        transaction.commit().await
    }

    /// Forgets messages that were asked for before `horizon`, and returns how many.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn sweep_messages(&self, horizon: Timestamp) -> sqlx::Result<u64> {
        let query = sqlx::query("DELETE FROM messages WHERE created_at < $1").bind(horizon.as_millis());
        Ok(query.execute(&mut *self.hurry().await?).await?.rows_affected())
    }
}

impl TryFrom<&AnyRow> for MessageRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            owner: row.try_get("owner")?,
            client_id: row.try_get("client_id")?,
            app: row.try_get("app")?,
            corp_id: row.try_get("corp_id")?,
            channel: row.try_get("channel")?,
            body: Sealed::from_stored(row.try_get("sealed_body")?),
            idempotency_key: row.try_get("idempotency_key")?,
            proof: row.try_get("proof")?,
            unresolved: row.try_get("unresolved")?,
            duplicates: row.try_get("duplicates")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
            recalled_at: row.try_get::<Option<i64>, _>("recalled_at")?.map(Timestamp::from_millis),
        })
    }
}
