use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Store;
use crate::clock::Timestamp;

/// A row of `deliveries`.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// The app.
    pub client_id: String,
    /// The sink.
    pub sink: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried in vain.
    pub attempts: i64,
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
}

impl DeliveryState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dropped => "dropped",
        }
    }
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

    /// Lists the deliveries that are due, and returns with them when the next one is.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn due_deliveries(
        &self,
        now: Timestamp,
    ) -> sqlx::Result<(Vec<DeliveryRow>, Option<Timestamp>)> {
        let due =
            sqlx::query("SELECT * FROM deliveries WHERE state = 'pending' AND due_at <= $1 ORDER BY due_at")
                .bind(now.as_millis())
                .fetch_all(&self.pool)
                .await?;
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(due_at) FROM deliveries WHERE state = 'pending' AND due_at > $1")
                .bind(now.as_millis())
                .fetch_one(&self.pool)
                .await?;
        let due = due.iter().map(DeliveryRow::try_from).collect::<Result<_, _>>()?;
        Ok((due, next.map(Timestamp::from_millis)))
    }

    /// Notes that a delivery was made or is not wanted any more.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_delivery(&self, client_id: &str, sink: &str, state: DeliveryState) -> sqlx::Result<()> {
        sqlx::query("UPDATE deliveries SET state = $3 WHERE client_id = $1 AND sink = $2")
            .bind(client_id)
            .bind(sink)
            .bind(state.as_str())
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Notes that a delivery failed and is due again.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn postpone_delivery(
        &self,
        client_id: &str,
        sink: &str,
        due_at: Timestamp,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE deliveries SET attempts = attempts + 1, due_at = $3 WHERE client_id = $1 AND sink = $2",
        )
        .bind(client_id)
        .bind(sink)
        .bind(due_at.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }
}

/// Queues a delivery and drops those of other apps that still wait for the same sink: the newest app wins there.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    client_id: &str,
    sink: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE deliveries SET state = $3 WHERE sink = $1 AND state = 'pending' AND client_id <> $2")
        .bind(sink)
        .bind(client_id)
        .bind(DeliveryState::Dropped.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO deliveries (client_id, sink, state, due_at) VALUES ($1, $2, 'pending', $3) \
         ON CONFLICT (client_id, sink) DO UPDATE SET state = 'pending', attempts = 0, due_at = excluded.due_at",
    )
    .bind(client_id)
    .bind(sink)
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await
    .map(drop)
}

impl TryFrom<&AnyRow> for DeliveryRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let state: String = row.try_get("state")?;
        let state = match state.as_str() {
            "delivered" => DeliveryState::Delivered,
            "dropped" => DeliveryState::Dropped,
            _ => DeliveryState::Pending,
        };
        Ok(Self {
            client_id: row.try_get("client_id")?,
            sink: row.try_get("sink")?,
            state,
            attempts: row.try_get("attempts")?,
        })
    }
}
