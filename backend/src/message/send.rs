//! Sending a part.

use std::time::Duration;

use super::course::{TRIED_FOR, backoff, next_look};
use super::turn::{Turn, TurnError};
use super::{Body, place};
use crate::account::{Account, AccountError};
use crate::app::TokenError;
use crate::causes::Causes;
use crate::dingtalk::{Accepted, Audience, DingTalkError, Meaning};
use crate::store::{Finding, MessageRow, Outcome, PartState, PartTurn};
use crate::suite::SuiteError;

/// How long an app may lack a permission before that is taken for its last word: a new one gets its permissions a moment after
/// it is made.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// What failed, as far as it decides what is done next.
enum Verdict {
    /// DingTalk has nothing of it, and may take it later.
    Later,
    /// DingTalk may have it.
    Doubt,
    /// DingTalk has nothing of it, and never takes it.
    Never,
}

impl Turn {
    pub(super) async fn send(&self, message: &MessageRow) -> PartTurn {
        match self.try_send(message).await {
            Ok(accepted) => self.sent(accepted),
            Err(error) => self.failed(message, &error),
        }
    }

    async fn try_send(&self, message: &MessageRow) -> Result<Accepted, TurnError> {
        let account = self.messages.account_of(message).await?;
        let body = self.messages.shared.parts.sealer.open(&place(&message.id), &message.body)?;
        let body: Body = serde_json::from_str(&body)?;
        let recipients = self.messages.shared.parts.store.recipients_of_part(&self.part).await?;
        let staff_ids: Vec<_> = recipients.into_iter().map(|recipient| recipient.staff_id).collect();
        let departments: Vec<i64> = self.part.target.split(',').filter_map(|id| id.parse().ok()).collect();
        let audience = match self.part.audience.as_str() {
            "everybody" => Audience::Everybody,
            "departments" => Audience::Departments(&departments),
            _ => Audience::People(&staff_ids),
        };
        match &body {
            Body::WorkNotice(_) | Body::Template(_) => self.send_notice(&account, audience, &body).await,
            Body::Robot(content) => {
                let parts = &self.messages.shared.parts;
                let (robot, conversation) = (&parts.robot, &self.part.target);
                let client_id = account.client_id.as_str();
                let staff_ids = staff_ids.as_slice();
                let asked = parts.accounts.ask(&account, async |token| match self.part.audience.as_str() {
                    "conversation" => {
                        robot.say_in_group(&token, client_id, conversation, content).await.map(accepted)
                    }
                    _ => robot.say(&token, client_id, staff_ids, content).await,
                });
                Ok(asked.await?)
            }
        }
    }

    async fn send_notice(
        &self,
        account: &Account,
        audience: Audience<'_>,
        body: &Body,
    ) -> Result<Accepted, TurnError> {
        let parts = &self.messages.shared.parts;
        let (notices, agent_id) = (&parts.notices, account.agent_id.ok_or(TurnError::NoAgentId)?);
        let asked = parts.accounts.ask(account, async |token| match body {
            Body::WorkNotice(notice) => notices.send(&token, agent_id, audience, notice).await.map(accepted),
            Body::Template(template) => {
                notices.send_template(&token, agent_id, audience, template).await.map(accepted)
            }
            Body::Robot(_) => unreachable!("a robot speaks elsewhere"),
        });
        Ok(asked.await?)
    }

    fn sent(&self, accepted: Accepted) -> PartTurn {
        let now = self.now();
        let of = |ids: Vec<String>, outcome| {
            ids.into_iter().map(move |staff_id| Finding { staff_id, outcome, code: 0 })
        };
        let invalid = of(accepted.invalid, Outcome::Invalid);
        let findings = invalid.chain(of(accepted.flow_controlled, Outcome::FlowControlled)).collect();
        // Of a group nobody tells who is in it.
        let state = if self.part.audience == "conversation" { PartState::Settled } else { PartState::Sent };
        PartTurn {
            due_at: next_look(now, now).unwrap_or(now),
            handle: Some(accepted.handle),
            sent_at: Some(now),
            others: Some(Outcome::Accepted),
            findings,
            ..self.turn(state)
        }
    }

    fn failed(&self, message: &MessageRow, error: &TurnError) -> PartTurn {
        tracing::warn!(
            error = %Causes(error), message.id = message.id, message.part = self.part.number, "part of a message not sent"
        );
        let now = self.now();
        let was_in_doubt = self.part.state == PartState::Doubtful;
        let is_in_time = now.since(message.created_at) < TRIED_FOR;
        let turn = match Verdict::of(error, now.since(message.created_at)) {
            Verdict::Later if is_in_time && was_in_doubt => self.turn(PartState::Doubtful),
            Verdict::Later if is_in_time => self.turn(PartState::Queued),
            Verdict::Doubt if is_in_time && self.may_repeat(message) => self.turn(PartState::Doubtful),
            Verdict::Later | Verdict::Never if !was_in_doubt => self.end(PartState::Failed, Outcome::Failed),
            Verdict::Later | Verdict::Doubt | Verdict::Never => {
                self.end(PartState::Unknown, Outcome::Unknown)
            }
        };
        let asked_for = said(error).and_then(DingTalkError::retry_after).unwrap_or_default();
        PartTurn {
            due_at: now + backoff(self.part.attempts).max(asked_for),
            error: Some(error.word().to_owned()),
            ..turn
        }
    }
}

impl Verdict {
    fn of(error: &TurnError, age: Duration) -> Self {
        let (error, is_call) = match error {
            TurnError::Store(_) | TurnError::Find(crate::account::FindError::Store(_)) => return Self::Later,
            TurnError::Open(_)
            | TurnError::Stored(_)
            | TurnError::Find(_)
            | TurnError::OtherApp
            | TurnError::NoAgentId
            | TurnError::Account(AccountError::Token(TokenError::Secret(_))) => return Self::Never,
            // Without a token nothing was sent.
            TurnError::Account(AccountError::Token(TokenError::DingTalk(error))) => (error, false),
            TurnError::Account(AccountError::Suite(error)) => match error {
                SuiteError::NoTicket | SuiteError::Store(_) => return Self::Later,
                SuiteError::NotACustomer
                | SuiteError::Sealed(_)
                | SuiteError::Secret(TokenError::Secret(_)) => return Self::Never,
                SuiteError::DingTalk(error) | SuiteError::Secret(TokenError::DingTalk(error)) => {
                    (error, false)
                }
            },
            TurnError::Account(AccountError::DingTalk(error)) => (error, true),
        };
        match error.meaning() {
            Meaning::Busy => Self::Later,
            _ if is_call && error.may_be_done() => Self::Doubt,
            Meaning::Unavailable => Self::Later,
            Meaning::PermissionMissing if age < READY_WITHIN => Self::Later,
            Meaning::AddressNotAllowed
            | Meaning::CodeInvalid
            | Meaning::CredentialsRejected
            | Meaning::Incomplete
            | Meaning::NoDepartment
            | Meaning::NotAMember
            | Meaning::NotAuthorized
            | Meaning::OutOfRange
            | Meaning::PermissionMissing
            | Meaning::Refused
            | Meaning::TicketInvalid
            | Meaning::TokenInvalid => Self::Never,
        }
    }
}

fn said(error: &TurnError) -> Option<&DingTalkError> {
    if let TurnError::Account(error) = error { error.said() } else { None }
}

fn accepted(handle: String) -> Accepted {
    Accepted { handle, invalid: Vec::new(), flow_controlled: Vec::new() }
}
