use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A future of any kind: boxed, all share the code that runs and drops them.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A running future that ends when this is dropped, and with it its timers and requests.
pub(crate) struct Task(Rc<Slot>);

/// The future of a task, until it has ended.
struct Slot {
    future: RefCell<Option<Boxed<'static, ()>>>,
    is_ended: Cell<bool>,
}

impl Task {
    pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        Self::run(Box::pin(future))
    }

    fn run(future: Boxed<'static, ()>) -> Self {
        let slot = Rc::new(Slot { future: RefCell::new(Some(future)), is_ended: Cell::default() });
        let running = Rc::clone(&slot);
        spawn(poll_fn(move |context| {
            let mut future = running.future.borrow_mut();
            let is_pending = future.as_mut().is_some_and(|it| it.as_mut().poll(context).is_pending());
            if is_pending && !running.is_ended.get() {
                return Poll::Pending;
            }
            *future = None;
            Poll::Ready(())
        }));
        Self(slot)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.is_ended.set(true);
        // It is borrowed while it drops its own task; then it ends when it next waits.
        if let Ok(mut future) = self.0.future.try_borrow_mut() {
            drop(future.take());
        }
    }
}

/// Runs `future` to its end, whoever is still there.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Boxed<'static, ()> = Box::pin(future);
    spawn_local(future);
}

/// Runs `task` after all that runs now, and before the page is drawn.
pub(crate) fn queue_microtask(task: Box<dyn FnOnce()>) {
    spawn(async { task() });
}

/// Waits for so many milliseconds; the timer ends with the future.
pub(crate) fn sleep(millis: u32) -> Boxed<'static, ()> {
    wait(millis, |_| ())
}

/// Waits until `also` has called its argument, or for so many milliseconds.
pub(crate) fn wait(millis: u32, also: impl FnOnce(&Function)) -> Boxed<'static, ()> {
    let mut timer = None;
    let mut also = Some(also);
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(also) = also.take() {
            also(&resolve);
        }
        timer = Some(Timeout::new(millis, move || drop(resolve.call0(&JsValue::UNDEFINED))));
    });
    Box::pin(async move {
        drop(JsFuture::from(promise).await);
        drop(timer);
    })
}
