use std::any::Any;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::rc::Rc;

use crate::reactive::on_cleanup;

thread_local! {
    static KEPT: RefCell<Vec<(u32, Rc<dyn Any>)>> = const { RefCell::new(Vec::new()) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Stands for a value until the reactive owner in which it was made is cleaned up. Without an owner, for good.
///
/// leptos's `StoredValue` does the same for values of other threads as well, which shows in the size of the bundle.
pub(crate) struct Handle<T> {
    number: u32,
    of: PhantomData<fn() -> T>,
}

impl<T: 'static> Handle<T> {
    pub(crate) fn new(value: T) -> Self {
        Self::ending(value, |_| ())
    }

    /// Calls `end` when the owner is cleaned up.
    pub(crate) fn ending(value: T, end: fn(&T)) -> Self {
        let number = LAST.get() + 1;
        LAST.set(number);
        KEPT.with_borrow_mut(|kept| kept.push((number, Rc::new(value))));
        let handle = Self { number, of: PhantomData };
        on_cleanup(move || {
            if let Some(value) = handle.get() {
                end(&value);
            }
            forget(number);
        });
        handle
    }

    /// Returns the value, unless it is gone.
    pub(crate) fn get(self) -> Option<Rc<T>> {
        let found = KEPT.with_borrow(|kept| {
            kept.iter().find(|(number, _)| *number == self.number).map(|(_, value)| Rc::clone(value))
        });
        found?.downcast().ok()
    }
}

/// The value is dropped after it was let go: its end may make or end others.
fn forget(number: u32) {
    let gone = KEPT.with_borrow_mut(|kept| {
        kept.iter().position(|(kept, _)| *kept == number).map(|place| kept.swap_remove(place))
    });
    drop(gone);
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> std::fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

#[cfg(test)]
mod tests {
    use reactive_graph::owner::Owner;

    use super::*;

    #[test]
    fn a_value_lives_as_long_as_its_owner() {
        let owner = Owner::new();
        let (first, second) = owner.with(|| (Handle::new("a".to_owned()), Handle::new(7)));
        assert_eq!(first.get().as_deref().map(String::as_str), Some("a"));
        assert_eq!(second.get().as_deref(), Some(&7));

        owner.cleanup();

        assert!(first.get().is_none() && second.get().is_none());
        assert_eq!(Handle::new(8).get().as_deref(), Some(&8));
        assert!(second.get().is_none(), "a number is not used twice");
    }
}
