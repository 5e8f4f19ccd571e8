//! The organisations that have installed a third-party app.

use super::{Suite, SuiteError, Suites};
use crate::clock::Timestamp;
use crate::dingtalk::{Authorization, DingTalkError, Meaning, SuiteApi};
use crate::store::{CustomerRow, CustomerState};

/// An organisation that has installed a third-party app.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Customer {
    /// The organisation.
    pub corp_id: String,
    /// What it is called, where DingTalk has said so.
    pub name: Option<String>,
    /// The app's id in it, where DingTalk has said so.
    pub agent_id: Option<i64>,
    /// Whether the app is switched on in it.
    pub is_enabled: bool,
    /// Since when.
    pub authorized_at: Timestamp,
}

/// Some customers, by corp id.
#[derive(Debug)]
pub struct CustomerPage {
    /// They.
    pub customers: Vec<Customer>,
    /// The last one, if there are more.
    pub next: Option<String>,
}

impl Suites {
    /// Lists the customers of a third-party app behind one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn customers(&self, suite: &Suite, after: &str, limit: u32) -> sqlx::Result<CustomerPage> {
        // One more tells whether there is a next page.
        let rows = self.shared.store.customers(&suite.client_id, after, limit + 1).await?;
        let mut customers: Vec<_> = rows.into_iter().filter_map(Customer::of).collect();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = customers.len() > limit;
        customers.truncate(limit);
        let last = customers.last().map(|customer| customer.corp_id.clone());
        Ok(CustomerPage { next: last.filter(|_| has_more), customers })
    }

    /// Finds a customer.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn customer(&self, suite: &Suite, corp_id: &str) -> sqlx::Result<Option<Customer>> {
        Ok(self.shared.store.customer(&suite.client_id, corp_id).await?.and_then(Customer::of))
    }

    /// Finds a customer for whom a third-party app may speak.
    ///
    /// # Errors
    ///
    /// [`SuiteError::NotACustomer`], or that the database failed.
    pub async fn authorized(&self, suite: &Suite, corp_id: &str) -> Result<Customer, SuiteError> {
        let customer = self.customer(suite, corp_id).await?;
        customer.filter(|customer| customer.is_enabled).ok_or(SuiteError::NotACustomer)
    }

    /// Finds the third-party app of an organisation that has installed one; none if it has installed several.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn of_organisation(&self, corp_id: &str) -> sqlx::Result<Option<&Suite>> {
        let installed = self.shared.store.suites_of_customer(corp_id).await?;
        let mut present = installed.iter().filter_map(|client_id| self.of_client(client_id));
        let first = present.next();
        Ok(first.filter(|_| present.next().is_none()))
    }

    /// Asks DingTalk what an organisation has agreed to, and keeps it: for one that had installed the app before anybody listened.
    ///
    /// # Errors
    ///
    /// [`SuiteError::NotACustomer`] if DingTalk says that it has not installed the app. What was known stays as it was.
    pub async fn confirm(&self, suite: &Suite, corp_id: &str) -> Result<Customer, SuiteError> {
        let found = match self.ask_for_authorization(suite, corp_id).await {
            Err(SuiteError::DingTalk(error)) if error.meaning() == Meaning::NotAuthorized => {
                return Err(SuiteError::NotACustomer);
            }
            other => other?,
        };
        let details = (found.name.as_deref(), found.agent_id);
        let now = self.shared.clock.now();
        self.shared.store.authorize_customer(&suite.client_id, corp_id, details, now).await?;
        self.customer(suite, corp_id).await?.ok_or(SuiteError::NotACustomer)
    }

    async fn ask_for_authorization(&self, suite: &Suite, corp_id: &str) -> Result<Authorization, SuiteError> {
        let client = &self.shared.client;
        if suite.api == SuiteApi::Old {
            return self
                .prove(suite, |credentials| async move {
                    client.signed_authorization(&credentials, corp_id).await
                })
                .await;
        }
        match client.authorization(&self.own_token(suite).await?, corp_id).await {
            Err(error) if is_void(&error) => {
                self.forget_own_token(&suite.client_id).await;
                Ok(client.authorization(&self.own_token(suite).await?, corp_id).await?)
            }
            other => Ok(other?),
        }
    }
}

fn is_void(error: &DingTalkError) -> bool {
    error.meaning() == Meaning::TokenInvalid
}

impl Customer {
    fn of(row: CustomerRow) -> Option<Self> {
        let is_enabled = match row.state {
            CustomerState::Authorized => true,
            CustomerState::Disabled => false,
            CustomerState::Leaving | CustomerState::Gone => return None,
        };
        Some(Self {
            corp_id: row.corp_id,
            name: row.name,
            agent_id: row.agent_id,
            is_enabled,
            authorized_at: row.authorized_at,
        })
    }
}
