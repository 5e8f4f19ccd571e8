//! Looking what became of a part.

use std::collections::HashSet;

use super::Channel;
use super::course::{kept_from, next_look};
use super::turn::{Turn, TurnError};
use crate::causes::Causes;
use crate::dingtalk::{RobotRead, SendResult};
use crate::store::{Finding, MessageRow, Outcome, PartState, PartTurn, RecipientRow};

/// What DingTalk says of a part.
#[derive(Default)]
struct Seen {
    findings: Vec<Finding>,
    invalid_departments: Vec<i64>,
}

impl Turn {
    pub(super) async fn look(&self, message: &MessageRow) -> PartTurn {
        let now = self.now();
        let next = next_look(self.part.sent_at.unwrap_or(now), now);
        let state = if next.is_some() { PartState::Sent } else { PartState::Settled };
        let turn = PartTurn { due_at: next.unwrap_or(now), ..self.turn(state) };
        match self.try_look(message).await {
            Ok(None) => turn,
            Ok(Some((seen, is_over))) => PartTurn {
                state: if is_over { PartState::Settled } else { turn.state },
                findings: seen.findings,
                invalid_departments: seen.invalid_departments,
                ..turn
            },
            Err(error) => {
                tracing::warn!(
                    error = %Causes(&error), message.id = message.id, message.part = self.part.number,
                    "what became of a message is not known"
                );
                PartTurn { error: Some(error.word().to_owned()), ..turn }
            }
        }
    }

    /// Returns what DingTalk says, and whether that is its last word; `None` while it says nothing.
    async fn try_look(&self, message: &MessageRow) -> Result<Option<(Seen, bool)>, TurnError> {
        let recipients = self.messages.shared.parts.store.recipients_of_part(&self.part).await?;
        let handle = self.part.handle.as_deref().unwrap_or_default();
        let account = self.messages.account_of(message).await?;
        let parts = &self.messages.shared.parts;
        let seen = match Channel::from_stored(&message.channel) {
            Channel::WorkNotice | Channel::Template => {
                let (notices, agent_id) = (&parts.notices, account.agent_id.ok_or(TurnError::NoAgentId)?);
                let asked = parts.accounts.ask(&account, async |token| {
                    if !notices.is_through(&token, agent_id, handle).await? {
                        return Ok(None);
                    }
                    notices.result(&token, agent_id, handle).await.map(Some)
                });
                let Some(result) = asked.await? else { return Ok(None) };
                Seen::of_notice(result, &recipients)
            }
            Channel::Robot | Channel::Group => {
                let (robot, client_id) = (&parts.robot, account.client_id.as_str());
                let asked = parts
                    .accounts
                    .ask(&account, async |token| robot.read_by(&token, client_id, handle).await);
                Seen::of_robot(&asked.await?, &recipients)
            }
        };
        let is_over = seen.is_over(&recipients);
        Ok(Some((seen, is_over)))
    }
}

impl Seen {
    fn of_notice(result: SendResult, recipients: &[RecipientRow]) -> Self {
        let of = |ids: Vec<String>, outcome| {
            ids.into_iter().map(move |staff_id| Finding { staff_id, outcome, code: 0 })
        };
        let forbidden = result.forbidden.into_iter().map(|entry| {
            let (outcome, code) = kept_from(entry.reason);
            Finding { staff_id: entry.staff_id, outcome, code }
        });
        let mut findings: Vec<_> = of(result.invalid, Outcome::Invalid)
            .chain(of(result.failed, Outcome::Failed))
            .chain(of(result.unread, Outcome::Unread))
            .chain(of(result.read, Outcome::Read))
            .chain(forbidden)
            .collect();
        let mut seen = HashSet::new();
        findings.retain(|finding| seen.insert(finding.staff_id.clone()));
        // DingTalk was through, and did not speak of them.
        let silent = recipients.iter().filter(|recipient| !seen.contains(&recipient.staff_id));
        let dropped = silent.map(|recipient| Finding {
            staff_id: recipient.staff_id.clone(),
            outcome: Outcome::Dropped,
            code: 0,
        });
        findings.extend(dropped);
        Self { findings, invalid_departments: result.invalid_departments }
    }

    /// Those of whom DingTalk said something when it took the message stay as they are.
    fn of_robot(read: &RobotRead, recipients: &[RecipientRow]) -> Self {
        let outcome = |recipient: &RecipientRow| {
            if recipient.outcome.is_final() {
                return None;
            }
            let is_in = |ids: &[String]| ids.contains(&recipient.staff_id);
            match (is_in(&read.read), is_in(&read.unread)) {
                (true, _) => Some(Outcome::Read),
                (false, true) => Some(Outcome::Unread),
                (false, false) => None,
            }
        };
        let finding = |recipient: &RecipientRow| {
            Some(Finding { staff_id: recipient.staff_id.clone(), outcome: outcome(recipient)?, code: 0 })
        };
        Self { findings: recipients.iter().filter_map(finding).collect(), ..Self::default() }
    }

    /// Returns whether time changes nothing more: everybody who is known to get it has a last outcome.
    fn is_over(&self, recipients: &[RecipientRow]) -> bool {
        let found: HashSet<_> = self.findings.iter().map(|finding| finding.staff_id.as_str()).collect();
        let is_found_over = self.findings.iter().all(|finding| finding.outcome.is_final());
        let others = recipients.iter().filter(|recipient| !found.contains(recipient.staff_id.as_str()));
        let is_anybody = !recipients.is_empty() || !self.findings.is_empty();
        is_anybody && is_found_over && others.into_iter().all(|recipient| recipient.outcome.is_final())
    }
}
