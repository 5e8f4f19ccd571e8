use std::sync::Arc;

use anyhow::bail;
use clap::Subcommand;
use dingtalk_qr_backend::access::Access;
use dingtalk_qr_backend::{Config, SystemClock, open_store};

use super::say;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes an API key and prints it; it cannot be shown again
    Create {
        /// What to call it
        name: String,
    },
    /// Lists the names of the API keys
    List,
    /// Revokes an API key
    Revoke {
        /// Which one
        name: String,
    },
}

impl Command {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (store, _) = open_store(config).await?;
        let access = Access::new(Arc::new(SystemClock), store);
        match self {
            Self::Create { name } => match access.create_api_key(&name).await? {
                Some(key) => say(&key),
                None => bail!("there is an API key called {name} already"),
            },
            Self::List => access.api_keys().await?.iter().try_for_each(|key| say(&key.name)),
            Self::Revoke { name } => {
                if !access.revoke_api_key(&name).await? {
                    bail!("there is no API key called {name}");
                }
                Ok(())
            }
        }
    }
}
