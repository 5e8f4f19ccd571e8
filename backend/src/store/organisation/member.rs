use std::collections::HashMap;
use std::fmt;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::clock::Timestamp;
use crate::store::Store;

/// What is kept of a member.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct MemberDetails {
    /// Names them in the organisation.
    pub staff_id: String,
    /// Names them for the developer.
    pub union_id: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// Their picture.
    pub avatar_url: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// The country code of their number.
    pub state_code: Option<String>,
    /// Their number.
    pub mobile: Option<String>,
    /// Their number in the organisation.
    pub job_number: Option<String>,
    /// When they were hired, in milliseconds since the Unix epoch.
    pub hired_at: Option<i64>,
    /// The departments that they are in.
    pub departments: Vec<i64>,
}

/// A row of `members`, as somebody who asks sees it.
#[derive(Clone, Debug)]
pub struct MemberRow {
    /// What is kept of them.
    pub details: MemberDetails,
    /// When that changed last.
    pub changed_at: Timestamp,
    /// Who they are here, if they have signed in.
    pub user_id: Option<String>,
}

/// By what a member is looked up.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum MemberKey<'a> {
    /// Their id in the organisation.
    StaffId(&'a str),
    /// Their id for the developer.
    UnionId(&'a str),
    /// Their phone number.
    Mobile(&'a str),
}

/// Which members a page has.
#[derive(Clone, Copy, Debug)]
pub struct MembersPage<'a> {
    /// The department that they are in; `None` for all of the organisation.
    pub department_id: Option<i64>,
    /// The last member of the page before.
    pub after: &'a str,
    /// How many there are at most.
    pub limit: u32,
}

impl fmt::Debug for MemberDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemberDetails").finish_non_exhaustive()
    }
}

impl fmt::Debug for MemberKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StaffId(_) => "StaffId",
            Self::UnionId(_) => "UnionId",
            Self::Mobile(_) => "Mobile",
        })
    }
}

/// Members of whom more is known than the id, and whether they have signed in.
macro_rules! members {
    ($which:literal) => {
        concat!(
            "SELECT m.*, (SELECT u.id FROM users u WHERE u.corp_id = m.corp_id \
             AND (u.union_id = m.union_id OR u.staff_id = m.staff_id) LIMIT 1) AS user_id \
             FROM members m WHERE m.corp_id = $1 AND m.changed_at > 0 ",
            $which
        )
    };
}

impl Store {
    /// Finds a member.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn member(&self, corp_id: &str, key: MemberKey<'_>) -> sqlx::Result<Option<MemberRow>> {
        let (statement, value) = match key {
            MemberKey::StaffId(id) => (members!("AND m.staff_id = $2"), id),
            MemberKey::UnionId(id) => (members!("AND m.union_id = $2 ORDER BY m.staff_id LIMIT 1"), id),
            MemberKey::Mobile(number) => (members!("AND m.mobile = $2 ORDER BY m.staff_id LIMIT 1"), number),
        };
        let query = sqlx::query(statement).bind(corp_id).bind(value);
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        let mut rows = vec![MemberRow::try_from(&row)?];
        self.add_departments(corp_id, &mut rows).await?;
        Ok(rows.pop())
    }

    /// Lists members, by their ids in the organisation.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn members_page(&self, corp_id: &str, page: MembersPage<'_>) -> sqlx::Result<Vec<MemberRow>> {
        let query = match page.department_id {
            Some(department_id) => sqlx::query(members!(
                "AND m.staff_id IN (SELECT d.staff_id FROM member_departments d WHERE d.corp_id = $1 \
                 AND d.department_id = $4 AND d.staff_id > $2) ORDER BY m.staff_id LIMIT $3"
            ))
            .bind(corp_id)
            .bind(page.after)
            .bind(i64::from(page.limit))
            .bind(department_id),
            None => sqlx::query(members!("AND m.staff_id > $2 ORDER BY m.staff_id LIMIT $3"))
                .bind(corp_id)
                .bind(page.after)
                .bind(i64::from(page.limit)),
        };
        let rows = query.fetch_all(&self.pool).await?;
        let mut members = rows.iter().map(MemberRow::try_from).collect::<sqlx::Result<Vec<_>>>()?;
        self.add_departments(corp_id, &mut members).await?;
        Ok(members)
    }

    /// Adds to members, which are sorted by staff id, the departments that they are in.
    async fn add_departments(&self, corp_id: &str, members: &mut [MemberRow]) -> sqlx::Result<()> {
        let ends =
            [members.first(), members.last()].map(|member| member.map(|member| &member.details.staff_id));
        let [Some(first), Some(last)] = ends else { return Ok(()) };
        let rows = sqlx::query(
            "SELECT staff_id, department_id FROM member_departments \
             WHERE corp_id = $1 AND staff_id >= $2 AND staff_id <= $3 ORDER BY department_id",
        )
        .bind(corp_id)
        .bind(first)
        .bind(last)
        .fetch_all(&self.pool)
        .await?;
        let mut departments = HashMap::<String, Vec<i64>>::new();
        for row in rows {
            departments.entry(row.try_get("staff_id")?).or_default().push(row.try_get("department_id")?);
        }
        for member in members {
            member.details.departments = departments.remove(&member.details.staff_id).unwrap_or_default();
        }
        Ok(())
    }

    /// Returns whether every one of these people is kept, with more than the id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn knows_all(&self, corp_id: &str, staff_ids: &[&str]) -> sqlx::Result<bool> {
        let statement = "SELECT 1 FROM members WHERE corp_id = $1 AND staff_id = $2 AND changed_at > 0";
        for staff_id in staff_ids {
            let query = sqlx::query(statement).bind(corp_id).bind(*staff_id);
            if query.fetch_optional(&self.pool).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lists at most `limit` people behind one who are in no department and whom a run has not asked for.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn unconfirmed(&self, corp_id: &str, run: i64, limit: u32) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar(
            "SELECT staff_id FROM members m WHERE m.corp_id = $1 AND m.run < $2 AND NOT EXISTS \
             (SELECT 1 FROM member_departments d WHERE d.corp_id = m.corp_id AND d.staff_id = m.staff_id) \
             ORDER BY m.staff_id LIMIT $3",
        )
        .bind(corp_id)
        .bind(run)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
    }

    /// Returns who has signed in and is this member.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn users_of_member(&self, corp_id: &str, staff_id: &str) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar(
            "SELECT id FROM users WHERE corp_id = $1 AND (staff_id = $2 OR union_id = \
             (SELECT union_id FROM members WHERE corp_id = $1 AND staff_id = $2))",
        )
        .bind(corp_id)
        .bind(staff_id)
        .fetch_all(&self.pool)
        .await
    }
}

impl TryFrom<&AnyRow> for MemberRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let details = MemberDetails {
            staff_id: row.try_get("staff_id")?,
            union_id: row.try_get("union_id")?,
            name: row.try_get("name")?,
            avatar_url: row.try_get("avatar_url")?,
            email: row.try_get("email")?,
            state_code: row.try_get("state_code")?,
            mobile: row.try_get("mobile")?,
            job_number: row.try_get("job_number")?,
            hired_at: row.try_get("hired_at")?,
            departments: Vec::new(),
        };
        Ok(Self {
            details,
            changed_at: row.try_get("changed_at").map(Timestamp::from_millis)?,
            user_id: row.try_get("user_id")?,
        })
    }
}
