//! The tokens of third-party apps and of their customers. They are kept in memory only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::{Suite, SuiteError, Suites, ticket_place};
use crate::clock::Timestamp;
use crate::dingtalk::{DingTalkError, Meaning, SuiteCredentials};
use crate::secret::{SuiteTicket, Token};
use crate::store::CustomerState;

/// A token this close to its end is not used any more.
const MARGIN: Duration = Duration::from_mins(5);

/// The tokens, by app and organisation; a token of an app itself is of none.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<(String, Option<String>), Slot>>);

/// A token. Held while it is got, so that it is got once, and nobody waits for another customer's.
type Slot = Arc<Mutex<Option<Kept>>>;

#[derive(Clone, Debug)]
struct Kept {
    token: Token,
    until: Timestamp,
    /// Since when the customer has had the app: a token of before is void.
    since: Timestamp,
}

impl Tokens {
    async fn slot(&self, client_id: &str, corp_id: Option<&str>) -> Slot {
        let key = (client_id.to_owned(), corp_id.map(str::to_owned));
        Arc::clone(self.0.lock().await.entry(key).or_default())
    }
}

impl Suites {
    /// Returns a token that speaks for a third-party app in an organisation.
    ///
    /// # Errors
    ///
    /// [`SuiteError`].
    pub async fn token(&self, suite: &Suite, corp_id: &str) -> Result<Token, SuiteError> {
        let customer = self.shared.store.customer(&suite.client_id, corp_id).await?;
        let Some(customer) = customer.filter(|customer| customer.state == CustomerState::Authorized) else {
            self.forget_token(&suite.client_id, corp_id).await;
            return Err(SuiteError::NotACustomer);
        };
        let slot = self.shared.tokens.slot(&suite.client_id, Some(corp_id)).await;
        let mut kept = slot.lock().await;
        let now = self.shared.clock.now();
        if let Some(kept) = kept.as_ref()
            && now < kept.until
            && kept.since == customer.authorized_at
        {
            return Ok(kept.token.clone());
        }
        let (token, lifetime) = self
            .prove(suite, |credentials| async move {
                self.shared.client.corp_token(suite.api, &credentials, corp_id).await
            })
            .await?;
        let until = now + lifetime.saturating_sub(MARGIN);
        *kept = Some(Kept { token: token.clone(), until, since: customer.authorized_at });
        Ok(token)
    }

    /// Returns a token that speaks for a third-party app itself.
    pub(super) async fn own_token(&self, suite: &Suite) -> Result<Token, SuiteError> {
        let slot = self.shared.tokens.slot(&suite.client_id, None).await;
        let mut kept = slot.lock().await;
        let now = self.shared.clock.now();
        if let Some(kept) = kept.as_ref()
            && now < kept.until
        {
            return Ok(kept.token.clone());
        }
        let (token, lifetime) = self
            .prove(suite, |credentials| async move { self.shared.client.suite_token(&credentials).await })
            .await?;
        let until = now + lifetime.saturating_sub(MARGIN);
        *kept = Some(Kept { token: token.clone(), until, since: now });
        Ok(token)
    }

    /// Gets a token that speaks for a third-party app itself, to see whether its secret and its ticket are good.
    ///
    /// # Errors
    ///
    /// [`SuiteError`].
    pub async fn probe(&self, suite: &Suite) -> Result<(), SuiteError> {
        self.forget_own_token(&suite.client_id).await;
        self.own_token(suite).await.map(drop)
    }

    /// Forgets a token, because DingTalk does not take it or nobody may use it.
    pub async fn forget_token(&self, client_id: &str, corp_id: &str) {
        self.shared.tokens.0.lock().await.remove(&(client_id.to_owned(), Some(corp_id.to_owned())));
    }

    /// The same for a token of the app itself.
    pub(super) async fn forget_own_token(&self, client_id: &str) {
        self.shared.tokens.0.lock().await.remove(&(client_id.to_owned(), None));
    }

    /// Asks with the secret and the newest ticket, and once more if another ticket has come meanwhile.
    pub(super) async fn prove<T, F: Future<Output = Result<T, DingTalkError>>>(
        &self,
        suite: &Suite,
        ask: impl Fn(SuiteCredentials) -> F,
    ) -> Result<T, SuiteError> {
        let secret = self.shared.apps.exchange_secret(&suite.client_id).await.map_err(SuiteError::Secret)?;
        let (key, ticket) = (suite.client_id.clone(), self.ticket(suite).await?);
        let now = self.shared.clock.now().as_millis();
        let credentials = SuiteCredentials { key, secret, ticket, now };
        match ask(credentials.clone()).await {
            Err(error) if error.meaning() == Meaning::TicketInvalid => {
                let newer = self.ticket(suite).await?;
                if newer.expose() == credentials.ticket.expose() {
                    return Err(error.into());
                }
                Ok(ask(SuiteCredentials { ticket: newer, ..credentials }).await?)
            }
            other => Ok(other?),
        }
    }

    async fn ticket(&self, suite: &Suite) -> Result<SuiteTicket, SuiteError> {
        let sealed = self.shared.store.suite(&suite.client_id).await?.ticket.ok_or(SuiteError::NoTicket)?;
        let place = ticket_place(&suite.client_id);
        let ticket = self.shared.sealer.open(&place, &sealed).map_err(SuiteError::Sealed)?;
        Ok(SuiteTicket::new(ticket.to_string()))
    }
}
