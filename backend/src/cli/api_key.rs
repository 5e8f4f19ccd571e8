use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use cookie::time::OffsetDateTime;
use dingtalk_qr_backend::access::{Access, ApiKey, Scope, Scopes};
use dingtalk_qr_backend::{Config, SystemClock, open_store};

use super::say;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes an API key and prints it; it cannot be shown again
    Create {
        /// What to call it
        name: String,
        /// What it may do, as often as needed; what it usually may if it is left out. `api-key scopes` lists them
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
    },
    /// Lists the API keys: name, the day each was made (UTC), scopes
    List,
    /// Revokes an API key
    Revoke {
        /// Which one
        name: String,
    },
    /// Lists the scopes, and what each allows
    Scopes,
}

impl Command {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let access = async || -> anyhow::Result<Access> {
            let (store, _) = open_store(config).await?;
            Ok(Access::new(Arc::new(SystemClock), store))
        };
        match self {
            Self::Create { name, scopes } => {
                let scopes = if scopes.is_empty() { Scopes::usual() } else { scopes.into_iter().collect() };
                match access().await?.create_scoped_api_key(&name, &scopes).await? {
                    Some(key) => say(&key),
                    None => bail!("there is an API key called {name} already"),
                }
            }
            Self::List => access().await?.api_keys().await?.iter().try_for_each(|key| say(&line(key)?)),
            Self::Revoke { name } => {
                if !access().await?.revoke_api_key(&name).await? {
                    bail!("there is no API key called {name}");
                }
                Ok(())
            }
            Self::Scopes => Scope::ALL
                .into_iter()
                .try_for_each(|scope| say(&format!("{:<20} {}", scope.as_str(), scope.meaning()))),
        }
    }
}

fn line(key: &ApiKey) -> anyhow::Result<String> {
    let seconds = key.created_at.as_millis().div_euclid(1000);
    let day = OffsetDateTime::from_unix_timestamp(seconds).context("a key has no date")?.date();
    Ok(format!("{}\t{day}\t{}", key.name, key.scopes))
}
