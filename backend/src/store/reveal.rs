//! Who may see a secret once.

use sqlx::Row as _;

use super::Store;
use crate::clock::Timestamp;

/// A row of `reveals`, with what its flow says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RevealRow {
    /// Whether it was used or given up.
    pub has_ended: bool,
    /// When the flow changed last: once that has ended, its end.
    pub flow_changed_at: Timestamp,
}

impl Store {
    /// Notes that a browser may see the secret of a flow. Another browser before it keeps the right.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_reveal(&self, flow_id: &str, browser_digest: &str) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO reveals (flow_id, browser_digest) VALUES ($1, $2) ON CONFLICT (flow_id) DO NOTHING",
        )
        .bind(flow_id)
        .bind(browser_digest)
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Finds the right of a browser to see the secret of a flow.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn reveal(&self, flow_id: &str, browser_digest: &str) -> sqlx::Result<Option<RevealRow>> {
        let query = sqlx::query(
            "SELECT reveals.ended_at, flows.changed_at FROM reveals JOIN flows ON flows.id = reveals.flow_id \
             WHERE reveals.flow_id = $1 AND reveals.browser_digest = $2",
        )
        .bind(flow_id)
        .bind(browser_digest);
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        Ok(Some(RevealRow {
            has_ended: row.try_get::<Option<i64>, _>("ended_at")?.is_some(),
            flow_changed_at: Timestamp::from_millis(row.try_get("changed_at")?),
        }))
    }

    /// Ends the right to see the secret of a flow. Returns `false` if it had ended before, or there was none: of several
    /// at once, one gets `true`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_reveal(&self, flow_id: &str, now: Timestamp) -> sqlx::Result<bool> {
        sqlx::query("UPDATE reveals SET ended_at = $2 WHERE flow_id = $1 AND ended_at IS NULL")
            .bind(flow_id)
            .bind(now.as_millis())
            .execute(&self.writer)
            .await
            .map(|done| done.rows_affected() == 1)
    }
}
