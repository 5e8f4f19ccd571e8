//! The apps whose credentials the backend holds, and the way of the credentials to their sinks.
//!
//! 1. [`Apps::keep`] seals the secret and commits it together with what has to be delivered.
//! 2. [`Apps::deliver_now`] hands it to the sinks. What fails stays queued and is tried again, also after a crash.
//! 3. [`Apps::settle`] tries the credentials at DingTalk, does 2, and says how things stand.

mod delivery;
mod env_file;
#[cfg(feature = "login")]
mod instances;
mod keep;
#[cfg(feature = "login")]
mod login;
mod name;
mod outbox;
mod registry;
mod reveal;
mod update;
mod webhook;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::{Mutex, Notify, watch};

use crate::causes::Causes;
use crate::client_id::ClientId;
use crate::clock::Clock;
use crate::dingtalk::{AppTokenClient, Probe};
use crate::flow::{CreatedApp, Finding, SinkName};
use crate::secret::{ClientSecret, OpenError, Sealer, random_id};
use crate::store::{AppRow, DeliveryState, Store};

#[cfg(feature = "terminal")]
pub(crate) use env_file::env_lines;
pub use env_file::{EnvFile, EnvFileError};
#[cfg(feature = "platform")]
pub use instances::Callback;
#[cfg(feature = "login")]
pub use instances::{Instance, InstanceError, LoginOptions, load as load_instances};
pub use keep::{Keep, Origin};
#[cfg(feature = "login")]
pub use login::{AdoptError, Choice, Defaults, LoginApp, TokenError};
pub use name::{AppName, InvalidAppName};
use outbox::Event;
pub use outbox::{Delivery, DeliverySink, Outbox, UnknownSink};
pub use registry::{AppCursor, AppOverview, AppPage, AppQuery, InvalidCursor, RemoveError};
pub use reveal::{REVEAL_LIFETIME, RevealError};
pub use update::{AppUpdate, Change, UpdateError};
pub use webhook::{Webhook, WebhookError};

/// How long the backend waits for DingTalk's opinion of new credentials: somebody watches a spinner meanwhile.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// The registry. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Apps {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    store: Store,
    sealer: Arc<Sealer>,
    tokens: AppTokenClient,
    outbox: Outbox,
    env_file: Option<EnvFile>,
    configured: Option<String>,
    webhook: Option<Webhook>,
    max_age: Duration,
    /// Held while the file is written: the newest app has to be the last.
    writing: Mutex<()>,
    /// Woken when there is something to deliver, or an attempt has ended.
    queued: Notify,
    /// Becomes `true` when the process wants to end.
    closing: watch::Sender<bool>,
    /// Attempts under way.
    attempts: watch::Sender<usize>,
    #[cfg(feature = "login")]
    app_tokens: login::Tokens,
    #[cfg(feature = "login")]
    defaults: Defaults,
}

/// How the registry is set up.
#[derive(Debug)]
pub struct AppsOptions {
    /// What is on its way to the sinks below.
    pub outbox: Outbox,
    /// The `.env` file that gets the newest app, if there is one.
    pub env_file: Option<PathBuf>,
    /// The client id of the app that `DINGTALK_CLIENT_ID` names.
    pub configured: Option<String>,
    /// Who is told of every app, if anybody is.
    pub webhook: Option<Webhook>,
    /// For how long a delivery is tried.
    pub max_age: Duration,
    /// Which app people sign in with when none is named.
    #[cfg(feature = "login")]
    pub defaults: Defaults,
}

impl Apps {
    /// Makes the registry.
    pub fn new(
        clock: Arc<dyn Clock>,
        store: Store,
        sealer: Arc<Sealer>,
        tokens: AppTokenClient,
        options: AppsOptions,
    ) -> Self {
        let shared = Shared {
            outbox: options.outbox,
            clock,
            store,
            sealer,
            tokens,
            env_file: options.env_file.map(EnvFile::new),
            configured: options.configured,
            webhook: options.webhook,
            max_age: options.max_age,
            writing: Mutex::default(),
            queued: Notify::new(),
            closing: watch::Sender::new(false),
            attempts: watch::Sender::new(0),
            #[cfg(feature = "login")]
            app_tokens: login::Tokens::default(),
            #[cfg(feature = "login")]
            defaults: options.defaults,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Keeps the app of the configuration, unless it is known already: the store may know a newer secret.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was kept.
    pub async fn adopt(&self, client_id: &ClientId, client_secret: &ClientSecret) -> sqlx::Result<()> {
        if self.shared.store.app(client_id.as_str()).await?.is_some() {
            return Ok(());
        }
        self.keep(&Keep { name: None, client_id, client_secret, origin: Origin::Configured }).await
    }

    /// Tries the credentials and delivers what is due, and says how things stand. Neither can undo the keeping.
    ///
    /// # Errors
    ///
    /// If the database fails, or has no such app (`RowNotFound`).
    pub async fn settle(&self, client_id: &str) -> sqlx::Result<CreatedApp> {
        // The sinks are told the verdict.
        let finding = self.probe(client_id).await?;
        self.deliver_now(client_id).await;
        let mut created = self.describe(client_id).await?;
        created.findings.extend(finding);
        Ok(created)
    }

    /// Says how things stand with an app.
    ///
    /// # Errors
    ///
    /// If the database fails, or has no such app (`RowNotFound`).
    pub async fn describe(&self, client_id: &str) -> sqlx::Result<CreatedApp> {
        let app = self.shared.store.app(client_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        self.described(app).await
    }

    async fn described(&self, app: AppRow) -> sqlx::Result<CreatedApp> {
        let deliveries = self.deliveries(&app.client_id).await?;
        let is_undelivered = deliveries
            .iter()
            .any(|delivery| matches!(delivery.state, DeliveryState::Pending | DeliveryState::Dead));
        Ok(CreatedApp {
            name: app.name,
            client_id: app.client_id,
            hint: app.hint,
            saved_to: saved_to(&deliveries),
            is_verified: app.is_verified,
            findings: if is_undelivered { vec![Finding::SinkFailed] } else { Vec::new() },
        })
    }

    /// Finds the app that a registration made.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn of_flow(&self, flow_id: &FlowId) -> sqlx::Result<Option<AppRow>> {
        self.shared.store.app_of_flow(flow_id.as_str()).await
    }

    /// Finds an app by its name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn named(&self, name: &str) -> sqlx::Result<Option<AppRow>> {
        self.shared.store.app_named(name).await
    }

    /// Returns the name of an app by its client id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn name_of(&self, client_id: &ClientId) -> sqlx::Result<Option<String>> {
        Ok(self.shared.store.app(client_id.as_str()).await?.map(|app| app.name))
    }

    /// Sends an app to the sinks that so far is only in the store.
    ///
    /// # Errors
    ///
    /// If the database fails, or has no such app (`RowNotFound`).
    pub async fn claim(&self, client_id: &str) -> sqlx::Result<CreatedApp> {
        let deliveries = self.shared.outbox.messages(Event::Claimed, |_| random_id());
        if !self.shared.store.claim_app(client_id, &deliveries, self.shared.clock.now()).await? {
            return Err(sqlx::Error::RowNotFound);
        }
        self.settle(client_id).await
    }

    /// Tries the credentials, notes the verdict, and returns what is wrong with them.
    async fn probe(&self, client_id: &str) -> sqlx::Result<Option<Finding>> {
        let secret = match self.secret(client_id).await {
            Ok(secret) => secret,
            Err(SecretError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::error!(error = %Causes(&error), "credentials cannot be tried");
                return Ok(Some(Finding::UpstreamUnavailable));
            }
        };
        let probe = tokio::time::timeout(PROBE_TIMEOUT, self.shared.tokens.probe(client_id, &secret));
        let finding = match probe.await {
            Ok(Ok(Probe::Accepted)) => None,
            Ok(Ok(Probe::Rejected)) => Some(Finding::CredentialsRejected),
            Ok(Err(error)) => {
                tracing::warn!(error = %Causes(&error), "credentials could not be tried");
                Some(Finding::UpstreamUnavailable)
            }
            Err(_) => Some(Finding::UpstreamUnavailable),
        };
        self.shared.store.set_app_verified(client_id, finding.is_none()).await?;
        Ok(finding)
    }

    async fn secret(&self, client_id: &str) -> Result<ClientSecret, SecretError> {
        Ok(self.credentials(client_id).await?.1)
    }

    async fn credentials(&self, client_id: &str) -> Result<(AppRow, ClientSecret), SecretError> {
        let app = self.shared.store.app(client_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        let secret = self.shared.sealer.open(&place(client_id), &app.secret)?;
        let secret = ClientSecret::try_from(secret.as_str().to_owned());
        Ok((app, secret.map_err(|_| SecretError::Open(OpenError::Damaged))?))
    }
}

/// A kept secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The database failed, or has no such app.
    #[error("the app cannot be read")]
    Store(#[from] sqlx::Error),
    /// It is sealed under another key, or damaged.
    #[error("the secret cannot be opened")]
    Open(#[from] OpenError),
}

/// The place to which an app's secret is sealed.
fn place(client_id: &str) -> String {
    format!("apps/{client_id}")
}

fn saved_to(deliveries: &[Delivery]) -> Vec<SinkName> {
    let delivered = deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Delivered);
    std::iter::once(SinkName::Store).chain(delivered.map(|delivery| delivery.sink.into())).collect()
}
