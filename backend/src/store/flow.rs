use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `flows`.
#[derive(Clone, Debug)]
pub struct FlowRow {
    /// Names the flow.
    pub id: String,
    /// Names the driver.
    pub kind: String,
    /// Who began it.
    pub owner: String,
    /// From where.
    pub peer: String,
    /// Digest of the owner and his idempotency key.
    pub idempotency: Option<String>,
    /// What the driver needs beside the handle, as JSON without secrets.
    pub subject: String,
    /// The device code; `None` once it is of no more use.
    pub handle: Option<Sealed>,
    /// The status, as JSON.
    pub status: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when the page shows it.
    pub shown_until: Timestamp,
    /// Until when the handle lives.
    pub handle_until: Timestamp,
    /// Milliseconds between two questions.
    pub interval_ms: i64,
    /// When the status changed last.
    pub changed_at: Timestamp,
}

impl Store {
    /// Adds a flow.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_flow(&self, flow: &FlowRow) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO flows (id, kind, owner, peer, idempotency, subject, sealed_handle, status, created_at, \
             shown_until, handle_until, interval_ms, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(&flow.id)
        .bind(&flow.kind)
        .bind(&flow.owner)
        .bind(&flow.peer)
        .bind(&flow.idempotency)
        .bind(&flow.subject)
        .bind(flow.handle.as_ref().map(Sealed::as_bytes))
        .bind(&flow.status)
        .bind(flow.created_at.as_millis())
        .bind(flow.shown_until.as_millis())
        .bind(flow.handle_until.as_millis())
        .bind(flow.interval_ms)
        .bind(flow.changed_at.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Sets a flow's status, and wipes its handle where that is of no more use.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn update_flow(
        &self,
        id: &str,
        status: &str,
        is_settled: bool,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE flows SET status = $2, changed_at = $3, \
             sealed_handle = CASE WHEN $4 THEN NULL ELSE sealed_handle END WHERE id = $1",
        )
        .bind(id)
        .bind(status)
        .bind(now.as_millis())
        .bind(is_settled)
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Finds a flow.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn flow(&self, id: &str) -> sqlx::Result<Option<FlowRow>> {
        let row =
            sqlx::query("SELECT * FROM flows WHERE id = $1").bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(FlowRow::try_from).transpose()
    }

    /// Lists the flows about which DingTalk may still have something to say.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn unsettled_flows(&self) -> sqlx::Result<Vec<FlowRow>> {
        let rows =
            sqlx::query("SELECT * FROM flows WHERE sealed_handle IS NOT NULL").fetch_all(&self.pool).await?;
        rows.iter().map(FlowRow::try_from).collect()
    }

    /// Removes the settled flows that changed last before `horizon`, and returns how many.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn sweep_flows(&self, horizon: Timestamp) -> sqlx::Result<u64> {
        sqlx::query("DELETE FROM flows WHERE sealed_handle IS NULL AND changed_at < $1")
            .bind(horizon.as_millis())
            .execute(&self.writer)
            .await
            .map(|done| done.rows_affected())
    }
}

impl TryFrom<&AnyRow> for FlowRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let time = |column: &str| row.try_get(column).map(Timestamp::from_millis);
        let handle: Option<Vec<u8>> = row.try_get("sealed_handle")?;
        Ok(Self {
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            owner: row.try_get("owner")?,
            peer: row.try_get("peer")?,
            idempotency: row.try_get("idempotency")?,
            subject: row.try_get("subject")?,
            handle: handle.map(Sealed::from_stored),
            status: row.try_get("status")?,
            created_at: time("created_at")?,
            shown_until: time("shown_until")?,
            handle_until: time("handle_until")?,
            interval_ms: row.try_get("interval_ms")?,
            changed_at: time("changed_at")?,
        })
    }
}
