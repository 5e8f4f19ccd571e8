//! Messages: work notices, templates, and what the robot of an app says to people or in a group.
//!
//! 1. [`Messages::submit`] checks everything that DingTalk would refuse or drop, finds the recipients, cuts them into as many parts
//!    as DingTalk's lists need, and commits all of it before anybody hears of it.
//! 2. [`Messages::run`] takes parts that are due. That a part is being sent is committed before DingTalk is called, so somebody who
//!    dies leaves a part in doubt and never one that is sent again unawares.
//! 3. A part in doubt is sent once more if DingTalk tells duplicates, which it does with work notices of the same day; any other is
//!    `Unknown`.
//! 4. DingTalk's yes means little: it keeps messages from people without a word. So it is asked what became of a part, again and
//!    again for a day, and each person has an [`Outcome`].

mod course;
mod cursor;
mod draft;
mod outbox;
mod parts;
mod recall;
mod recipients;
mod send;
mod turn;
mod view;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch as channel};

use crate::account::{Account, Accounts, FindError};
use crate::clock::Clock;
use crate::dingtalk::{NoticeClient, RobotClient};
use crate::secret::{Sealer, random_id};
use crate::store::{MessageRow, NewPart, Store};
use turn::TurnError;

pub use crate::store::{Outcome, PartRow, PartState, RecipientRow};
pub use cursor::{InvalidCursor, MessageCursor};
pub use draft::{Body, Channel, Draft, DraftError, Stamp, To};
pub use recall::{RecallError, Recalled};
pub use recipients::{Named, Unresolved, Why};
pub use view::{MessageOverview, MessagePage, RecipientPage};

/// Sends messages, and knows what became of them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Messages {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    parts: Parts,
    /// Woken when there is something to send, or a turn has ended.
    queued: Notify,
    /// Becomes `true` when the process wants to end.
    closing: channel::Sender<bool>,
    /// Turns under way.
    turns: channel::Sender<usize>,
}

/// What messages need.
#[derive(Debug)]
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where they are kept.
    pub store: Store,
    /// What seals them.
    pub sealer: Arc<Sealer>,
    /// In whose name they are sent.
    pub accounts: Accounts,
    /// Who sends work notices.
    pub notices: NoticeClient,
    /// Who lets robots speak.
    pub robot: RobotClient,
    /// For how long they are kept.
    pub keep: Duration,
}

/// A message is not taken. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// It is not what DingTalk takes.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Nothing speaks for the app.
    #[error(transparent)]
    Find(#[from] FindError),
    /// A work notice needs the app's id in the organisation.
    #[error(
        "the agent id of the app {0} is not known: PATCH /api/v1/apps/{0} sets it, or DINGTALK_AGENT_ID, or APPS_FILE"
    )]
    AgentIdMissing(String),
    /// Of those who are named nobody is known.
    #[error("nobody of those who are named is known")]
    NobodyFound(Vec<Unresolved>),
    /// Its owner has another message of this idempotency key.
    #[error("the idempotency key is of another message")]
    KeyReused,
    /// The database failed.
    #[error("the message cannot be kept")]
    Store(#[from] sqlx::Error),
}

impl Messages {
    /// Makes it.
    pub fn new(parts: Parts) -> Self {
        let (closing, turns) = (channel::Sender::new(false), channel::Sender::new(0));
        Self { shared: Arc::new(Shared { parts, queued: Notify::new(), closing, turns }) }
    }

    /// Takes a message of `owner`, to be sent by [`Messages::run`], here or in another process. The same idempotency key with the
    /// same draft gives the message that there is.
    ///
    /// # Errors
    ///
    /// [`SubmitError`]; then nothing is sent.
    pub async fn submit(&self, owner: &str, draft: Draft) -> Result<MessageOverview, SubmitError> {
        draft.check()?;
        let subject = draft.subject(owner);
        if let Some(known) = self.known(owner, &draft, &subject).await? {
            return Ok(known);
        }
        let account = self.shared.parts.accounts.find(&draft.app, draft.corp_id.as_deref()).await?;
        if account.agent_id.is_none() && draft.body.is_work_notice() {
            return Err(SubmitError::AgentIdMissing(account.app));
        }
        let found = self.resolve(&account, &draft.to).await?;
        if found.is_nobody(&draft.to) {
            return Err(SubmitError::NobodyFound(found.unresolved));
        }
        let now = self.shared.parts.clock.now();
        let channel = draft.channel();
        let body = draft.body.clone().stamped(draft.stamp, now)?;
        let id = random_id();
        let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        let row = MessageRow {
            body: self.shared.parts.sealer.seal(&place(&id), &json(serde_json::to_string(&body))),
            id,
            owner: owner.to_owned(),
            client_id: account.client_id,
            app: account.app,
            corp_id: account.corp_id,
            channel: channel.as_str().to_owned(),
            proof: draft
                .idempotency_key
                .as_ref()
                .map_or_else(String::new, |_| self.shared.parts.sealer.token(&subject)),
            idempotency_key: draft.idempotency_key.clone(),
            unresolved: json(serde_json::to_string(&found.unresolved)),
            duplicates: json(serde_json::to_string(&found.duplicates)),
            created_at: now,
            recalled_at: None,
        };
        let parts = parts::cut(channel, &draft.to, &found);
        if self.shared.parts.store.add_message(&row, &parts).await? {
            self.taken(row, &parts).await
        } else {
            // Somebody else was faster under the same key.
            let known = self.known(owner, &draft, &subject).await?;
            known.ok_or(SubmitError::Store(sqlx::Error::RowNotFound))
        }
    }

    async fn taken(&self, row: MessageRow, parts: &[NewPart]) -> Result<MessageOverview, SubmitError> {
        tracing::info!(
            message.id = row.id,
            message.channel = row.channel,
            message.parts = parts.len(),
            app.client_id = row.client_id,
            "message taken"
        );
        self.shared.queued.notify_one();
        Ok(self.overview(row).await?)
    }

    /// Returns in whose name a message goes, if that is still the app that was meant.
    async fn account_of(&self, message: &MessageRow) -> Result<Account, TurnError> {
        let account = self.shared.parts.accounts.find(&message.app, message.corp_id.as_deref()).await?;
        if account.client_id == message.client_id { Ok(account) } else { Err(TurnError::OtherApp) }
    }

    /// Returns the message that the idempotency key already names.
    async fn known(
        &self,
        owner: &str,
        draft: &Draft,
        subject: &str,
    ) -> Result<Option<MessageOverview>, SubmitError> {
        let Some(key) = &draft.idempotency_key else { return Ok(None) };
        let Some(row) = self.shared.parts.store.message_of_key(owner, key).await? else { return Ok(None) };
        if !self.shared.parts.sealer.is_token(subject, &row.proof) {
            return Err(SubmitError::KeyReused);
        }
        Ok(Some(self.overview(row).await?))
    }
}

/// The place to which what a message says is sealed.
fn place(id: &str) -> String {
    format!("messages/{id}")
}
