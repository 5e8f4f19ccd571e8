//! What survives a restart. Rows and SQL; no rules, and secrets only as ciphertext.

mod access;
mod app;
mod delivery;
mod flow;
mod invitation;
mod login;
mod session;
mod user;

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use zeroize::Zeroizing;

use crate::secret::{OpenError, Sealed, Sealer};

pub use access::ApiKeyRow;
pub use app::{AppRow, LoginDetails, NewApp};
pub use delivery::{DeliveryRow, DeliveryState};
pub use flow::FlowRow;
pub use invitation::InvitationRow;
pub use login::LoginRow;
pub use session::{SessionKeyRow, SessionRow};
pub use user::{Address, Newcomers, UserRow};

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    /// The one connection that writes. Several would find each other's locks and sleep in front of them.
    writer: SqlitePool,
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
    /// What the database belongs to cannot be read or noted.
    #[error("the database cannot be checked")]
    Check(#[source] sqlx::Error),
    /// The database belongs to the real DingTalk and a simulator is set, or the other way round.
    #[error("the database holds the flows of another DingTalk; set another DATA_DIR for the simulator")]
    FarSide,
    /// The database file cannot be closed to others.
    #[error("the mode of the database file cannot be set")]
    Mode(#[source] std::io::Error),
}

impl Store {
    /// Opens the SQLite file, makes it (mode 0600) if there is none, and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// [`OpenStoreError`]; among them that the file was written under another key than `sealer` has, or for another
    /// far side: a code of the real DingTalk means nothing to a simulator, and would be lost there.
    pub async fn open(path: &Path, sealer: &Sealer, far_side: &str) -> Result<Self, OpenStoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit must outlive a power cut: it may hold the only copy of a secret.
            .synchronous(SqliteSynchronous::Full);
        close_to_others(path).map_err(OpenStoreError::Mode)?;
        let connect =
            |connections| SqlitePoolOptions::new().max_connections(connections).connect_with(options.clone());
        let writer = connect(1).await.map_err(OpenStoreError::Open)?;
        sqlx::migrate!("./migrations").run(&writer).await.map_err(OpenStoreError::Migrate)?;
        let pool = connect(4).await.map_err(OpenStoreError::Open)?;
        let store = Self { pool, writer };
        // Whatever the value, only the right key opens it.
        if *store.settle("far-side", far_side, sealer).await? != far_side {
            return Err(OpenStoreError::FarSide);
        }
        Ok(store)
    }

    /// Returns whether the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    /// Returns a setting of this database, which is `value` if it had none before.
    async fn settle(
        &self,
        name: &str,
        value: &str,
        sealer: &Sealer,
    ) -> Result<Zeroizing<String>, OpenStoreError> {
        let place = format!("settings/{name}");
        sqlx::query(
            "INSERT INTO settings (name, sealed_value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(sealer.seal(&place, value).as_bytes())
        .execute(&self.writer)
        .await
        .map_err(OpenStoreError::Check)?;
        let stored: Vec<u8> = sqlx::query_scalar("SELECT sealed_value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await
            .map_err(OpenStoreError::Check)?;
        sealer.open(&place, &Sealed::from_stored(stored)).map_err(OpenStoreError::Key)
    }
}

/// Makes the file before SQLite does, so that it is never readable by others; its companions inherit the mode.
#[cfg(unix)]
fn close_to_others(path: &Path) -> std::io::Result<()> {
    use std::fs::{OpenOptions, Permissions, set_permissions};
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

    OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    for companion in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(companion);
        match set_permissions(name, Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}
