//! What is kept of an organisation that has removed a third-party app, and goes with it.

use super::Store;
use super::relay::{PERSON_GONE, append};

impl Store {
    /// Deletes the people who signed in to an organisation by an app, with their sessions. The locals that keep them are told.
    ///
    /// # Errors
    ///
    /// If the database fails; then nobody was deleted.
    pub async fn delete_users_of(&self, client_id: &str, corp_id: &str) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        // In one order, so that two who do this never wait for each other.
        let kept: Vec<(String, String)> = sqlx::query_as(
            "SELECT relay_id, union_id FROM relay_people JOIN users ON id = user_id \
             WHERE client_id = $1 AND corp_id = $2 ORDER BY relay_id, union_id",
        )
        .bind(client_id)
        .bind(corp_id)
        .fetch_all(&mut *transaction)
        .await?;
        for (relay_id, union_id) in kept {
            append(&mut transaction, &relay_id, PERSON_GONE, &format!("{corp_id} {union_id}")).await?;
        }
        sqlx::query(
            "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE client_id = $1 AND corp_id = $2)",
        )
        .bind(client_id)
        .bind(corp_id)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM users WHERE client_id = $1 AND corp_id = $2")
            .bind(client_id)
            .bind(corp_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Deletes the departments and members of an organisation, if it was this app that read them.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was deleted.
    pub async fn delete_organisation_of(&self, client_id: &str, corp_id: &str) -> sqlx::Result<()> {
        sqlx::query(
            "DELETE FROM organisations WHERE corp_id = $2 AND app = (SELECT name FROM apps WHERE client_id = $1)",
        )
        .bind(client_id)
        .bind(corp_id)
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Deletes the messages that an app has sent, or was to send, in an organisation.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was deleted.
    pub async fn delete_messages_of(&self, client_id: &str, corp_id: &str) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM messages WHERE client_id = $1 AND corp_id = $2")
            .bind(client_id)
            .bind(corp_id)
            .execute(&self.writer)
            .await
            .map(drop)
    }
}
