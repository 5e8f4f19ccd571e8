//! What goes over the relay, as JSON. Both ends read it tolerantly: they may be of different versions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::message::{Draft, MessageOverview};
use crate::store::{RecipientRow, UserRow};

/// A person, as the cloud knows them.
#[derive(Clone, Deserialize, Serialize)]
pub struct PersonRecord {
    /// The cloud's id of them.
    pub user_id: String,
    /// The organisation; empty if DingTalk did not tell.
    pub corp_id: String,
    /// Names them at DingTalk.
    pub union_id: String,
    /// Names them to the app.
    pub open_id: Option<String>,
    /// Names them in the organisation.
    pub staff_id: Option<String>,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether it is made up.
    pub email_made_up: bool,
    /// Their number.
    pub mobile: Option<String>,
    /// The country code of the number.
    pub state_code: Option<String>,
    /// Their number in the organisation.
    pub job_number: Option<String>,
    /// When they were hired, in milliseconds since the Unix epoch.
    pub hired_at: Option<i64>,
    /// Their picture.
    pub avatar_url: Option<String>,
    /// Whether the cloud's `ADMIN_EMAILS` names them.
    pub admin: bool,
    /// The app with which they signed in.
    pub client_id: String,
    /// When they came in last, in milliseconds since the Unix epoch.
    pub signed_in_at: i64,
}

impl fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRecord").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl From<UserRow> for PersonRecord {
    fn from(user: UserRow) -> Self {
        Self {
            user_id: user.id,
            corp_id: user.corp_id,
            union_id: user.union_id,
            open_id: user.open_id,
            staff_id: user.staff_id,
            name: user.name,
            email: user.email,
            email_made_up: user.is_email_made_up,
            mobile: user.mobile,
            state_code: user.state_code,
            job_number: user.job_number,
            hired_at: user.hired_at.map(Timestamp::as_millis),
            avatar_url: user.avatar_url,
            admin: user.is_admin,
            client_id: user.client_id,
            signed_in_at: user.signed_in_at.as_millis(),
        }
    }
}

impl From<PersonRecord> for UserRow {
    fn from(person: PersonRecord) -> Self {
        let signed_in_at = Timestamp::from_millis(person.signed_in_at);
        Self {
            id: person.user_id,
            corp_id: person.corp_id,
            union_id: person.union_id,
            open_id: person.open_id,
            staff_id: person.staff_id,
            name: person.name,
            email: person.email,
            is_email_made_up: person.email_made_up,
            mobile: person.mobile,
            state_code: person.state_code,
            job_number: person.job_number,
            hired_at: person.hired_at.map(Timestamp::from_millis),
            avatar_url: person.avatar_url,
            is_admin: person.admin,
            external_id: None,
            extension: "{}".to_owned(),
            client_id: person.client_id,
            refresh_token: None,
            created_at: signed_in_at,
            signed_in_at,
        }
    }
}

/// `GET /relay/v1/check`: who asks, as the cloud sees it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Checked {
    /// What the cloud's operator calls the relay.
    pub name: String,
    /// The origins of the local's pages.
    pub origins: Vec<String>,
    /// The version of the cloud.
    pub version: String,
    /// The cloud's time, in milliseconds since the Unix epoch.
    pub time: i64,
}

/// A request that was not let in. Not signed, so it is a hint for an operator and nothing more.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RefusedAnswer {
    /// Why.
    pub refused: String,
}

/// `POST /relay/v1/tickets`.
#[derive(Deserialize, Serialize)]
pub struct Redemption {
    /// What the page has.
    pub ticket: String,
}

impl fmt::Debug for Redemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redemption").finish_non_exhaustive()
    }
}

/// What a ticket, or a login, was worth.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TicketRedeemed {
    /// Who signed in.
    pub person: PersonRecord,
    /// By which door.
    pub method: String,
}

/// `POST /relay/v1/logins`: a browser of the local goes to DingTalk.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BeginLogin {
    /// Where it comes back to, on an origin of the relay.
    pub return_to: String,
    /// The app, by its name.
    pub app: Option<String>,
    /// The app, by its organisation.
    pub corp_id: Option<String>,
    /// Where the browser is, for the limits.
    pub peer: String,
    /// Its `User-Agent`.
    pub user_agent: String,
}

/// A login that the cloud has begun.
#[derive(Deserialize, Serialize)]
pub struct BegunLogin {
    /// Names it.
    pub flow_id: String,
    /// Proves that the local began it.
    pub poll_token: String,
    /// Where the browser goes.
    pub url: String,
}

impl fmt::Debug for BegunLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BegunLogin").finish_non_exhaustive()
    }
}

/// `POST /relay/v1/logins/{flow_id}/proof`: the browser is back.
#[derive(Deserialize, Serialize)]
pub struct ProveLogin {
    /// Of the start.
    pub poll_token: String,
    /// What the browser brought.
    pub proof: String,
}

impl fmt::Debug for ProveLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProveLogin").finish_non_exhaustive()
    }
}

/// What the browser brought back to the local.
#[derive(Deserialize)]
pub struct Returned {
    /// Empty if somebody said no.
    pub proof: String,
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned").finish_non_exhaustive()
    }
}

/// `POST /relay/v1/people/refresh`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RefreshPerson {
    /// The organisation; empty if DingTalk did not tell.
    pub corp_id: String,
    /// Names them at DingTalk.
    pub union_id: String,
}

/// `POST /relay/v1/members`: one of the two ids.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct LookUp {
    /// The app whose organisation it is, by its name; the usual one if it is left out.
    pub app: Option<String>,
    /// Names the member in the organisation.
    pub staff_id: Option<String>,
    /// Names the member at DingTalk.
    pub union_id: Option<String>,
}

/// What the organisation knows of a member.
#[derive(Clone, Deserialize, Serialize)]
pub struct MemberRecord {
    /// The organisation, where the cloud knows it.
    pub corp_id: Option<String>,
    /// Names them in the organisation.
    pub staff_id: String,
    /// What they are called.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub mobile: Option<String>,
    /// The country code of the number.
    pub state_code: Option<String>,
    /// Their number in the organisation.
    pub job_number: Option<String>,
    /// Their picture.
    pub avatar_url: Option<String>,
}

impl fmt::Debug for MemberRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemberRecord").finish_non_exhaustive()
    }
}

/// `POST /relay/v1/messages`.
#[derive(Deserialize, Serialize)]
pub struct MessageSent {
    /// The local's id of it, the same in every attempt.
    pub id: String,
    /// The message, to people as the organisation calls them.
    pub draft: Draft,
}

impl fmt::Debug for MessageSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageSent").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The cloud has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MessageAccepted {
    /// The cloud's id of it.
    pub message_id: String,
}

/// What there is to tell of a message.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct MessageOutcome {
    /// How far it is, as the cloud says it.
    pub state: String,
    /// Whether nothing more comes.
    pub is_over: bool,
    /// For how many people it came to which outcome.
    pub counts: BTreeMap<String, i64>,
    /// Why parts of it failed, in error codes.
    pub errors: BTreeSet<String>,
}

impl From<MessageOverview> for MessageOutcome {
    fn from(message: MessageOverview) -> Self {
        let state = message.state();
        Self {
            state: state.as_str().to_owned(),
            is_over: !state.is_on_its_way(),
            counts: message
                .counts
                .into_iter()
                .map(|(outcome, count)| (outcome.as_str().to_owned(), count))
                .collect(),
            errors: message.parts.into_iter().filter_map(|part| part.last_error).collect(),
        }
    }
}

/// `GET /relay/v1/messages/{id}/recipients`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RecipientBatch {
    /// The organisation, where it is known.
    pub corp_id: Option<String>,
    /// Some of those who get it.
    pub recipients: Vec<RecipientOutcome>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// What became of a message for one person.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RecipientOutcome {
    /// Names them in the organisation.
    pub staff_id: String,
    /// What became of it, as the cloud says it.
    pub outcome: String,
    /// DingTalk's code for it, where there is one.
    pub code: Option<i64>,
}

impl From<RecipientRow> for RecipientOutcome {
    fn from(recipient: RecipientRow) -> Self {
        let RecipientRow { staff_id, outcome, code, .. } = recipient;
        Self { staff_id, outcome: outcome.as_str().to_owned(), code }
    }
}

/// `GET /relay/v1/events`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EventBatch {
    /// Oldest first.
    pub events: Vec<Event>,
}

/// An event and its place in the log.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Event {
    /// Its place.
    pub number: i64,
    /// What has happened.
    #[serde(flatten)]
    pub happening: Happening,
}

/// What has happened.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// A person is like this.
    PersonChanged {
        /// As the cloud knows them.
        person: Box<PersonRecord>,
    },
    /// A person may not come in any more.
    PersonLeft {
        /// The organisation; empty if DingTalk did not tell.
        corp_id: String,
        /// Names them at DingTalk.
        union_id: String,
    },
    /// There is more to tell of a message.
    MessageChanged {
        /// The local's id of it.
        id: String,
        /// What there is to tell by now.
        outcome: MessageOutcome,
    },
    /// An event of a later version, or one that there is nothing left to say of.
    #[serde(other)]
    Unknown,
}

impl Happening {
    pub(super) fn person_changed(user: UserRow) -> Self {
        Self::PersonChanged { person: Box::new(user.into()) }
    }

    pub(super) fn person_left(user: UserRow) -> Self {
        Self::PersonLeft { corp_id: user.corp_id, union_id: user.union_id }
    }
}
