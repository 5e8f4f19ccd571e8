//! A panel that shows a DingTalk QR and follows the registration behind it.
//!
//! - [`DingTalkQr`] is the finished panel; it needs `style.css` on the page.
//! - [`use_flow()`] is the same without a face: draw your own from [`Phase`] and [`Connection`].
//!
//! The browser holds no secret of DingTalk and decides nothing: it shows what the backend says.

mod api;
mod clipboard;
mod connection;
mod countdown;
mod cut;
mod digits;
mod dom;
mod el;
#[cfg(feature = "element")]
pub mod element;
mod handle;
mod icon;
mod intl;
mod listener;
mod manual;
mod messages;
mod method;
mod panel;
mod phase;
mod poll;
mod qr;
mod reactive;
mod resume;
mod task;
mod tracked;
mod use_flow;
mod web_link;
#[cfg(feature = "leptos")]
pub mod widget;
pub mod wire;

pub use api::{Api, ApiError};
pub use connection::Connection;
pub use messages::{Language, Text, Texts};
pub use method::Method;
pub use phase::{Event, Failure, Phase, Prompt, WorkspaceFailure};
pub use use_flow::{FlowOptions, Greeting, Job, Login, UseFlow, use_flow};
#[cfg(feature = "leptos")]
pub use widget::{DingTalkLogin, DingTalkQr, Overrides, Panel, Tokens};

/// Compiles the examples of the document.
#[cfg(doctest)]
#[doc = include_str!("../../docs/leptos.md")]
mod embedding {}
