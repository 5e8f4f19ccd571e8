use std::future::Future;
use std::pin::Pin;

use any_spawner::Executor;
use futures_util::future::{AbortHandle, abortable};

/// A future of any kind: boxed, all share the code that runs and drops them.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A running future that ends when this is dropped, and with it its timers and requests.
pub(crate) struct Task(AbortHandle);

impl Task {
    pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let future: Boxed<'static, ()> = Box::pin(future);
        let (future, handle) = abortable(future);
        spawn(async move { _ = future.await });
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs `future` to its end, whoever is still there.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Boxed<'static, ()> = Box::pin(future);
    Executor::spawn_local(future);
}

/// Runs `task` after all that runs now, and before the page is drawn.
pub(crate) fn queue_microtask(task: impl FnOnce() + 'static) {
    spawn(async { task() });
}
