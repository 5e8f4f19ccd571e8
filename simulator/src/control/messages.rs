//! The controls of messages: what arrived, and who has read it.

use serde::Serialize;
use serde_json::Value;

use super::Control;
use crate::app::App;
use crate::clock::Millis;

/// By which way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// `asyncsend_v2`.
    WorkNotice,
    /// `sendbytemplate`.
    Template,
    /// `oToMessages/batchSend`.
    Robot,
    /// `groupMessages/send`.
    Group,
}

/// A message that arrived: a row of `GET /_sim/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentMessage {
    /// By which way it came.
    pub kind: MessageKind,
    /// The app that sent it.
    pub client_id: String,
    /// Who has it; `None` in a group.
    pub userid: Option<String>,
    /// The group.
    pub conversation_id: Option<String>,
    /// What it says: `msg`, what fills a template, or `msgKey` and `msgParam` of a robot.
    pub content: Value,
    /// When it arrived, seconds since 1970.
    pub at_s: u64,
    /// Whether they have read it.
    pub read: bool,
    /// Whether it was taken back.
    pub recalled: bool,
}

impl SentMessage {
    pub(crate) fn new(
        kind: MessageKind,
        app: &App,
        userid: Option<String>,
        content: Value,
        now: Millis,
    ) -> Self {
        let (client_id, at_s) = (app.client_id.clone(), now / 1000);
        Self { kind, client_id, userid, conversation_id: None, content, at_s, read: false, recalled: false }
    }
}

impl Control {
    /// Lists the messages that arrived, oldest first.
    pub fn messages(&self) -> Vec<SentMessage> {
        self.world().inbox().to_vec()
    }

    /// Lets somebody read all they have, and returns how many messages that were.
    pub fn read_messages(&self, userid: &str) -> usize {
        self.world().read_all(userid)
    }
}
