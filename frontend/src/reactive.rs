//! Effects, the triggers that they follow, and owners whose end ends what was made in them.
//!
//! In an application of leptos they are leptos's, so that its signals and ours move each other. In the element nobody
//! else's signals are there to be followed: effects of one thread, without names, priorities or memos, are a tenth of the code.

#[cfg(any(feature = "leptos", not(feature = "element")))]
mod leptos;
#[cfg(any(all(feature = "element", not(feature = "leptos")), test))]
mod own;

#[cfg(all(feature = "element", feature = "leptos"))]
pub(crate) use leptos::Owner;
#[cfg(any(feature = "leptos", not(feature = "element")))]
pub(crate) use leptos::{Effect, Trigger, on_cleanup};
#[cfg(all(feature = "element", not(feature = "leptos")))]
pub(crate) use own::{Effect, Owner, Trigger, on_cleanup};
