use std::collections::HashSet;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::store::Store;

/// What is known of a department.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DepartmentDetails {
    /// Names it in the organisation.
    pub id: i64,
    /// The department that it is in, if that is known.
    pub parent_id: Option<i64>,
    /// Its name.
    pub name: String,
}

/// A row of `departments`, as somebody who asks sees it.
#[derive(Clone, Debug)]
pub struct DepartmentRow {
    /// What is known of it.
    pub details: DepartmentDetails,
    /// How many members are in it, not below it.
    pub people: i64,
}

/// A department of which a run has not read everything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unread {
    /// Names it.
    pub id: i64,
    /// Whether the run has listed what is below it.
    pub is_walked: bool,
    /// Where the next page of its members begins, once its members are read by pages.
    pub page: Option<i64>,
}

/// Which departments a page has.
#[derive(Clone, Copy, Debug)]
pub struct DepartmentsPage {
    /// The department that they are in; `None` for all of the organisation.
    pub parent_id: Option<i64>,
    /// The last department of the page before.
    pub after: i64,
    /// How many there are at most.
    pub limit: u32,
}

/// A department with its members counted.
macro_rules! departments {
    ($which:literal) => {
        concat!(
            "SELECT d.id, d.parent_id, d.name, (SELECT COUNT(*) FROM member_departments m \
             WHERE m.corp_id = d.corp_id AND m.department_id = d.id) AS people FROM departments d WHERE d.corp_id = $1 ",
            $which
        )
    };
}

impl Store {
    /// Finds a department.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn department(&self, corp_id: &str, id: i64) -> sqlx::Result<Option<DepartmentRow>> {
        let query = sqlx::query(departments!("AND d.id = $2")).bind(corp_id).bind(id);
        query.fetch_optional(&self.pool).await?.as_ref().map(DepartmentRow::try_from).transpose()
    }

    /// Lists departments, by id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn departments_page(
        &self,
        corp_id: &str,
        page: DepartmentsPage,
    ) -> sqlx::Result<Vec<DepartmentRow>> {
        let query = match page.parent_id {
            Some(parent_id) => {
                sqlx::query(departments!("AND d.id > $2 AND d.parent_id = $4 ORDER BY d.id LIMIT $3"))
                    .bind(corp_id)
                    .bind(page.after)
                    .bind(i64::from(page.limit))
                    .bind(parent_id)
            }
            None => sqlx::query(departments!("AND d.id > $2 ORDER BY d.id LIMIT $3"))
                .bind(corp_id)
                .bind(page.after)
                .bind(i64::from(page.limit)),
        };
        query.fetch_all(&self.pool).await?.iter().map(DepartmentRow::try_from).collect()
    }

    /// Counts the departments that a run has found, and those of them that it has read.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn count_read(&self, corp_id: &str, run: i64) -> sqlx::Result<(i64, i64)> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS found, COUNT(CASE WHEN read_run = $2 THEN 1 END) AS done \
             FROM departments WHERE corp_id = $1 AND run = $2",
        )
        .bind(corp_id)
        .bind(run)
        .fetch_one(&self.pool)
        .await?;
        Ok((row.try_get("found")?, row.try_get("done")?))
    }

    /// Finds a department that a run has found and not read.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn next_unread(&self, corp_id: &str, run: i64) -> sqlx::Result<Option<Unread>> {
        let query = sqlx::query(
            "SELECT id, walked_run, page FROM departments WHERE corp_id = $1 AND run = $2 AND read_run < $2 \
             ORDER BY read_run, id LIMIT 1",
        )
        .bind(corp_id)
        .bind(run);
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        Ok(Some(Unread {
            id: row.try_get("id")?,
            is_walked: row.try_get::<i64, _>("walked_run")? == run,
            page: row.try_get("page")?,
        }))
    }

    /// Returns who is in a department, not below it.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn staff_of(&self, corp_id: &str, department_id: i64) -> sqlx::Result<HashSet<String>> {
        let query = sqlx::query_scalar(
            "SELECT staff_id FROM member_departments WHERE corp_id = $1 AND department_id = $2",
        );
        let staff: Vec<String> = query.bind(corp_id).bind(department_id).fetch_all(&self.pool).await?;
        Ok(staff.into_iter().collect())
    }
}

/// Notes that a run has found a department: it is to be read by that run.
pub(super) async fn put_department(
    connection: &mut AnyConnection,
    corp_id: &str,
    department: &DepartmentDetails,
    run: i64,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO departments (corp_id, id, parent_id, name, run) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (corp_id, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name, \
         page = CASE WHEN departments.run = excluded.run THEN departments.page END, run = excluded.run",
    )
    .bind(corp_id)
    .bind(department.id)
    .bind(department.parent_id)
    .bind(&department.name)
    .bind(run)
    .execute(connection)
    .await
    .map(drop)
}

/// Removes a department. Who was only in it is in none.
pub(super) async fn drop_department(
    connection: &mut AnyConnection,
    corp_id: &str,
    id: i64,
) -> sqlx::Result<()> {
    for statement in [
        "DELETE FROM member_departments WHERE corp_id = $1 AND department_id = $2",
        "DELETE FROM departments WHERE corp_id = $1 AND id = $2",
    ] {
        sqlx::query(statement).bind(corp_id).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

impl TryFrom<&AnyRow> for DepartmentRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let details = DepartmentDetails {
            id: row.try_get("id")?,
            parent_id: row.try_get("parent_id")?,
            name: row.try_get("name")?,
        };
        Ok(Self { details, people: row.try_get("people")? })
    }
}
