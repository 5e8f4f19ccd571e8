//! What survives a restart. Rows and SQL; no rules, and secrets only as ciphertext.

mod access;
mod app;
#[cfg(feature = "platform")]
mod belongings;
#[cfg(feature = "platform")]
mod customer;
mod delivery;
mod depth;
mod flow;
mod invitation;
mod login;
#[cfg(feature = "platform")]
mod message;
#[cfg(feature = "platform")]
mod organisation;
mod registry;
#[cfg(feature = "platform")]
mod relay;
#[cfg(feature = "platform")]
mod relay_local;
mod replica;
mod reveal;
mod seal;
mod session;
#[cfg(feature = "platform")]
mod suite;
mod user;

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, Transaction};
use zeroize::Zeroizing;

#[cfg(feature = "postgres")]
use crate::secret::DatabaseUrl;
use crate::secret::{KeyId, OpenError, Sealed, Sealer};

pub use access::ApiKeyRow;
pub use app::{AppDetails, AppRow, InFile, LoginDetails, NewApp};
#[cfg(feature = "platform")]
pub use customer::{CustomerChange, CustomerRow, CustomerState};
pub use delivery::{DeliveryRow, DeliveryState, NewDelivery};
pub use depth::{Connections, OutboxDepth};
pub use flow::{FlowChange, FlowCounts, FlowRow};
pub use invitation::InvitationRow;
pub use login::LoginRow;
#[cfg(feature = "platform")]
pub use message::{
    Finding, MessageRow, MessagesPage, NewPart, NewRecipient, Outcome, PartRow, PartState, PartTurn,
    RecipientRow,
};
#[cfg(feature = "platform")]
pub use organisation::{
    ChangeRow, ChangedKind, DepartmentDetails, DepartmentRow, DepartmentsPage, Hold, MemberDetails,
    MemberKey, MemberRow, MembersPage, OrganisationRow, SyncMode, SyncRow, SyncStage, SyncState, SyncStep,
    Unread,
};
pub use registry::AppsPage;
#[cfg(feature = "platform")]
pub use relay::{MESSAGE_CHANGED, PERSON_CHANGED, PERSON_GONE, PERSON_LEFT, RelayEventRow, RelayRow};
#[cfg(feature = "platform")]
pub use relay_local::{RelayChange, RelayMessageRow, RelayMessageState};
pub use replica::{Listener, News};
pub use reveal::RevealRow;
pub use seal::{Resealed, SEALED_COLUMNS, SealedColumn};
pub use session::{SessionKeyRow, SessionRow};
#[cfg(feature = "platform")]
pub use suite::{NewSuiteEvent, SuiteEventRow, SuiteRow};
pub use user::{Address, Newcomers, UserRow};

/// How long a question waits for a connection before it fails: somebody waits for the answer.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A commit waits for the disk: it may hold the only copy of a secret.
const OUTLIVE_POWER_CUT: &str = "PRAGMA synchronous = FULL";

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// With SQLite the one connection that writes: several would find each other's locks and sleep in front of them.
    writer: AnyPool,
    database: Database,
}

/// Where the store is.
#[derive(Clone, Copy, Debug)]
pub enum Location<'a> {
    /// A SQLite file.
    File(&'a Path),
    /// A PostgreSQL database, as `postgres://user:password@host/name`.
    #[cfg(feature = "postgres")]
    Postgres(&'a DatabaseUrl),
}

/// Which database it is, for the few statements that differ.
#[derive(Clone, Debug)]
enum Database {
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres(DatabaseUrl),
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
    /// Secrets in the database were sealed under keys that are not configured.
    #[error(
        "the database belongs to another key: {locked} of {all} values are sealed under {keys}, not configured"
    )]
    Key {
        /// How many values cannot be opened.
        locked: u64,
        /// How many sealed values there are.
        all: u64,
        /// The ids of the keys.
        keys: String,
    },
    /// What the database belongs to does not open.
    #[error("what the database belongs to cannot be opened")]
    Sealed(#[source] OpenError),
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
    /// Opens the store, makes the SQLite file (mode 0600) if there is none, and brings the tables up to date; of several
    /// processes one does that, and the others wait for it.
    ///
    /// # Errors
    ///
    /// [`OpenStoreError`].
    pub async fn open(location: Location<'_>) -> Result<Self, OpenStoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        match location {
            Location::File(path) => Self::open_file(path).await,
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => Self::open_postgres(url).await,
        }
    }

    /// Refuses a store with values under a key that `sealer` does not know, and one of another far side: a code of the real
    /// DingTalk means nothing to a simulator, and would be lost there.
    ///
    /// # Errors
    ///
    /// [`OpenStoreError`].
    pub async fn belongs_to(&self, sealer: &Sealer, far_side: &str) -> Result<(), OpenStoreError> {
        let values = self.sealed_values().await.map_err(OpenStoreError::Check)?;
        let is_locked = |id: Option<KeyId>| !id.is_some_and(|id| sealer.knows(id));
        let locked: Vec<_> = values.iter().filter(|(id, _)| is_locked(**id)).collect();
        if !locked.is_empty() {
            let name = |id: &Option<KeyId>| {
                id.map_or_else(|| "no key".to_owned(), |id| format!("key {}", id.to_hex()))
            };
            return Err(OpenStoreError::Key {
                locked: locked.iter().map(|(_, number)| *number).sum(),
                all: values.values().sum(),
                keys: locked.iter().map(|(id, _)| name(id)).collect::<Vec<_>>().join(", "),
            });
        }
        if *self.settle("far-side", far_side, sealer).await? != far_side {
            return Err(OpenStoreError::FarSide);
        }
        Ok(())
    }

    async fn open_file(path: &Path) -> Result<Self, OpenStoreError> {
        close_to_others(path).map_err(OpenStoreError::Mode)?;
        let url = file_url(path)?;
        let connect = async |connections| {
            let options = pool_options(connections)
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        let pragmas = "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON";
                        sqlx::raw_sql(pragmas).execute(&mut *connection).await?;
                        sqlx::raw_sql(OUTLIVE_POWER_CUT).execute(connection).await.map(drop)
                    })
                })
                // Who had it before may have been in a hurry.
                .before_acquire(|connection, _| {
                    Box::pin(async move {
                        sqlx::raw_sql(OUTLIVE_POWER_CUT).execute(connection).await.map(|_| true)
                    })
                });
            options.connect(&url).await.map_err(OpenStoreError::Open)
        };
        let writer = connect(1).await?;
        sqlx::migrate!("./migrations").run(&writer).await.map_err(OpenStoreError::Migrate)?;
        Ok(Self { pool: connect(4).await?, writer, database: Database::Sqlite })
    }

    #[cfg(feature = "postgres")]
    async fn open_postgres(url: &DatabaseUrl) -> Result<Self, OpenStoreError> {
        let pool = pool_options(16).connect(url.expose()).await.map_err(OpenStoreError::Open)?;
        sqlx::migrate!("./migrations").run(&pool).await.map_err(OpenStoreError::Migrate)?;
        Ok(Self { writer: pool.clone(), pool, database: Database::Postgres(url.clone()) })
    }

    /// Returns whether other processes may work on the same store.
    pub fn is_shared(&self) -> bool {
        match self.database {
            Database::Sqlite => false,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => true,
        }
    }

    /// Returns a connection to write what may be lost in a power cut, for it would be found out again: it does not wait for
    /// the disk, so that a secret need not wait behind it. The end of a process takes nothing.
    async fn hurry(&self) -> sqlx::Result<PoolConnection<Any>> {
        let mut connection = self.writer.acquire().await?;
        if !self.is_shared() {
            sqlx::raw_sql("PRAGMA synchronous = NORMAL").execute(&mut *connection).await?;
        }
        Ok(connection)
    }

    /// Begins to write.
    async fn begin(&self) -> sqlx::Result<Transaction<'static, Any>> {
        match self.database {
            Database::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => self.writer.begin().await,
        }
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
        sealer.open(&place, &Sealed::from_stored(stored)).map_err(OpenStoreError::Sealed)
    }
}

/// Connections stay open: sqlx looks for idle ones in a task that never ends when another thread gives one back meanwhile
/// (its count of them passes below zero, sqlx-core 0.9, `spawn_maintenance_tasks`), and takes a core and the end of the
/// process with it. A connection that broke is found when it is taken.
fn pool_options(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .max_connections(connections)
}

/// Returns the URL of a SQLite file, whatever characters its path has.
fn file_url(path: &Path) -> Result<String, OpenStoreError> {
    let unusable = || OpenStoreError::Open(sqlx::Error::Configuration("DATA_DIR is not UTF-8".into()));
    let path = path.to_str().ok_or_else(unusable)?;
    let encode = |part: &str| url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
    // This encoding is of forms, where a space is a plus.
    let encoded = path.split('/').map(encode).collect::<Vec<_>>().join("/").replace('+', "%20");
    Ok(format!("sqlite:{encoded}?mode=rwc"))
}

/// Makes the file before SQLite does, so that it is never readable by others; its companions inherit the mode.
#[cfg(unix)]
fn close_to_others(path: &Path) -> std::io::Result<()> {
    use std::fs::{OpenOptions, Permissions, metadata, set_permissions};
    use std::io::ErrorKind;
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

    OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    for companion in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(companion);
        let mode = match metadata(&name) {
            Ok(metadata) => metadata.permissions().mode(),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if mode & 0o077 != 0 {
            match set_permissions(&name, Permissions::from_mode(0o600)) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                result => result?,
            }
            tracing::warn!(file = %name.display(), "a file of the database was open to others, and is closed");
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}
