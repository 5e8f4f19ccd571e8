//! Third-party apps: one app that many organisations install, each a customer.
//!
//! 1. DingTalk pushes ([`Suites::receive`]): a ticket every few hours, and who has installed, changed or removed the app.
//! 2. With the newest ticket [`Suites::token`] gets a token that speaks for the app in one customer, and keeps it until shortly
//!    before its end.
//! 3. What is pushed of a customer's people is kept as events ([`Suites::events`]).
//! 4. When a customer removes the app, what is kept of it goes: here, and at all who keep something ([`Belongings`]).
//!
//! The credentials of such an app are kept where those of every other app are.

mod crypto;
mod customer;
mod event;
mod receive;
mod token;

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::app::{Apps, TokenError};
use crate::clock::{Clock, Timestamp};
use crate::dingtalk::{DingTalkError, SuiteApi, SuiteClient};
use crate::secret::{OpenError, Sealer};
use crate::store::Store;

pub use crypto::{CallbackCrypto, Envelope, Rejected};
pub use customer::{Customer, CustomerPage};
pub use event::{Event, EventPage};
pub use receive::ReceiveError;

/// Knows the third-party apps and their customers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Suites {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    store: Store,
    sealer: Arc<Sealer>,
    apps: Apps,
    client: SuiteClient,
    suites: Vec<Suite>,
    belongings: Vec<Arc<dyn Belongings>>,
    tokens: token::Tokens,
}

/// A third-party app.
#[derive(Clone, Debug)]
pub struct Suite {
    /// What we call it.
    pub name: String,
    /// Its key, which is its client id as well.
    pub client_id: String,
    /// Opens what DingTalk pushes to it.
    pub crypto: CallbackCrypto,
    /// By which API it gets tokens.
    pub api: SuiteApi,
}

/// A third-party app as an operator sees it.
#[derive(Clone, Debug)]
pub struct SuiteOverview {
    /// What we call it.
    pub name: String,
    /// Its key.
    pub client_id: String,
    /// When DingTalk pushed the newest ticket, by its clock.
    pub ticket_pushed_at: Option<Timestamp>,
    /// How many organisations have installed it.
    pub customers: i64,
    /// The number of the newest event.
    pub last_event: i64,
}

/// What [`Suites`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is kept.
    pub store: Store,
    /// Seals it.
    pub sealer: Arc<Sealer>,
    /// Has the credentials.
    pub apps: Apps,
    /// Asks DingTalk.
    pub client: SuiteClient,
    /// The third-party apps.
    pub suites: Vec<Suite>,
    /// Who keeps something of customers.
    pub belongings: Vec<Arc<dyn Belongings>>,
}

/// Something that is kept of the customers of third-party apps, and goes with them.
pub trait Belongings: Debug + Send + Sync {
    /// Deletes what is kept of an organisation that has removed an app. DingTalk waits a second and a half for it, so what takes
    /// longer is noted and done later. It may be called again.
    ///
    /// # Errors
    ///
    /// If the database fails; then it is called again.
    fn forget<'a>(&'a self, client_id: &'a str, corp_id: &'a str) -> BoxFuture<'a, sqlx::Result<()>>;
}

/// A third-party app cannot speak for an organisation.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The organisation has not installed it, or has switched it off.
    #[error("the organisation has not installed the third-party app")]
    NotACustomer,
    /// DingTalk has pushed no ticket yet.
    #[error("DingTalk has pushed no ticket for the third-party app yet")]
    NoTicket,
    /// A ticket or an event cannot be opened.
    #[error("what was pushed cannot be opened")]
    Sealed(#[source] OpenError),
    /// The secret cannot be had.
    #[error(transparent)]
    Secret(TokenError),
    /// DingTalk said no, or nothing.
    #[error(transparent)]
    DingTalk(#[from] DingTalkError),
    /// The database failed.
    #[error("the customer could not be read or stored")]
    Store(#[from] sqlx::Error),
}

impl SuiteError {
    /// Returns what DingTalk said, if it said anything.
    pub fn said(&self) -> Option<&DingTalkError> {
        match self {
            Self::DingTalk(error) | Self::Secret(TokenError::DingTalk(error)) => Some(error),
            Self::NotACustomer
            | Self::NoTicket
            | Self::Sealed(_)
            | Self::Secret(TokenError::Secret(_))
            | Self::Store(_) => None,
        }
    }
}

impl Suites {
    /// Makes it, and goes on with what a process left that has ended.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn open(parts: Parts) -> sqlx::Result<Self> {
        let Parts { clock, store, sealer, apps, client, suites, belongings } = parts;
        for suite in &suites {
            store.add_suite(&suite.client_id).await?;
        }
        let tokens = token::Tokens::default();
        let shared = Shared { clock, store, sealer, apps, client, suites, belongings, tokens };
        let opened = Self { shared: Arc::new(shared) };
        for (client_id, corp_id) in opened.shared.store.leaving_customers().await? {
            opened.forget(&client_id, &corp_id).await?;
        }
        Ok(opened)
    }

    /// Finds a third-party app by its name.
    pub fn named(&self, name: &str) -> Option<&Suite> {
        self.shared.suites.iter().find(|suite| suite.name == name)
    }

    /// Finds a third-party app by its client id.
    pub fn of_client(&self, client_id: &str) -> Option<&Suite> {
        self.shared.suites.iter().find(|suite| suite.client_id == client_id)
    }

    /// Describes every third-party app.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn all(&self) -> sqlx::Result<Vec<SuiteOverview>> {
        let mut all = Vec::new();
        for suite in &self.shared.suites {
            all.push(self.overview(suite).await?);
        }
        Ok(all)
    }

    /// Describes a third-party app.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn overview(&self, suite: &Suite) -> sqlx::Result<SuiteOverview> {
        let row = self.shared.store.suite(&suite.client_id).await?;
        Ok(SuiteOverview {
            name: suite.name.clone(),
            client_id: suite.client_id.clone(),
            ticket_pushed_at: row.ticket_pushed_at,
            customers: self.shared.store.count_customers(&suite.client_id).await?,
            last_event: row.last_event,
        })
    }
}

/// The place to which a ticket is sealed.
fn ticket_place(client_id: &str) -> String {
    format!("suites/{client_id}")
}

/// The place to which the data of an event is sealed.
fn event_place(id: &str) -> String {
    format!("suite_events/{id}")
}
