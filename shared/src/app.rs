use serde::{Deserialize, Serialize};

use crate::ErrorCode;
use crate::flow::is_false;

/// An app was entered by hand, or claimed, and its credentials are stored.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AppSaved {
    /// The name under which the backend keeps the app.
    pub app: String,
    /// The app's client id (DingTalk also says `AppKey`).
    pub client_id: String,
    /// The first characters of the credential, then dots: enough to recognise it, useless to anyone else.
    pub hint: String,
    /// Where the credentials are.
    pub saved_to: Vec<Sink>,
    /// Whether DingTalk accepted the credentials when they were tried.
    pub verified: bool,
    /// What is wrong or outstanding, most important first. Empty when all is well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ErrorCode>,
    /// `true` when this page may ask for the secret, once, with `POST /api/v1/flows/{flow_id}/credentials`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub revealable: bool,
}

/// The apps whose credentials the backend holds, newest first; a page of them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AppList {
    /// The apps.
    pub apps: Vec<AppEntry>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One app of the [`AppList`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AppEntry {
    /// The name under which the backend keeps the app.
    pub app: String,
    /// The app's client id.
    pub client_id: String,
    /// The first characters of the credential, then dots.
    pub hint: String,
    /// Whether DingTalk accepted the credentials when they were tried.
    pub verified: bool,
    /// `false` for an app whose approval came after its page was gone. It is in the store only, until it is claimed.
    pub claimed: bool,
    /// `true` for an app that the backend's configuration names. It cannot be removed through the API.
    #[serde(default, skip_serializing_if = "is_false")]
    pub configured: bool,
    /// Where the credentials are.
    pub saved_to: Vec<Sink>,
    /// What is outstanding, most important first. Empty when all is well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ErrorCode>,
    /// What people call it, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The organisation that owns it, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corp_id: Option<String>,
    /// Its id in the organisation, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<i64>,
    /// Seconds since the backend has it.
    pub age: u64,
    /// How far its way to each sink is. Only where one app is read, and empty for one that nobody claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<AppDelivery>,
}

/// How far the way of an app to one sink is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AppDelivery {
    /// The sink.
    pub sink: Sink,
    /// How far it is.
    pub state: DeliveryState,
    /// The id of the message, the same in every attempt.
    pub id: String,
    /// How often it was tried, since it was queued or made again by an operator.
    pub attempts: u32,
    /// Seconds until it is tried again. Only while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_in: Option<u32>,
    /// Why the last attempt failed, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It has to be made.
    Pending,
    /// It was made.
    Delivered,
    /// It is not wanted any more.
    Dropped,
    /// It failed for too long, or the receiver is gone.
    Dead,
    /// A state that this version of the crate does not know.
    #[serde(other)]
    Unknown,
}

/// A place where the credentials of an app go.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sink {
    /// The backend's own encrypted store. Always.
    Store,
    /// The `.env` file of the bot.
    EnvFile,
    /// A server of the operator's, by webhook.
    Webhook,
    /// A sink that this version of the crate does not know.
    #[serde(other)]
    Unknown,
}
