//! Departments, and who is in them (DingTalk's pages 获取通讯录权限范围, 获取部门详情, 获取部门列表, 获取部门用户详情,
//! 获取部门用户userid列表, 根据手机号查询用户).

use serde_json::json;

use super::{DirectoryClient, Member};
use crate::dingtalk::error::{DingTalkError, Step};
use crate::dingtalk::wire::{Fields, call};
use crate::secret::Token;

/// The largest page of members that DingTalk gives.
const PAGE: u32 = 100;

/// What an app may see of an organisation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Range {
    /// Departments, each with everything below it.
    pub departments: Vec<i64>,
    /// People beside them, by their ids in the organisation.
    pub staff_ids: Vec<String>,
}

/// A department.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Department {
    /// Names it in the organisation; the root is 1.
    pub id: i64,
    /// The department that it is in; `None` for the root.
    pub parent_id: Option<i64>,
    /// Its name; of the root, the organisation's.
    pub name: String,
}

/// Some of the members of a department.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MemberPage {
    /// The members.
    pub members: Vec<Member>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<i64>,
}

impl DirectoryClient {
    /// Reads what the app may see.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn range(&self, app: &Token) -> Result<Range, DingTalkError> {
        let request = self.http.get(self.address("/auth/scopes", app));
        let scopes = |answer: crate::dingtalk::wire::Answer| answer.into_fields()?.check_envelope();
        let range = call(Step::Range, request, scopes).await?.object("auth_org_scopes");
        Ok(Range { departments: range.integers("authed_dept"), staff_ids: range.texts("authed_user") })
    }

    /// Reads what a department is. `NoDepartment` if there is none of the id.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn department(&self, app: &Token, id: i64) -> Result<Department, DingTalkError> {
        let body = json!({ "dept_id": id });
        Department::read(&self.ask(Step::Department, "/topapi/v2/department/get", app, &body).await?)
    }

    /// Lists the departments directly below one.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `NoDepartment` if there is none of the id.
    pub async fn sub_departments(&self, app: &Token, id: i64) -> Result<Vec<Department>, DingTalkError> {
        let body = json!({ "dept_id": id });
        let path = "/topapi/v2/department/listsub";
        let mut answer = self.ask_whole(Step::SubDepartments, path, app, &body).await?;
        answer.objects("result").iter().map(Department::read).collect()
    }

    /// Lists members of a department, not of those below it. The first page begins at 0.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `NoDepartment` if there is none of the id, and `Lacks` if the next page is none further on.
    pub async fn members(&self, app: &Token, id: i64, cursor: i64) -> Result<MemberPage, DingTalkError> {
        let body = json!({ "dept_id": id, "cursor": cursor, "size": PAGE });
        let mut page = self.ask(Step::Members, "/topapi/v2/user/list", app, &body).await?;
        let next = if page.is_true("has_more") { Some(page.required_integer("next_cursor")?) } else { None };
        if next.is_some_and(|next| next <= cursor) {
            return Err(DingTalkError::Lacks { step: Step::Members, field: "next_cursor" });
        }
        let members = page.objects("list").iter().map(Member::read).collect::<Result<_, _>>()?;
        Ok(MemberPage { members, next })
    }

    /// Lists the ids of all members of a department, not of those below it. DingTalk gives them whatever the app may see.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `NoDepartment` if there is none of the id.
    pub async fn staff_ids(&self, app: &Token, id: i64) -> Result<Vec<String>, DingTalkError> {
        let body = json!({ "dept_id": id });
        let result = self.ask(Step::StaffIds, "/topapi/user/listid", app, &body).await?;
        Ok(result.texts("userid_list"))
    }

    /// Finds out how the organisation calls whoever has a phone number. `NotAMember` if it does not know them.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn staff_id_of_mobile(&self, app: &Token, mobile: &str) -> Result<String, DingTalkError> {
        let body = json!({ "mobile": mobile });
        let result = self.ask(Step::UserByMobile, "/topapi/v2/user/getbymobile", app, &body).await?;
        result.required("userid")
    }
}

impl Department {
    fn read(fields: &Fields) -> Result<Self, DingTalkError> {
        Ok(Self {
            id: fields.required_integer("dept_id")?,
            parent_id: fields.integer("parent_id").filter(|parent| *parent > 0),
            name: fields.required("name")?,
        })
    }
}
