//! What the tests share: a backend with its own DingTalk, its own folder and its own time.

#![expect(clippy::unwrap_used, reason = "a test helper that fails should fail the test")]
#![expect(clippy::missing_panics_doc, reason = "they all may, for that is how a test fails")]

mod app;
mod clock;
mod exchange;
mod login;
mod messaging;
mod organised;
mod postgres;
mod process;
mod receiver;
mod relay;
mod scrape;
mod suite;

pub use app::{Flow, Replica, TestApp, TestOptions, database};
pub use clock::ManualClock;
pub use exchange::{Answer, Call};
pub use login::{
    Browser, OWN, SHOP, form_token, login_options, numbers, numbers_in, query_of, scan_path, token_in,
};
pub use messaging::{Messaging, message_key, messaging_options};
pub use organised::{Organised, organised, pages};
pub use postgres::Postgres;
pub use process::{Program, binary, run};
pub use receiver::{Message, Reaction, Receiver};
pub use relay::{INTRANET, LocalApp, Relay, Way};
pub use scrape::Scrape;
pub use suite::{
    AES_KEY, CALLBACK_TOKEN, Listening, SUITE_KEY, SUITE_SECRET, record, suite_options, with_suite,
    with_two_customers,
};

/// The content type of every call with a body.
pub const JSON: &str = "application/json";
