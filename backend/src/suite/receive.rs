//! Takes in what DingTalk pushes.
//!
//! DingTalk pushes until it is answered, up to a hundred times, so the same may come again, and late. A signature says when it
//! was made but is good for ever, because a push that is still waiting after an outage must not be lost. What keeps order is that
//! nothing older undoes what is newer: a ticket, a record and the state of a customer each know when DingTalk sent them.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{Envelope, Rejected, Suite, Suites, event_place, ticket_place};
use crate::clock::Timestamp;
use crate::dingtalk::{Fact, Push, Record, SUCCESS};
use crate::secret::{SuiteTicket, digest};
use crate::store::{ChangedKind, CustomerChange, CustomerState, NewSuiteEvent};
use crate::telemetry;

/// How long events are kept.
const EVENTS_KEPT: Duration = Duration::from_hours(30 * 24);

/// What was pushed cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is not from DingTalk, or not for this app.
    #[error("what was pushed is not good")]
    Rejected(#[from] Rejected),
    /// It is from DingTalk and no JSON object.
    #[error("what was pushed is no JSON object")]
    Unreadable,
    /// The database failed.
    #[error("what was pushed could not be stored")]
    Store(#[from] sqlx::Error),
}

impl Suites {
    /// Takes a push in, and returns the answer. When this returns, what was pushed survives a crash.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; DingTalk pushes again then.
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave some of the records taken in; they may come again.
    pub async fn receive(&self, suite: &Suite, envelope: &Envelope) -> Result<Envelope, ReceiveError> {
        let message = suite.crypto.open(envelope)?;
        let push = Push::read(&message).ok_or(ReceiveError::Unreadable)?;
        let answer = match push {
            Push::Check { answer } => answer,
            Push::Records(records) => {
                let pushed_at = self.pushed_at(&envelope.timestamp);
                for record in records {
                    self.take_in(suite, record, pushed_at).await?;
                }
                SUCCESS.to_owned()
            }
        };
        Ok(suite.crypto.seal(&answer, &self.shared.clock.now().as_millis().to_string()))
    }

    /// Reads when something was sent, in milliseconds or, as DingTalk's own sample has it, in seconds. Nothing is of the future: it
    /// could never be overtaken.
    fn pushed_at(&self, timestamp: &str) -> Timestamp {
        let now = self.shared.clock.now();
        let number: i64 = timestamp.parse().unwrap_or_default();
        let millis = if number < 100_000_000_000 { number.saturating_mul(1000) } else { number };
        Timestamp::from_millis(millis).min(now)
    }

    async fn take_in(&self, suite: &Suite, record: Record, pushed_at: Timestamp) -> sqlx::Result<()> {
        let kind = record.fact.as_str();
        let is_news = match &record.fact {
            Fact::Ticket(ticket) => self.keep_ticket(suite, ticket, pushed_at).await?,
            Fact::Authorized(_)
            | Fact::AuthorizationChanged(_)
            | Fact::AuthorizationEnded
            | Fact::AppDisabled
            | Fact::AppEnabled
            | Fact::AppRemoved
            | Fact::UserChanged
            | Fact::DepartmentChanged
            | Fact::RoleChanged
            | Fact::OrganisationChanged
            | Fact::TrialBegun
            | Fact::Unknown => self.note(suite, &record, pushed_at).await?,
        };
        telemetry::pushed(kind, if is_news { "new" } else { "known" });
        tracing::info!(
            suite.name = suite.name,
            event.kind = kind,
            event.news = is_news,
            customer.corp_id = plain(&record.corp_id),
            "pushed by DingTalk"
        );
        self.finish_leaving(suite, &record.corp_id).await
    }

    async fn keep_ticket(
        &self,
        suite: &Suite,
        ticket: &SuiteTicket,
        pushed_at: Timestamp,
    ) -> sqlx::Result<bool> {
        let sealed = self.shared.sealer.seal(&ticket_place(&suite.client_id), ticket.expose());
        self.shared.store.keep_suite_ticket(&suite.client_id, &sealed, pushed_at).await
    }

    async fn note(&self, suite: &Suite, record: &Record, pushed_at: Timestamp) -> sqlx::Result<bool> {
        let biz_type = record.biz_type.map(|number| number.to_string()).unwrap_or_default();
        let Record { subscription, corp_id, biz_id, .. } = record;
        let id = digest(&["suite event", &suite.client_id, subscription, corp_id, biz_id, &biz_type]);
        let data = Zeroizing::new(record.data.to_string());
        let now = self.shared.clock.now();
        let event = NewSuiteEvent {
            client_id: &suite.client_id,
            id: &id,
            corp_id,
            kind: record.fact.as_str(),
            biz_type: record.biz_type,
            biz_id,
            data: &self.shared.sealer.seal(&event_place(&id), &data),
            digest: &digest(&["suite event data", &data]),
            pushed_at,
            received_at: now,
            horizon: now - EVENTS_KEPT,
            change: change(&record.fact).filter(|_| !corp_id.is_empty()),
            of: changed(&record.fact).map(|kind| (kind, biz_id.as_str())),
        };
        self.shared.store.note_suite_event(&event).await
    }

    /// Deletes what is kept of a customer that has left, if that is still to be done.
    async fn finish_leaving(&self, suite: &Suite, corp_id: &str) -> sqlx::Result<()> {
        let customer = self.shared.store.customer(&suite.client_id, corp_id).await?;
        match customer.map(|customer| customer.state) {
            Some(CustomerState::Leaving) => self.forget(&suite.client_id, corp_id).await,
            Some(CustomerState::Authorized | CustomerState::Disabled | CustomerState::Gone) | None => Ok(()),
        }
    }

    /// Deletes what is kept of a customer that has left.
    pub(super) async fn forget(&self, client_id: &str, corp_id: &str) -> sqlx::Result<()> {
        self.forget_token(client_id, corp_id).await;
        for belongings in &self.shared.belongings {
            belongings.forget(client_id, corp_id).await?;
        }
        self.shared.store.customer_is_gone(client_id, corp_id).await?;
        tracing::info!(suite.client_id = client_id, customer.corp_id = plain(corp_id), "customer forgotten");
        Ok(())
    }
}

/// What a fact changes about the customer that it is of.
fn change(fact: &Fact) -> Option<CustomerChange<'_>> {
    match fact {
        Fact::Authorized(authorization) | Fact::AuthorizationChanged(authorization) => {
            Some(CustomerChange::Authorized {
                name: authorization.name.as_deref(),
                agent_id: authorization.agent_id,
            })
        }
        Fact::AuthorizationEnded => Some(CustomerChange::Left),
        // One that is taken out of the workspace may come back; its end is said in so many words.
        Fact::AppDisabled | Fact::AppRemoved => Some(CustomerChange::Disabled),
        Fact::AppEnabled => Some(CustomerChange::Enabled),
        Fact::Ticket(_)
        | Fact::UserChanged
        | Fact::DepartmentChanged
        | Fact::RoleChanged
        | Fact::OrganisationChanged
        | Fact::TrialBegun
        | Fact::Unknown => None,
    }
}

/// Of what a fact tells that an organisation may keep.
fn changed(fact: &Fact) -> Option<ChangedKind> {
    match fact {
        Fact::UserChanged => Some(ChangedKind::Member),
        Fact::DepartmentChanged => Some(ChangedKind::Department),
        Fact::Ticket(_)
        | Fact::Authorized(_)
        | Fact::AuthorizationChanged(_)
        | Fact::AuthorizationEnded
        | Fact::AppDisabled
        | Fact::AppEnabled
        | Fact::AppRemoved
        | Fact::RoleChanged
        | Fact::OrganisationChanged
        | Fact::TrialBegun
        | Fact::Unknown => None,
    }
}

/// Text from outside, short and plain enough for a log.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).take(64).collect()
}
