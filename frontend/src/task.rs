//! What takes several turns of the event loop: steps that follow each other, each with what it waits for.
//!
//! Not `async fn`s: the state that each of those keeps while it waits is several times the code of a closure.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::dom::window;

/// A future of any kind: boxed, all share the code that runs and drops them.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What is waited for, and what comes then.
pub(crate) enum Step {
    /// Nothing.
    End,
    Future(Boxed<'static, Self>),
    /// So many milliseconds.
    Sleep(u32, Next),
}

type Next = Box<dyn FnOnce() -> Step>;

impl Step {
    /// Waits for `future` and goes on with what `next` makes of its output.
    pub(crate) fn after<T: 'static>(future: Boxed<'static, T>, next: Box<dyn FnOnce(T) -> Self>) -> Self {
        Self::Future(Box::pin(After { future, next: Some(next) }))
    }

    /// Goes on to the end, whoever is still there.
    pub(crate) fn run(self) {
        go_on(enter(Job::Running), self);
    }
}

/// An `async` block that waits for one future has twice the code.
struct After<T> {
    future: Boxed<'static, T>,
    next: Option<Box<dyn FnOnce(T) -> Step>>,
}

impl<T> Future for After<T> {
    type Output = Step;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Step> {
        let Poll::Ready(output) = self.future.as_mut().poll(context) else { return Poll::Pending };
        Poll::Ready(self.next.take().map_or(Step::End, |next| next(output)))
    }
}

/// Steps on their way. They end when this is dropped, and with them their timers and requests.
pub(crate) struct Task(u32);

impl Task {
    /// Takes the first step after all that runs now.
    pub(crate) fn begin(first: Next) -> Self {
        let number = enter(Job::Waits(Box::pin(async { first() })));
        wake(number);
        Self(number)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        leave(self.0);
    }
}

/// Where some steps are.
#[expect(dead_code, reason = "a timer is held for its Drop")]
enum Job {
    Running,
    Waits(Boxed<'static, Step>),
    Sleeps(Timeout),
}

thread_local! {
    static JOBS: RefCell<Vec<(u32, Job)>> = const { RefCell::new(Vec::new()) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

fn enter(job: Job) -> u32 {
    let number = LAST.get() + 1;
    LAST.set(number);
    JOBS.with_borrow_mut(|jobs| jobs.push((number, job)));
    number
}

/// Puts `job` into its place and returns what was there; nothing if it has ended meanwhile. Whichever goes is dropped when
/// the list is free again: its end may begin or end others.
fn replace(number: u32, job: Job) -> Option<Job> {
    let mut job = Some(job);
    JOBS.with_borrow_mut(|jobs| {
        let (_, known) = jobs.iter_mut().find(|(known, _)| *known == number)?;
        Some(mem::replace(known, job.take()?))
    })
}

fn leave(number: u32) {
    let gone = JOBS.with_borrow_mut(|jobs| {
        let place = jobs.iter().position(|(known, _)| *known == number);
        place.map(|place| jobs.swap_remove(place))
    });
    drop(gone);
}

fn go_on(number: u32, mut step: Step) {
    loop {
        let job = match step {
            Step::End => return leave(number),
            Step::Sleep(millis, next) => Job::Sleeps(Timeout::new(millis, move || {
                let timer = replace(number, Job::Running);
                if timer.is_some() {
                    go_on(number, next());
                }
            })),
            Step::Future(mut future) => {
                let waker = Waker::from(Arc::new(Wakeup(number)));
                match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    Poll::Ready(next) if replace(number, Job::Running).is_some() => {
                        step = next;
                        continue;
                    }
                    Poll::Ready(_) => return,
                    Poll::Pending => Job::Waits(future),
                }
            }
        };
        drop(replace(number, job));
        return;
    }
}

struct Wakeup(u32);

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        wake(self.0);
    }
}

fn wake(number: u32) {
    queue_microtask(Box::new(move || match replace(number, Job::Running) {
        Some(Job::Waits(future)) => go_on(number, Step::Future(future)),
        // It was woken by what it does not wait for any more.
        Some(job) => drop(replace(number, job)),
        None => {}
    }));
}

thread_local! {
    static QUEUE: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
    static RUN_QUEUE: Closure<dyn FnMut()> = Closure::new(|| {
        for task in QUEUE.take() {
            task();
        }
    });
}

/// Runs `task` after all that runs now, and before the page is drawn.
pub(crate) fn queue_microtask(task: Box<dyn FnOnce()>) {
    let is_first = QUEUE.with_borrow_mut(|queue| {
        queue.push(task);
        queue.len() == 1
    });
    if is_first {
        RUN_QUEUE.with(|run| window().queue_microtask(run.as_ref().unchecked_ref()));
    }
}

/// What a promise comes to.
pub(crate) type Settled = Result<JsValue, JsValue>;

/// Waits for a promise.
pub(crate) fn settled(promise: Promise) -> Boxed<'static, Settled> {
    Box::pin(JsFuture::from(promise))
}
