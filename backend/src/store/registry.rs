//! The apps one by one and page by page.

use super::{AppRow, Store};
use crate::clock::Timestamp;

/// Which apps a page has.
#[derive(Clone, Copy, Debug)]
pub struct AppsPage<'a> {
    /// The last app of the page before: when it was kept, and its client id.
    pub after: Option<(Timestamp, &'a str)>,
    /// Whether apps are left out with which nobody signs in any more, because the configuration has them no more.
    pub leaves_withdrawn_out: bool,
    /// How many there are at most.
    pub limit: u32,
}

impl Store {
    /// Lists apps, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn apps_page(&self, page: AppsPage<'_>) -> sqlx::Result<Vec<AppRow>> {
        let (created_at, client_id) =
            page.after.map_or((i64::MAX, ""), |(created_at, client_id)| (created_at.as_millis(), client_id));
        let query = sqlx::query(
            "SELECT * FROM apps WHERE (created_at < $1 OR (created_at = $1 AND client_id > $2)) AND from_file < $3 \
             ORDER BY created_at DESC, client_id LIMIT $4",
        )
        .bind(created_at)
        .bind(client_id)
        .bind(if page.leaves_withdrawn_out { 2_i64 } else { 3 })
        .bind(i64::from(page.limit));
        query.fetch_all(&self.pool).await?.iter().map(AppRow::try_from).collect()
    }

    /// Removes an app, its secret and its deliveries, in one transaction. Returns `false` if there is none, or a file
    /// of the configuration has it.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was removed.
    pub async fn delete_app(&self, client_id: &str) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM deliveries WHERE client_id = $1")
            .bind(client_id)
            .execute(&mut *transaction)
            .await?;
        let done = sqlx::query("DELETE FROM apps WHERE client_id = $1 AND from_file <> 1")
            .bind(client_id)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }
}
