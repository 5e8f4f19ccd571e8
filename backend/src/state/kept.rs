use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::OpenError;
use crate::config::Config;
use crate::secret::{KeyFile, Sealer};
use crate::store::{Location, OpenStoreError, Store};

/// What is kept on disk, opened.
///
/// 1. The data folder: made if there is none.
/// 2. The keys: of the configuration, else of the key file. A key file is made for an empty database only.
/// 3. The database, and with [`Kept::checked`] whether the keys open everything in it.
#[derive(Debug)]
pub struct Kept {
    /// The database.
    pub store: Store,
    /// What opens its secrets.
    pub sealer: Arc<Sealer>,
    /// The file that the keys are from; `None` if `DINGTALK_QR_KEY` is set.
    pub key_file: Option<KeyFile>,
}

impl Kept {
    /// Opens it, whatever key its secrets are sealed under.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names what cannot be used.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        let settings = &config.store;
        let folder = &settings.data_dir;
        fs::create_dir_all(folder).map_err(OpenError::DataDir)?;
        if settings.key.is_none() || settings.database.is_none() {
            refuse_open_folder(folder)?;
        }
        let old = &settings.old_keys;
        let key_file = settings.key.is_none().then(|| KeyFile::of(folder));
        let from_file = |file: &KeyFile| Sealer::from_file(file.clone(), old).map_err(OpenError::Key);
        // Before the database is touched: a bad key should change nothing.
        let sealer = match (&settings.key, &key_file) {
            (Some(key), _) => Some(Sealer::new(key, old)),
            (None, Some(file)) => from_file(file)?,
            (None, None) => None,
        };
        let path = folder.join("dingtalk-qr.sqlite");
        let location = match &settings.database {
            #[cfg(feature = "postgres")]
            Some(url) => Location::Postgres(url),
            _ => Location::File(&path),
        };
        let store = Store::open(location).await.map_err(OpenError::Store)?;
        let sealer = match (sealer, &key_file) {
            (Some(sealer), _) => sealer,
            (None, Some(file)) => {
                let values = store.sealed_values().await;
                if !values.map_err(|error| OpenError::Store(OpenStoreError::Check(error)))?.is_empty() {
                    return Err(OpenError::NoKey);
                }
                file.create().map_err(OpenError::Key)?;
                from_file(file)?.ok_or(OpenError::NoKey)?
            }
            (None, None) => return Err(OpenError::NoKey),
        };
        Ok(Self { store, sealer: Arc::new(sealer), key_file })
    }

    /// Returns it, if the keys open everything and it belongs to the far side of the configuration.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what does not fit.
    pub async fn checked(self, config: &Config) -> Result<Self, OpenError> {
        let far_side = if config.dingtalk.simulator.is_some() { "simulator" } else { "dingtalk" };
        self.store.belongs_to(&self.sealer, far_side).await.map_err(OpenError::Store)?;
        Ok(self)
    }
}

/// Opens what is kept on disk, and checks that it fits the configuration.
///
/// # Errors
///
/// [`OpenError`] names what cannot be used.
pub async fn open_store(config: &Config) -> Result<(Store, Arc<Sealer>), OpenError> {
    let Kept { store, sealer, .. } = Kept::open(config).await?.checked(config).await?;
    Ok((store, sealer))
}

/// Whoever may write to the folder may put another key or another database there.
#[cfg(unix)]
fn refuse_open_folder(folder: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(folder).map_err(OpenError::DataDir)?.permissions().mode();
    if mode & 0o002 == 0 { Ok(()) } else { Err(OpenError::OpenDataDir) }
}

#[cfg(not(unix))]
fn refuse_open_folder(_: &Path) -> Result<(), OpenError> {
    Ok(())
}
