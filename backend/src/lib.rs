//! Backend of the DingTalk QR widget: holds every secret and talks to DingTalk.
//!
//! [`router`] is an axum router to serve or to nest; [`AppState`] is what it needs. The parts, from the outside in:
//! `routes` → [`registration`], [`login`], [`session`], [`identity`], [`organisation`], [`message`], [`account`], [`app`], [`access`] → [`flow`], [`signing`], [`store`], [`dingtalk`] → `http`, [`secret`], [`clock`].
//!
//! The feature `login`, on by default, is signing in. Without it there are registrations and apps only. `platform` adds messages,
//! organisations and the relay. `prometheus` and `otel` make of what is measured, and of spans, what Prometheus and OpenTelemetry
//! read. `terminal` is the wizard of `dingtalk-qr register`.

pub mod access;
#[cfg(feature = "login")]
pub mod account;
pub mod app;
mod causes;
pub mod client_id;
pub mod clock;
pub mod config;
pub mod dingtalk;
pub mod doctor;
pub mod error;
pub mod flow;
mod http;
#[cfg(feature = "login")]
pub mod identity;
#[cfg(feature = "login")]
pub mod login;
#[cfg(feature = "platform")]
pub mod message;
#[cfg(feature = "platform")]
pub mod organisation;
pub mod qr;
pub mod registration;
#[cfg(feature = "platform")]
pub mod relay;
mod routes;
pub mod secret;
#[cfg(feature = "login")]
pub mod session;
pub mod signing;
mod state;
pub mod store;
#[cfg(feature = "platform")]
pub mod suite;
pub mod telemetry;
#[cfg(feature = "terminal")]
pub mod terminal;

pub use clock::{Clock, SystemClock, Timestamp};
pub use config::{Config, ConfigError};
#[cfg(feature = "login")]
pub use routes::{CurrentUser, NotSignedIn};
pub use routes::{document, router};
pub use state::{AppState, Kept, OpenError, open_doctor, open_outbox, open_store};
#[cfg(feature = "platform")]
pub use state::{open_messages, open_organisations, relay_link};
