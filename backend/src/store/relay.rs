//! The rows of a cloud: its locals, and what they have not applied yet.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::{Store, UserRow};
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `relays`.
#[derive(Clone, Debug)]
pub struct RelayRow {
    /// Names it on the wire.
    pub id: String,
    /// What the operator calls it.
    pub name: String,
    /// What both ends sign with.
    pub key: Sealed,
    /// The origins of its pages, with spaces between them.
    pub origins: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it asked last.
    pub seen_at: Option<Timestamp>,
    /// How many events it has not applied yet.
    pub backlog: i64,
}

/// A row of `relay_events`.
#[derive(Clone, Debug)]
pub struct RelayEventRow {
    /// Its place in the log.
    pub number: i64,
    /// What has happened.
    pub kind: String,
    /// To whom, or to what.
    pub subject: String,
}

/// What the log calls a change of a person.
pub const PERSON_CHANGED: &str = "person_changed";

/// What the log calls it when a person may not come in any more.
pub const PERSON_LEFT: &str = "person_left";

/// The same of a person who is not kept any more: the subject is their organisation and union id, with a space between them.
pub const PERSON_GONE: &str = "person_gone";

/// What the log calls it when there is more to tell of a message.
pub const MESSAGE_CHANGED: &str = "message_changed";

/// What the owner of a message begins with if that is a local, before its id.
const OWNER: &str = "relay:";

const RELAY: &str = "SELECT id, name, sealed_key, origins, created_at, seen_at, \
     last_event - acknowledged AS backlog FROM relays";

impl RelayRow {
    /// Returns what the cloud calls the owner of the local's messages.
    pub fn owner(&self) -> String {
        format!("{OWNER}{}", self.id)
    }
}

impl Store {
    /// Adds a local. Returns `false` if the name is taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_relay(&self, relay: &RelayRow) -> sqlx::Result<bool> {
        sqlx::query(
            "INSERT INTO relays (id, name, sealed_key, origins, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&relay.id)
        .bind(&relay.name)
        .bind(relay.key.as_bytes())
        .bind(&relay.origins)
        .bind(relay.created_at.as_millis())
        .execute(&self.writer)
        .await
        .map(|done| done.rows_affected() == 1)
    }

    /// Finds a local by its id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relay(&self, id: &str) -> sqlx::Result<Option<RelayRow>> {
        let statement = sqlx::AssertSqlSafe(format!("{RELAY} WHERE id = $1"));
        let row = sqlx::query(statement).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(RelayRow::try_from).transpose()
    }

    /// Lists the locals by name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relays(&self) -> sqlx::Result<Vec<RelayRow>> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{RELAY} ORDER BY name"))).fetch_all(&self.pool);
        rows.await?.iter().map(RelayRow::try_from).collect()
    }

    /// Removes a local, with all that it has not applied. Returns `false` if there is none of this name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_relay(&self, name: &str) -> sqlx::Result<bool> {
        sqlx::query("DELETE FROM relays WHERE name = $1")
            .bind(name)
            .execute(&self.writer)
            .await
            .map(|done| done.rows_affected() == 1)
    }

    /// Uses a nonce up, and notes that its local has asked. Returns `false` if it was used before. Those of before
    /// `horizon` are forgotten.
    ///
    /// # Errors
    ///
    /// If the database fails; then it was not used.
    pub async fn use_relay_nonce(
        &self,
        relay_id: &str,
        nonce: &str,
        now: Timestamp,
        horizon: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM relay_nonces WHERE seen_at < $1")
            .bind(horizon.as_millis())
            .execute(&mut *transaction)
            .await?;
        let used = sqlx::query(
            "INSERT INTO relay_nonces (relay_id, nonce, seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(relay_id)
        .bind(nonce)
        .bind(now.as_millis())
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE relays SET seen_at = $2 WHERE id = $1")
            .bind(relay_id)
            .bind(now.as_millis())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(used.rows_affected() == 1)
    }

    /// Notes that a local keeps a person.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_relay_person(&self, relay_id: &str, user_id: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO relay_people (relay_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(relay_id)
            .bind(user_id)
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Finds a person that a local keeps.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relay_person(
        &self,
        relay_id: &str,
        corp_id: &str,
        union_id: &str,
    ) -> sqlx::Result<Option<UserRow>> {
        let query = sqlx::query(
            "SELECT users.* FROM users JOIN relay_people ON user_id = users.id \
             WHERE relay_id = $1 AND corp_id = $2 AND union_id = $3",
        );
        let row = query.bind(relay_id).bind(corp_id).bind(union_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(UserRow::try_from).transpose()
    }

    /// Returns what a local has not applied yet, oldest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn relay_events(
        &self,
        relay_id: &str,
        after: i64,
        limit: i64,
    ) -> sqlx::Result<Vec<RelayEventRow>> {
        let rows = sqlx::query(
            "SELECT number, kind, subject FROM relay_events WHERE relay_id = $1 AND number > $2 \
             ORDER BY number LIMIT $3",
        );
        let rows = rows.bind(relay_id).bind(after).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(RelayEventRow::try_from).collect()
    }

    /// Forgets what a local has applied. A cloud that was restored from a copy goes on behind what the local knows.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn acknowledge_relay_events(&self, relay_id: &str, number: i64) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        let moved = sqlx::query(
            "UPDATE relays SET acknowledged = $2, \
             last_event = CASE WHEN last_event < $2 THEN $2 ELSE last_event END \
             WHERE id = $1 AND acknowledged < $2",
        )
        .bind(relay_id)
        .bind(number)
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 1 {
            sqlx::query("DELETE FROM relay_events WHERE relay_id = $1 AND number <= $2")
                .bind(relay_id)
                .bind(number)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// Tells those that keep a person what has become of them.
    ///
    /// # Errors
    ///
    /// If the database fails; then nobody was told.
    pub async fn tell_relays_of_person(&self, user_id: &str, kind: &str) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        tell_of_person(&mut transaction, user_id, kind).await?;
        transaction.commit().await
    }
}

/// Tells those that keep a person, as part of what has become of them.
pub(super) async fn tell_of_person(
    connection: &mut AnyConnection,
    user_id: &str,
    kind: &str,
) -> sqlx::Result<()> {
    // In one order, so that two who do this never wait for each other.
    let relays = sqlx::query_scalar("SELECT relay_id FROM relay_people WHERE user_id = $1 ORDER BY relay_id");
    let relays: Vec<String> = relays.bind(user_id).fetch_all(&mut *connection).await?;
    for relay_id in relays {
        append(connection, &relay_id, kind, user_id).await?;
    }
    Ok(())
}

/// Tells the local whose message this is, if it is one's, as part of what has become of it.
pub(super) async fn tell_of_message(connection: &mut AnyConnection, message_id: &str) -> sqlx::Result<()> {
    let query = sqlx::query("SELECT owner, idempotency_key FROM messages WHERE id = $1");
    let Some(row) = query.bind(message_id).fetch_optional(&mut *connection).await? else { return Ok(()) };
    let (owner, key): (String, Option<String>) = (row.try_get("owner")?, row.try_get("idempotency_key")?);
    match (owner.strip_prefix(OWNER), key) {
        (Some(relay_id), Some(key)) => append(connection, relay_id, MESSAGE_CHANGED, &key).await,
        _ => Ok(()),
    }
}

/// Appends to a log. Whoever writes has the row of the relay until they commit, so numbers appear in their order.
pub(super) async fn append(
    connection: &mut AnyConnection,
    relay_id: &str,
    kind: &str,
    subject: &str,
) -> sqlx::Result<()> {
    let number = sqlx::query_scalar(
        "UPDATE relays SET last_event = last_event + 1 WHERE id = $1 RETURNING last_event",
    );
    let Some(number) = number.bind(relay_id).fetch_optional(&mut *connection).await? else { return Ok(()) };
    let number: i64 = number;
    sqlx::query("INSERT INTO relay_events (relay_id, number, kind, subject) VALUES ($1, $2, $3, $4)")
        .bind(relay_id)
        .bind(number)
        .bind(kind)
        .bind(subject)
        .execute(connection)
        .await
        .map(drop)
}

impl TryFrom<&AnyRow> for RelayRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            key: Sealed::from_stored(row.try_get("sealed_key")?),
            origins: row.try_get("origins")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
            seen_at: row.try_get::<Option<i64>, _>("seen_at")?.map(Timestamp::from_millis),
            backlog: row.try_get("backlog")?,
        })
    }
}

impl TryFrom<&AnyRow> for RelayEventRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            number: row.try_get("number")?,
            kind: row.try_get("kind")?,
            subject: row.try_get("subject")?,
        })
    }
}
