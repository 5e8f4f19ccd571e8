use std::fs;
use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::access::Access;
use crate::app::{AdoptError, Apps, AppsOptions, Defaults, InstanceError, load_instances};
use crate::clock::Clock;
use crate::config::Config;
use crate::dingtalk::{AppTokenClient, DirectoryClient, OAuthClient, RegistrationClient, VerificationHosts};
use crate::flow::{Engine, Limits};
use crate::http::{self, Proxy};
use crate::identity::{People, Policy};
use crate::login::{LoginDriver, Logins, Parts, Settings};
use crate::registration::Registration;
use crate::secret::{KeyError, MasterKey, Sealer};
use crate::session::Sessions;
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
    people: People,
    logins: Logins,
    sessions: Sessions,
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
    /// An app of `APPS_FILE` or `LOGIN_TYPES_DIR` cannot be used.
    #[error("the apps of APPS_FILE and LOGIN_TYPES_DIR cannot be used")]
    Instance(#[source] InstanceError),
    /// An app of `APPS_FILE` or `LOGIN_TYPES_DIR` cannot be kept.
    #[error("the apps of APPS_FILE and LOGIN_TYPES_DIR cannot be kept")]
    Adopt(#[source] AdoptError),
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
        let clients = Clients::new(&config).map_err(OpenError::Http)?;
        let options = AppsOptions { env_file: config.store.env_file.clone(), defaults: defaults(&config) };
        let apps = Apps::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), clients.tokens, options);
        adopt(&apps, &config).await?;
        let registration = Registration::new(clients.registration, apps.clone());
        let limits = Limits { live: config.flow.max_live, display: config.flow.display };
        let drivers = vec![registration.clone().into(), LoginDriver.into()];
        let engine = Engine::load(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), drivers, limits)
            .await
            .map_err(OpenError::Flows)?;
        let people = People::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), policy(&config));
        let settings = settings(&config);
        let issuer = settings.public_url.clone();
        let sessions = Sessions::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), issuer);
        let logins = Logins::new(Parts {
            clock: Arc::clone(&clock),
            store: store.clone(),
            sealer,
            engine: engine.clone(),
            apps: apps.clone(),
            people: people.clone(),
            oauth: clients.oauth,
            directory: clients.directory,
            settings,
        });
        let inner = Inner {
            access: Access::new(Arc::clone(&clock), store.clone()),
            _background: background(&engine, &apps),
            config,
            clock,
            store,
            apps,
            registration,
            engine,
            people,
            logins,
            sessions,
        };
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

    /// Returns the people.
    pub fn people(&self) -> &People {
        &self.inner.people
    }

    /// Returns the logins.
    pub fn logins(&self) -> &Logins {
        &self.inner.logins
    }

    /// Returns the sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
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

/// Keeps the apps that the configuration names.
async fn adopt(apps: &Apps, config: &Config) -> Result<(), OpenError> {
    if let Some(app) = &config.app {
        apps.adopt(&app.client_id, &app.client_secret).await.map_err(OpenError::App)?;
        let (corp_id, agent_id) = (app.corp_id.as_deref(), app.agent_id);
        apps.describe_default(app.client_id.as_str(), corp_id, agent_id).await.map_err(OpenError::App)?;
    }
    let login = &config.login;
    let instances = load_instances(login.apps_file.as_deref(), login.login_types_dir.as_deref());
    apps.adopt_instances(&instances.map_err(OpenError::Instance)?).await.map_err(OpenError::Adopt)
}

fn policy(config: &Config) -> Policy {
    let login = &config.login;
    Policy {
        domains: login.allowed_domains.clone(),
        corp_ids: login.allowed_corp_ids.clone(),
        admins: login.admin_emails.clone(),
        is_invite_only: login.is_invite_only,
    }
}

fn settings(config: &Config) -> Settings {
    let (server, login) = (&config.server, &config.login);
    Settings {
        public_url: server.public_url.as_str().trim_end_matches('/').to_owned(),
        callback: login.callback(&server.public_url),
        script_url: config.dingtalk.script_url.as_str().to_owned(),
        lifetime: login.lifetime,
        live_per_peer: login.max_live_per_peer,
        live_per_site: login.max_live_per_site,
        wants_corp: !login.allowed_corp_ids.is_empty(),
    }
}

fn defaults(config: &Config) -> Defaults {
    Defaults {
        name: config.login.app.clone(),
        client_id: config.app.as_ref().map(|app| app.client_id.as_str().to_owned()),
    }
}

/// Everybody that asks DingTalk.
struct Clients {
    tokens: AppTokenClient,
    registration: RegistrationClient,
    oauth: OAuthClient,
    directory: DirectoryClient,
}

impl Clients {
    fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let dingtalk = &config.dingtalk;
        let proxy = if dingtalk.simulator.is_some() { Proxy::None } else { Proxy::FromEnvironment };
        let http = http::client(proxy)?;
        let hosts = match &dingtalk.simulator {
            Some(simulator) => VerificationHosts::with_simulator(simulator),
            None => VerificationHosts::dingtalk(),
        };
        let (base, source) = (dingtalk.registration_base.clone(), dingtalk.source.clone());
        Ok(Self {
            tokens: AppTokenClient::new(http.clone(), dingtalk.api_base.clone()),
            registration: RegistrationClient::new(http.clone(), base, source, hosts),
            oauth: OAuthClient::new(http.clone(), dingtalk.login_base.clone(), dingtalk.api_base.clone()),
            directory: DirectoryClient::new(http, dingtalk.oapi_base.clone()),
        })
    }
}

/// Begins the work that nobody asks for: turns of flows, and deliveries.
fn background(engine: &Engine, apps: &Apps) -> JoinSet<()> {
    let mut background = JoinSet::new();
    background.spawn({
        let engine = engine.clone();
        async move { engine.run().await }
    });
    background.spawn({
        let apps = apps.clone();
        async move { apps.run().await }
    });
    background
}
