//! One member or department at a time: somebody who is not kept yet, and what an event tells of.

use std::fmt;

use super::{LookUpError, Organisations};
use crate::account::{Account, AccountError, FindError};
use crate::dingtalk::{self, DingTalkError, Meaning, Member};
use crate::store::{DepartmentDetails, MemberDetails, MemberKey, MemberRow};

/// What an event tells of. It only says where to look: what is there DingTalk is asked, so it does no harm that events come twice,
/// late, or out of order.
#[derive(Clone, Eq, PartialEq)]
pub enum Change {
    /// Somebody came, was changed or left, by their id in the organisation.
    Member(String),
    /// A department came, was changed or went.
    Department(i64),
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(_) => f.write_str("Member"),
            Self::Department(id) => f.debug_tuple("Department").field(id).finish(),
        }
    }
}

impl Organisations {
    /// Finds a member, at DingTalk if they are not kept yet; then they are. `None` if it does not know them either, or does not
    /// show them to the app.
    ///
    /// # Errors
    ///
    /// [`LookUpError`].
    pub async fn member(&self, corp_id: &str, key: MemberKey<'_>) -> Result<Option<MemberRow>, LookUpError> {
        let account = self.account(corp_id).await?;
        let parts = &self.shared.parts;
        if let Some(member) = parts.store.member(corp_id, key).await? {
            return Ok(Some(member));
        }
        let found = parts.accounts.ask(&account, |token| async move {
            let staff_id = match key {
                MemberKey::StaffId(id) => id.to_owned(),
                MemberKey::UnionId(id) => parts.directory.staff_id(&token, id).await?,
                MemberKey::Mobile(number) => parts.directory.staff_id_of_mobile(&token, number).await?,
            };
            parts.directory.member(&token, &staff_id).await
        });
        let Some(member) = shown(found.await)? else { return Ok(None) };
        let member = MemberDetails::from(member);
        parts.store.keep_member(corp_id, &member, parts.clock.now()).await?;
        Ok(parts.store.member(corp_id, MemberKey::StaffId(&member.staff_id)).await?)
    }

    /// Brings what is kept of a member or a department up to date. Who is gone is signed out.
    ///
    /// # Errors
    ///
    /// [`LookUpError`]; `NoOrganisation` if the organisation is not kept, so that there is nothing to change.
    pub async fn apply(&self, corp_id: &str, change: &Change) -> Result<(), LookUpError> {
        let account = self.account(corp_id).await?;
        match change {
            Change::Member(staff_id) => self.apply_member(&account, corp_id, staff_id).await,
            Change::Department(id) => self.apply_department(&account, corp_id, *id).await,
        }
    }

    async fn apply_member(
        &self,
        account: &Account,
        corp_id: &str,
        staff_id: &str,
    ) -> Result<(), LookUpError> {
        let parts = &self.shared.parts;
        let asked = parts
            .accounts
            .ask(account, |token| async move { parts.directory.member(&token, staff_id).await });
        match asked.await {
            Ok(member) => parts.store.keep_member(corp_id, &member.into(), parts.clock.now()).await?,
            Err(error) => match absence(&error) {
                Some(absence) => self.drop_member(corp_id, staff_id, absence).await?,
                None => return Err(error.into()),
            },
        }
        Ok(())
    }

    async fn drop_member(&self, corp_id: &str, staff_id: &str, absence: Absence) -> sqlx::Result<()> {
        // Before the member is forgotten: a crash between the two leaves nobody signed in for ever.
        if absence == Absence::Gone {
            self.sign_out(corp_id, staff_id).await?;
        }
        self.shared.parts.store.drop_member(corp_id, staff_id).await
    }

    async fn apply_department(&self, account: &Account, corp_id: &str, id: i64) -> Result<(), LookUpError> {
        let parts = &self.shared.parts;
        let asked =
            parts.accounts.ask(account, |token| async move { parts.directory.department(&token, id).await });
        match shown(asked.await)? {
            Some(department) => parts.store.keep_department(corp_id, &department.into()).await?,
            None => parts.store.drop_department(corp_id, id).await?,
        }
        Ok(())
    }

    /// Ends the sessions of whoever has signed in and is this member.
    pub(super) async fn sign_out(&self, corp_id: &str, staff_id: &str) -> sqlx::Result<()> {
        let parts = &self.shared.parts;
        for user_id in parts.store.users_of_member(corp_id, staff_id).await? {
            let ended = parts.sessions.end_all_of(&user_id).await?;
            tracing::info!(user.id = user_id, sessions = ended, "has left the organisation: signed out");
        }
        Ok(())
    }

    /// Finds the account of an app, by its name, in the organisation that owns it.
    ///
    /// # Errors
    ///
    /// [`FindError`]; `OrganisationUnknown` if it is not known which one that is.
    pub async fn account_of(&self, app: &str) -> Result<Account, FindError> {
        let account = self.shared.parts.accounts.find(app, None).await?;
        if account.corp_id.is_none() { Err(FindError::OrganisationUnknown(account.app)) } else { Ok(account) }
    }

    /// Finds who asks for an organisation that is kept.
    pub(super) async fn account(&self, corp_id: &str) -> Result<Account, LookUpError> {
        let organisation = self.find(corp_id).await?;
        Ok(self.shared.parts.accounts.find(&organisation.app, Some(corp_id)).await?)
    }
}

/// Why DingTalk shows nothing under an id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Absence {
    /// There is nothing.
    Gone,
    /// The app may not see it any more.
    Hidden,
}

/// Returns why DingTalk shows nothing, if it is that.
pub(super) fn absence(error: &AccountError) -> Option<Absence> {
    match error.said().map(DingTalkError::meaning)? {
        Meaning::NoDepartment | Meaning::NotAMember => Some(Absence::Gone),
        Meaning::OutOfRange => Some(Absence::Hidden),
        Meaning::AddressNotAllowed
        | Meaning::Busy
        | Meaning::CodeInvalid
        | Meaning::CredentialsRejected
        | Meaning::Incomplete
        | Meaning::NotAuthorized
        | Meaning::PermissionMissing
        | Meaning::Refused
        | Meaning::TicketInvalid
        | Meaning::TokenInvalid
        | Meaning::Unavailable => None,
    }
}

/// Takes `None` for what DingTalk does not show.
pub(super) fn shown<T>(asked: Result<T, AccountError>) -> Result<Option<T>, AccountError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if absence(&error).is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

impl From<Member> for MemberDetails {
    fn from(member: Member) -> Self {
        Self {
            staff_id: member.staff_id,
            union_id: member.union_id,
            name: member.name,
            avatar_url: member.avatar_url.filter(|url| url.starts_with("https://")),
            email: member.email,
            state_code: member.state_code,
            mobile: member.mobile,
            job_number: member.job_number,
            hired_at: member.hired_at,
            departments: member.departments,
        }
    }
}

impl From<dingtalk::Department> for DepartmentDetails {
    fn from(department: dingtalk::Department) -> Self {
        Self { id: department.id, parent_id: department.parent_id, name: department.name }
    }
}
