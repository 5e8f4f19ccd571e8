use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::{Database, Store};
use crate::clock::Timestamp;

/// A row of `deliveries`: the way of one app to one sink.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// The id of the message.
    pub id: String,
    /// The app.
    pub client_id: String,
    /// The sink.
    pub sink: String,
    /// What the message tells.
    pub event: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried, the attempt under way included.
    pub attempts: i64,
    /// When what it tells happened.
    pub queued_at: Timestamp,
    /// Since when it is tried.
    pub tried_since: Timestamp,
    /// When it may be tried, unless it is taken.
    pub due_at: Timestamp,
    /// Until when somebody has it.
    pub taken_until: Timestamp,
    /// Why the last attempt failed, in a word.
    pub last_error: Option<String>,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeliveryState {
    /// It has to be made.
    Pending,
    /// It was made.
    Delivered,
    /// It is not wanted any more: a newer app took its place at the sink, or the sink was switched off.
    Dropped,
    /// It failed for too long, or the receiver is gone. It is made again when an operator says so.
    Dead,
}

/// A delivery to queue.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// The id of its message. A message that the sink has, or waits for already, is not queued once more.
    pub id: String,
    /// The sink.
    pub sink: &'static str,
    /// What the message tells.
    pub event: &'static str,
    /// Whether the sink holds one app only, so that others which wait for it are dropped.
    pub takes_place: bool,
}

impl DeliveryState {
    /// Every state.
    pub(super) const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Dropped, Self::Dead];

    pub(super) fn from_stored(state: &str) -> Self {
        match state {
            "delivered" => Self::Delivered,
            "dropped" => Self::Dropped,
            "dead" => Self::Dead,
            _ => Self::Pending,
        }
    }

    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dropped => "dropped",
            Self::Dead => "dead",
        }
    }
}

/// Takes the first delivery that is due. Of several processes one gets it: with PostgreSQL the others pass over the row
/// that it has locked, with SQLite one statement writes at a time.
macro_rules! take_delivery {
    ($lock:literal) => {
        concat!(
            "WITH due AS (SELECT id AS due_id FROM deliveries WHERE state = 'pending' AND due_at <= $1 AND taken_until <= $1 \
             AND ($3 IS NULL OR client_id = $3) ORDER BY due_at LIMIT 1 ",
            $lock,
            ") UPDATE deliveries SET taken_until = $2, attempts = attempts + 1 FROM due WHERE id = due_id RETURNING *"
        )
    };
}

impl Store {
    /// Lists the deliveries of an app.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn deliveries_of(&self, client_id: &str) -> sqlx::Result<Vec<DeliveryRow>> {
        let query =
            sqlx::query("SELECT * FROM deliveries WHERE client_id = $1 ORDER BY sink").bind(client_id);
        query.fetch_all(&self.pool).await?.iter().map(DeliveryRow::try_from).collect()
    }

    /// Lists every delivery with the name of its app, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn deliveries(&self) -> sqlx::Result<Vec<(String, DeliveryRow)>> {
        let query = sqlx::query(
            "SELECT deliveries.*, apps.name AS app FROM deliveries JOIN apps ON apps.client_id = deliveries.client_id \
             ORDER BY deliveries.queued_at DESC, app, sink",
        );
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get("app")?, DeliveryRow::try_from(row)?))).collect()
    }

    /// Finds a delivery by its message.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delivery(&self, id: &str) -> sqlx::Result<Option<DeliveryRow>> {
        let query = sqlx::query("SELECT * FROM deliveries WHERE id = $1").bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(DeliveryRow::try_from).transpose()
    }

    /// Takes a delivery that is due, of one app or of any, and counts the attempt. Nobody else gets it before `until`;
    /// whoever dies with it leaves it to be taken again then.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_delivery(
        &self,
        client_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
    ) -> sqlx::Result<Option<DeliveryRow>> {
        let statement = match self.database {
            Database::Sqlite => take_delivery!(""),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => take_delivery!("FOR UPDATE SKIP LOCKED"),
        };
        let query = sqlx::query(statement).bind(now.as_millis()).bind(until.as_millis()).bind(client_id);
        query.fetch_optional(&mut *self.hurry().await?).await?.as_ref().map(DeliveryRow::try_from).transpose()
    }

    /// Returns when the next delivery can be taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn next_delivery(&self) -> sqlx::Result<Option<Timestamp>> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(CASE WHEN taken_until > due_at THEN taken_until ELSE due_at END) FROM deliveries \
             WHERE state = 'pending'",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// Notes that a delivery was made or is not wanted any more.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_delivery(&self, id: &str, state: DeliveryState) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE deliveries SET state = $2, taken_until = 0, last_error = NULL \
             WHERE id = $1 AND state IN ('pending', 'dead')",
        )
        .bind(id)
        .bind(state.as_str())
        .execute(&mut *self.hurry().await?)
        .await
        .map(drop)
    }

    /// Notes that the attempt for which `delivery` was taken failed: it is due again, or dead if it never is.
    /// Does nothing if somebody else has taken it since.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn fail_delivery(
        &self,
        delivery: &DeliveryRow,
        due_at: Option<Timestamp>,
        reason: &str,
    ) -> sqlx::Result<()> {
        let state = if due_at.is_some() { DeliveryState::Pending } else { DeliveryState::Dead };
        sqlx::query(
            "UPDATE deliveries SET state = $3, due_at = $4, taken_until = 0, last_error = $5 \
             WHERE id = $1 AND taken_until = $2 AND state = 'pending'",
        )
        .bind(&delivery.id)
        .bind(delivery.taken_until.as_millis())
        .bind(state.as_str())
        .bind(due_at.unwrap_or(delivery.due_at).as_millis())
        .bind(reason)
        .execute(&mut *self.hurry().await?)
        .await
        .map(drop)
    }

    /// Has a delivery made once more, under the id that it has, or queues `delivery` if the app never had one there.
    /// The app is claimed then. Returns `false` if there is no such app.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn redeliver(
        &self,
        client_id: &str,
        delivery: &NewDelivery,
        now: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query("UPDATE apps SET claimed = 1 WHERE client_id = $1")
            .bind(client_id)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let again = sqlx::query(
            // Due at once also where the clock is behind that of whoever asks.
            "UPDATE deliveries SET state = 'pending', attempts = 0, tried_since = $3, due_at = 0, taken_until = 0, \
             last_error = NULL WHERE client_id = $1 AND sink = $2",
        )
        .bind(client_id)
        .bind(delivery.sink)
        .bind(now.as_millis())
        .execute(&mut *transaction)
        .await?;
        if again.rows_affected() == 0 {
            queue(&mut transaction, client_id, delivery, now).await?;
        } else {
            drop_others(&mut transaction, client_id, delivery).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

/// Queues a delivery, in the place of the app's last one to that sink, unless that is the same message.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    client_id: &str,
    delivery: &NewDelivery,
    now: Timestamp,
) -> sqlx::Result<()> {
    let queued = sqlx::query(
        "INSERT INTO deliveries (client_id, sink, id, event, state, queued_at, tried_since, due_at) \
         VALUES ($1, $2, $3, $4, 'pending', $5, $5, $5) ON CONFLICT (client_id, sink) DO UPDATE SET \
         id = excluded.id, event = excluded.event, state = excluded.state, attempts = 0, \
         queued_at = excluded.queued_at, tried_since = excluded.tried_since, due_at = excluded.due_at, \
         taken_until = 0, last_error = NULL WHERE deliveries.id <> excluded.id",
    )
    .bind(client_id)
    .bind(delivery.sink)
    .bind(&delivery.id)
    .bind(delivery.event)
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    if queued.rows_affected() == 0 {
        return Ok(());
    }
    drop_others(connection, client_id, delivery).await
}

/// Drops what other apps still have to deliver to a sink that holds one app only.
async fn drop_others(
    connection: &mut AnyConnection,
    client_id: &str,
    delivery: &NewDelivery,
) -> sqlx::Result<()> {
    if !delivery.takes_place {
        return Ok(());
    }
    sqlx::query("UPDATE deliveries SET state = $3 WHERE sink = $1 AND state = 'pending' AND client_id <> $2")
        .bind(delivery.sink)
        .bind(client_id)
        .bind(DeliveryState::Dropped.as_str())
        .execute(connection)
        .await
        .map(drop)
}

impl TryFrom<&AnyRow> for DeliveryRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let state = DeliveryState::from_stored(row.try_get("state")?);
        let moment = |column| row.try_get(column).map(Timestamp::from_millis);
        Ok(Self {
            id: row.try_get("id")?,
            client_id: row.try_get("client_id")?,
            sink: row.try_get("sink")?,
            event: row.try_get("event")?,
            state,
            attempts: row.try_get("attempts")?,
            queued_at: moment("queued_at")?,
            tried_since: moment("tried_since")?,
            due_at: moment("due_at")?,
            taken_until: moment("taken_until")?,
            last_error: row.try_get("last_error")?,
        })
    }
}
