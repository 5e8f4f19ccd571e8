//! Organisations: who asks for them, and how many departments and members are kept.

pub(super) mod change;
mod department;
mod event;
mod keep;
mod member;
mod step;
mod sync;
mod word;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use crate::clock::Timestamp;

pub use change::{ChangeRow, ChangedKind};
pub use department::{DepartmentDetails, DepartmentRow, DepartmentsPage, Unread};
pub use member::{MemberDetails, MemberKey, MemberRow, MembersPage};
pub use step::SyncStep;
pub use sync::{Hold, SyncRow};
pub use word::{SyncMode, SyncStage, SyncState};

/// A row of `organisations`.
#[derive(Clone, Debug)]
pub struct OrganisationRow {
    /// Names it.
    pub corp_id: String,
    /// The app that asks for it.
    pub app: String,
    /// What it is called.
    pub name: Option<String>,
    /// When it was kept for the first time.
    pub created_at: Timestamp,
    /// When the last run came to its end.
    pub synced_at: Option<Timestamp>,
    /// How many departments are kept.
    pub departments: i64,
    /// How many members are kept.
    pub people: i64,
}

/// An organisation with what is kept of it counted.
macro_rules! organisations {
    ($which:literal) => {
        concat!(
            "SELECT o.*, (SELECT COUNT(*) FROM departments d WHERE d.corp_id = o.corp_id) AS departments, \
             (SELECT COUNT(*) FROM members m WHERE m.corp_id = o.corp_id AND m.changed_at > 0) AS people \
             FROM organisations o ",
            $which
        )
    };
}

impl Store {
    /// Finds an organisation.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn organisation(&self, corp_id: &str) -> sqlx::Result<Option<OrganisationRow>> {
        let query = sqlx::query(organisations!("WHERE o.corp_id = $1")).bind(corp_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(OrganisationRow::try_from).transpose()
    }

    /// Lists at most `limit` organisations behind one, by corp id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn organisations_page(&self, after: &str, limit: u32) -> sqlx::Result<Vec<OrganisationRow>> {
        let query = sqlx::query(organisations!("WHERE o.corp_id > $1 ORDER BY o.corp_id LIMIT $2"))
            .bind(after)
            .bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(OrganisationRow::try_from).collect()
    }

    /// Removes an organisation with its departments, members and runs. Returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was removed.
    pub async fn delete_organisation(&self, corp_id: &str) -> sqlx::Result<bool> {
        let query = sqlx::query("DELETE FROM organisations WHERE corp_id = $1").bind(corp_id);
        query.execute(&self.writer).await.map(|done| done.rows_affected() > 0)
    }
}

impl TryFrom<&AnyRow> for OrganisationRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            corp_id: row.try_get("corp_id")?,
            app: row.try_get("app")?,
            name: row.try_get("name")?,
            created_at: row.try_get("created_at").map(Timestamp::from_millis)?,
            synced_at: row.try_get::<Option<i64>, _>("synced_at")?.map(Timestamp::from_millis),
            departments: row.try_get("departments")?,
            people: row.try_get("people")?,
        })
    }
}
