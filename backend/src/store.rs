//! What survives a restart. Rows and SQL; no rules, and secrets only as ciphertext.

mod access;
mod app;
mod delivery;
mod flow;

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::secret::{OpenError, Sealed, Sealer};

pub use access::ApiKeyRow;
pub use app::{AppRow, NewApp};
pub use delivery::{DeliveryRow, DeliveryState};
pub use flow::FlowRow;

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
}

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// The database cannot be opened or created.
    #[error("the database cannot be opened")]
    Open(#[source] sqlx::Error),
    /// The tables cannot be brought up to date.
    #[error("the database cannot be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The secrets in the database were sealed under another key.
    #[error("the database belongs to another key")]
    Key(#[source] OpenError),
    /// The check of the key failed for another reason.
    #[error("the key cannot be checked against the database")]
    CheckKey(#[source] sqlx::Error),
    /// The database file cannot be closed to others.
    #[error("the mode of the database file cannot be set")]
    Mode(#[source] std::io::Error),
}

impl Store {
    /// Opens the SQLite file, makes it (mode 0600) if there is none, and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// [`OpenStoreError`]; among them that the file was written under another key than `sealer` has.
    pub async fn open(path: &Path, sealer: &Sealer) -> Result<Self, OpenStoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit must outlive a power cut: it may hold the only copy of a secret.
            .synchronous(SqliteSynchronous::Full);
        close_to_others(path).map_err(OpenStoreError::Mode)?;
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(OpenStoreError::Open)?;
        sqlx::migrate!("./migrations").run(&pool).await.map_err(OpenStoreError::Migrate)?;
        let store = Self { pool };
        store.check_key(sealer).await?;
        Ok(store)
    }

    /// Returns whether the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    async fn check_key(&self, sealer: &Sealer) -> Result<(), OpenStoreError> {
        const PLACE: &str = "settings/key-check";
        sqlx::query(
            "INSERT INTO settings (name, sealed_value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(PLACE)
        .bind(sealer.seal(PLACE, "dingtalk-qr").as_bytes())
        .execute(&self.pool)
        .await
        .map_err(OpenStoreError::CheckKey)?;
        let stored: Vec<u8> = sqlx::query_scalar("SELECT sealed_value FROM settings WHERE name = $1")
            .bind(PLACE)
            .fetch_one(&self.pool)
            .await
            .map_err(OpenStoreError::CheckKey)?;
        sealer.open(PLACE, &Sealed::from_stored(stored)).map(drop).map_err(OpenStoreError::Key)
    }
}

/// Makes the file before SQLite does, so that it is never readable by others; its companions inherit the mode.
#[cfg(unix)]
fn close_to_others(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

    let file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}
