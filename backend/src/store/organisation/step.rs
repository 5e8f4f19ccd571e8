//! What one call of a run brings, in one transaction each. A run that somebody else has taken, or that is over, takes nothing.

mod people;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Connection as _, Transaction};

use super::department::{DepartmentDetails, drop_department, put_department};
use super::keep::{changed_since, put_into, put_member};
use super::member::MemberDetails;
use super::sync::Hold;
use crate::clock::Timestamp;
use crate::store::{Database, Store};

/// A step of a run.
#[derive(Clone, Copy, Debug)]
pub struct SyncStep<'a> {
    /// That the run is ours.
    pub hold: &'a Hold,
    /// How many calls it took.
    pub calls: i64,
    /// The present moment.
    pub now: Timestamp,
    /// Until when the run stays ours.
    pub until: Timestamp,
}

/// What a step changed.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    changed: i64,
    removed: i64,
}

impl Store {
    /// Keeps the departments from which a run sets out, and the people beside them. Returns `false`, as the other steps do,
    /// if the run is not ours any more.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written. The same goes for the other steps.
    pub async fn note_range(
        &self,
        step: SyncStep<'_>,
        departments: &[DepartmentDetails],
        staff_ids: &[String],
    ) -> sqlx::Result<bool> {
        let Hold { corp_id, run, .. } = step.hold;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        for department in departments {
            put_department(&mut transaction, corp_id, department, *run).await?;
            if department.parent_id.is_none() {
                let named = sqlx::query("UPDATE organisations SET name = $2 WHERE corp_id = $1");
                named.bind(corp_id).bind(&department.name).execute(&mut *transaction).await?;
            }
        }
        for staff_id in staff_ids {
            let known =
                sqlx::query("INSERT INTO members (corp_id, staff_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
            known.bind(corp_id).bind(staff_id).execute(&mut *transaction).await?;
        }
        sqlx::query("UPDATE organisation_syncs SET stage = 'departments' WHERE corp_id = $1")
            .bind(corp_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps what is below a department.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_sub_departments(
        &self,
        step: SyncStep<'_>,
        department_id: i64,
        departments: &[DepartmentDetails],
    ) -> sqlx::Result<bool> {
        let Hold { corp_id, run, .. } = step.hold;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        for department in departments {
            put_department(&mut transaction, corp_id, department, *run).await?;
        }
        sqlx::query("UPDATE departments SET walked_run = $3 WHERE corp_id = $1 AND id = $2")
            .bind(corp_id)
            .bind(department_id)
            .bind(run)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps a page of a department's members. After the last page, where `next` is `None`, who was on none has left it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_members(
        &self,
        step: SyncStep<'_>,
        department_id: i64,
        members: &[MemberDetails],
        next: Option<i64>,
    ) -> sqlx::Result<bool> {
        let Hold { corp_id, run, since, .. } = step.hold;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        let mut tally = Tally::default();
        for member in members {
            let staff_id = &member.staff_id;
            let is_new = put_member(&mut transaction, corp_id, member, step.now).await?;
            let has_come = put_into(&mut transaction, corp_id, department_id, staff_id, *run).await?;
            let is_changed =
                is_new || (has_come && !changed_since(&mut transaction, corp_id, staff_id, *since).await?);
            tally.changed += i64::from(is_changed);
        }
        if next.is_none() {
            let left =
                "DELETE FROM member_departments WHERE corp_id = $1 AND department_id = $2 AND run < $3";
            let query = sqlx::query(left).bind(corp_id).bind(department_id).bind(run);
            query.execute(&mut *transaction).await?;
        }
        turn_page(&mut transaction, step.hold, department_id, next).await?;
        count(&mut transaction, corp_id, tally).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes that a department's members are to be read by pages: there are some of whom nothing is known.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_strangers(&self, step: SyncStep<'_>, department_id: i64) -> sqlx::Result<bool> {
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        turn_page(&mut transaction, step.hold, department_id, Some(0)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes who has come into a department, of those who are kept, and who has left it. It is read by that.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_moves(
        &self,
        step: SyncStep<'_>,
        department_id: i64,
        come: &[&str],
        left: &[&str],
    ) -> sqlx::Result<bool> {
        let Hold { corp_id, run, .. } = step.hold;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        let mut tally = Tally::default();
        for staff_id in come {
            put_into(&mut transaction, corp_id, department_id, staff_id, *run).await?;
            tally.changed += 1;
        }
        for staff_id in left {
            sqlx::query(
                "DELETE FROM member_departments WHERE corp_id = $1 AND department_id = $2 AND staff_id = $3",
            )
            .bind(corp_id)
            .bind(department_id)
            .bind(*staff_id)
            .execute(&mut *transaction)
            .await?;
        }
        turn_page(&mut transaction, step.hold, department_id, None).await?;
        count(&mut transaction, corp_id, tally).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes a department that went away while the run was at it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_no_department(&self, step: SyncStep<'_>, department_id: i64) -> sqlx::Result<bool> {
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        drop_department(&mut transaction, &step.hold.corp_id, department_id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes every department that the run has not found. Then it asks for those who are in none.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_departments(&self, step: SyncStep<'_>) -> sqlx::Result<bool> {
        let Hold { corp_id, run, .. } = step.hold;
        let mut connection = self.hurry().await?;
        let Some(mut transaction) = self.begin_step(&mut connection, step).await? else { return Ok(false) };
        for statement in [
            "DELETE FROM member_departments WHERE corp_id = $1 AND department_id IN \
             (SELECT id FROM departments WHERE corp_id = $1 AND run < $2)",
            "DELETE FROM departments WHERE corp_id = $1 AND run < $2",
            "UPDATE organisation_syncs SET stage = 'people' WHERE corp_id = $1 AND run = $2",
        ] {
            sqlx::query(statement).bind(corp_id).bind(run).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Begins to write, if the run is ours still, and keeps it for a while longer.
    async fn begin_step<'c>(
        &self,
        connection: &'c mut PoolConnection<Any>,
        step: SyncStep<'_>,
    ) -> sqlx::Result<Option<Transaction<'c, Any>>> {
        let mut transaction = match self.database {
            Database::Sqlite => connection.begin_with("BEGIN IMMEDIATE").await?,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => connection.begin().await?,
        };
        let ours = sqlx::query(
            "UPDATE organisation_syncs SET calls = calls + $4, taken_until = $5, attempts = 0, failing_since = NULL \
             WHERE corp_id = $1 AND run = $2 AND holder = $3 AND state = 'running'",
        )
        .bind(&step.hold.corp_id)
        .bind(step.hold.run)
        .bind(&step.hold.holder)
        .bind(step.calls)
        .bind(step.until.as_millis())
        .execute(&mut *transaction)
        .await?;
        if ours.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        Ok(Some(transaction))
    }
}

/// Notes where the next page of a department begins; without one it is read.
async fn turn_page(
    connection: &mut AnyConnection,
    hold: &Hold,
    department_id: i64,
    next: Option<i64>,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE departments SET page = $4, read_run = CASE WHEN $4 IS NULL THEN $3 ELSE read_run END \
         WHERE corp_id = $1 AND id = $2",
    )
    .bind(&hold.corp_id)
    .bind(department_id)
    .bind(hold.run)
    .bind(next)
    .execute(connection)
    .await
    .map(drop)
}

async fn count(connection: &mut AnyConnection, corp_id: &str, tally: Tally) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE organisation_syncs SET changed = changed + $2, removed = removed + $3 WHERE corp_id = $1",
    )
    .bind(corp_id)
    .bind(tally.changed)
    .bind(tally.removed)
    .execute(connection)
    .await
    .map(drop)
}
