//! Backend of the DingTalk QR widget: holds every secret and talks to DingTalk.
//!
//! [`router`] is an axum router to serve or to nest; [`AppState`] is what it needs. The parts, from the outside in:
//! `routes` → [`registration`], [`login`], [`session`], [`identity`], [`app`], [`access`] → [`flow`], [`store`], [`dingtalk`] → `http`, [`secret`], [`clock`].

pub mod access;
pub mod app;
pub mod client_id;
pub mod clock;
pub mod config;
pub mod dingtalk;
pub mod error;
pub mod flow;
mod http;
pub mod identity;
pub mod login;
pub mod qr;
pub mod registration;
mod routes;
pub mod secret;
pub mod session;
mod state;
pub mod store;

pub use clock::{Clock, SystemClock, Timestamp};
pub use config::{Config, ConfigError};
pub use routes::{CurrentUser, NotSignedIn, document, router};
pub use state::{AppState, OpenError, open_store};
