//! The last stage of a run: those who are in no department, and the end.

use super::{SyncStep, Tally, count};
use crate::store::Store;
use crate::store::organisation::keep::{put_into, put_member};
use crate::store::organisation::member::MemberDetails;
use crate::store::organisation::sync::Hold;

impl Store {
    /// Keeps what DingTalk says of somebody who was in no department.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_member(&self, step: SyncStep<'_>, member: &MemberDetails) -> sqlx::Result<bool> {
        let Hold { corp_id, run, .. } = step.hold;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        let mut is_changed = put_member(&mut transaction, corp_id, member, step.now).await?;
        for department_id in &member.departments {
            is_changed |= put_into(&mut transaction, corp_id, *department_id, &member.staff_id, *run).await?;
        }
        sqlx::query("UPDATE members SET run = $3 WHERE corp_id = $1 AND staff_id = $2")
            .bind(corp_id)
            .bind(&member.staff_id)
            .bind(run)
            .execute(&mut *transaction)
            .await?;
        count(&mut transaction, corp_id, Tally { changed: i64::from(is_changed), removed: 0 }).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes somebody whom DingTalk does not show any more.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_no_member(&self, step: SyncStep<'_>, staff_id: &str) -> sqlx::Result<bool> {
        let corp_id = &step.hold.corp_id;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        let gone = sqlx::query("DELETE FROM members WHERE corp_id = $1 AND staff_id = $2");
        let gone = gone.bind(corp_id).bind(staff_id).execute(&mut *transaction).await?.rows_affected();
        count(&mut transaction, corp_id, Tally { changed: 0, removed: i64::from(gone > 0) }).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes that the run has come to its end.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_sync(&self, step: SyncStep<'_>) -> sqlx::Result<bool> {
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        for statement in [
            "UPDATE organisation_syncs SET state = 'done', ended_at = $2 WHERE corp_id = $1",
            "UPDATE organisations SET synced_at = $2 WHERE corp_id = $1",
        ] {
            let query = sqlx::query(statement).bind(&step.hold.corp_id).bind(step.now.as_millis());
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}
