use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// Changes a flow that still has the version which is expected.
macro_rules! change_sql {
    () => {
        "UPDATE flows SET version = version + 1, status = $3, ended = $4, silent = $5, leave_at = $6, \
         changed_at = CASE WHEN $7 = 1 THEN $8 ELSE changed_at END, \
         sealed_handle = CASE WHEN $9 = 1 THEN NULL ELSE sealed_handle END WHERE id = $1 AND version = $2"
    };
}

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
    /// How often it was changed.
    pub version: i64,
    /// Whether the far side is silent.
    pub is_silent: bool,
    /// When it counts as given up.
    pub leave_at: Option<Timestamp>,
    /// The process that gives it its turns; `None` if that is nobody's or the only one's.
    pub replica: Option<String>,
}

/// What [`Store::change_flow`] writes.
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
#[derive(Clone, Copy, Debug)]
pub struct FlowChange<'a> {
    /// The version that the change was made of.
    pub version: i64,
    /// The status, as JSON.
    pub status: &'a str,
    /// Whether that is another one.
    pub is_new_status: bool,
    /// Whether it will not change any more.
    pub is_ended: bool,
    /// Whether the handle is of no more use.
    pub is_settled: bool,
    /// Whether the far side is silent.
    pub is_silent: bool,
    /// When it counts as given up.
    pub leave_at: Option<Timestamp>,
}

/// How many flows of one kind there are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FlowCounts {
    /// That have not ended.
    pub live: usize,
    /// That have not ended, from one address.
    pub live_of_peer: usize,
    /// Whose code may still be approved, from one address.
    pub codes_of_peer: usize,
    /// That have not ended, of one owner.
    pub live_of_owner: usize,
    /// When the first of those from the address ends.
    pub first_end_of_peer: Option<Timestamp>,
}

impl Store {
    /// Adds a flow. Returns `false`, and adds nothing, if one that has not ended has the same idempotency key.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_flow(&self, flow: &FlowRow) -> sqlx::Result<bool> {
        sqlx::query(
            "INSERT INTO flows (id, kind, owner, peer, idempotency, subject, sealed_handle, status, created_at, \
             shown_until, handle_until, interval_ms, changed_at, replica) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (idempotency) WHERE ended = 0 DO NOTHING",
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
        .bind(&flow.replica)
        .execute(&self.writer)
        .await
        .map(|done| done.rows_affected() == 1)
    }

    /// Changes a flow, wipes its handle where that is of no more use, and tells every process that listens. Returns
    /// `false`, and changes nothing, if somebody else has changed it since.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn change_flow(&self, id: &str, change: &FlowChange<'_>, now: Timestamp) -> sqlx::Result<bool> {
        let sql = if self.is_shared() {
            // One statement, so that nobody hears of a change that is not there.
            concat!(
                "WITH changed AS (",
                change_sql!(),
                " RETURNING id, version) SELECT pg_notify('dingtalk_qr_flows', 'changed ' || id || ' ' || version) FROM changed"
            )
        } else {
            change_sql!()
        };
        sqlx::query(sql)
            .bind(id)
            .bind(change.version)
            .bind(change.status)
            .bind(i64::from(change.is_ended))
            .bind(i64::from(change.is_silent))
            .bind(change.leave_at.map(Timestamp::as_millis))
            .bind(i64::from(change.is_new_status))
            .bind(now.as_millis())
            .bind(i64::from(change.is_settled))
            .execute(&mut *self.hurry().await?)
            .await
            .map(|done| done.rows_affected() == 1)
    }

    /// Finds a flow.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn flow(&self, id: &str) -> sqlx::Result<Option<FlowRow>> {
        let query = sqlx::query("SELECT * FROM flows WHERE id = $1").bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(FlowRow::try_from).transpose()
    }

    /// Finds the flow that was begun with an idempotency key and has not ended.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn flow_by_idempotency(&self, key: &str) -> sqlx::Result<Option<FlowRow>> {
        let query = sqlx::query("SELECT * FROM flows WHERE idempotency = $1 AND ended = 0").bind(key);
        query.fetch_optional(&self.pool).await?.as_ref().map(FlowRow::try_from).transpose()
    }

    /// Lists the flows about which DingTalk may still have something to say.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn unsettled_flows(&self) -> sqlx::Result<Vec<FlowRow>> {
        let query = sqlx::query("SELECT * FROM flows WHERE sealed_handle IS NOT NULL");
        query.fetch_all(&self.pool).await?.iter().map(FlowRow::try_from).collect()
    }

    /// Counts the flows of a kind.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn count_flows(&self, kind: &str, peer: &str, owner: &str) -> sqlx::Result<FlowCounts> {
        let row = sqlx::query(
            "SELECT COUNT(CASE WHEN ended = 0 THEN 1 END) AS live, \
             COUNT(CASE WHEN ended = 0 AND peer = $2 THEN 1 END) AS live_of_peer, \
             COUNT(CASE WHEN peer = $2 AND sealed_handle IS NOT NULL THEN 1 END) AS codes_of_peer, \
             COUNT(CASE WHEN ended = 0 AND owner = $3 THEN 1 END) AS live_of_owner, \
             MIN(CASE WHEN ended = 0 AND peer = $2 THEN shown_until END) AS first_end_of_peer \
             FROM flows WHERE kind = $1 AND (ended = 0 OR sealed_handle IS NOT NULL)",
        )
        .bind(kind)
        .bind(peer)
        .bind(owner)
        .fetch_one(&self.pool)
        .await?;
        let count = |column: &str| {
            let count: i64 = row.try_get(column)?;
            Ok::<_, sqlx::Error>(usize::try_from(count).unwrap_or_default())
        };
        let first_end: Option<i64> = row.try_get("first_end_of_peer")?;
        Ok(FlowCounts {
            live: count("live")?,
            live_of_peer: count("live_of_peer")?,
            codes_of_peer: count("codes_of_peer")?,
            live_of_owner: count("live_of_owner")?,
            first_end_of_peer: first_end.map(Timestamp::from_millis),
        })
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
        let leave_at: Option<i64> = row.try_get("leave_at")?;
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
            version: row.try_get("version")?,
            is_silent: row.try_get::<i64, _>("silent")? != 0,
            leave_at: leave_at.map(Timestamp::from_millis),
            replica: row.try_get("replica")?,
        })
    }
}
