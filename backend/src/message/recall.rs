use super::turn::TurnError;
use super::{Channel, MessageOverview, Messages};
use crate::causes::Causes;
use crate::store::{MessageRow, PartRow, PartState};

/// What came of a wish to have a message back.
#[derive(Debug)]
pub struct Recalled {
    /// How it stands with the message.
    pub message: MessageOverview,
    /// The parts that DingTalk did not give back, and why, in a word.
    pub refused: Vec<(i64, String)>,
}

/// A message cannot be had back.
#[derive(Debug, thiserror::Error)]
pub enum RecallError {
    /// There is no such message, or it is somebody else's.
    #[error("no such message")]
    NotFound,
    /// The database failed.
    #[error("the message cannot be read")]
    Store(#[from] sqlx::Error),
}

impl Messages {
    /// Takes a message back: what was not sent never is, and DingTalk is asked for what was. Asking again asks for what it did not
    /// give back.
    ///
    /// # Errors
    ///
    /// [`RecallError`].
    pub async fn recall(&self, owner: Option<&str>, id: &str) -> Result<Recalled, RecallError> {
        let store = &self.shared.parts.store;
        let row = store.message(id).await?.filter(|row| owner.is_none_or(|owner| row.owner == owner));
        let row = row.ok_or(RecallError::NotFound)?;
        store.recall_message(id, self.shared.parts.clock.now()).await?;
        let mut refused = Vec::new();
        for part in store.parts_of(id).await? {
            let is_there =
                matches!(part.state, PartState::Sent | PartState::Settled) && part.recalled_at.is_none();
            if !is_there {
                continue;
            }
            match self.recall_part(&row, &part).await {
                Ok(true) => store.part_recalled(&part, self.shared.parts.clock.now()).await?,
                Ok(false) => refused.push((part.number, "upstream_refused".to_owned())),
                Err(error) => {
                    tracing::warn!(error = %Causes(&error), message.id = id, "part of a message not taken back");
                    refused.push((part.number, error.word().to_owned()));
                }
            }
        }
        tracing::info!(message.id = id, refused = refused.len(), "message wanted back");
        let row = store.message(id).await?.ok_or(RecallError::NotFound)?;
        Ok(Recalled { message: self.overview(row).await?, refused })
    }

    async fn recall_part(&self, message: &MessageRow, part: &PartRow) -> Result<bool, TurnError> {
        let parts = &self.shared.parts;
        let account = self.account_of(message).await?;
        let handle = part.handle.as_deref().unwrap_or_default();
        let (robot, client_id) = (&parts.robot, account.client_id.as_str());
        match Channel::from_stored(&message.channel) {
            Channel::WorkNotice | Channel::Template => {
                let (notices, agent_id) = (&parts.notices, account.agent_id.ok_or(TurnError::NoAgentId)?);
                parts
                    .accounts
                    .ask(&account, async |token| notices.recall(&token, agent_id, handle).await)
                    .await?;
                Ok(true)
            }
            Channel::Robot => {
                let asked =
                    parts.accounts.ask(&account, async |token| robot.recall(&token, client_id, handle).await);
                Ok(asked.await?)
            }
            Channel::Group => {
                let conversation = part.target.as_str();
                let asked = parts.accounts.ask(&account, async |token| {
                    robot.recall_in_group(&token, client_id, conversation, handle).await
                });
                Ok(asked.await?)
            }
        }
    }
}
