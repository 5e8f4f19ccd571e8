//! Messages of an app's robot.

#[cfg(feature = "platform")]
mod messages;

use serde_json::json;
use url::Url;

use super::error::{DingTalkError, Step};
use super::wire::{Answer, call, join};
use crate::secret::Token;

#[cfg(feature = "platform")]
pub use messages::{Accepted, RobotRead};

/// Lets the robot of an app speak (DingTalk's page 批量发送人与机器人会话中机器人消息).
#[derive(Clone, Debug)]
pub struct RobotClient {
    http: reqwest::Client,
    base: Url,
}

/// What became of a message that DingTalk took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Receipt {
    /// It is on its way.
    Sent,
    /// The organisation has nobody of this id.
    UnknownRecipient,
    /// The person has had too many already.
    TooMany,
}

impl RobotClient {
    /// Makes a client for the server at `base`.
    pub fn new(http: reqwest::Client, base: Url) -> Self {
        Self { http, base }
    }

    /// Sends a text to a person by their id in the organisation. The robot of an app is called as the app is.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `PermissionMissing` if the app may not send. What DingTalk says of an app without a robot is not
    /// documented.
    pub async fn send(
        &self,
        app: &Token,
        client_id: &str,
        staff_id: &str,
        text: &str,
    ) -> Result<Receipt, DingTalkError> {
        let url = join(&self.base, "/v1.0/robot/oToMessages/batchSend");
        let body = json!({
            "robotCode": client_id,
            "userIds": [staff_id],
            "msgKey": "sampleText",
            "msgParam": json!({ "content": text }).to_string(),
        });
        let request = self.http.post(url).header("x-acs-dingtalk-access-token", app.expose()).json(&body);
        let answer = call(Step::RobotMessage, request, Answer::into_api_fields).await?;
        Ok(if answer.names("invalidStaffIdList", staff_id) {
            Receipt::UnknownRecipient
        } else if answer.names("flowControlledStaffIdList", staff_id) {
            Receipt::TooMany
        } else {
            Receipt::Sent
        })
    }
}
