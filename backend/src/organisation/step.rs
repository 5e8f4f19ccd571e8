//! What a run does next: one call, and what it brings.

use std::collections::{HashSet, VecDeque};

use super::look_up::{Absence, absence, shown};
use super::runner::TAKEN_FOR;
use super::{LookUpError, Organisations, Parts};
use crate::account::{Account, AccountError, FindError};
use crate::store::{DepartmentDetails, Hold, MemberDetails, SyncMode, SyncRow, SyncStage, SyncStep, Unread};

/// How many of those who are in no department are looked for at once.
const UNCONFIRMED: u32 = 100;

/// A run, as long as it is ours.
pub(super) struct Slice<'a> {
    organisations: &'a Organisations,
    hold: &'a Hold,
    mode: SyncMode,
    stage: SyncStage,
    account: Account,
    unconfirmed: VecDeque<String>,
    has_succeeded: bool,
}

/// A run cannot go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum SliceError {
    /// Nothing speaks for the organisation.
    #[error(transparent)]
    Find(FindError),
    /// DingTalk said no, or nothing.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] sqlx::Error),
}

/// How many calls a step took; `None` if there is nothing left to do, or the run is not ours any more.
type Stepped = Result<Option<usize>, SliceError>;

impl<'a> Slice<'a> {
    /// Finds who asks.
    pub(super) async fn begin(
        organisations: &'a Organisations,
        hold: &'a Hold,
        row: &SyncRow,
    ) -> Result<Self, SliceError> {
        Ok(Self {
            organisations,
            hold,
            mode: row.mode,
            stage: row.stage,
            account: organisations.account(&hold.corp_id).await?,
            unconfirmed: VecDeque::new(),
            has_succeeded: false,
        })
    }

    /// Returns whether DingTalk has answered since the run was taken.
    pub(super) fn has_succeeded(&self) -> bool {
        self.has_succeeded
    }

    /// Makes the next call, and keeps what it brings.
    pub(super) async fn step(&mut self) -> Stepped {
        let stepped = match self.stage {
            SyncStage::Range => self.read_range().await,
            SyncStage::Departments => self.read_department().await,
            SyncStage::People => self.confirm().await,
        }?;
        self.has_succeeded |= stepped.is_some_and(|calls| calls > 0);
        Ok(stepped)
    }

    async fn read_range(&mut self) -> Stepped {
        let parts = self.parts();
        let asked =
            parts.accounts.ask(&self.account, |token| async move { parts.directory.range(&token).await });
        let range = asked.await?;
        let mut departments = Vec::new();
        for id in range.departments.iter().copied() {
            let asked = parts
                .accounts
                .ask(&self.account, |token| async move { parts.directory.department(&token, id).await });
            if let Some(department) = shown(asked.await)? {
                departments.push(DepartmentDetails::from(department));
            }
        }
        let calls = 1 + range.departments.len();
        self.stage = SyncStage::Departments;
        let is_ours = parts.store.note_range(self.noted(calls), &departments, &range.staff_ids).await?;
        Ok(is_ours.then_some(calls))
    }

    async fn read_department(&mut self) -> Stepped {
        let store = &self.parts().store;
        let Some(unread) = store.next_unread(&self.hold.corp_id, self.hold.run).await? else {
            self.stage = SyncStage::People;
            let is_ours = store.end_departments(self.noted(0)).await?;
            return Ok(is_ours.then_some(0));
        };
        let asked = match (unread, self.mode) {
            (Unread { is_walked: false, .. }, _) => self.walk(unread.id).await,
            (Unread { page: None, .. }, SyncMode::Incremental) => self.compare(unread.id).await,
            (Unread { page, .. }, SyncMode::Full | SyncMode::Incremental) => {
                self.turn(unread.id, page.unwrap_or(0)).await
            }
        };
        let is_ours = match asked {
            Err(SliceError::Account(error)) if absence(&error).is_some() => {
                store.note_no_department(self.noted(1), unread.id).await?
            }
            other => other?,
        };
        Ok(is_ours.then_some(1))
    }

    /// Lists what is below a department.
    async fn walk(&self, id: i64) -> Result<bool, SliceError> {
        let parts = self.parts();
        let asked = parts
            .accounts
            .ask(&self.account, |token| async move { parts.directory.sub_departments(&token, id).await });
        let below = asked.await?;
        let below: Vec<_> = below.into_iter().map(DepartmentDetails::from).collect();
        Ok(parts.store.note_sub_departments(self.noted(1), id, &below).await?)
    }

    /// Compares who is in a department with who is kept there. If nothing is known of somebody, its members have to be read.
    async fn compare(&self, id: i64) -> Result<bool, SliceError> {
        let parts = self.parts();
        let asked = parts
            .accounts
            .ask(&self.account, |token| async move { parts.directory.staff_ids(&token, id).await });
        let staff_ids = asked.await?;
        let store = &parts.store;
        let kept = store.staff_of(&self.hold.corp_id, id).await?;
        let come: Vec<_> = staff_ids.iter().map(String::as_str).filter(|id| !kept.contains(*id)).collect();
        if !store.knows_all(&self.hold.corp_id, &come).await? {
            return Ok(store.note_strangers(self.noted(1), id).await?);
        }
        let there: HashSet<_> = staff_ids.iter().map(String::as_str).collect();
        let left: Vec<_> = kept.iter().map(String::as_str).filter(|id| !there.contains(id)).collect();
        Ok(store.note_moves(self.noted(1), id, &come, &left).await?)
    }

    /// Reads a page of a department's members.
    async fn turn(&self, id: i64, cursor: i64) -> Result<bool, SliceError> {
        let parts = self.parts();
        let asked = parts
            .accounts
            .ask(&self.account, |token| async move { parts.directory.members(&token, id, cursor).await });
        let page = asked.await?;
        let members: Vec<_> = page.members.into_iter().map(MemberDetails::from).collect();
        Ok(parts.store.note_members(self.noted(1), id, &members, page.next).await?)
    }

    /// Asks for somebody who is in no department; after the last of them the run has come to its end.
    async fn confirm(&mut self) -> Stepped {
        let Hold { corp_id, run, .. } = self.hold;
        let store = &self.parts().store;
        if self.unconfirmed.is_empty() {
            self.unconfirmed = store.unconfirmed(corp_id, *run, UNCONFIRMED).await?.into();
        }
        let Some(staff_id) = self.unconfirmed.front().cloned() else {
            store.end_sync(self.noted(0)).await?;
            return Ok(None);
        };
        let (parts, id) = (self.parts(), staff_id.as_str());
        let asked = parts
            .accounts
            .ask(&self.account, |token| async move { parts.directory.member(&token, id).await });
        let is_ours = match asked.await {
            Ok(member) => store.note_member(self.noted(1), &member.into()).await?,
            Err(error) => {
                match absence(&error) {
                    Some(Absence::Gone) => self.organisations.sign_out(corp_id, id).await?,
                    Some(Absence::Hidden) => {}
                    None => return Err(error.into()),
                }
                store.note_no_member(self.noted(1), id).await?
            }
        };
        self.unconfirmed.pop_front();
        Ok(is_ours.then_some(1))
    }

    fn parts(&self) -> &'a Parts {
        &self.organisations.shared.parts
    }

    fn noted(&self, calls: usize) -> SyncStep<'a> {
        let now = self.parts().clock.now();
        let calls = i64::try_from(calls).unwrap_or(i64::MAX);
        SyncStep { hold: self.hold, calls, now, until: now + TAKEN_FOR }
    }
}

impl From<LookUpError> for SliceError {
    fn from(error: LookUpError) -> Self {
        match error {
            // It was forgotten a moment ago, and its run with it.
            LookUpError::NoOrganisation => Self::Store(sqlx::Error::RowNotFound),
            LookUpError::Find(error) => Self::Find(error),
            LookUpError::Account(error) => Self::Account(error),
            LookUpError::Store(error) => Self::Store(error),
        }
    }
}
