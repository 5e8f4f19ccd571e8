use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
#[cfg(feature = "platform")]
use dingtalk_qr_backend::config::Mode;
use dingtalk_qr_backend::config::{LogConfig, LogFormat};
#[cfg(feature = "otel")]
use dingtalk_qr_backend::telemetry::traces::Traces;
use dingtalk_qr_backend::{AppState, Config, SystemClock, router};
use tokio::net::TcpListener;
#[cfg(not(feature = "otel"))]
use tracing_subscriber::layer::Identity;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

#[cfg(feature = "prometheus")]
use super::metrics::Metrics;
use super::say;

/// Serves until the process is told to end.
pub(super) async fn serve(mut config: Config) -> anyhow::Result<()> {
    #[cfg(feature = "otel")]
    let traces = traces(&config)?;
    #[cfg(feature = "otel")]
    init_log(&config.log, traces.as_ref().map(Traces::layer))?;
    #[cfg(not(feature = "otel"))]
    init_log(&config.log, None::<Identity>)?;
    let listen = config.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    config.server.bound_to(listener.local_addr().context("the listener has no address")?);
    if config.are_cookies_lost() {
        tracing::warn!(
            "PUBLIC_URL is http and not on this machine: browsers will not keep anybody signed in"
        );
    }
    #[cfg(feature = "prometheus")]
    let metrics = match config.telemetry.metrics {
        Some(address) => Some(Metrics::open(address).await?),
        None => None,
    };
    let state = AppState::open(config, Arc::new(SystemClock)).await?;
    #[cfg(feature = "prometheus")]
    let _metrics = metrics.map(|metrics| metrics.serve(state.clone())).transpose()?;
    greet(&state)?;
    let service = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let closing = state.clone();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            told_to_end().await;
            closing.engine().close();
            closing.apps().close();
            #[cfg(feature = "platform")]
            closing.messages().close();
            #[cfg(feature = "platform")]
            closing.organisations().close();
        })
        .await
        .context("the server failed")?;
    // Longer than a call may take. The state lives on for it: its last clone ends the work in the background.
    let ended = async {
        state.engine().ended().await;
        state.apps().drained().await;
        #[cfg(feature = "platform")]
        state.messages().drained().await;
        #[cfg(feature = "platform")]
        state.organisations().drained().await;
    };
    if tokio::time::timeout(Duration::from_secs(20), ended).await.is_err() {
        tracing::warn!("a question to DingTalk, or a delivery, was cut off");
    }
    #[cfg(feature = "otel")]
    if let Some(traces) = traces {
        traces.close().await;
    }
    Ok(())
}

/// Prints where the page is. The setup link goes to the standard output and not to the log: it is a secret.
fn greet(state: &AppState) -> anyhow::Result<()> {
    let config = state.config();
    let url = config.server.public_url.as_str().trim_end_matches('/');
    #[cfg(feature = "platform")]
    if let Mode::Local(local) = &config.mode {
        return say(&format!(
            "listening on {url} as a local of {}",
            local.cloud.as_str().trim_end_matches('/')
        ));
    }
    if config.is_open_to_local_pages() {
        return say(&format!("listening on {url} with a simulated DingTalk: open {url}/"));
    }
    let code = state.access().issue_setup_code();
    say(&format!("listening on {url}: open {url}/#setup={} (works once)", code.as_str()))
}

#[cfg(feature = "otel")]
fn traces(config: &Config) -> anyhow::Result<Option<Traces>> {
    let Some(endpoint) = &config.telemetry.traces else { return Ok(None) };
    Traces::to(endpoint, &config.telemetry.service_name).map(Some).context("traces cannot be sent")
}

/// Begins to log, and to tell `also`.
fn init_log(config: &LogConfig, also: Option<impl Layer<Registry> + Send + Sync>) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&config.filter).map_err(|_| anyhow::anyhow!("RUST_LOG is not a filter"))?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => lines.boxed(),
    };
    tracing_subscriber::registry().with(also).with(lines.with_filter(filter)).init();
    Ok(())
}

async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            },
            Err(_) => drop(tokio::signal::ctrl_c().await),
        }
    }
    #[cfg(not(unix))]
    drop(tokio::signal::ctrl_c().await);
}
