use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::RobotClient;
use crate::dingtalk::content::RobotContent;
use crate::dingtalk::error::{DingTalkError, Step};
use crate::dingtalk::wire::{Answer, Fields, call, join};
use crate::secret::Token;

const TOKEN_HEADER: &str = "x-acs-dingtalk-access-token";

/// What DingTalk says when it takes a message for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Accepted {
    /// Asks for its readers, and takes it back.
    pub handle: String,
    /// Those whom the organisation does not know.
    pub invalid: Vec<String>,
    /// Those who have had too many already.
    pub flow_controlled: Vec<String>,
}

/// Who has read a message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RobotRead {
    /// Those who have.
    pub read: Vec<String>,
    /// Those who have not.
    pub unread: Vec<String>,
}

impl RobotClient {
    /// Says something to people, each alone.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `PermissionMissing` if the app may not send.
    pub async fn say(
        &self,
        app: &Token,
        client_id: &str,
        staff_ids: &[String],
        content: &RobotContent,
    ) -> Result<Accepted, DingTalkError> {
        let mut body = spoken(client_id, content);
        body["userIds"] = json!(staff_ids);
        let path = "/v1.0/robot/oToMessages/batchSend";
        let answer = self.post(Step::RobotMessage, path, app, &body).await?;
        Ok(Accepted {
            handle: answer.required("processQueryKey")?,
            invalid: answer.texts("invalidStaffIdList"),
            flow_controlled: answer.texts("flowControlledStaffIdList"),
        })
    }

    /// Says something in a group (DingTalk's page 机器人发送群聊消息), and returns what takes it back.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn say_in_group(
        &self,
        app: &Token,
        client_id: &str,
        conversation_id: &str,
        content: &RobotContent,
    ) -> Result<String, DingTalkError> {
        let mut body = spoken(client_id, content);
        body["openConversationId"] = json!(conversation_id);
        let path = "/v1.0/robot/groupMessages/send";
        self.post(Step::GroupMessage, path, app, &body).await?.required("processQueryKey")
    }

    /// Returns who has read what was said to people (DingTalk's page 批量查询人与机器人会话机器人消息是否已读).
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn read_by(
        &self,
        app: &Token,
        client_id: &str,
        handle: &str,
    ) -> Result<RobotRead, DingTalkError> {
        let query = [("robotCode", client_id), ("processQueryKey", handle)];
        let query = Serializer::new(String::new()).extend_pairs(query).finish();
        let url = join(&self.base, "/v1.0/robot/oToMessages/readStatus");
        let request = self.http.get(format!("{url}?{query}")).header(TOKEN_HEADER, app.expose());
        let mut answer = call(Step::RobotRead, request, Answer::into_api_fields).await?;
        let mut read = RobotRead::default();
        for entry in answer.objects("messageReadInfoList") {
            let Some(staff_id) = entry.text("userId") else { continue };
            match entry.text("readStatus").as_deref() {
                Some("READ") => read.read.push(staff_id),
                _ => read.unread.push(staff_id),
            }
        }
        Ok(read)
    }

    /// Takes back what was said to people (DingTalk's page 批量撤回人与机器人会话中机器人消息). Returns whether DingTalk has.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn recall(&self, app: &Token, client_id: &str, handle: &str) -> Result<bool, DingTalkError> {
        let body = json!({ "robotCode": client_id, "processQueryKeys": [handle] });
        let path = "/v1.0/robot/otoMessages/batchRecall";
        let answer = self.post(Step::RobotRecall, path, app, &body).await?;
        Ok(answer.names("successResult", handle))
    }

    /// Takes back what was said in a group (DingTalk's page 企业机器人撤回内部群消息). Returns whether DingTalk has.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    pub async fn recall_in_group(
        &self,
        app: &Token,
        client_id: &str,
        conversation_id: &str,
        handle: &str,
    ) -> Result<bool, DingTalkError> {
        let body = json!({
            "robotCode": client_id,
            "openConversationId": conversation_id,
            "processQueryKeys": [handle],
        });
        let answer = self.post(Step::GroupRecall, "/v1.0/robot/groupMessages/recall", app, &body).await?;
        Ok(answer.names("successResult", handle))
    }

    async fn post(&self, step: Step, path: &str, app: &Token, body: &Value) -> Result<Fields, DingTalkError> {
        let request = self.http.post(join(&self.base, path)).header(TOKEN_HEADER, app.expose()).json(body);
        call(step, request, Answer::into_api_fields).await
    }
}

/// The robot of an app is called as the app is.
fn spoken(client_id: &str, content: &RobotContent) -> Value {
    let (key, param) = content.to_key_and_param();
    json!({ "robotCode": client_id, "msgKey": key, "msgParam": param.to_string() })
}
