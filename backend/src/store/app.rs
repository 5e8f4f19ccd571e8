use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Store;
use super::delivery::{NewDelivery, queue};
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `apps`.
#[derive(Clone, Debug)]
pub struct AppRow {
    /// The app's client id.
    pub client_id: String,
    /// What we call it.
    pub name: String,
    /// The client secret.
    pub secret: Sealed,
    /// The first characters of the secret.
    pub hint: String,
    /// Whether somebody waited for it, or said that he wants it.
    pub is_claimed: bool,
    /// Whether DingTalk accepted the credentials when they were tried.
    pub is_verified: bool,
    /// What people call it.
    pub title: Option<String>,
    /// The organisation that owns it.
    pub corp_id: Option<String>,
    /// Its id in the organisation.
    pub agent_id: Option<i64>,
    /// How people sign in with it, as JSON.
    pub login_options: String,
    /// Whether a file of the configuration has it.
    pub in_file: InFile,
    /// When it was kept for the first time.
    pub created_at: Timestamp,
}

/// Whether a file of the configuration has an app.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InFile {
    /// None ever had it.
    Never,
    /// One has it.
    Present,
    /// One had it, and has it no more.
    Withdrawn,
}

/// What [`Store::describe_app`] writes.
#[derive(Clone, Debug)]
pub struct AppDetails {
    /// The organisation that owns it.
    pub corp_id: Option<String>,
    /// Its id in the organisation.
    pub agent_id: Option<i64>,
    /// What people call it.
    pub title: Option<String>,
}

/// What [`Store::set_login_details`] writes.
#[derive(Clone, Copy, Debug)]
pub struct LoginDetails<'a> {
    /// The name that it should have, if that changes.
    pub name: Option<&'a str>,
    /// What people call it.
    pub title: Option<&'a str>,
    /// The organisation that owns it.
    pub corp_id: Option<&'a str>,
    /// Its id in the organisation.
    pub agent_id: Option<i64>,
    /// How people sign in with it, as JSON.
    pub options: &'a str,
}

/// What [`Store::keep_app`] writes.
#[derive(Clone, Debug)]
pub struct NewApp<'a> {
    /// The app's client id.
    pub client_id: &'a str,
    /// The name that it should have.
    pub name: &'a str,
    /// The client secret.
    pub secret: &'a Sealed,
    /// The first characters of the secret.
    pub hint: &'a str,
    /// The registration that made it.
    pub flow_id: Option<&'a str>,
    /// What has to go to the sinks; `None` if nobody claims it.
    pub deliveries: Option<&'a [NewDelivery]>,
}

impl Store {
    /// Keeps an app and queues its deliveries, in one transaction, and returns the name that it has now: a known
    /// app keeps its name; a new one whose name is taken gets a number behind it.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn keep_app(&self, app: &NewApp<'_>, now: Timestamp) -> sqlx::Result<String> {
        let mut transaction = self.begin().await?;
        let name = free_name(&mut transaction, app).await?;
        sqlx::query(
            "INSERT INTO apps (client_id, name, sealed_secret, hint, flow_id, claimed, created_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (client_id) DO UPDATE SET \
             sealed_secret = excluded.sealed_secret, hint = excluded.hint, \
             flow_id = COALESCE(excluded.flow_id, apps.flow_id), \
             claimed = CASE WHEN apps.claimed > excluded.claimed THEN apps.claimed ELSE excluded.claimed END, \
             verified = 0, changed_at = excluded.changed_at",
        )
        .bind(app.client_id)
        .bind(&name)
        .bind(app.secret.as_bytes())
        .bind(app.hint)
        .bind(app.flow_id)
        .bind(i64::from(app.deliveries.is_some()))
        .bind(now.as_millis())
        .execute(&mut *transaction)
        .await?;
        for delivery in app.deliveries.unwrap_or_default() {
            queue(&mut transaction, app.client_id, delivery, now).await?;
        }
        transaction.commit().await?;
        Ok(name)
    }

    /// Marks an app as claimed and queues its deliveries. Returns `false` if there is no such app.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn claim_app(
        &self,
        client_id: &str,
        deliveries: &[NewDelivery],
        now: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query("UPDATE apps SET claimed = 1, changed_at = $2 WHERE client_id = $1")
            .bind(client_id)
            .bind(now.as_millis())
            .execute(&mut *transaction)
            .await?;
        for delivery in deliveries {
            queue(&mut transaction, client_id, delivery, now).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes whether DingTalk accepts an app's credentials.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn set_app_verified(&self, client_id: &str, is_verified: bool) -> sqlx::Result<()> {
        sqlx::query("UPDATE apps SET verified = $2 WHERE client_id = $1")
            .bind(client_id)
            .bind(i64::from(is_verified))
            .execute(&mut *self.hurry().await?)
            .await
            .map(drop)
    }

    /// Sets what a login needs to know of an app.
    ///
    /// # Errors
    ///
    /// If the database fails; a unique violation if another app has the name.
    pub async fn set_login_details(&self, client_id: &str, details: &LoginDetails<'_>) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE apps SET name = COALESCE($2, name), title = $3, corp_id = $4, agent_id = $5, \
             login_options = $6, from_file = CASE WHEN $2 IS NULL THEN from_file ELSE 1 END WHERE client_id = $1",
        )
        .bind(client_id)
        .bind(details.name)
        .bind(details.title)
        .bind(details.corp_id)
        .bind(details.agent_id)
        .bind(details.options)
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Notes whose an app is, its id there, and what people call it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn describe_app(
        &self,
        client_id: &str,
        details: &AppDetails,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE apps SET corp_id = $2, agent_id = $3, title = $4, changed_at = $5 WHERE client_id = $1",
        )
        .bind(client_id)
        .bind(&details.corp_id)
        .bind(details.agent_id)
        .bind(&details.title)
        .bind(now.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Marks the apps that files of the configuration had and have no more, and returns their names.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn withdraw_apps(&self, present: &[&str]) -> sqlx::Result<Vec<String>> {
        let known: Vec<(String, String)> =
            sqlx::query_as("SELECT client_id, name FROM apps WHERE from_file = 1")
                .fetch_all(&self.writer)
                .await?;
        let mut names = Vec::new();
        for (client_id, name) in known.into_iter().filter(|(id, _)| !present.contains(&id.as_str())) {
            sqlx::query("UPDATE apps SET from_file = 2 WHERE client_id = $1")
                .bind(client_id)
                .execute(&self.writer)
                .await?;
            names.push(name);
        }
        Ok(names)
    }

    /// Finds the newest app of an organisation that somebody claims.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn app_of_organisation(&self, corp_id: &str) -> sqlx::Result<Option<AppRow>> {
        let query = sqlx::query(
            "SELECT * FROM apps WHERE corp_id = $1 AND claimed = 1 AND from_file < 2 ORDER BY created_at DESC, client_id LIMIT 1",
        )
        .bind(corp_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(AppRow::try_from).transpose()
    }

    /// Finds an app by its client id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn app(&self, client_id: &str) -> sqlx::Result<Option<AppRow>> {
        let query = sqlx::query("SELECT * FROM apps WHERE client_id = $1").bind(client_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(AppRow::try_from).transpose()
    }

    /// Finds an app by its name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn app_named(&self, name: &str) -> sqlx::Result<Option<AppRow>> {
        let query = sqlx::query("SELECT * FROM apps WHERE name = $1").bind(name);
        query.fetch_optional(&self.pool).await?.as_ref().map(AppRow::try_from).transpose()
    }

    /// Finds the app that a registration made.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn app_of_flow(&self, flow_id: &str) -> sqlx::Result<Option<AppRow>> {
        let query = sqlx::query("SELECT * FROM apps WHERE flow_id = $1").bind(flow_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(AppRow::try_from).transpose()
    }

    /// Lists the apps, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn apps(&self) -> sqlx::Result<Vec<AppRow>> {
        let query = sqlx::query("SELECT * FROM apps ORDER BY created_at DESC, client_id");
        query.fetch_all(&self.pool).await?.iter().map(AppRow::try_from).collect()
    }
}

async fn free_name(connection: &mut AnyConnection, app: &NewApp<'_>) -> sqlx::Result<String> {
    let known: Option<String> = sqlx::query_scalar("SELECT name FROM apps WHERE client_id = $1")
        .bind(app.client_id)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(name) = known {
        return Ok(name);
    }
    let taken: Vec<String> =
        sqlx::query_scalar("SELECT name FROM apps WHERE name = $1 OR name LIKE $1 || '-%'")
            .bind(app.name)
            .fetch_all(&mut *connection)
            .await?;
    let numbered = (2..).map(|number| format!("{}-{number}", app.name));
    let mut candidates = std::iter::once(app.name.to_owned()).chain(numbered);
    Ok(candidates.find(|candidate| !taken.contains(candidate)).unwrap_or_default())
}

impl TryFrom<&AnyRow> for AppRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            client_id: row.try_get("client_id")?,
            name: row.try_get("name")?,
            secret: Sealed::from_stored(row.try_get("sealed_secret")?),
            hint: row.try_get("hint")?,
            is_claimed: row.try_get::<i64, _>("claimed")? != 0,
            is_verified: row.try_get::<i64, _>("verified")? != 0,
            title: row.try_get("title")?,
            corp_id: row.try_get("corp_id")?,
            agent_id: row.try_get("agent_id")?,
            login_options: row.try_get("login_options")?,
            in_file: match row.try_get::<i64, _>("from_file")? {
                1 => InFile::Present,
                2 => InFile::Withdrawn,
                _ => InFile::Never,
            },
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
        })
    }
}
