use std::collections::BTreeMap;

use super::{MessageCursor, Messages, Named, Outcome, PartRow, PartState, RecipientRow, Unresolved};
use crate::clock::Timestamp;
use crate::store::{MessageRow, MessagesPage};

/// What there is to tell of a message. What it says is not among it.
#[derive(Debug)]
pub struct MessageOverview {
    /// Names it.
    pub id: String,
    /// The app that sends it.
    pub app: String,
    /// The organisation, where it is known.
    pub corp_id: Option<String>,
    /// The way that it goes.
    pub channel: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its owner wanted it back.
    pub recalled_at: Option<Timestamp>,
    /// What of it each call sends.
    pub parts: Vec<PartRow>,
    /// For how many people it came to what.
    pub counts: BTreeMap<Outcome, i64>,
    /// Who was named and is nobody.
    pub unresolved: Vec<Unresolved>,
    /// Who was named more than once.
    pub duplicates: Vec<Named>,
}

/// Some messages, newest first.
#[derive(Debug)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<MessageOverview>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<MessageCursor>,
}

/// Some recipients, part by part.
#[derive(Debug)]
pub struct RecipientPage {
    /// The recipients.
    pub recipients: Vec<RecipientRow>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<MessageCursor>,
}

impl MessageOverview {
    /// Returns how far it is: as far as the part that is least far, of those that are on their way; else what the parts came to.
    pub fn state(&self) -> PartState {
        let has = |state: &PartState| self.parts.iter().any(|part| part.state == *state);
        if let Some(state) = PartState::ALL.into_iter().find(|state| state.is_on_its_way() && has(state)) {
            return state;
        }
        let ended = [PartState::Settled, PartState::Unknown, PartState::Failed, PartState::Cancelled];
        ended.into_iter().find(has).unwrap_or(PartState::Settled)
    }
}

impl Messages {
    /// Finds a message of an owner; anybody's if none is named.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn find(&self, owner: Option<&str>, id: &str) -> sqlx::Result<Option<MessageOverview>> {
        let row = self.shared.parts.store.message(id).await?;
        match row.filter(|row| owner.is_none_or(|owner| row.owner == owner)) {
            Some(row) => self.overview(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Finds a message by what its owner calls it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn find_by_key(&self, owner: &str, key: &str) -> sqlx::Result<Option<MessageOverview>> {
        match self.shared.parts.store.message_of_key(owner, key).await? {
            Some(row) => self.overview(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Lists messages of an owner, or everybody's, of one app, or all.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn page(
        &self,
        owner: Option<&str>,
        app: Option<&str>,
        after: Option<&MessageCursor>,
        limit: u32,
    ) -> sqlx::Result<MessagePage> {
        let page = MessagesPage {
            owner,
            app,
            after: after.map(|cursor| (Timestamp::from_millis(cursor.number), cursor.id.as_str())),
            limit: limit.saturating_add(1),
        };
        let mut rows = self.shared.parts.store.messages_page(page).await?;
        let has_more = cut(&mut rows, limit);
        let last = rows.last().filter(|_| has_more);
        let next = last.map(|row| MessageCursor { number: row.created_at.as_millis(), id: row.id.clone() });
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            messages.push(self.overview(row).await?);
        }
        Ok(MessagePage { messages, next })
    }

    /// Lists who gets a message, and what became of it for each.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn recipients(
        &self,
        id: &str,
        after: Option<&MessageCursor>,
        limit: u32,
    ) -> sqlx::Result<RecipientPage> {
        let after = after.map_or((0, ""), |cursor| (cursor.number, cursor.id.as_str()));
        let mut recipients = self.shared.parts.store.recipients(id, after, limit.saturating_add(1)).await?;
        let has_more = cut(&mut recipients, limit);
        let last = recipients.last().filter(|_| has_more);
        let next = last.map(|row| MessageCursor { number: row.part, id: row.staff_id.clone() });
        Ok(RecipientPage { recipients, next })
    }

    pub(super) async fn overview(&self, row: MessageRow) -> sqlx::Result<MessageOverview> {
        let store = &self.shared.parts.store;
        Ok(MessageOverview {
            parts: store.parts_of(&row.id).await?,
            counts: store.outcome_counts(&row.id).await?,
            id: row.id,
            app: row.app,
            corp_id: row.corp_id,
            channel: row.channel,
            created_at: row.created_at,
            recalled_at: row.recalled_at,
            unresolved: serde_json::from_str(&row.unresolved).unwrap_or_default(),
            duplicates: serde_json::from_str(&row.duplicates).unwrap_or_default(),
        })
    }
}

/// Takes off what is one too many, and returns whether there was.
fn cut<T>(rows: &mut Vec<T>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    has_more
}
