use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use crate::clock::Timestamp;

/// A row of `api_keys`, without the digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKeyRow {
    /// What the operator calls it.
    pub name: String,
    /// What it may do: names with spaces between them.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Adds an operator session by the digest of its token.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_operator_session(&self, digest: &str, expires_at: Timestamp) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO operator_sessions (digest, expires_at) VALUES ($1, $2)")
            .bind(digest)
            .bind(expires_at.as_millis())
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Returns whether an operator session is alive.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn has_operator_session(&self, digest: &str, now: Timestamp) -> sqlx::Result<bool> {
        let found = sqlx::query("SELECT 1 FROM operator_sessions WHERE digest = $1 AND expires_at > $2")
            .bind(digest)
            .bind(now.as_millis())
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// Removes the operator sessions that have ended.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn sweep_operator_sessions(&self, now: Timestamp) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM operator_sessions WHERE expires_at <= $1")
            .bind(now.as_millis())
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Adds an API key by its digest. Returns `false` if the name is taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_api_key(&self, key: &ApiKeyRow, digest: &str) -> sqlx::Result<bool> {
        sqlx::query(
            "INSERT INTO api_keys (name, digest, scopes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(&key.name)
        .bind(digest)
        .bind(&key.scopes)
        .bind(key.created_at.as_millis())
        .execute(&self.writer)
        .await
        .map(|done| done.rows_affected() == 1)
    }

    /// Finds the API key with this digest.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn api_key(&self, digest: &str) -> sqlx::Result<Option<ApiKeyRow>> {
        let query =
            sqlx::query("SELECT name, scopes, created_at FROM api_keys WHERE digest = $1").bind(digest);
        query.fetch_optional(&self.pool).await?.as_ref().map(ApiKeyRow::try_from).transpose()
    }

    /// Returns when the API key of this name was made.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn api_key_made_at(&self, name: &str) -> sqlx::Result<Option<Timestamp>> {
        let query = sqlx::query_scalar("SELECT created_at FROM api_keys WHERE name = $1").bind(name);
        query.fetch_optional(&self.pool).await.map(|made_at| made_at.map(Timestamp::from_millis))
    }

    /// Lists the API keys by name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn api_keys(&self) -> sqlx::Result<Vec<ApiKeyRow>> {
        let query = sqlx::query("SELECT name, scopes, created_at FROM api_keys ORDER BY name");
        query.fetch_all(&self.pool).await?.iter().map(ApiKeyRow::try_from).collect()
    }

    /// Removes an API key. Returns `false` if there is none of this name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_api_key(&self, name: &str) -> sqlx::Result<bool> {
        sqlx::query("DELETE FROM api_keys WHERE name = $1")
            .bind(name)
            .execute(&self.writer)
            .await
            .map(|done| done.rows_affected() == 1)
    }
}

impl TryFrom<&AnyRow> for ApiKeyRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let created_at = Timestamp::from_millis(row.try_get("created_at")?);
        Ok(Self { name: row.try_get("name")?, scopes: row.try_get("scopes")?, created_at })
    }
}
