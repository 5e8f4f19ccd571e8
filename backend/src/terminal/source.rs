//! Where a registration runs: in this process, or on a backend. Both tell the same states.

mod here;
mod there;

use std::path::Path;

use dingtalk_qr_shared::{AppSaved, FlowStarted, FlowUpdate};

use super::trouble::Trouble;
use crate::app::AppName;
use crate::client_id::ClientId;
use crate::secret::ClientSecret;

pub use here::Here;
pub use there::{There, ThereError};

/// Where a registration runs.
#[derive(Debug)]
pub enum Source {
    /// In this process, on the store of its configuration.
    Here(Here),
    /// On a backend that is asked through its API.
    There(There),
}

/// How a flow stands, and the tag by which the next question knows it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) update: FlowUpdate,
    pub(super) tag: String,
}

/// Credentials that somebody entered.
#[derive(Debug)]
pub(super) struct Entered {
    pub(super) client_id: ClientId,
    pub(super) client_secret: ClientSecret,
}

impl Source {
    /// Begins a registration.
    pub(super) async fn begin(&self, name: Option<&AppName>) -> Result<FlowStarted, Trouble> {
        match self {
            Self::Here(here) => here.begin(name).await,
            Self::There(there) => there.begin(name).await,
        }
    }

    /// Waits for a state with another tag, for a while; `None` if there is none.
    pub(super) async fn watch(
        &self,
        flow: &FlowStarted,
        known: Option<&str>,
    ) -> Result<Option<Seen>, Trouble> {
        match self {
            Self::Here(here) => here.watch(flow, known).await,
            Self::There(there) => there.watch(flow, known).await,
        }
    }

    /// Gives a flow up. One that was approved goes on.
    pub(super) async fn cancel(&self, flow: &FlowStarted) -> Result<(), Trouble> {
        match self {
            Self::Here(here) => here.cancel(flow).await,
            Self::There(there) => there.cancel(flow).await,
        }
    }

    /// Keeps credentials that somebody entered, and tries them.
    pub(super) async fn enter(&self, name: Option<&AppName>, entered: &Entered) -> Result<AppSaved, Trouble> {
        match self {
            Self::Here(here) => here.enter(name, entered).await,
            Self::There(there) => there.enter(name, entered).await,
        }
    }

    /// Says how things stand with an app that is kept.
    pub(super) async fn saved(&self, client_id: &str) -> Result<AppSaved, Trouble> {
        match self {
            Self::Here(here) => here.saved(client_id).await,
            Self::There(there) => there.saved(client_id).await,
        }
    }

    /// Returns the secret of an app that is kept.
    pub(super) async fn secret(&self, app: &AppSaved) -> Result<ClientSecret, Trouble> {
        match self {
            Self::Here(here) => here.secret(app).await,
            Self::There(there) => there.secret(app).await,
        }
    }

    /// Returns the folder of the store, if it is on this machine.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Here(here) => here.folder(),
            Self::There(_) => None,
        }
    }

    /// Waits for what is under way: DingTalk may be handing out credentials at this moment.
    pub(super) async fn end(&self) {
        match self {
            Self::Here(here) => here.end().await,
            Self::There(_) => {}
        }
    }
}
