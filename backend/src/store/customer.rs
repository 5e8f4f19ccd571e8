use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Store;
use super::suite::NewSuiteEvent;
use crate::clock::Timestamp;

/// A row of `suite_customers`.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    /// The third-party app.
    pub client_id: String,
    /// The organisation.
    pub corp_id: String,
    /// What it is called.
    pub name: Option<String>,
    /// The app's id in it.
    pub agent_id: Option<i64>,
    /// How it stands.
    pub state: CustomerState,
    /// Since when.
    pub authorized_at: Timestamp,
}

/// How an organisation stands to a third-party app.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CustomerState {
    /// It has installed it.
    Authorized,
    /// It has switched it off.
    Disabled,
    /// It has removed it, and what is kept of it is still to be deleted.
    Leaving,
    /// It has removed it.
    Gone,
}

/// What an event changes about a customer.
#[derive(Clone, Copy, Debug)]
pub enum CustomerChange<'a> {
    /// It has installed the app, or says anew what the app may do.
    Authorized {
        /// What it is called.
        name: Option<&'a str>,
        /// The app's id in it.
        agent_id: Option<i64>,
    },
    /// It has switched the app off.
    Disabled,
    /// It has switched the app on again.
    Enabled,
    /// It has removed the app.
    Left,
}

impl CustomerState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Disabled => "disabled",
            Self::Leaving => "leaving",
            Self::Gone => "gone",
        }
    }
}

impl Store {
    /// Notes that an organisation has installed a third-party app, as DingTalk says when it is asked.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn authorize_customer(
        &self,
        client_id: &str,
        corp_id: &str,
        (name, agent_id): (Option<&str>, Option<i64>),
        now: Timestamp,
    ) -> sqlx::Result<()> {
        let mut connection = self.writer.acquire().await?;
        upsert_customer(&mut connection, client_id, corp_id, (name, agent_id), (now, now)).await
    }

    /// Finds an organisation that has installed a third-party app, or had.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn customer(&self, client_id: &str, corp_id: &str) -> sqlx::Result<Option<CustomerRow>> {
        let query = sqlx::query("SELECT * FROM suite_customers WHERE client_id = $1 AND corp_id = $2")
            .bind(client_id)
            .bind(corp_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(CustomerRow::try_from).transpose()
    }

    /// Lists the third-party apps that an organisation has installed.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn suites_of_customer(&self, corp_id: &str) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar(
            "SELECT client_id FROM suite_customers WHERE corp_id = $1 AND state = 'authorized' ORDER BY client_id",
        )
        .bind(corp_id)
        .fetch_all(&self.pool)
        .await
    }

    /// Lists the customers of a third-party app by corp id, behind one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn customers(
        &self,
        client_id: &str,
        after: &str,
        limit: u32,
    ) -> sqlx::Result<Vec<CustomerRow>> {
        let query = sqlx::query(
            "SELECT * FROM suite_customers WHERE client_id = $1 AND corp_id > $2 \
             AND state IN ('authorized', 'disabled') ORDER BY corp_id LIMIT $3",
        )
        .bind(client_id)
        .bind(after)
        .bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(CustomerRow::try_from).collect()
    }

    /// Counts the customers of a third-party app.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn count_customers(&self, client_id: &str) -> sqlx::Result<i64> {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM suite_customers WHERE client_id = $1 AND state IN ('authorized', 'disabled')",
        )
        .bind(client_id)
        .fetch_one(&self.pool)
        .await
    }

    /// Lists the customers of whom something is still to be deleted, as pairs of app and organisation.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn leaving_customers(&self) -> sqlx::Result<Vec<(String, String)>> {
        sqlx::query_as("SELECT client_id, corp_id FROM suite_customers WHERE state = 'leaving'")
            .fetch_all(&self.pool)
            .await
    }

    /// Notes that nothing more is kept of a customer that has left.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn customer_is_gone(&self, client_id: &str, corp_id: &str) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE suite_customers SET state = 'gone' WHERE client_id = $1 AND corp_id = $2 AND state = 'leaving'",
        )
        .bind(client_id)
        .bind(corp_id)
        .execute(&self.writer)
        .await
        .map(drop)
    }
}

pub(super) async fn change_customer(
    connection: &mut AnyConnection,
    event: &NewSuiteEvent<'_>,
    change: CustomerChange<'_>,
) -> sqlx::Result<()> {
    let NewSuiteEvent { client_id, corp_id, .. } = *event;
    let times = (event.received_at, event.pushed_at);
    match change {
        CustomerChange::Authorized { name, agent_id } => {
            upsert_customer(connection, client_id, corp_id, (name, agent_id), times).await
        }
        CustomerChange::Disabled => switch(connection, event, CustomerState::Disabled).await,
        CustomerChange::Enabled => switch(connection, event, CustomerState::Authorized).await,
        CustomerChange::Left => leave(connection, event).await,
    }
}

async fn upsert_customer(
    connection: &mut AnyConnection,
    client_id: &str,
    corp_id: &str,
    (name, agent_id): (Option<&str>, Option<i64>),
    (now, pushed_at): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO suite_customers (client_id, corp_id, name, agent_id, state, authorized_at, pushed_at) \
         VALUES ($1, $2, $3, $4, 'authorized', $5, $6) ON CONFLICT (client_id, corp_id) DO UPDATE SET \
         name = COALESCE(excluded.name, suite_customers.name), \
         agent_id = COALESCE(excluded.agent_id, suite_customers.agent_id), state = excluded.state, \
         authorized_at = CASE WHEN suite_customers.state = 'authorized' THEN suite_customers.authorized_at \
         ELSE excluded.authorized_at END, pushed_at = excluded.pushed_at \
         WHERE suite_customers.pushed_at <= excluded.pushed_at",
    )
    .bind(client_id)
    .bind(corp_id)
    .bind(name)
    .bind(agent_id)
    .bind(now.as_millis())
    .bind(pushed_at.as_millis())
    .execute(connection)
    .await
    .map(drop)
}

/// Switches the app of a customer on or off. Since when it is on counts for tokens, which are void after that.
async fn switch(
    connection: &mut AnyConnection,
    event: &NewSuiteEvent<'_>,
    state: CustomerState,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE suite_customers SET state = $3, authorized_at = $4, pushed_at = $5 WHERE client_id = $1 \
         AND corp_id = $2 AND state IN ('authorized', 'disabled') AND state <> $3 AND pushed_at <= $5",
    )
    .bind(event.client_id)
    .bind(event.corp_id)
    .bind(state.as_str())
    .bind(event.received_at.as_millis())
    .bind(event.pushed_at.as_millis())
    .execute(connection)
    .await
    .map(drop)
}

/// Takes a customer's data away, and what it has told.
async fn leave(connection: &mut AnyConnection, event: &NewSuiteEvent<'_>) -> sqlx::Result<()> {
    let done = sqlx::query(
        "INSERT INTO suite_customers (client_id, corp_id, state, authorized_at, pushed_at) \
         VALUES ($1, $2, 'leaving', $3, $4) ON CONFLICT (client_id, corp_id) DO UPDATE SET \
         name = NULL, agent_id = NULL, state = excluded.state, authorized_at = excluded.authorized_at, \
         pushed_at = excluded.pushed_at WHERE suite_customers.pushed_at <= excluded.pushed_at",
    )
    .bind(event.client_id)
    .bind(event.corp_id)
    .bind(event.received_at.as_millis())
    .bind(event.pushed_at.as_millis())
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query("DELETE FROM suite_events WHERE client_id = $1 AND corp_id = $2 AND id <> $3")
        .bind(event.client_id)
        .bind(event.corp_id)
        .bind(event.id)
        .execute(connection)
        .await
        .map(drop)
}

impl TryFrom<&AnyRow> for CustomerRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            client_id: row.try_get("client_id")?,
            corp_id: row.try_get("corp_id")?,
            name: row.try_get("name")?,
            agent_id: row.try_get("agent_id")?,
            state: match state.as_str() {
                "authorized" => CustomerState::Authorized,
                "disabled" => CustomerState::Disabled,
                "leaving" => CustomerState::Leaving,
                _ => CustomerState::Gone,
            },
            authorized_at: row.try_get("authorized_at").map(Timestamp::from_millis)?,
        })
    }
}
