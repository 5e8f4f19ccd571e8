use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use dingtalk_qr_backend::access::SiteOrigin;
use dingtalk_qr_backend::clock::Clock as _;
use dingtalk_qr_backend::config::Mode;
use dingtalk_qr_backend::relay::{Checked, Relays};
use dingtalk_qr_backend::store::RelayRow;
use dingtalk_qr_backend::{Config, SystemClock, Timestamp, open_store, relay_link};

use super::say;

/// What can be done to a relay.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// At the cloud: makes a local, and prints the settings that it needs; the key cannot be shown again
    Create {
        /// What to call it
        name: String,
        /// An origin of its pages, scheme and host; as often as needed
        #[arg(long = "origin", value_name = "ORIGIN", required = true, value_parser = origin)]
        origins: Vec<String>,
    },
    /// At the cloud: lists the locals: name, id, origins, when it asked last (UTC), events that it has not applied
    List,
    /// At the cloud: revokes a local, at once, with all that it has not applied
    Revoke {
        /// Which one
        name: String,
    },
    /// At a local: asks the cloud, and says what keeps them from each other
    Check,
}

impl Command {
    /// Does it. A server may run meanwhile.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        if let Self::Check = self {
            return check(config).await;
        }
        let (store, sealer) = open_store(config).await?;
        let relays = Relays::new(Arc::new(SystemClock), store, sealer);
        match self {
            Self::Create { name, origins } => {
                let Some(relay) = relays.create(&name, &origins).await? else {
                    bail!("there is a local called {name} already");
                };
                say(&format!("RELAY_ID={}", relay.id))?;
                say(&format!("RELAY_KEY={}", relay.key.expose().as_str()))
            }
            Self::List => relays.all().await?.iter().try_for_each(|relay| say(&line(relay))),
            Self::Revoke { name } => {
                if !relays.revoke(&name).await? {
                    bail!("there is no local called {name}");
                }
                Ok(())
            }
            Self::Check => Ok(()),
        }
    }
}

/// Writes an origin as browsers do.
fn origin(text: &str) -> Result<String, String> {
    let origin = SiteOrigin::try_from(text.to_owned()).map_err(|error| error.to_string())?;
    Ok(origin.as_str().to_owned())
}

fn line(relay: &RelayRow) -> String {
    let seen_at = relay.seen_at.map_or_else(|| "never".to_owned(), Timestamp::to_rfc3339);
    [&relay.name, &relay.id, &relay.origins, &seen_at, &relay.backlog.to_string()]
        .map(String::as_str)
        .join("\t")
}

async fn check(config: &Config) -> anyhow::Result<()> {
    let Mode::Local(settings) = &config.mode else {
        bail!("MODE is not local: a local asks, a cloud answers")
    };
    let link = relay_link(settings, Arc::new(SystemClock)).context("the HTTP client cannot be made")?;
    let cloud = settings.cloud.as_str().trim_end_matches('/');
    let checked: Checked = link
        .get("/relay/v1/check", std::time::Duration::ZERO)
        .await
        .with_context(|| format!("{cloud} does not answer as our cloud"))?;
    let apart = SystemClock.now().as_millis().abs_diff(checked.time) / 1000;
    say(&format!(
        "{cloud} knows this local as {}, with pages on {}",
        checked.name,
        checked.origins.join(", ")
    ))?;
    say(&format!("its version is {}, its clock {apart} s from ours", checked.version))?;
    let own = config.server.public_url.origin().ascii_serialization();
    if !checked.origins.contains(&own) {
        bail!("PUBLIC_URL is on {own}, which is none of them: nobody can sign in here");
    }
    Ok(())
}
