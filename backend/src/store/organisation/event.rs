//! Changes between two runs.

use super::department::{DepartmentDetails, drop_department, put_department};
use super::keep::{put_into, put_member};
use super::member::MemberDetails;
use crate::clock::Timestamp;
use crate::store::Store;

/// The run that is under way or was the last one; 0 if there is none.
const RUN: &str = "SELECT COALESCE(MAX(run), 0) FROM organisation_syncs WHERE corp_id = $1";

impl Store {
    /// Keeps what DingTalk says of a member, and that they are in these departments and in no others.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn keep_member(
        &self,
        corp_id: &str,
        member: &MemberDetails,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        let run: i64 = sqlx::query_scalar(RUN).bind(corp_id).fetch_one(&mut *transaction).await?;
        put_member(&mut transaction, corp_id, member, now).await?;
        sqlx::query("DELETE FROM member_departments WHERE corp_id = $1 AND staff_id = $2")
            .bind(corp_id)
            .bind(&member.staff_id)
            .execute(&mut *transaction)
            .await?;
        for department_id in &member.departments {
            put_into(&mut transaction, corp_id, *department_id, &member.staff_id, run).await?;
        }
        transaction.commit().await
    }

    /// Removes a member. One who is unknown is gone already.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was removed.
    pub async fn drop_member(&self, corp_id: &str, staff_id: &str) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        for statement in [
            "DELETE FROM member_departments WHERE corp_id = $1 AND staff_id = $2",
            "DELETE FROM members WHERE corp_id = $1 AND staff_id = $2",
        ] {
            sqlx::query(statement).bind(corp_id).bind(staff_id).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// Keeps what DingTalk says of a department. A run that is under way reads it.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn keep_department(&self, corp_id: &str, department: &DepartmentDetails) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        let run: i64 = sqlx::query_scalar(RUN).bind(corp_id).fetch_one(&mut *transaction).await?;
        put_department(&mut transaction, corp_id, department, run).await?;
        transaction.commit().await
    }

    /// Removes a department. One that is unknown is gone already.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was removed.
    pub async fn drop_department(&self, corp_id: &str, id: i64) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        drop_department(&mut transaction, corp_id, id).await?;
        transaction.commit().await
    }
}
