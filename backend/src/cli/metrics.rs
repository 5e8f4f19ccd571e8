//! The metrics, on an address of their own.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use dingtalk_qr_backend::{AppState, telemetry};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How often the recorder puts what it collected in order, whether or not somebody looks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Metrics that are recorded but not served yet.
#[derive(Debug)]
pub(super) struct Metrics {
    listener: TcpListener,
    handle: PrometheusHandle,
}

impl Metrics {
    /// Takes the address and begins to record.
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot serve metrics on {address}"))?;
        let recorder = telemetry::prometheus::recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| anyhow::anyhow!("there is another recorder"))?;
        telemetry::describe();
        Ok(Self { listener, handle })
    }

    /// Serves them for as long as the set lives.
    pub(super) fn serve(self, state: AppState) -> anyhow::Result<JoinSet<()>> {
        let Self { listener, handle } = self;
        let address = listener.local_addr().context("the listener of the metrics has no address")?;
        tracing::info!(metrics.address = %address, "metrics are served");
        let mut tasks = JoinSet::new();
        tasks.spawn({
            let handle = handle.clone();
            async move {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    handle.run_upkeep();
                }
            }
        });
        let page = async move || {
            state.measure().await;
            ([(header::CONTENT_TYPE, telemetry::prometheus::CONTENT_TYPE)], handle.render())
        };
        let router = Router::new().route("/metrics", get(page));
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "metrics are served no more");
            }
        });
        Ok(tasks)
    }
}
