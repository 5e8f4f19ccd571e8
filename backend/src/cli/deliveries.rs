use anyhow::{Context as _, bail};
use clap::Subcommand;
use dingtalk_qr_backend::app::{Delivery, DeliverySink};
use dingtalk_qr_backend::store::DeliveryState;
use dingtalk_qr_backend::{Config, open_outbox};

use super::say;

/// What can be done to the deliveries of credentials. A server may run meanwhile.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lists the deliveries, newest first: app, sink, state, attempts, last error, message id
    List {
        /// Only those that were given up
        #[arg(long)]
        dead: bool,
    },
    /// Has an app delivered once more; a server that runs does it within half a minute, another one when it starts
    Redeliver {
        /// The name of the app
        app: String,
        /// `env_file` or `webhook`; every sink that is switched on if it is left out
        sink: Option<DeliverySink>,
    },
}

impl Command {
    /// Does it.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (store, outbox) = open_outbox(config).await?;
        match self {
            Self::List { dead } => {
                let all = outbox.all().await.context("the deliveries cannot be read")?;
                let is_wanted = |delivery: &Delivery| !dead || delivery.state == DeliveryState::Dead;
                let wanted = all.iter().filter(|(_, delivery)| is_wanted(delivery));
                wanted.map(|(app, delivery)| line(app, delivery)).try_for_each(|line| say(&line))
            }
            Self::Redeliver { app, sink } => {
                let Some(app) = store.app_named(&app).await.context("the app cannot be read")? else {
                    bail!("there is no app called {app}");
                };
                let sinks = outbox.redeliver(&app.client_id, sink).await.context("nothing was queued")?;
                if sinks.is_empty() {
                    bail!("no such sink is switched on; ENV_FILE and WEBHOOK_URL do that");
                }
                sinks.iter().try_for_each(|sink| say(&format!("queued for {}", sink.as_str())))
            }
        }
    }
}

fn line(app: &str, delivery: &Delivery) -> String {
    let error = delivery.last_error.as_deref().unwrap_or("-");
    let (sink, state) = (delivery.sink.as_str(), delivery.state.as_str());
    [app, sink, state, &delivery.attempts.to_string(), error, &delivery.id].join("\t")
}
