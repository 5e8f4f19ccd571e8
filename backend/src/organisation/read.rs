//! What is kept, as somebody who asks sees it.

use super::page::{Cursor, InvalidCursor, Page};
use super::{LookUpError, Organisations};
use crate::store::{DepartmentRow, DepartmentsPage, MemberRow, MembersPage, OrganisationRow};

impl Organisations {
    /// Lists organisations, by corp id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn list(&self, after: &Cursor, limit: u32) -> sqlx::Result<Page<OrganisationRow>> {
        let rows =
            self.shared.parts.store.organisations_page(after.as_str(), limit.saturating_add(1)).await?;
        Ok(Page::of(rows, limit, |row| row.corp_id.clone()))
    }

    /// Finds an organisation.
    ///
    /// # Errors
    ///
    /// [`LookUpError`].
    pub async fn find(&self, corp_id: &str) -> Result<OrganisationRow, LookUpError> {
        self.shared.parts.store.organisation(corp_id).await?.ok_or(LookUpError::NoOrganisation)
    }

    /// Lists departments, by id: those directly below one, or all.
    ///
    /// # Errors
    ///
    /// [`LookUpError`].
    pub async fn departments(
        &self,
        corp_id: &str,
        parent_id: Option<i64>,
        after: DepartmentCursor,
        limit: u32,
    ) -> Result<Page<DepartmentRow>, LookUpError> {
        self.find(corp_id).await?;
        let page = DepartmentsPage { parent_id, after: after.0, limit: limit.saturating_add(1) };
        let rows = self.shared.parts.store.departments_page(corp_id, page).await?;
        Ok(Page::of(rows, limit, |row| row.details.id.to_string()))
    }

    /// Finds a department.
    ///
    /// # Errors
    ///
    /// [`LookUpError`].
    pub async fn department(&self, corp_id: &str, id: i64) -> Result<Option<DepartmentRow>, LookUpError> {
        self.find(corp_id).await?;
        Ok(self.shared.parts.store.department(corp_id, id).await?)
    }

    /// Lists members, by their ids in the organisation: those directly in a department, or all.
    ///
    /// # Errors
    ///
    /// [`LookUpError`].
    pub async fn members(
        &self,
        corp_id: &str,
        department_id: Option<i64>,
        after: &Cursor,
        limit: u32,
    ) -> Result<Page<MemberRow>, LookUpError> {
        self.find(corp_id).await?;
        let page = MembersPage { department_id, after: after.as_str(), limit: limit.saturating_add(1) };
        let rows = self.shared.parts.store.members_page(corp_id, page).await?;
        Ok(Page::of(rows, limit, |row| row.details.staff_id.clone()))
    }
}

/// A [`Cursor`] in a list of departments.
#[derive(Clone, Copy, Debug)]
pub struct DepartmentCursor(i64);

impl TryFrom<&Cursor> for DepartmentCursor {
    type Error = InvalidCursor;

    fn try_from(cursor: &Cursor) -> Result<Self, Self::Error> {
        match cursor.as_str() {
            "" => Ok(Self(i64::MIN)),
            id => id.parse().map(Self).map_err(|_| InvalidCursor),
        }
    }
}
