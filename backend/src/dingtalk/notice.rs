//! Work notices: messages that an app sends in its own name, and what became of them (DingTalk's old API).

use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::content::{Notice, Template};
use super::error::{DingTalkError, Step};
use super::wire::{Fields, call, join};
use crate::secret::Token;

/// Sends work notices (DingTalk's pages 发送工作通知, 使用模板发送工作通知消息, 获取工作通知消息的发送结果, 获取工作通知消息的发送进度,
/// 撤回工作通知消息).
#[derive(Clone, Debug)]
pub struct NoticeClient {
    http: reqwest::Client,
    base: Url,
}

/// To whom a work notice goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Audience<'a> {
    /// Members, by their ids in the organisation.
    People(&'a [String]),
    /// Everybody in these departments.
    Departments(&'a [i64]),
    /// Everybody who may see the app.
    Everybody,
}

/// What became of a work notice, list by list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SendResult {
    /// Those who have read it.
    pub read: Vec<String>,
    /// Those who have it and have not read it.
    pub unread: Vec<String>,
    /// Those whom the organisation does not know, or who may not see the app.
    pub invalid: Vec<String>,
    /// Those to whom it could not be sent.
    pub failed: Vec<String>,
    /// Those from whom it was kept.
    pub forbidden: Vec<Forbidden>,
    /// The departments that the organisation does not know.
    pub invalid_departments: Vec<i64>,
}

/// Somebody from whom a work notice was kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forbidden {
    /// Who.
    pub staff_id: String,
    /// Why.
    pub reason: ForbiddenReason,
}

/// Why a work notice was kept from somebody (the error codes of DingTalk's page 获取工作通知消息的发送结果).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ForbiddenReason {
    /// They have had all that one app may send to one person in a day.
    DailyLimit,
    /// They have had the same today.
    Duplicate,
    /// Too many at once.
    RateLimit,
    /// Another code, or none.
    Other(Option<i64>),
}

impl NoticeClient {
    /// Makes a client for the server at `base`.
    pub fn new(http: reqwest::Client, base: Url) -> Self {
        Self { http, base }
    }

    /// Sends a work notice, and returns what asks for its result. That DingTalk takes it does not say that anybody gets it.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn send(
        &self,
        app: &Token,
        agent_id: i64,
        audience: Audience<'_>,
        notice: &Notice,
    ) -> Result<String, DingTalkError> {
        let mut body = json!({ "agent_id": agent_id, "msg": notice.to_msg() });
        audience.write(&mut body);
        let path = "/topapi/message/corpconversation/asyncsend_v2";
        self.ask(Step::Notice, path, app, &body).await?.required_integer("task_id").map(|id| id.to_string())
    }

    /// Sends what a template says, and returns what asks for its result. `audience` is never everybody.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn send_template(
        &self,
        app: &Token,
        agent_id: i64,
        audience: Audience<'_>,
        template: &Template,
    ) -> Result<String, DingTalkError> {
        let data = json!(template.data).to_string();
        let mut body = json!({ "agent_id": agent_id, "template_id": template.template_id, "data": data });
        audience.write(&mut body);
        let path = "/topapi/message/corpconversation/sendbytemplate";
        let answer = self.ask(Step::TemplateNotice, path, app, &body).await?;
        answer.required_integer("task_id").map(|id| id.to_string())
    }

    /// Returns whether DingTalk has been through all the people.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn is_through(&self, app: &Token, agent_id: i64, task: &str) -> Result<bool, DingTalkError> {
        let path = "/topapi/message/corpconversation/getsendprogress";
        let answer = self.ask(Step::NoticeProgress, path, app, &task_of(agent_id, task)).await?;
        let progress = answer.object("progress");
        Ok(progress.integer("status") == Some(2) || progress.integer("progress_in_percent") == Some(100))
    }

    /// Returns what became of it.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn result(&self, app: &Token, agent_id: i64, task: &str) -> Result<SendResult, DingTalkError> {
        let path = "/topapi/message/corpconversation/getsendresult";
        let answer = self.ask(Step::NoticeResult, path, app, &task_of(agent_id, task)).await?;
        Ok(SendResult::of(answer.object("send_result")))
    }

    /// Takes it back from those who have it.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn recall(&self, app: &Token, agent_id: i64, task: &str) -> Result<(), DingTalkError> {
        let path = "/topapi/message/corpconversation/recall";
        let body = json!({ "agent_id": agent_id, "msg_task_id": number_of(task) });
        self.ask(Step::NoticeRecall, path, app, &body).await.map(drop)
    }

    async fn ask(&self, step: Step, path: &str, app: &Token, body: &Value) -> Result<Fields, DingTalkError> {
        // DingTalk wants the token there; errors of the HTTP client are stripped of their address.
        let query = Serializer::new(String::new()).append_pair("access_token", app.expose()).finish();
        let request = self.http.post(format!("{}?{query}", join(&self.base, path))).json(body);
        call(step, request, |answer| answer.into_fields()?.check_envelope()).await
    }
}

fn task_of(agent_id: i64, task: &str) -> Value {
    json!({ "agent_id": agent_id, "task_id": number_of(task) })
}

fn number_of(task: &str) -> Value {
    task.parse::<i64>().map_or_else(|_| json!(task), |number| json!(number))
}

impl Audience<'_> {
    fn write(self, body: &mut Value) {
        match self {
            Self::People(staff_ids) => body["userid_list"] = json!(staff_ids.join(",")),
            Self::Departments(ids) => {
                let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
                body["dept_id_list"] = json!(ids.join(","));
            }
            Self::Everybody => body["to_all_user"] = json!(true),
        }
    }
}

impl SendResult {
    fn of(mut fields: Fields) -> Self {
        let forbidden = fields.objects("forbidden_list").into_iter().filter_map(|entry| {
            let staff_id = entry.text("userid")?;
            Some(Forbidden { staff_id, reason: ForbiddenReason::of(entry.integer("code")) })
        });
        let mut forbidden: Vec<_> = forbidden.collect();
        let unexplained = fields.texts("forbidden_user_id_list").into_iter();
        let unexplained: Vec<_> =
            unexplained.filter(|id| forbidden.iter().all(|entry| entry.staff_id != *id)).collect();
        let other = |staff_id| Forbidden { staff_id, reason: ForbiddenReason::Other(None) };
        forbidden.extend(unexplained.into_iter().map(other));
        Self {
            read: fields.texts("read_user_id_list"),
            unread: fields.texts("unread_user_id_list"),
            invalid: fields.texts("invalid_user_id_list"),
            failed: fields.texts("failed_user_id_list"),
            forbidden,
            invalid_departments: fields.integers("invalid_dept_id_list"),
        }
    }
}

impl ForbiddenReason {
    fn of(code: Option<i64>) -> Self {
        match code {
            Some(143_105 | 143_205) => Self::DailyLimit,
            Some(143_106 | 143_206) => Self::Duplicate,
            Some(143_103 | 143_104 | 143_203 | 143_204) => Self::RateLimit,
            other => Self::Other(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_kept_from_a_notice_is_told_with_the_reason() {
        let fields = Fields::from_json(
            Step::NoticeResult,
            r#"{"forbidden_user_id_list":["a","b","c"],"unread_user_id_list":["d"],"invalid_dept_id_list":["7",8],
                "forbidden_list":[{"code":"143105","count":500,"userid":"a"},{"code":143106,"userid":"b"}]}"#,
        );

        let result = SendResult::of(fields);

        let reasons: Vec<_> =
            result.forbidden.iter().map(|entry| (entry.staff_id.as_str(), entry.reason)).collect();
        assert_eq!(
            reasons,
            [
                ("a", ForbiddenReason::DailyLimit),
                ("b", ForbiddenReason::Duplicate),
                ("c", ForbiddenReason::Other(None)),
            ]
        );
        assert_eq!((result.unread, result.invalid_departments), (vec!["d".to_owned()], vec![7, 8]));
    }
}
