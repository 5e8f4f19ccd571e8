use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Ctrl-C, taken as a wish instead of an end. One that came while nobody waited is not lost.
#[derive(Debug)]
pub(super) struct Interrupts {
    pressed: Arc<Notify>,
    _listener: JoinSet<()>,
}

impl Interrupts {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        let pressed = Arc::new(Notify::new());
        let mut listener = JoinSet::new();
        listener.spawn({
            let pressed = Arc::clone(&pressed);
            async move {
                while tokio::signal::ctrl_c().await.is_ok() {
                    pressed.notify_one();
                }
            }
        });
        Self { pressed, _listener: listener }
    }

    /// Forgets one that nobody waited for: it was meant for what came before.
    pub(super) fn forget(&self) {
        self.pressed.notified().now_or_never();
    }

    /// Waits for it.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the wait and has no other effect.
    pub(super) async fn next(&self) {
        self.pressed.notified().await;
    }
}
