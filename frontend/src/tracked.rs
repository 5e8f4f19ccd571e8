use std::cell::RefCell;

use crate::reactive::Trigger;

/// A value that effects follow.
///
/// leptos's signals do the same, but every type of value in a signal costs some kilobytes of code; here all share the one
/// trigger.
#[derive(Debug, Default)]
pub(crate) struct Tracked<T> {
    value: RefCell<T>,
    trigger: Trigger,
}

impl<T> Tracked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: RefCell::new(value), trigger: Trigger::default() }
    }

    /// Reads the value; the effect that asks runs again when it has changed.
    pub(crate) fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        self.trigger.track();
        self.peek(read)
    }

    /// Reads the value of the moment.
    pub(crate) fn peek<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.value.borrow())
    }
}

impl<T: Clone> Tracked<T> {
    pub(crate) fn get(&self) -> T {
        self.with(T::clone)
    }

    pub(crate) fn now(&self) -> T {
        self.peek(T::clone)
    }
}

impl<T> Tracked<T> {
    /// Lets all that follow run again, whatever the value was.
    pub(crate) fn put(&self, value: T) {
        self.value.replace(value);
        self.trigger.notify();
    }
}

impl<T: PartialEq> Tracked<T> {
    /// Returns whether the value is another one now.
    pub(crate) fn set(&self, value: T) -> bool {
        let is_new = *self.value.borrow() != value;
        if is_new {
            self.put(value);
        }
        is_new
    }
}
