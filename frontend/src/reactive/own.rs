#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::task::queue_microtask;

thread_local! {
    /// The effect that runs now.
    static RUNNING: RefCell<Option<Rc<Running>>> = const { RefCell::new(None) };
    /// The effects that run again soon.
    static DUE: RefCell<Vec<Weak<Running>>> = const { RefCell::new(Vec::new()) };
    /// What is to be done at the end of the owner in which something is made now.
    static ENDINGS: RefCell<Vec<Ending>> = const { RefCell::new(Vec::new()) };
}

type Ending = Box<dyn FnOnce()>;

/// What effects follow.
#[derive(Debug, Default)]
pub(crate) struct Trigger(RefCell<Vec<Follower>>);

/// An effect, and in which of its turns it asked.
#[derive(Debug)]
struct Follower {
    effect: Weak<Running>,
    turn: u32,
}

impl Follower {
    /// Returns the effect, unless it has ended or run again since.
    fn effect(&self) -> Option<Rc<Running>> {
        self.effect.upgrade().filter(|effect| effect.turn.get() == self.turn)
    }
}

impl Trigger {
    /// Lets the effect that runs now run again at the next [`notify`](Self::notify).
    pub(crate) fn track(&self) {
        let Some(running) = RUNNING.with_borrow(Clone::clone) else { return };
        let mut followers = self.0.borrow_mut();
        followers.retain(|it| it.effect().is_some_and(|effect| !Rc::ptr_eq(&effect, &running)));
        followers.push(Follower { effect: Rc::downgrade(&running), turn: running.turn.get() });
    }

    pub(crate) fn notify(&self) {
        for follower in self.0.take() {
            if let Some(effect) = follower.effect() {
                effect.run_soon();
            }
        }
    }
}

/// Runs something now and whenever what it follows has changed, until this is dropped.
pub(crate) struct Effect {
    #[expect(dead_code, reason = "held for its Drop")]
    running: Rc<Running>,
}

struct Running {
    run: RefCell<Box<dyn FnMut()>>,
    turn: Cell<u32>,
    is_due: Cell<bool>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

impl Effect {
    pub(crate) fn new(run: Box<dyn FnMut()>) -> Self {
        let running =
            Rc::new(Running { run: RefCell::new(run), turn: Cell::default(), is_due: Cell::default() });
        running.run();
        Self { running }
    }
}

impl Running {
    fn run(self: &Rc<Self>) {
        self.is_due.set(false);
        self.turn.set(self.turn.get().wrapping_add(1));
        let outer = RUNNING.replace(Some(Rc::clone(self)));
        (self.run.borrow_mut())();
        drop(RUNNING.replace(outer));
    }

    /// Runs again after all that runs now, once for all that has changed.
    fn run_soon(self: &Rc<Self>) {
        if self.is_due.replace(true) {
            return;
        }
        DUE.with_borrow_mut(|due| {
            if due.is_empty() && cfg!(not(test)) {
                queue_microtask(Box::new(run_due));
            }
            due.push(Rc::downgrade(self));
        });
    }
}

fn run_due() {
    for effect in DUE.take() {
        // It may have ended meanwhile, by what one before it did.
        if let Some(effect) = effect.upgrade() {
            effect.run();
        }
    }
}

/// Calls `end` at the end of the owner; never without one.
pub(crate) fn on_cleanup(end: impl FnOnce() + 'static) {
    ENDINGS.with_borrow_mut(|endings| endings.push(Box::new(end)));
}

/// Ends what was made in it.
pub(crate) struct Owner(RefCell<Vec<Ending>>);

impl Owner {
    /// Returns what `begin` makes, with its owner.
    pub(crate) fn of<T>(begin: impl FnOnce() -> T) -> (Self, T) {
        let outer = ENDINGS.take();
        let made = begin();
        (Self(RefCell::new(ENDINGS.replace(outer))), made)
    }

    pub(crate) fn end(&self) {
        for end in self.0.take() {
            end();
        }
    }
}
