use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::message::{self, MessageOverview, Named, PartRow, RecipientRow, Unresolved};

/// What there is to tell of a message. What it says is not among it.
#[derive(Serialize, ToSchema)]
pub(super) struct Message {
    /// Names it.
    #[serde(rename = "message_id")]
    id: String,
    /// The app that sends it.
    app: String,
    /// The organisation, where it is known (DingTalk's `corpId`).
    corp_id: Option<String>,
    /// The way that it goes: `work_notice`, `template`, `robot`, or `group`.
    channel: String,
    state: State,
    /// When it was asked for, in milliseconds since the Unix epoch.
    created_at: i64,
    /// When it was wanted back, in milliseconds since the Unix epoch.
    recalled_at: Option<i64>,
    /// What of it each call to DingTalk sends.
    parts: Vec<Part>,
    /// For how many people it came to which outcome.
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    counts: BTreeMap<&'static str, i64>,
    /// Who was named and does not get it.
    unresolved: Vec<NotFound>,
    /// Who was named more than once. They get it once.
    duplicates: Vec<Repeated>,
}

/// How far a message or a part of it is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum State {
    /// It has to be sent.
    Queued,
    /// It is being sent.
    Sending,
    /// An attempt came to no end that is known; it is sent again, for DingTalk tells duplicates.
    Doubtful,
    /// DingTalk has it, and is asked what became of it.
    Sent,
    /// DingTalk has it, and is asked no more.
    Settled,
    /// DingTalk does not take it.
    Failed,
    /// DingTalk may have it, and nobody will ever know.
    Unknown,
    /// It was wanted back before it was sent.
    Cancelled,
}

/// What of a message one call to DingTalk sends.
#[derive(Serialize, ToSchema)]
struct Part {
    /// The place in the message, from 1.
    number: i64,
    /// To whom it goes: `people`, `departments`, `everybody`, or `conversation`.
    audience: String,
    state: State,
    /// How often it was tried.
    attempts: i64,
    /// Why the last attempt, or the last look, failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
    /// The departments that it goes to and that DingTalk does not know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invalid_departments: Vec<i64>,
    /// Whether DingTalk has taken it back.
    recalled: bool,
}

/// Somebody who was named and does not get a message.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct NotFound {
    /// The field that named them.
    field: String,
    /// Their id there.
    id: String,
    why: Why,
}

/// Why somebody does not get a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Why {
    /// Nobody is called so.
    Unknown,
    /// They are of another organisation than the app.
    OtherOrganisation,
    /// It is not known what the organisation calls them.
    NotAMember,
}

/// Somebody who was named more than once.
#[derive(Serialize, ToSchema)]
struct Repeated {
    /// The field that named them again.
    field: String,
    /// Their id there.
    id: String,
}

/// Somebody who gets a message, and what became of it for them.
#[derive(Serialize, ToSchema)]
pub(super) struct Recipient {
    /// The part that goes to them.
    part: i64,
    /// Names them in the organisation (DingTalk's `userid`).
    staff_id: String,
    /// Names them here, if they were named so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user_id: Option<String>,
    /// The embedder's own id of them, if they were named so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    external_id: Option<String>,
    outcome: Outcome,
    /// DingTalk's code for it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<i64>,
}

/// What became of a message for one person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Nothing is known yet.
    Pending,
    /// DingTalk took it for them.
    Accepted,
    /// They have it and have not read it.
    Unread,
    /// They have read it.
    Read,
    /// The organisation does not know them, or they may not see the app.
    Invalid,
    /// They had the same today already.
    Duplicate,
    /// They had as many today as one app may send.
    DailyLimit,
    /// There were too many at once.
    FlowControlled,
    /// It was kept from them for another reason, which `code` tells.
    Forbidden,
    /// It could not be sent.
    Failed,
    /// DingTalk took it for them and never spoke of them again.
    Dropped,
    /// It may have been sent, and nobody will ever know.
    Unknown,
    /// It was wanted back before it was sent.
    Cancelled,
}

impl From<MessageOverview> for Message {
    fn from(message: MessageOverview) -> Self {
        Self {
            state: message.state().into(),
            id: message.id,
            app: message.app,
            corp_id: message.corp_id,
            channel: message.channel,
            created_at: message.created_at.as_millis(),
            recalled_at: message.recalled_at.map(crate::Timestamp::as_millis),
            parts: message.parts.into_iter().map(Part::from).collect(),
            counts: message.counts.into_iter().map(|(outcome, count)| (outcome.as_str(), count)).collect(),
            unresolved: message.unresolved.into_iter().map(NotFound::from).collect(),
            duplicates: message
                .duplicates
                .into_iter()
                .map(|Named { field, id }| Repeated { field, id })
                .collect(),
        }
    }
}

impl From<PartRow> for Part {
    fn from(part: PartRow) -> Self {
        Self {
            number: part.number,
            audience: part.audience,
            state: part.state.into(),
            attempts: part.attempts,
            error: part.last_error,
            invalid_departments: part
                .invalid_departments
                .split(',')
                .filter_map(|id| id.parse().ok())
                .collect(),
            recalled: part.recalled_at.is_some(),
        }
    }
}

impl From<Unresolved> for NotFound {
    fn from(unresolved: Unresolved) -> Self {
        let Named { field, id } = unresolved.named;
        let why = match unresolved.why {
            message::Why::Unknown => Why::Unknown,
            message::Why::OtherOrganisation => Why::OtherOrganisation,
            message::Why::NotAMember => Why::NotAMember,
        };
        Self { field, id, why }
    }
}

impl From<RecipientRow> for Recipient {
    fn from(recipient: RecipientRow) -> Self {
        Self {
            part: recipient.part,
            staff_id: recipient.staff_id,
            user_id: recipient.user_id,
            external_id: recipient.external_id,
            outcome: recipient.outcome.into(),
            code: recipient.code,
        }
    }
}

impl From<message::PartState> for State {
    fn from(state: message::PartState) -> Self {
        match state {
            message::PartState::Queued => Self::Queued,
            message::PartState::Sending => Self::Sending,
            message::PartState::Doubtful => Self::Doubtful,
            message::PartState::Sent => Self::Sent,
            message::PartState::Settled => Self::Settled,
            message::PartState::Failed => Self::Failed,
            message::PartState::Unknown => Self::Unknown,
            message::PartState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<message::Outcome> for Outcome {
    fn from(outcome: message::Outcome) -> Self {
        match outcome {
            message::Outcome::Pending => Self::Pending,
            message::Outcome::Accepted => Self::Accepted,
            message::Outcome::Unread => Self::Unread,
            message::Outcome::Read => Self::Read,
            message::Outcome::Invalid => Self::Invalid,
            message::Outcome::Duplicate => Self::Duplicate,
            message::Outcome::DailyLimit => Self::DailyLimit,
            message::Outcome::FlowControlled => Self::FlowControlled,
            message::Outcome::Forbidden => Self::Forbidden,
            message::Outcome::Failed => Self::Failed,
            message::Outcome::Dropped => Self::Dropped,
            message::Outcome::Unknown => Self::Unknown,
            message::Outcome::Cancelled => Self::Cancelled,
        }
    }
}
