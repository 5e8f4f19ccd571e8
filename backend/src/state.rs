use std::fs;
use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::access::Access;
use crate::app::Apps;
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::{AppTokenClient, RegistrationClient, VerificationHosts};
use crate::flow::{Engine, Limits};
use crate::http::{self, Proxy};
use crate::registration::Registration;
use crate::secret::{KeyError, MasterKey, Sealer};
use crate::store::{OpenStoreError, Store};

/// All that a handler may reach. Cheap to clone; the last clone that goes ends the work in the background.
#[derive(Clone, Debug)]
pub struct AppState {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    store: Store,
    access: Access,
    apps: Apps,
    registration: Registration,
    engine: Engine,
    _background: JoinSet<()>,
}

/// The state cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be made.
    #[error("DATA_DIR cannot be made")]
    DataDir(#[source] io::Error),
    /// The key cannot be used.
    #[error("the key cannot be used")]
    Key(#[source] KeyError),
    /// The store cannot be opened.
    #[error("the store cannot be opened")]
    Store(#[source] OpenStoreError),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
    /// The app of the configuration cannot be kept.
    #[error("the app of DINGTALK_CLIENT_ID cannot be kept")]
    App(#[source] sqlx::Error),
    /// The flows cannot be read.
    #[error("the flows cannot be read")]
    Flows(#[source] sqlx::Error),
}

impl AppState {
    /// Opens the store, takes up the flows that are not settled, and begins to work in the background.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names what cannot be used. Nothing runs then.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let (store, sealer) = open_store(&config).await?;
        let proxy = if config.dingtalk.simulator.is_some() { Proxy::None } else { Proxy::FromEnvironment };
        let http = http::client(proxy).map_err(OpenError::Http)?;
        let tokens = AppTokenClient::new(http.clone(), config.dingtalk.api_base.clone());
        let env_file = config.store.env_file.clone();
        let apps = Apps::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), tokens, env_file);
        if let Some(app) = &config.app {
            apps.adopt(&app.client_id, &app.client_secret).await.map_err(OpenError::App)?;
        }
        let registration = Registration::new(registration_client(http, &config), apps.clone());
        let limits = Limits { live: config.flow.max_live, display: config.flow.display };
        let drivers = vec![registration.clone().into()];
        let engine = Engine::load(Arc::clone(&clock), store.clone(), sealer, drivers, limits)
            .await
            .map_err(OpenError::Flows)?;
        let access = Access::new(Arc::clone(&clock), store.clone());
        let mut background = JoinSet::new();
        background.spawn({
            let engine = engine.clone();
            async move { engine.run().await }
        });
        background.spawn({
            let apps = apps.clone();
            async move { apps.run().await }
        });
        let inner =
            Inner { config, clock, store, access, apps, registration, engine, _background: background };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Returns the settings.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Returns the clock.
    pub fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// Returns who may do what.
    pub fn access(&self) -> &Access {
        &self.inner.access
    }

    /// Returns the registry of apps.
    pub fn apps(&self) -> &Apps {
        &self.inner.apps
    }

    /// Returns the flow engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Returns the registration driver.
    pub fn registration(&self) -> &Registration {
        &self.inner.registration
    }

    /// Returns whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.inner.store.is_ready().await
    }
}

/// Opens what is kept on disk.
///
/// # Errors
///
/// [`OpenError`] names what cannot be used.
pub async fn open_store(config: &Config) -> Result<(Store, Arc<Sealer>), OpenError> {
    let folder = &config.store.data_dir;
    fs::create_dir_all(folder).map_err(OpenError::DataDir)?;
    let sealer = match &config.store.key {
        Some(key) => Sealer::new(key),
        None => Sealer::new(&MasterKey::from_file(&folder.join("key")).map_err(OpenError::Key)?),
    };
    let far_side = if config.dingtalk.simulator.is_some() { "simulator" } else { "dingtalk" };
    let path = folder.join("dingtalk-qr.sqlite");
    let store = Store::open(&path, &sealer, far_side).await.map_err(OpenError::Store)?;
    Ok((store, Arc::new(sealer)))
}

fn registration_client(http: reqwest::Client, config: &Config) -> RegistrationClient {
    let hosts = match &config.dingtalk.simulator {
        Some(simulator) => VerificationHosts::with_simulator(simulator),
        None => VerificationHosts::dingtalk(),
    };
    let (base, source) = (config.dingtalk.registration_base.clone(), config.dingtalk.source.clone());
    RegistrationClient::new(http, base, source, hosts)
}
