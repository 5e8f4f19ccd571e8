//! Who is who in the organisation of an app (DingTalk's old API).

#[cfg(feature = "platform")]
mod departments;

use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

#[cfg(feature = "platform")]
pub use departments::{Department, MemberPage, Range};

use super::error::{DingTalkError, Step};
use super::wire::{Fields, call, join};
use crate::secret::{Presented, Token};

/// Looks people up with an app's token (DingTalk's pages 通过免登码获取用户信息, 根据unionid获取用户userid, 查询用户详情).
#[derive(Clone, Debug)]
pub struct DirectoryClient {
    http: reqwest::Client,
    base: Url,
}

/// Whose workspace code it was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WorkspaceUser {
    /// Names them in the organisation (DingTalk's `userid`).
    pub staff_id: String,
    /// The same in every app of one organisation's developer.
    pub union_id: String,
    /// Their name.
    pub name: Option<String>,
}

/// What the organisation knows of one of its members.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Member {
    /// Names them in the organisation (DingTalk's `userid`).
    pub staff_id: String,
    /// The same in every app of one organisation's developer.
    pub union_id: Option<String>,
    /// Their name.
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

impl DirectoryClient {
    /// Makes a client for the server at `base`.
    pub fn new(http: reqwest::Client, base: Url) -> Self {
        Self { http, base }
    }

    /// Gives a workspace code in.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `CodeInvalid` also means that it is an authorization code, or of another organisation.
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave the code used.
    pub async fn workspace_user(
        &self,
        app: &Token,
        code: &Presented,
    ) -> Result<WorkspaceUser, DingTalkError> {
        let body = json!({ "code": code.expose() });
        let result = self.ask(Step::WorkspaceUser, "/topapi/v2/user/getuserinfo", app, &body).await?;
        Ok(WorkspaceUser {
            staff_id: result.required("userid")?,
            union_id: result.required("unionid")?,
            name: result.text("name"),
        })
    }

    /// Finds out how the organisation calls a person. `NotAMember` if it does not know them.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn staff_id(&self, app: &Token, union_id: &str) -> Result<String, DingTalkError> {
        let body = json!({ "unionid": union_id });
        let result = self.ask(Step::UserByUnionId, "/topapi/user/getbyunionid", app, &body).await?;
        result.required("userid")
    }

    /// Reads what the organisation knows of a member. What the app has no permission for is missing.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn member(&self, app: &Token, staff_id: &str) -> Result<Member, DingTalkError> {
        let body = json!({ "userid": staff_id });
        Member::read(&self.ask(Step::Member, "/topapi/v2/user/get", app, &body).await?)
    }

    async fn ask(&self, step: Step, path: &str, app: &Token, body: &Value) -> Result<Fields, DingTalkError> {
        Ok(self.ask_whole(step, path, app, body).await?.object("result"))
    }

    async fn ask_whole(
        &self,
        step: Step,
        path: &str,
        app: &Token,
        body: &Value,
    ) -> Result<Fields, DingTalkError> {
        let request = self.http.post(self.address(path, app)).json(body);
        call(step, request, |answer| answer.into_fields()?.check_envelope()).await
    }

    /// DingTalk wants the token there; errors of the HTTP client are stripped of their address.
    fn address(&self, path: &str, app: &Token) -> String {
        let query = Serializer::new(String::new()).append_pair("access_token", app.expose()).finish();
        format!("{}?{query}", join(&self.base, path))
    }
}

impl Member {
    fn read(fields: &Fields) -> Result<Self, DingTalkError> {
        Ok(Self {
            staff_id: fields.required("userid")?,
            union_id: fields.text("unionid"),
            name: fields.text("name"),
            avatar_url: fields.text("avatar"),
            email: fields.text("email").or_else(|| fields.text("org_email")),
            state_code: fields.text("state_code"),
            mobile: fields.text("mobile"),
            job_number: fields.text("job_number"),
            hired_at: fields.integer("hired_date"),
            departments: fields.integers("dept_id_list"),
        })
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member").finish_non_exhaustive()
    }
}
