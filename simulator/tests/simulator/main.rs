//! The simulator over HTTP, as its users see it.
#![expect(clippy::unwrap_used, reason = "in a helper of a test, too, a failure is a failed test")]

mod authorize;
mod callback;
mod control;
mod directory;
mod faults;
mod jsapi;
mod options;
mod organisations;
mod pages;
mod people;
mod program;
mod registration;
mod sign_in;
mod support;
mod tokens;
mod user_tokens;
