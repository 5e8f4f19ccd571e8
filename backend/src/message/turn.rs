//! One turn of a part: it is sent, or looked after.

use std::collections::BTreeMap;

use super::course::may_repeat;
use super::outbox::UnderWay;
use super::{Channel, Messages};
use crate::account::{AccountError, FindError};
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::secret::OpenError;
use crate::store::{Finding, MessageRow, Outcome, PartRow, PartState, PartTurn};
use crate::telemetry;

/// A part that this process has taken.
pub(super) struct Turn {
    pub(super) messages: Messages,
    pub(super) part: PartRow,
    pub(super) _under_way: UnderWay,
}

/// A turn could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum TurnError {
    #[error("the message cannot be read")]
    Store(#[from] sqlx::Error),
    #[error("what the message says cannot be opened")]
    Open(#[from] OpenError),
    #[error("what the message says cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Find(#[from] FindError),
    #[error("the name of the app is another app's now")]
    OtherApp,
    #[error("the agent id of the app is not known")]
    NoAgentId,
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl TurnError {
    /// Returns the error in a word, to keep and to show.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Store(_) | Self::Open(_) | Self::Stored(_) | Self::Find(FindError::Store(_)) => "internal",
            Self::Find(FindError::NotACustomer(_)) => "customer_not_found",
            Self::Find(_) | Self::OtherApp => "app_not_found",
            Self::NoAgentId => "agent_id_missing",
            Self::Account(error) => error.failure().name(),
        }
    }
}

impl Turn {
    pub(super) async fn make(self) {
        let store = &self.messages.shared.parts.store;
        let message = match store.message(&self.part.message_id).await {
            Ok(Some(message)) => message,
            // It was forgotten meanwhile, or will be taken again when the database is back.
            Ok(None) => return,
            Err(error) => return tracing::error!(error = %Causes(&error), "a message cannot be read"),
        };
        let before = self.part.state;
        let turn = match before {
            PartState::Sent => self.look(&message).await,
            PartState::Sending if message.recalled_at.is_some() => {
                self.end(PartState::Cancelled, Outcome::Cancelled)
            }
            PartState::Doubtful if message.recalled_at.is_some() || !self.may_repeat(&message) => {
                self.end(PartState::Unknown, Outcome::Unknown)
            }
            PartState::Queued
            | PartState::Sending
            | PartState::Doubtful
            | PartState::Settled
            | PartState::Failed
            | PartState::Unknown
            | PartState::Cancelled => self.send(&message).await,
        };
        match store.end_turn(&self.part, &turn).await {
            Ok(true) => self.tell(&message, &turn).await,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(error = %Causes(&error), "what became of a message cannot be noted");
            }
        }
        self.messages.shared.queued.notify_one();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.messages.shared.parts.clock.now()
    }

    /// Returns whether it may be sent although it may have been sent before.
    pub(super) fn may_repeat(&self, message: &MessageRow) -> bool {
        let since = self.part.tried_since.unwrap_or(message.created_at);
        may_repeat(Channel::from_stored(&message.channel), since, self.now())
    }

    /// Returns a turn after which nothing more is done, with the same outcome for everybody.
    pub(super) fn end(&self, state: PartState, outcome: Outcome) -> PartTurn {
        PartTurn { others: Some(outcome), ..self.turn(state) }
    }

    /// Returns a turn that leaves everything else as it is.
    pub(super) fn turn(&self, state: PartState) -> PartTurn {
        PartTurn {
            state,
            due_at: self.part.due_at,
            handle: None,
            sent_at: None,
            error: None,
            invalid_departments: Vec::new(),
            others: None,
            findings: Vec::<Finding>::new(),
        }
    }

    /// Every turn that was noted ends here.
    async fn tell(&self, message: &MessageRow, turn: &PartTurn) {
        let PartRow { message_id, number, attempts, state: before, .. } = &self.part;
        let result = match turn.state {
            PartState::Queued | PartState::Sending | PartState::Doubtful => "put_off",
            PartState::Sent | PartState::Settled => "sent",
            PartState::Failed => "failed",
            PartState::Unknown => "unknown",
            PartState::Cancelled => "cancelled",
        };
        let channel = Channel::from_stored(&message.channel).as_str();
        let error = turn.error.as_deref();
        if *before != PartState::Sent {
            telemetry::message_part_sent(channel, result);
            tracing::info!(
                message.id = message_id,
                message.part = number,
                message.channel = channel,
                attempts,
                result,
                error,
                "part of a message"
            );
        }
        if !turn.state.is_on_its_way() {
            for (outcome, count) in self.outcomes().await {
                telemetry::message_settled(channel, outcome.as_str(), count);
            }
        }
    }

    async fn outcomes(&self) -> BTreeMap<Outcome, u64> {
        let mut counts = BTreeMap::new();
        let recipients = self.messages.shared.parts.store.recipients_of_part(&self.part).await;
        for recipient in recipients.unwrap_or_default() {
            *counts.entry(recipient.outcome).or_default() += 1;
        }
        counts
    }
}
