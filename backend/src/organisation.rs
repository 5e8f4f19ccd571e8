//! Organisations: their departments and members, as DingTalk shows them to an app.
//!
//! A run brings what is kept up to date. It is a row that one process at a time has, and every call commits what it brought, so a
//! run goes on where it was after a crash, and holds no more in memory than one answer.
//!
//! 1. [`Organisations::start`] begins one. [`Organisations::run`] takes it, for as many calls as a second may have.
//! 2. The app's range says from which departments to set out, and who is to be asked for beside them.
//! 3. Of each department it reads what is below it, then its members: all of them, or only their ids, to compare
//!    (`SyncMode::Incremental`).
//! 4. Who is in no department afterwards is asked for alone. Only if DingTalk does not know them are they gone, and signed out.
//!
//! DingTalk tells of no change when it is asked, so a run compares. Of what events tell is a row each, until [`Organisations::run`]
//! has applied it ([`Organisations::apply`]).

mod error;
mod look_up;
mod page;
mod patience;
mod pending;
mod read;
mod runner;
mod step;
mod sync;

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::account::Accounts;
use crate::clock::Clock;
use crate::dingtalk::DirectoryClient;
use crate::session::Sessions;
use crate::store::Store;

pub use error::{LookUpError, StartError};
pub use look_up::Change;
pub use page::{Cursor, InvalidCursor, Page};
pub use sync::Progress;

/// Keeps organisations, and brings them up to date. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Organisations {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    parts: Parts,
    /// Woken when there is a run to take.
    queued: Notify,
    /// Becomes `true` when the process wants to end.
    closing: watch::Sender<bool>,
    /// Runs that this process has taken.
    taken: watch::Sender<usize>,
}

/// What organisations need.
#[derive(Debug)]
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where they are kept.
    pub store: Store,
    /// Who asks for them.
    pub accounts: Accounts,
    /// Who is asked.
    pub directory: DirectoryClient,
    /// Those of members who are gone end.
    pub sessions: Sessions,
    /// How often DingTalk may be asked for one organisation.
    pub calls_per_second: usize,
}

impl Organisations {
    /// Makes it.
    pub fn new(parts: Parts) -> Self {
        let (closing, taken) = (watch::Sender::new(false), watch::Sender::new(0));
        Self { shared: Arc::new(Shared { parts, queued: Notify::new(), closing, taken }) }
    }

    /// Lets [`Organisations::run`] ask no more. For the end of the process.
    pub fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Waits until no run is taken.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub async fn drained(&self) {
        // The sender lives as long as the organisations.
        self.shared.taken.subscribe().wait_for(|taken| *taken == 0).await.ok();
    }

    /// Forgets an organisation: its departments, its members, and the run that may be under way. People who have signed in stay
    /// signed in. Returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was forgotten.
    pub async fn forget(&self, corp_id: &str) -> sqlx::Result<bool> {
        let is_gone = self.shared.parts.store.delete_organisation(corp_id).await?;
        if is_gone {
            tracing::info!(organisation.corp_id = corp_id, "organisation forgotten");
        }
        Ok(is_gone)
    }
}
