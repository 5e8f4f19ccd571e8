use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use dingtalk_qr_backend::config::{LogConfig, LogFormat};
use dingtalk_qr_backend::{AppState, Config, SystemClock, router};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[cfg(feature = "prometheus")]
use super::metrics::Metrics;
use super::say;

/// Serves until the process is told to end.
pub(super) async fn serve(mut config: Config) -> anyhow::Result<()> {
    init_log(&config.log)?;
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
        })
        .await
        .context("the server failed")?;
    // Longer than a call may take. The state lives on for it: its last clone ends the work in the background.
    let ended = async {
        state.engine().ended().await;
        state.apps().drained().await;
    };
    if tokio::time::timeout(Duration::from_secs(20), ended).await.is_err() {
        tracing::warn!("a question to DingTalk, or a delivery, was cut off");
    }
    Ok(())
}

/// Prints where the page is. The setup link goes to the standard output and not to the log: it is a secret.
fn greet(state: &AppState) -> anyhow::Result<()> {
    let config = state.config();
    let url = config.server.public_url.as_str().trim_end_matches('/');
    if config.is_open_to_local_pages() {
        return say(&format!("listening on {url} with a simulated DingTalk: open {url}/"));
    }
    let code = state.access().issue_setup_code();
    say(&format!("listening on {url}: open {url}/#setup={} (works once)", code.as_str()))
}

fn init_log(config: &LogConfig) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&config.filter).map_err(|_| anyhow::anyhow!("RUST_LOG is not a filter"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.format {
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).init(),
        LogFormat::Text => builder.init(),
    }
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
