use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `sessions`.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// By which door they came in.
    pub method: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A row of `session_keys`.
#[derive(Clone, Debug)]
pub struct SessionKeyRow {
    /// Names it.
    pub id: String,
    /// The key.
    pub key: Sealed,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Adds a session, and forgets those that have ended.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_session(&self, session: &SessionRow) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(session.created_at.as_millis())
            .execute(&self.writer)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (id, user_id, method, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&session.id)
        .bind(&session.user_id)
        .bind(&session.method)
        .bind(session.created_at.as_millis())
        .bind(session.expires_at.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Finds a session that has not been revoked.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn session(&self, id: &str) -> sqlx::Result<Option<SessionRow>> {
        let query = sqlx::query("SELECT * FROM sessions WHERE id = $1").bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(SessionRow::try_from).transpose()
    }

    /// Revokes a session.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_session(&self, id: &str) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(&self.writer).await.map(drop)
    }

    /// Revokes every session of a person, and returns how many there were.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_sessions_of(&self, user_id: &str) -> sqlx::Result<u64> {
        let query = sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user_id);
        query.execute(&self.writer).await.map(|done| done.rows_affected())
    }

    /// Adds a key, and forgets those made before `horizon`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_session_key(&self, key: &SessionKeyRow, horizon: Timestamp) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM session_keys WHERE created_at < $1")
            .bind(horizon.as_millis())
            .execute(&self.writer)
            .await?;
        sqlx::query("INSERT INTO session_keys (id, sealed_key, created_at) VALUES ($1, $2, $3)")
            .bind(&key.id)
            .bind(key.key.as_bytes())
            .bind(key.created_at.as_millis())
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Finds a key.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn session_key(&self, id: &str) -> sqlx::Result<Option<SessionKeyRow>> {
        let query = sqlx::query("SELECT * FROM session_keys WHERE id = $1").bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(SessionKeyRow::try_from).transpose()
    }

    /// Finds the newest key.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn newest_session_key(&self) -> sqlx::Result<Option<SessionKeyRow>> {
        let query = sqlx::query("SELECT * FROM session_keys ORDER BY created_at DESC, id LIMIT 1");
        query.fetch_optional(&self.pool).await?.as_ref().map(SessionKeyRow::try_from).transpose()
    }

    /// Forgets every key, so that no session is believed any more.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_session_keys(&self) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM session_keys").execute(&self.writer).await.map(drop)
    }
}

impl TryFrom<&AnyRow> for SessionRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            user_id: row.try_get("user_id")?,
            method: row.try_get("method")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
            expires_at: row.try_get("expires_at").map(Timestamp::from_millis)?,
        })
    }
}

impl TryFrom<&AnyRow> for SessionKeyRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            key: Sealed::from_stored(row.try_get("sealed_key")?),
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
        })
    }
}
