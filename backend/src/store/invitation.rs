use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Store;
use crate::clock::Timestamp;

/// A row of `invitations`.
#[derive(Clone, Debug)]
pub struct InvitationRow {
    /// Names it.
    pub id: String,
    /// The address of the invited person.
    pub email: Option<String>,
    /// The union id of the invited person.
    pub union_id: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Adds an invitation, or returns the one that names the same person.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn insert_invitation(&self, invitation: &InvitationRow) -> sqlx::Result<InvitationRow> {
        sqlx::query(
            "INSERT INTO invitations (id, email, union_id, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&invitation.id)
        .bind(&invitation.email)
        .bind(&invitation.union_id)
        .bind(invitation.created_at.as_millis())
        .execute(&self.writer)
        .await?;
        let row = sqlx::query("SELECT * FROM invitations WHERE email = $1 OR union_id = $2")
            .bind(&invitation.email)
            .bind(&invitation.union_id)
            .fetch_one(&self.writer)
            .await?;
        InvitationRow::try_from(&row)
    }

    /// Lists the invitations that nobody has used, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn invitations(&self) -> sqlx::Result<Vec<InvitationRow>> {
        let query = sqlx::query("SELECT * FROM invitations ORDER BY created_at DESC, id");
        query.fetch_all(&self.pool).await?.iter().map(InvitationRow::try_from).collect()
    }

    /// Takes an invitation back. Returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delete_invitation(&self, id: &str) -> sqlx::Result<bool> {
        let done =
            sqlx::query("DELETE FROM invitations WHERE id = $1").bind(id).execute(&self.writer).await?;
        Ok(done.rows_affected() == 1)
    }
}

/// Uses the invitations of a person up. Returns `false` if there is none.
pub(super) async fn use_invitation(
    connection: &mut AnyConnection,
    email: Option<&str>,
    union_id: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM invitations WHERE union_id = $1 OR email = $2")
        .bind(union_id)
        .bind(email)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

impl TryFrom<&AnyRow> for InvitationRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            union_id: row.try_get("union_id")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
        })
    }
}
