use anyhow::Context as _;
use clap::Subcommand;
use dingtalk_qr_backend::{Config, open_store};

use super::say;

/// What can be done to the sessions of people.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Throws the keys away that signed them: everybody has to sign in again
    EndAll,
}

impl Command {
    /// Does it. A server that runs meanwhile makes a new key for the next session.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (store, _) = open_store(config).await?;
        match self {
            Self::EndAll => store.delete_session_keys().await.context("the sessions cannot be ended")?,
        }
        say("every session has ended")
    }
}
