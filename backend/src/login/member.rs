use super::{LoginError, Logins};
use crate::app::Choice;
use crate::dingtalk::Member;

/// By what a member of an organisation is looked up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MemberId<'a> {
    /// What the organisation calls them.
    Staff(&'a str),
    /// What DingTalk calls them.
    Union(&'a str),
}

impl Logins {
    /// Asks the organisation of an app what it knows of a member, and returns that with the organisation, where it is known.
    ///
    /// # Errors
    ///
    /// [`LoginError::NoApp`], or DingTalk's; `NotAMember` if the organisation does not know them.
    pub async fn member(
        &self,
        choice: Choice<'_>,
        id: MemberId<'_>,
    ) -> Result<(Option<String>, Member), LoginError> {
        let app = self.shared.apps.for_login(choice).await?.ok_or(LoginError::NoApp)?;
        let account = (&app).into();
        let asked = self.shared.accounts.ask(&account, |token| async move {
            match id {
                MemberId::Union(union_id) => self.look_up(&token, union_id).await,
                MemberId::Staff(staff_id) => self.shared.directory.member(&token, staff_id).await,
            }
        });
        Ok((app.corp_id, asked.await?))
    }
}
