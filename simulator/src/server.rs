//! Starts and stops the simulator.

use std::io;
use std::ops::Deref;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::connection::{Connection, CuttableListener};
use crate::control::{Control, ControlError};
use crate::routes;
use crate::settings::Options;
use crate::suite::pusher;

/// How long [`Simulator::shutdown`] waits for answers that are under way.
const GRACE: Duration = Duration::from_secs(1);

/// A running simulator, and through [`Deref`] the [`Control`] of its world. Dropping it stops it.
///
/// # Examples
///
/// ```
/// use dingtalk_qr_simulator::{Approval, Options, Simulator};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let simulator = Simulator::start(Options { seed: Some(7), ..Options::default() }).await?;
/// println!("point your client at {}", simulator.url());
///
/// for registration in simulator.registrations() {
///     simulator.approve(&registration.user_code, Approval::default())?;
/// }
/// simulator.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Simulator {
    url: String,
    control: Control,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
    _pusher: JoinSet<()>,
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// [`Options::listen`].
        address: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// One of [`Options::faults`] cannot be played.
    #[error("a fault is wrong")]
    Fault(#[source] ControlError),
}

impl Simulator {
    /// Listens and serves on the current runtime until the simulator is dropped.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or a fault among the options is wrong.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let cannot_listen = |source| StartError::Listen { address: options.listen.clone(), source };
        let listener = TcpListener::bind(&options.listen).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let url = format!("http://{address}");
        let public_url = options.public_url.unwrap_or_else(|| url.clone());
        let public_url = public_url.trim_end_matches('/').to_owned();
        let control = Control::new(public_url, options.seed, options.settings, options.faults)
            .map_err(StartError::Fault)?;

        let (stop, stopped) = oneshot::channel::<()>();
        let service = routes::router(control.clone()).into_make_service_with_connect_info::<Connection>();
        let serve = axum::serve(CuttableListener(listener), service)
            .with_graceful_shutdown(async { drop(stopped.await) });
        let mut pusher = JoinSet::new();
        pusher.spawn(pusher::run(control.clone()));
        Ok(Self { url, control, stop, server: tokio::spawn(serve.into_future()), _pusher: pusher })
    }

    /// Returns the base URL, `http://` address and port, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a handle that other tasks can keep. It does not keep the server running.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Stops listening and waits a moment for answers that are under way.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Deref for Simulator {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}
