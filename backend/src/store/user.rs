use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Store;
use super::invitation::use_invitation;
#[cfg(feature = "platform")]
use super::relay::{PERSON_CHANGED, tell_of_person};
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `users`.
#[derive(Clone)]
pub struct UserRow {
    /// Names the person here.
    pub id: String,
    /// The organisation; empty if DingTalk did not tell.
    pub corp_id: String,
    /// Names the person at DingTalk.
    pub union_id: String,
    /// Names the person to the app.
    pub open_id: Option<String>,
    /// Names the person in the organisation.
    pub staff_id: Option<String>,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether it is made up.
    pub is_email_made_up: bool,
    /// Their number.
    pub mobile: Option<String>,
    /// The country code of the number.
    pub state_code: Option<String>,
    /// Their number in the organisation.
    pub job_number: Option<String>,
    /// When they were hired.
    pub hired_at: Option<Timestamp>,
    /// Their picture.
    pub avatar_url: Option<String>,
    /// Whether they may administer.
    pub is_admin: bool,
    /// The embedder's id of them.
    pub external_id: Option<String>,
    /// What the embedder keeps with them, as a JSON object.
    pub extension: String,
    /// The app that the refresh token is for; without one, the app with which they signed in last.
    pub client_id: String,
    /// Gets a token that speaks for them.
    pub refresh_token: Option<Sealed>,
    /// When they came in first.
    pub created_at: Timestamp,
    /// When they came in last.
    pub signed_in_at: Timestamp,
}

impl std::fmt::Debug for UserRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Who may come in for the first time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Newcomers<'a> {
    /// Everybody.
    Welcome,
    /// Those whom an invitation names by union id, or by this address.
    Invited {
        /// An address that the person really has.
        email: Option<&'a str>,
    },
}

/// What becomes of a known person's address, and of what it makes of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Address {
    /// The new one counts.
    New,
    /// The stored one stays; the new one is for newcomers.
    OfNewcomers,
}

impl Store {
    /// Adds a person, or brings a known one up to date: what is missing in `user` stays as it was. An invitation is
    /// used up. Returns `None`, and changes nothing, if the person is new and `newcomers` keeps them out.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn admit_user(
        &self,
        user: &UserRow,
        newcomers: Newcomers<'_>,
        address: Address,
    ) -> sqlx::Result<Option<UserRow>> {
        let mut transaction = self.begin().await?;
        name_organisation(&mut transaction, user).await?;
        if let Newcomers::Invited { email } = newcomers
            && !is_known(&mut transaction, user).await?
            && !use_invitation(&mut transaction, email, &user.union_id).await?
        {
            return Ok(None);
        }
        let row = upsert(&mut transaction, user, address).await?;
        #[cfg(feature = "platform")]
        tell_of_person(&mut transaction, &row.id, PERSON_CHANGED).await?;
        transaction.commit().await?;
        Ok(Some(row))
    }

    /// Finds a person.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn user(&self, id: &str) -> sqlx::Result<Option<UserRow>> {
        let query = sqlx::query("SELECT * FROM users WHERE id = $1").bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(UserRow::try_from).transpose()
    }

    /// Finds the person whom the embedder calls so.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn user_by_external_id(&self, external_id: &str) -> sqlx::Result<Option<UserRow>> {
        let query = sqlx::query("SELECT * FROM users WHERE external_id = $1").bind(external_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(UserRow::try_from).transpose()
    }

    /// Sets what gets the next token for a person.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn set_refresh_token(&self, id: &str, token: Option<&Sealed>) -> sqlx::Result<()> {
        sqlx::query("UPDATE users SET sealed_refresh_token = $2 WHERE id = $1")
            .bind(id)
            .bind(token.map(Sealed::as_bytes))
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Sets what the embedder keeps with a person. Returns `None` if there is no such person.
    ///
    /// # Errors
    ///
    /// If the database fails; a unique violation if another person has the external id.
    pub async fn bind_user(
        &self,
        id: &str,
        external_id: Option<&str>,
        extension: &str,
        now: Timestamp,
    ) -> sqlx::Result<Option<UserRow>> {
        let query = sqlx::query(
            "UPDATE users SET external_id = $2, extension = $3, changed_at = $4 WHERE id = $1 RETURNING *",
        )
        .bind(id)
        .bind(external_id)
        .bind(extension)
        .bind(now.as_millis());
        query.fetch_optional(&self.writer).await?.as_ref().map(UserRow::try_from).transpose()
    }
}

async fn is_known(connection: &mut AnyConnection, user: &UserRow) -> sqlx::Result<bool> {
    let known = sqlx::query("SELECT 1 FROM users WHERE corp_id = $1 AND union_id = $2")
        .bind(&user.corp_id)
        .bind(&user.union_id)
        .fetch_optional(connection)
        .await?;
    Ok(known.is_some())
}

/// Names the organisation of a person who came in by the same app before it was known.
async fn name_organisation(connection: &mut AnyConnection, user: &UserRow) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE users SET corp_id = $1, sealed_refresh_token = NULL WHERE $1 <> '' AND corp_id = '' \
         AND union_id = $2 AND client_id = $3 \
         AND NOT EXISTS (SELECT 1 FROM users WHERE corp_id = $1 AND union_id = $2)",
    )
    .bind(&user.corp_id)
    .bind(&user.union_id)
    .bind(&user.client_id)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn upsert(
    connection: &mut AnyConnection,
    user: &UserRow,
    address: Address,
) -> sqlx::Result<UserRow> {
    let row = sqlx::query(
        "INSERT INTO users (id, corp_id, union_id, open_id, staff_id, name, email, email_made_up, mobile, \
         state_code, job_number, hired_at, avatar_url, admin, client_id, sealed_refresh_token, created_at, \
         changed_at, signed_in_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $17) \
         ON CONFLICT (corp_id, union_id) DO UPDATE SET open_id = COALESCE(excluded.open_id, users.open_id), \
         staff_id = COALESCE(excluded.staff_id, users.staff_id), name = excluded.name, \
         email = CASE WHEN $18 THEN users.email ELSE excluded.email END, \
         email_made_up = CASE WHEN $18 THEN users.email_made_up ELSE excluded.email_made_up END, \
         mobile = COALESCE(excluded.mobile, users.mobile), \
         state_code = COALESCE(excluded.state_code, users.state_code), \
         job_number = COALESCE(excluded.job_number, users.job_number), \
         hired_at = COALESCE(excluded.hired_at, users.hired_at), \
         avatar_url = COALESCE(excluded.avatar_url, users.avatar_url), \
         admin = CASE WHEN $18 THEN users.admin ELSE excluded.admin END, \
         client_id = CASE WHEN excluded.sealed_refresh_token IS NULL AND users.sealed_refresh_token IS NOT NULL \
         THEN users.client_id ELSE excluded.client_id END, \
         sealed_refresh_token = COALESCE(excluded.sealed_refresh_token, users.sealed_refresh_token), \
         changed_at = excluded.changed_at, signed_in_at = excluded.signed_in_at RETURNING *",
    )
    .bind(&user.id)
    .bind(&user.corp_id)
    .bind(&user.union_id)
    .bind(&user.open_id)
    .bind(&user.staff_id)
    .bind(&user.name)
    .bind(&user.email)
    .bind(i64::from(user.is_email_made_up))
    .bind(&user.mobile)
    .bind(&user.state_code)
    .bind(&user.job_number)
    .bind(user.hired_at.map(Timestamp::as_millis))
    .bind(&user.avatar_url)
    .bind(i64::from(user.is_admin))
    .bind(&user.client_id)
    .bind(user.refresh_token.as_ref().map(Sealed::as_bytes))
    .bind(user.signed_in_at.as_millis())
    .bind(address == Address::OfNewcomers)
    .fetch_one(connection)
    .await?;
    UserRow::try_from(&row)
}

impl TryFrom<&AnyRow> for UserRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let refresh_token: Option<Vec<u8>> = row.try_get("sealed_refresh_token")?;
        Ok(Self {
            id: row.try_get("id")?,
            corp_id: row.try_get("corp_id")?,
            union_id: row.try_get("union_id")?,
            open_id: row.try_get("open_id")?,
            staff_id: row.try_get("staff_id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            is_email_made_up: row.try_get::<i64, _>("email_made_up")? != 0,
            mobile: row.try_get("mobile")?,
            state_code: row.try_get("state_code")?,
            job_number: row.try_get("job_number")?,
            hired_at: row.try_get::<Option<i64>, _>("hired_at")?.map(Timestamp::from_millis),
            avatar_url: row.try_get("avatar_url")?,
            is_admin: row.try_get::<i64, _>("admin")? != 0,
            external_id: row.try_get("external_id")?,
            extension: row.try_get("extension")?,
            client_id: row.try_get("client_id")?,
            refresh_token: refresh_token.map(Sealed::from_stored),
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
            signed_in_at: row.try_get("signed_in_at").map(Timestamp::from_millis)?,
        })
    }
}
