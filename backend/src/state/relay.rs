use std::sync::Arc;

use tokio::task::JoinSet;

use super::AppState;
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, LocalConfig, Mode};
use crate::http::{self, Proxy};
use crate::relay::{Link, Local, Relays, Times};
use crate::secret::Sealer;
use crate::store::Store;

/// What the relay needs beside the rest.
#[derive(Debug)]
pub(super) struct Relay {
    relays: Relays,
    local: Option<Local>,
    _background: JoinSet<()>,
}

impl Relay {
    /// Makes it. A local begins to follow its cloud.
    pub(super) fn new(
        config: &Config,
        clock: &Arc<dyn Clock>,
        store: &Store,
        sealer: &Arc<Sealer>,
    ) -> Result<Self, reqwest::Error> {
        let relays = Relays::new(Arc::clone(clock), store.clone(), Arc::clone(sealer));
        let local = match &config.mode {
            Mode::Alone | Mode::Cloud => None,
            Mode::Local(settings) => {
                let link = link(settings, Arc::clone(clock))?;
                let times = Times { try_for: config.delivery.max_age, keep: config.message.keep };
                Some(Local::new(Arc::clone(clock), store.clone(), Arc::clone(sealer), link, times))
            }
        };
        let mut background = JoinSet::new();
        if let Some(local) = &local {
            let (follower, carrier) = (local.clone(), local.clone());
            background.spawn(async move { follower.follow().await });
            background.spawn(async move { carrier.carry().await });
        }
        Ok(Self { relays, local, _background: background })
    }
}

/// Makes the way of a local to its cloud.
///
/// # Errors
///
/// If the TLS set-up of the machine cannot be used.
pub fn link(settings: &LocalConfig, clock: Arc<dyn Clock>) -> Result<Link, reqwest::Error> {
    let proxy = if settings.is_on_this_machine() { Proxy::None } else { Proxy::FromEnvironment };
    let (cloud, id, key) = (settings.cloud.clone(), settings.id.clone(), settings.key.clone());
    Ok(Link::new(http::client(proxy)?, clock, cloud, id, key))
}

impl AppState {
    /// Returns the locals of this cloud.
    pub fn relays(&self) -> &Relays {
        &self.inner.platform.relay.relays
    }

    /// Returns what a local does, if this is one.
    pub fn local(&self) -> Option<&Local> {
        self.inner.platform.relay.local.as_ref()
    }

    /// Says for an operator how well the cloud is reached; `None` if this is no local.
    pub fn cloud_finding(&self) -> Option<String> {
        let reach = self.local()?.reach();
        let age = |at: Timestamp| self.inner.clock.now().since(at).as_secs();
        let reached = reach.reached_at.map_or_else(|| "never".to_owned(), |at| format!("{} s ago", age(at)));
        Some(match reach.trouble {
            None => format!("cloud: reached {reached}"),
            Some(trouble) => format!("cloud: {trouble}; reached {reached}"),
        })
    }
}
