use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::link::{Link, LinkError};
use super::wire::{
    BeginLogin, BegunLogin, Checked, EventBatch, Happening, LookUp, MemberRecord, ProveLogin, Redemption,
    RefreshPerson, TicketRedeemed,
};
use crate::causes::Causes;
use crate::clock::{Clock, Timestamp};
use crate::secret::{Presented, Sealer, random_id};
use crate::store::{RelayChange, RelayMessageState, Store, UserRow};

/// How long the cloud is asked to hold a question for events.
const WAIT: Duration = Duration::from_secs(25);

/// The pauses after questions that failed: the first, and the longest.
pub(super) const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// A local: it keeps the people, and asks its cloud for everything else. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Local {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Store,
    pub(super) sealer: Arc<Sealer>,
    pub(super) link: Link,
    pub(super) times: Times,
    /// Woken when there is a message to send.
    pub(super) queued: Notify,
    reach: Mutex<Reach>,
}

/// For how long a local has messages.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Until it does not try any more to carry one.
    pub try_for: Duration,
    /// Until one is forgotten that is not on its way.
    pub keep: Duration,
}

/// How well the cloud is reached.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    /// When it answered last.
    pub reached_at: Option<Timestamp>,
    /// Why it did not since, in a word.
    pub trouble: Option<&'static str>,
}

/// A local cannot do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The cloud did not do its part.
    #[error("the cloud did not do its part")]
    Link(#[from] LinkError),
    /// The database failed.
    #[error("the local's database failed")]
    Store(#[from] sqlx::Error),
}

impl Local {
    /// Makes it.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sealer: Arc<Sealer>, link: Link, times: Times) -> Self {
        let (queued, reach) = (Notify::new(), Mutex::default());
        Self { shared: Arc::new(Shared { clock, store, sealer, link, times, queued, reach }) }
    }

    /// Asks the cloud who we are to it.
    ///
    /// # Errors
    ///
    /// [`LinkError`] says what keeps us from each other.
    pub async fn check(&self) -> Result<Checked, LinkError> {
        self.heard(self.shared.link.get("/relay/v1/check", Duration::ZERO).await)
    }

    /// Gives the ticket of a login in at the cloud, and keeps the person. Returns them and by which door they came.
    ///
    /// # Errors
    ///
    /// [`LocalError`]. The ticket may be used up then.
    pub async fn redeem(&self, ticket: &Presented) -> Result<(UserRow, String), LocalError> {
        let body = Redemption { ticket: ticket.expose().to_owned() };
        let redeemed = self.shared.link.post("/relay/v1/tickets", &body).await;
        self.welcome(self.heard(redeemed)?).await
    }

    /// Has the cloud begin a login by redirect.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn begin_login(&self, begin: &BeginLogin) -> Result<BegunLogin, LinkError> {
        self.heard(self.shared.link.post("/relay/v1/logins", begin).await)
    }

    /// Gives in what a browser brought back from such a login, and keeps the person.
    ///
    /// # Errors
    ///
    /// [`LocalError`].
    pub async fn prove(
        &self,
        flow_id: &str,
        poll_token: &Presented,
        proof: &Presented,
    ) -> Result<(UserRow, String), LocalError> {
        let body =
            ProveLogin { poll_token: poll_token.expose().to_owned(), proof: proof.expose().to_owned() };
        let redeemed = self.shared.link.post(&format!("/relay/v1/logins/{flow_id}/proof"), &body).await;
        self.welcome(self.heard(redeemed)?).await
    }

    /// Has the cloud ask DingTalk again who a person is.
    ///
    /// # Errors
    ///
    /// [`LocalError`]; as for a refresh at the cloud, if that refuses.
    pub async fn refresh(&self, user: &UserRow) -> Result<UserRow, LocalError> {
        let body = RefreshPerson { corp_id: user.corp_id.clone(), union_id: user.union_id.clone() };
        let refreshed = self.shared.link.post("/relay/v1/people/refresh", &body).await;
        Ok(self.welcome(self.heard(refreshed)?).await?.0)
    }

    /// Has the cloud look a member up.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn look_up(&self, look_up: &LookUp) -> Result<MemberRecord, LinkError> {
        self.heard(self.shared.link.post("/relay/v1/members", look_up).await)
    }

    /// Finds the person here whom an organisation calls so; any organisation, if none is named.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn person(&self, corp_id: Option<&str>, staff_id: &str) -> sqlx::Result<Option<UserRow>> {
        self.shared.store.user_by_staff_id(corp_id, staff_id).await
    }

    async fn welcome(&self, redeemed: TicketRedeemed) -> Result<(UserRow, String), LocalError> {
        let user = self.shared.store.keep_person(&redeemed.person.into(), &random_id()).await?;
        Ok((user, redeemed.method))
    }

    /// Says how well the cloud is reached.
    pub fn reach(&self) -> Reach {
        *self.shared.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the log of the cloud, for ever.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing.
    pub async fn follow(&self) {
        let mut pause = PAUSES.0;
        loop {
            let Err(error) = self.step().await else {
                pause = PAUSES.0;
                continue;
            };
            tracing::warn!(error = %Causes(&error), "the cloud cannot be followed");
            self.shared.clock.sleep_until(self.shared.clock.now() + pause).await;
            pause = PAUSES.1.min(pause * 2);
        }
    }

    /// Asks once for what comes next, and applies it together with our place in the log.
    async fn step(&self) -> Result<(), LocalError> {
        let Shared { store, link, .. } = &*self.shared;
        let after = store.relay_cursor(link.id()).await?;
        let target = format!("/relay/v1/events?after={after}&wait={}", WAIT.as_secs());
        let batch: EventBatch = self.heard(link.get(&target, WAIT).await)?;
        let Some(last) = batch.events.last().map(|event| event.number) else { return Ok(()) };
        let number = batch.events.len();
        let changes: Vec<_> = batch.events.into_iter().map(|event| change(event.happening)).collect();
        if store.apply_relay_changes(link.id(), after, last, &changes).await? {
            tracing::info!(relay.events = number, relay.cursor = last, "events applied");
        }
        Ok(())
    }

    /// Notes whether the cloud was heard.
    pub(super) fn heard<T>(&self, answer: Result<T, LinkError>) -> Result<T, LinkError> {
        let mut reach = self.shared.reach.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(_) | Err(LinkError::Refused { .. }) => {
                *reach = Reach { reached_at: Some(self.shared.clock.now()), trouble: None };
            }
            Err(error) => reach.trouble = Some(error.word()),
        }
        answer
    }
}

fn change(happening: Happening) -> RelayChange {
    match happening {
        Happening::PersonChanged { person } => RelayChange::Person(Box::new((*person).into())),
        Happening::PersonLeft { corp_id, union_id } => RelayChange::Left { corp_id, union_id },
        Happening::MessageChanged { id, outcome } => {
            let state =
                if outcome.is_over { RelayMessageState::Settled } else { RelayMessageState::Accepted };
            RelayChange::Message { id, state, outcome: serde_json::to_string(&outcome).unwrap_or_default() }
        }
        Happening::Unknown => RelayChange::Nothing,
    }
}
