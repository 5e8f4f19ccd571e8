use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use crate::clock::Timestamp;

/// A row of `logins`.
#[derive(Clone, Debug)]
pub struct LoginRow {
    /// Its flow.
    pub flow_id: String,
    /// By which door.
    pub method: String,
    /// The app.
    pub client_id: String,
    /// The organisation for which the app was asked for, where it is many organisations'.
    pub corp_id: Option<String>,
    /// The origin of the page that asks.
    pub site: String,
    /// Whether that is the backend's own.
    pub is_own_site: bool,
    /// The browser that asks, in words.
    pub browser: String,
    /// Its address.
    pub address: String,
    /// Where the browser goes in the end.
    pub return_to: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// What the QR code says.
    pub scan_code: Option<String>,
    /// What the page shows.
    pub number: u8,
    /// What the phone shows.
    pub numbers: [u8; 3],
    /// The browser that began it.
    pub browser_digest: Option<String>,
    /// The browser that went to DingTalk.
    pub agent_digest: Option<String>,
    /// Who it is, once DingTalk has said so.
    pub user_id: Option<String>,
}

impl Store {
    /// Adds a login to its flow. It goes when the flow goes.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_login(&self, login: &LoginRow) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO logins (flow_id, method, client_id, site, own_site, browser, address, return_to, \
             created_at, scan_code, number, numbers, browser_digest, corp_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(&login.flow_id)
        .bind(&login.method)
        .bind(&login.client_id)
        .bind(&login.site)
        .bind(i64::from(login.is_own_site))
        .bind(&login.browser)
        .bind(&login.address)
        .bind(&login.return_to)
        .bind(login.created_at.as_millis())
        .bind(&login.scan_code)
        .bind(i64::from(login.number))
        .bind(login.numbers.map(|number| number.to_string()).join(","))
        .bind(&login.browser_digest)
        .bind(&login.corp_id)
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Finds a login by its flow.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn login(&self, flow_id: &str) -> sqlx::Result<Option<LoginRow>> {
        let query = sqlx::query("SELECT * FROM logins WHERE flow_id = $1").bind(flow_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(LoginRow::try_from).transpose()
    }

    /// Finds a login by what its QR code says.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn login_by_scan_code(&self, scan_code: &str) -> sqlx::Result<Option<LoginRow>> {
        let query = sqlx::query("SELECT * FROM logins WHERE scan_code = $1").bind(scan_code);
        query.fetch_optional(&self.pool).await?.as_ref().map(LoginRow::try_from).transpose()
    }

    /// Notes the state with which a browser goes to DingTalk; an earlier one is void then. Returns `false`, and notes
    /// nothing, if somebody is known already, or if another browser has gone before and `is_first_only`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn set_login_state(
        &self,
        flow_id: &str,
        state_digest: &str,
        agent_digest: Option<&str>,
        is_first_only: bool,
    ) -> sqlx::Result<bool> {
        sqlx::query(
            "UPDATE logins SET state_digest = $2, agent_digest = $3 WHERE flow_id = $1 AND user_id IS NULL \
             AND (NOT $4 OR agent_digest IS NULL OR agent_digest = $3)",
        )
        .bind(flow_id)
        .bind(state_digest)
        .bind(agent_digest)
        .bind(is_first_only)
        .execute(&self.writer)
        .await
        .map(|done| done.rows_affected() == 1)
    }

    /// Notes which browser ended a login, so that it alone is told how.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn claim_login(&self, flow_id: &str, agent_digest: &str) -> sqlx::Result<()> {
        sqlx::query("UPDATE logins SET agent_digest = $2 WHERE flow_id = $1 AND agent_digest IS NULL")
            .bind(flow_id)
            .bind(agent_digest)
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Finds the login that a state belongs to, and makes the state void: it works once.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_login_state(&self, state_digest: &str) -> sqlx::Result<Option<LoginRow>> {
        let query = sqlx::query("UPDATE logins SET state_digest = NULL WHERE state_digest = $1 RETURNING *")
            .bind(state_digest);
        query.fetch_optional(&self.writer).await?.as_ref().map(LoginRow::try_from).transpose()
    }

    /// Notes who it is, and what the browser has to bring to confirm it. Returns `false` if somebody is known already.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn set_login_user(
        &self,
        flow_id: &str,
        user_id: &str,
        proof_digest: Option<&str>,
    ) -> sqlx::Result<bool> {
        sqlx::query(
            "UPDATE logins SET user_id = $2, proof_digest = $3 WHERE flow_id = $1 AND user_id IS NULL",
        )
        .bind(flow_id)
        .bind(user_id)
        .bind(proof_digest)
        .execute(&self.writer)
        .await
        .map(|done| done.rows_affected() == 1)
    }

    /// Makes a proof void, and returns whether it was the right one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_login_proof(&self, flow_id: &str, proof_digest: &str) -> sqlx::Result<bool> {
        sqlx::query("UPDATE logins SET proof_digest = NULL WHERE flow_id = $1 AND proof_digest = $2")
            .bind(flow_id)
            .bind(proof_digest)
            .execute(&self.writer)
            .await
            .map(|done| done.rows_affected() == 1)
    }

    /// Returns whether the ticket of a login is good: it was confirmed, by the last change of its flow, after `horizon`, and
    /// nobody has given the ticket in.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn has_login_ticket(&self, flow_id: &str, horizon: Timestamp) -> sqlx::Result<bool> {
        let row = sqlx::query(
            "SELECT 1 FROM logins JOIN flows ON flows.id = logins.flow_id WHERE logins.flow_id = $1 \
             AND logins.redeemed_at IS NULL AND logins.user_id IS NOT NULL AND flows.changed_at > $2",
        )
        .bind(flow_id)
        .bind(horizon.as_millis())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Gives the ticket of a confirmed login in: it works once, and only if that was confirmed after `horizon`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn redeem_login(
        &self,
        flow_id: &str,
        horizon: Timestamp,
        now: Timestamp,
    ) -> sqlx::Result<Option<LoginRow>> {
        let query = sqlx::query(
            "UPDATE logins SET redeemed_at = $3 WHERE flow_id = $1 AND redeemed_at IS NULL \
             AND EXISTS (SELECT 1 FROM flows WHERE flows.id = $1 AND flows.changed_at > $2) RETURNING *",
        )
        .bind(flow_id)
        .bind(horizon.as_millis())
        .bind(now.as_millis());
        query.fetch_optional(&self.writer).await?.as_ref().map(LoginRow::try_from).transpose()
    }
}

impl TryFrom<&AnyRow> for LoginRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let numbers: String = row.try_get("numbers")?;
        let mut numbers = numbers.split(',').map(|number| number.parse().unwrap_or_default());
        Ok(Self {
            flow_id: row.try_get("flow_id")?,
            method: row.try_get("method")?,
            client_id: row.try_get("client_id")?,
            corp_id: row.try_get("corp_id")?,
            site: row.try_get("site")?,
            is_own_site: row.try_get::<i64, _>("own_site")? != 0,
            browser: row.try_get("browser")?,
            address: row.try_get("address")?,
            return_to: row.try_get("return_to")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
            scan_code: row.try_get("scan_code")?,
            number: u8::try_from(row.try_get::<i64, _>("number")?).unwrap_or_default(),
            numbers: std::array::from_fn(|_| numbers.next().unwrap_or_default()),
            browser_digest: row.try_get("browser_digest")?,
            agent_digest: row.try_get("agent_digest")?,
            user_id: row.try_get("user_id")?,
        })
    }
}
