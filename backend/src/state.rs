mod kept;
#[cfg(feature = "login")]
mod login;
mod measure;
#[cfg(feature = "platform")]
mod messages;
#[cfg(feature = "platform")]
mod organisations;
#[cfg(feature = "platform")]
mod platform;
mod readiness;
#[cfg(feature = "platform")]
mod relay;
#[cfg(feature = "platform")]
mod suites;

use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::access::{Access, EmbedTokens};
use crate::app::{Apps, AppsOptions, DeliverySink, Outbox, Webhook};
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::config::Config;
use crate::dingtalk::{AppTokenClient, RegistrationClient, RobotClient, VerificationHosts};
use crate::doctor::Doctor;
use crate::flow::{Engine, Limits};
use crate::http::{self, Proxy, Reach};
use crate::registration::Registration;
use crate::secret::{KeyFileError, Sealer, Serial};
use crate::store::{OpenStoreError, Store};
pub use kept::{Kept, open_store};
#[cfg(feature = "platform")]
pub use messages::open_messages;
#[cfg(feature = "platform")]
pub use organisations::open_organisations;
use readiness::Readiness;
#[cfg(feature = "platform")]
pub use relay::link as relay_link;

/// All that a handler may reach. Cheap to clone; the last clone that goes ends the work in the background.
#[derive(Clone, Debug)]
pub struct AppState {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    started_at: Timestamp,
    request_ids: Serial,
    store: Store,
    readiness: Readiness,
    access: Access,
    embed_tokens: EmbedTokens,
    apps: Apps,
    doctor: Doctor,
    registration: Registration,
    engine: Engine,
    #[cfg(feature = "login")]
    login: login::Login,
    #[cfg(feature = "platform")]
    platform: platform::Platform,
    _background: JoinSet<()>,
}

/// What the parts of a state stand on.
#[cfg(feature = "login")]
#[derive(Clone, Copy)]
struct Base<'a> {
    config: &'a Config,
    clock: &'a Arc<dyn Clock>,
    store: &'a Store,
    sealer: &'a Arc<Sealer>,
    apps: &'a Apps,
    http: &'a reqwest::Client,
}

/// The state cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be made.
    #[error("DATA_DIR cannot be made")]
    DataDir(#[source] io::Error),
    /// Everybody on the machine could put files of their own into the data folder.
    #[error("DATA_DIR can be written by everybody; take that away (chmod o-w)")]
    OpenDataDir,
    /// The key cannot be used.
    #[error("the key cannot be used")]
    Key(#[source] KeyFileError),
    /// There are secrets, and no key.
    #[error(
        "the database has secrets and there is no key: bring the file `key` back into DATA_DIR, or set DINGTALK_QR_KEY"
    )]
    NoKey,
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
    #[cfg(feature = "login")]
    #[error("the apps of APPS_FILE and LOGIN_TYPES_DIR cannot be used")]
    Instance(#[source] crate::app::InstanceError),
    /// An app of `APPS_FILE` or `LOGIN_TYPES_DIR` cannot be kept.
    #[cfg(feature = "login")]
    #[error("the apps of APPS_FILE and LOGIN_TYPES_DIR cannot be kept")]
    Adopt(#[source] crate::app::AdoptError),
    /// What we call the third-party app of `DINGTALK_SUITE_KEY` is no name.
    #[cfg(feature = "platform")]
    #[error("DINGTALK_SUITE_NAME is not a name of lower-case letters, digits, underscores and hyphens")]
    SuiteName,
    /// The third-party apps cannot be read.
    #[cfg(feature = "platform")]
    #[error("the third-party apps cannot be read")]
    Suites(#[source] sqlx::Error),
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
        let apps = open_apps(&config, &clock, &store, &sealer, &clients).await?;
        #[cfg(feature = "login")]
        let base = Base {
            config: &config,
            clock: &clock,
            store: &store,
            sealer: &sealer,
            apps: &apps,
            http: &clients.http,
        };
        #[cfg(feature = "login")]
        let accounts = login::accounts(base).await?;
        let doctor = Doctor::new(
            apps.clone(),
            clients.tokens,
            clients.robot.clone(),
            #[cfg(feature = "platform")]
            accounts.suites().clone(),
        );
        let registration = Registration::new(clients.registration, apps.clone());
        let engine = engine(&config, &clock, &store, &sealer, &registration).await?;
        let issuer = config.server.public_base();
        let embed_tokens = EmbedTokens::new(Arc::clone(&clock), store.clone(), Arc::clone(&sealer), issuer);
        #[cfg(feature = "login")]
        let login = login::Login::new(base, &engine, &accounts);
        #[cfg(feature = "platform")]
        let platform = platform::Platform::begin(base, &accounts, login.sessions(), clients.robot)?;
        let inner = Inner {
            access: Access::new(Arc::clone(&clock), store.clone()),
            embed_tokens,
            _background: background(&engine, &apps),
            config,
            started_at: clock.now(),
            request_ids: Serial::new(),
            clock,
            store,
            readiness: Readiness::default(),
            apps,
            doctor,
            registration,
            engine,
            #[cfg(feature = "login")]
            login,
            #[cfg(feature = "platform")]
            platform,
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

    /// Names a request.
    pub(crate) fn request_id(&self) -> String {
        self.inner.request_ids.next()
    }

    /// Returns who may do what.
    pub fn access(&self) -> &Access {
        &self.inner.access
    }

    /// Returns who makes and checks embed tokens.
    pub fn embed_tokens(&self) -> &EmbedTokens {
        &self.inner.embed_tokens
    }

    /// Returns the registry of apps.
    pub fn apps(&self) -> &Apps {
        &self.inner.apps
    }

    /// Returns who examines apps.
    pub fn doctor(&self) -> &Doctor {
        &self.inner.doctor
    }

    /// Returns the flow engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Returns the registration driver.
    pub fn registration(&self) -> &Registration {
        &self.inner.registration
    }

    /// Returns whether there is work to be given to this process: the database answers within two seconds, and the process
    /// is not about to end. The database is asked once a second at most.
    pub async fn is_ready(&self) -> bool {
        let inner = &self.inner;
        !inner.engine.is_closed() && inner.readiness.ask(&inner.store, inner.clock.now()).await
    }
}

/// Opens what is needed to examine the apps that are kept, and nothing that works in the background.
///
/// # Errors
///
/// [`OpenError`] names what cannot be used.
pub async fn open_doctor(config: &Config, clock: Arc<dyn Clock>) -> Result<Doctor, OpenError> {
    let (store, sealer) = open_store(config).await?;
    let clients = Clients::new(config).map_err(OpenError::Http)?;
    let apps = open_apps(config, &clock, &store, &sealer, &clients).await?;
    #[cfg(all(feature = "login", not(feature = "platform")))]
    drop(login::adopt(&apps, config).await?);
    #[cfg(feature = "platform")]
    let suites = {
        let (clock, store, sealer, apps, http) = (&clock, &store, &sealer, &apps, &clients.http);
        let accounts = login::accounts(Base { config, clock, store, sealer, apps, http }).await?;
        accounts.suites().clone()
    };
    Ok(Doctor::new(
        apps,
        clients.tokens,
        clients.robot,
        #[cfg(feature = "platform")]
        suites,
    ))
}

/// Opens the outbox, for an operator beside the server.
///
/// # Errors
///
/// [`OpenError`] names what cannot be used.
pub async fn open_outbox(config: &Config) -> Result<(Store, Outbox), OpenError> {
    let (store, _) = open_store(config).await?;
    Ok((store.clone(), outbox(config, Arc::new(SystemClock), store)))
}

/// Opens the registry, and keeps the app that the configuration names.
async fn open_apps(
    config: &Config,
    clock: &Arc<dyn Clock>,
    store: &Store,
    sealer: &Arc<Sealer>,
    clients: &Clients,
) -> Result<Apps, OpenError> {
    let options = options(config, clock, store).map_err(OpenError::Http)?;
    let (clock, store, sealer) = (Arc::clone(clock), store.clone(), Arc::clone(sealer));
    let apps = Apps::new(clock, store, sealer, clients.tokens.clone(), options);
    if let Some(app) = &config.app {
        apps.adopt(&app.client_id, &app.client_secret).await.map_err(OpenError::App)?;
    }
    Ok(apps)
}

fn options(config: &Config, clock: &Arc<dyn Clock>, store: &Store) -> Result<AppsOptions, reqwest::Error> {
    Ok(AppsOptions {
        outbox: outbox(config, Arc::clone(clock), store.clone()),
        env_file: config.store.env_file.clone(),
        webhook: webhook(config)?,
        max_age: config.delivery.max_age,
        configured: config.app.as_ref().map(|app| app.client_id.as_str().to_owned()),
        #[cfg(feature = "login")]
        defaults: login::defaults(config),
    })
}

fn outbox(config: &Config, clock: Arc<dyn Clock>, store: Store) -> Outbox {
    let sinks = [
        config.store.env_file.as_ref().map(|_| DeliverySink::EnvFile),
        config.delivery.webhook.as_ref().map(|_| DeliverySink::Webhook),
    ];
    Outbox::new(clock, store, sinks.into_iter().flatten().collect())
}

fn webhook(config: &Config) -> Result<Option<Webhook>, reqwest::Error> {
    let Some(webhook) = &config.delivery.webhook else { return Ok(None) };
    let reach = if webhook.allows_private { Reach::Everywhere } else { Reach::Public };
    Ok(Some(Webhook::new(http::webhook_client(reach)?, webhook.url.clone(), webhook.keys.clone())))
}

/// Everybody that asks DingTalk.
struct Clients {
    tokens: AppTokenClient,
    registration: RegistrationClient,
    robot: RobotClient,
    #[cfg(feature = "login")]
    http: reqwest::Client,
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
            robot: RobotClient::new(http.clone(), dingtalk.api_base.clone()),
            registration: RegistrationClient::new(http.clone(), base, source, hosts),
            #[cfg(feature = "login")]
            http,
        })
    }
}

/// Takes up the flows that are not settled.
async fn engine(
    config: &Config,
    clock: &Arc<dyn Clock>,
    store: &Store,
    sealer: &Arc<Sealer>,
    registration: &Registration,
) -> Result<Engine, OpenError> {
    let limits = Limits { live: config.flow.max_live, display: config.flow.display };
    let drivers = vec![
        registration.clone().into(),
        #[cfg(feature = "login")]
        crate::login::LoginDriver.into(),
    ];
    let (clock, store, sealer) = (Arc::clone(clock), store.clone(), Arc::clone(sealer));
    Engine::load(clock, store, sealer, drivers, limits).await.map_err(OpenError::Flows)
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
