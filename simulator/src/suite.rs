//! Third-party apps ("suites"), and what is pushed to them.

mod crypto;
pub(crate) mod pusher;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crypto::{CallbackCrypto, CallbackError, Wrong};

/// A third-party app: the body of `POST /_sim/suites`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Its key, which is its client id as well.
    pub suite_key: String,
    /// Its secret.
    pub suite_secret: String,
    /// Where to push to.
    pub callback_url: String,
    /// Signs what is pushed.
    pub token: String,
    /// Encrypts it: 43 letters and digits.
    pub aes_key: String,
}

/// A third-party app as it stands: a row of `GET /_sim/suites`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuiteSummary {
    /// Its key.
    pub suite_key: String,
    /// Where pushes go.
    pub callback_url: String,
    /// The ticket that counts at this moment.
    pub ticket: String,
    /// Who has installed it.
    pub customers: Vec<Customer>,
}

/// An organisation that has installed a third-party app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// The organisation.
    pub corp_id: String,
    /// Number of the app in it.
    pub agent_id: u64,
    /// Whether it is switched on.
    pub enabled: bool,
}

/// Something to push: the body of `POST /_sim/suites/{suite_key}/pushes`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Push {
    /// The records of one message.
    pub records: Vec<Record>,
    /// A message that is none of records, as it is.
    pub event: Option<Value>,
    /// How it is sent.
    pub manner: Manner,
}

/// One record of a message.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// The organisation.
    pub corp_id: String,
    /// What it is about, such as 13 for people.
    pub biz_type: i64,
    /// Names what changed.
    pub biz_id: String,
    /// What is said about it.
    pub biz_data: Value,
}

/// How a push is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manner {
    /// Spelling of the query.
    pub spelling: Spelling,
    /// Shape of `biz_data`.
    pub data: DataShape,
    /// When it says that it was made, in milliseconds since 1970; otherwise when it is sent.
    pub timestamp_ms: Option<u64>,
    /// What is wrong with it.
    pub wrong: Option<Wrong>,
    /// How many bytes the plaintext is filled up with, 1 to 32; otherwise as many as it takes.
    pub pad: Option<u8>,
    /// How often it comes; 0 is once.
    pub times: u32,
}

/// Spelling of the query of a push.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// `msg_signature`, `timestamp`.
    #[default]
    Current,
    /// `signature`, `timeStamp`.
    Old,
}

/// Shape of `biz_data` in a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataShape {
    /// An object, written into a string.
    #[default]
    Text,
    /// An object.
    Object,
}

/// What became of a push: a row of `GET /_sim/suites/{suite_key}/pushes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushSummary {
    /// What it says in short: `check_url`, or the words of its records.
    pub about: String,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether it was answered as it should be.
    pub acknowledged: bool,
    /// What was wrong with the last answer.
    pub error: Option<String>,
}
