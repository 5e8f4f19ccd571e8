//! Signing in with DingTalk: four doors, one flow, one result.
//!
//! 1. [`Logins::begin`] begins a flow and notes who asks. Which door it is decides what comes next:
//!    - *redirect*: the browser goes to DingTalk and comes back ([`Logins::go`], [`Logins::returned`]);
//!    - *QR*: a phone does, and its person then picks the number that the page shows ([`Logins::phone`]);
//!    - *frame*: DingTalk's page in a frame gives the code to the backend's own page around it ([`Logins::framed_code`]);
//!    - *workspace*: DingTalk's script gives the page a code ([`Logins::workspace_code`]).
//! 2. `identify` asks DingTalk who it is, and [`crate::identity`] whether they may come in.
//! 3. What binds the answer to the page that asked differs: the cookie of its browser, the number, or its poll token.
//!    Only then the flow is told, and with it the page.
//! 4. The page has a ticket then ([`Logins::ticket`]), good once and for a minute: for a session, or for the embedder.

mod asker;
mod authorization;
mod begin;
mod choice;
mod driver;
mod error;
mod identify;
#[cfg(feature = "platform")]
mod member;
mod number;
mod phone;
mod ticket;

use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use crate::account::Accounts;
use crate::app::Apps;
use crate::clock::Clock;
use crate::dingtalk::{DirectoryClient, OAuthClient};
use crate::flow::{Engine, Status, Step};
use crate::identity::People;
use crate::secret::{Presented, Sealer, digest};
use crate::store::{LoginRow, Store, UserRow};

pub use asker::{Asker, browser_in_words};
pub use authorization::{Again, Answer, Arrived, Failed};
pub use begin::{Begin, Begun, Method};
pub use driver::LoginDriver;
pub use error::LoginError;
#[cfg(feature = "platform")]
pub use member::MemberId;
pub use phone::{Asking, Choosing, PhoneView};
pub use ticket::Redeemed;

/// Runs the logins. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Logins {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    store: Store,
    sealer: Arc<Sealer>,
    engine: Engine,
    apps: Apps,
    accounts: Accounts,
    people: People,
    oauth: OAuthClient,
    directory: DirectoryClient,
    settings: Settings,
}

/// What [`Logins`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is kept.
    pub store: Store,
    /// Makes and checks tokens.
    pub sealer: Arc<Sealer>,
    /// Runs the flows; it has a [`LoginDriver`].
    pub engine: Engine,
    /// The apps.
    pub apps: Apps,
    /// Asks DingTalk for them.
    pub accounts: Accounts,
    /// The people.
    pub people: People,
    /// DingTalk's sign-in page.
    pub oauth: OAuthClient,
    /// The organisations.
    pub directory: DirectoryClient,
    /// The settings.
    pub settings: Settings,
}

/// How people sign in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach the backend, without a slash at the end.
    pub public_url: String,
    /// Where DingTalk sends them back to.
    pub callback: String,
    /// DingTalk's script for the workspace.
    pub script_url: String,
    /// How long a login may take.
    pub lifetime: Duration,
    /// Live logins from one address.
    pub live_per_peer: usize,
    /// Live logins for one site.
    pub live_per_site: usize,
    /// Whether DingTalk has to tell the organisation, because not all may come in.
    pub wants_corp: bool,
}

impl Logins {
    /// Names the kind of flow.
    pub const KIND: &'static str = "login";

    /// Makes it.
    pub fn new(parts: Parts) -> Self {
        let Parts { clock, store, sealer, engine, apps, accounts, people, oauth, directory, settings } =
            parts;
        let shared =
            Shared { clock, store, sealer, engine, apps, accounts, people, oauth, directory, settings };
        Self { shared: Arc::new(shared) }
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Returns the origin of DingTalk's sign-in page.
    pub fn login_origin(&self) -> String {
        self.shared.oauth.login_origin()
    }

    /// Finds a login whose page proves that it began it, and that is not over.
    async fn owned(
        &self,
        flow_id: &FlowId,
        token: &Presented,
        method: Method,
    ) -> Result<LoginRow, LoginError> {
        self.shared.engine.prove(flow_id, token)?;
        let login = self.shared.store.login(flow_id.as_str()).await?.ok_or(LoginError::NotFound)?;
        if login.method != method.name() {
            return Err(LoginError::NotFound);
        }
        self.live(&login).await.map(|_| login)
    }

    /// Returns the flow of a login that is not over.
    async fn live(&self, login: &LoginRow) -> Result<FlowId, LoginError> {
        let (flow_id, status) = self.standing(login).await?;
        if status.is_ended() { Err(LoginError::Ended) } else { Ok(flow_id) }
    }

    /// Returns the flow of a login, and where it stands.
    async fn standing(&self, login: &LoginRow) -> Result<(FlowId, Status), LoginError> {
        let flow_id = FlowId::try_from(login.flow_id.clone()).map_err(|_| LoginError::NotFound)?;
        let status = self.shared.engine.standing(&flow_id).await?;
        Ok((flow_id, status))
    }

    /// Finds the person whom DingTalk has named.
    async fn user(&self, user_id: &str) -> Result<UserRow, LoginError> {
        self.shared.people.user(user_id).await?.ok_or(LoginError::NotFound)
    }

    /// Confirms that the person is who DingTalk says, to the page that asked.
    async fn authenticate(&self, flow_id: &FlowId, user: UserRow) -> Result<(), LoginError> {
        let user_id = user.id.clone();
        match self.shared.engine.tell(flow_id, Step::Authenticated(user.into())).await? {
            Status::Authenticated(_) => {
                tracing::info!(flow.id = %flow_id, user.id = user_id, "signed in");
                Ok(())
            }
            Status::Pending
            | Status::Scanned { .. }
            | Status::Creating
            | Status::ApprovalPending { .. }
            | Status::Created(_)
            | Status::Denied { .. }
            | Status::Expired
            | Status::Cancelled
            | Status::Failed { .. } => Err(LoginError::Ended),
        }
    }
}

/// What is stored of a browser's cookie.
fn browser_digest(cookie: &Presented) -> String {
    digest(&["browser", cookie.expose()])
}

fn state_digest(state: &Presented) -> String {
    digest(&["state", state.expose()])
}

fn proof_digest(proof: &Presented) -> String {
    digest(&["proof", proof.expose()])
}
