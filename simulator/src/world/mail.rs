//! Messages that apps send, and what becomes of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::World;
use crate::app::App;
use crate::clock::Millis;
use crate::control::{MessageKind, SentMessage};

/// China's time is ahead of UTC; DingTalk counts days there.
const CHINA: Millis = 8 * 3_600_000;
const DAY: Millis = 24 * 3_600_000;
const MINUTE: Millis = 60_000;

/// For how long a message may be taken back.
const RECALLABLE: Millis = DAY;

/// What was sent, and to whom.
#[derive(Debug, Default)]
pub(super) struct Mail {
    tasks: BTreeMap<u64, Task>,
    /// Messages of robots, by process query key: client id, and where they are in the inbox.
    spoken: HashMap<String, (String, Vec<usize>)>,
    inbox: Vec<SentMessage>,
    /// Client id, user id and day: how many work notices.
    counts: HashMap<(String, String, Millis), u64>,
    /// The same, with what they said.
    said: HashSet<(String, String, Millis, String)>,
    /// Client id, user id and minute: how many messages of a robot.
    spoke: HashMap<(String, String, Millis), u64>,
}

/// One work notice, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Task {
    client_id: String,
    sent_at: Millis,
    pub(crate) invalid: Vec<String>,
    pub(crate) invalid_departments: Vec<u64>,
    /// User ids with the code for why.
    pub(crate) forbidden: Vec<(String, u32)>,
    messages: Vec<usize>,
}

/// A work notice to be sent.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) kind: MessageKind,
    pub(crate) agent_id: Option<u64>,
    pub(crate) userids: Vec<String>,
    pub(crate) departments: Vec<u64>,
    pub(crate) everybody: bool,
    pub(crate) content: Value,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoticeRefusal {
    Token,
    IpNotAllowed,
    AgentId,
    Task,
    TooLate,
}

/// What a robot is told when it speaks.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) key: String,
    pub(crate) invalid: Vec<String>,
    pub(crate) flow_controlled: Vec<String>,
}

impl World {
    /// Sends a work notice, and returns its task.
    pub(crate) fn send_notice(
        &mut self,
        token: &str,
        notice: Notice,
        now: Millis,
    ) -> Result<u64, NoticeRefusal> {
        let app = self.notifier(token, notice.agent_id, now)?;
        let mut task = Task { client_id: app.client_id.clone(), sent_at: now, ..Task::default() };
        let mut userids = notice.userids;
        if notice.everybody {
            userids.extend(self.members_below(&app.corp_id, 1));
        }
        for id in notice.departments {
            if self.department_ids(&app.corp_id).contains(&id) {
                userids.extend(self.members_below(&app.corp_id, id));
            } else {
                task.invalid_departments.push(id);
            }
        }
        let mut seen = HashSet::new();
        userids.retain(|userid| seen.insert(userid.clone()));
        for userid in userids {
            if !self.reaches(&app, &userid) {
                task.invalid.push(userid);
            } else if let Some(code) = self.keep_from(&app, &userid, &notice.content, now) {
                task.forbidden.push((userid, code));
            } else {
                let message = SentMessage::new(notice.kind, &app, Some(userid), notice.content.clone(), now);
                task.messages.push(self.mail.put(message));
            }
        }
        let id = self.random.task_id();
        self.mail.tasks.insert(id, task);
        Ok(id)
    }

    /// Returns why somebody does not get one more work notice; counts it if they do.
    fn keep_from(&mut self, app: &App, userid: &str, content: &Value, now: Millis) -> Option<u32> {
        let day = (now + CHINA) / DAY;
        let key = (app.client_id.clone(), userid.to_owned(), day);
        let count = self.mail.counts.entry(key).or_default();
        if *count >= self.settings.notices_per_day {
            return Some(143_105);
        }
        if !self.mail.said.insert((app.client_id.clone(), userid.to_owned(), day, content.to_string())) {
            return Some(143_106);
        }
        *count += 1;
        None
    }

    /// Returns a task of the app, and whether DingTalk is through with it.
    pub(crate) fn task(
        &self,
        token: &str,
        agent_id: Option<u64>,
        id: u64,
        now: Millis,
    ) -> Result<(&Task, bool), NoticeRefusal> {
        let app = self.notifier(token, agent_id, now)?;
        let task = self.mail.tasks.get(&id).filter(|task| task.client_id == app.client_id);
        let task = task.ok_or(NoticeRefusal::Task)?;
        let is_through = now.saturating_sub(task.sent_at) >= self.settings.notice_takes_s * 1000;
        Ok((task, is_through))
    }

    /// Those who have a work notice, and whether they have read it.
    pub(crate) fn readers(&self, task: &Task) -> Vec<(String, bool)> {
        let messages = task.messages.iter().filter_map(|index| self.mail.inbox.get(*index));
        messages.filter_map(|message| Some((message.userid.clone()?, message.read))).collect()
    }

    pub(crate) fn recall_notice(
        &mut self,
        token: &str,
        agent_id: Option<u64>,
        id: u64,
        now: Millis,
    ) -> Result<(), NoticeRefusal> {
        let (task, _) = self.task(token, agent_id, id, now)?;
        if now.saturating_sub(task.sent_at) > RECALLABLE {
            return Err(NoticeRefusal::TooLate);
        }
        for index in task.messages.clone() {
            self.mail.recall(index);
        }
        Ok(())
    }

    fn notifier(&self, token: &str, agent_id: Option<u64>, now: Millis) -> Result<App, NoticeRefusal> {
        let app = self.app_of_token(token, now).ok_or(NoticeRefusal::Token)?;
        if !app.allow_ip {
            return Err(NoticeRefusal::IpNotAllowed);
        }
        if agent_id == Some(app.agent_id) { Ok(app.clone()) } else { Err(NoticeRefusal::AgentId) }
    }

    /// Lets a robot speak to people, each alone.
    pub(crate) fn speak(&mut self, app: &App, userids: Vec<String>, content: &Value, now: Millis) -> Spoken {
        let (mut invalid, mut flow_controlled, mut messages) = (Vec::new(), Vec::new(), Vec::new());
        for userid in userids {
            if !self.is_member(app, &userid) {
                invalid.push(userid);
                continue;
            }
            let minute = (app.client_id.clone(), userid.clone(), now / MINUTE);
            let count = self.mail.spoke.entry(minute).or_default();
            *count += 1;
            if *count > self.settings.robot_messages_per_minute {
                flow_controlled.push(userid);
            } else {
                let message = SentMessage::new(MessageKind::Robot, app, Some(userid), content.clone(), now);
                messages.push(self.mail.put(message));
            }
        }
        let key = self.random.request_id();
        self.mail.spoken.insert(key.clone(), (app.client_id.clone(), messages));
        Spoken { key, invalid, flow_controlled }
    }

    /// Lets a robot speak in a group.
    pub(crate) fn speak_in_group(
        &mut self,
        app: &App,
        conversation: &str,
        content: &Value,
        now: Millis,
    ) -> String {
        let message = SentMessage {
            conversation_id: Some(conversation.to_owned()),
            ..SentMessage::new(MessageKind::Group, app, None, content.clone(), now)
        };
        let index = self.mail.put(message);
        let key = self.random.request_id();
        self.mail.spoken.insert(key.clone(), (app.client_id.clone(), vec![index]));
        key
    }

    /// The messages of one process query key.
    pub(crate) fn spoken(&self, app: &App, key: &str) -> Option<Vec<&SentMessage>> {
        let (_, messages) = self.mail.spoken.get(key).filter(|(client_id, _)| *client_id == app.client_id)?;
        Some(messages.iter().filter_map(|index| self.mail.inbox.get(*index)).collect())
    }

    /// Takes back what a robot said, and returns whether that was possible.
    pub(crate) fn recall_spoken(&mut self, app: &App, key: &str, now: Millis) -> bool {
        let Some(spoken) = self.spoken(app, key) else { return false };
        if spoken.iter().any(|message| now / 1000 > message.at_s + RECALLABLE / 1000) {
            return false;
        }
        let indexes = self.mail.spoken.get(key).map(|(_, messages)| messages.clone()).unwrap_or_default();
        for index in indexes {
            self.mail.recall(index);
        }
        true
    }

    /// What arrived, oldest first.
    pub(crate) fn inbox(&self) -> &[SentMessage] {
        &self.mail.inbox
    }

    /// Lets somebody read all they have, and returns how many messages that were.
    pub(crate) fn read_all(&mut self, userid: &str) -> usize {
        let is_theirs =
            |message: &&mut SentMessage| message.userid.as_deref() == Some(userid) && !message.read;
        let unread = self.mail.inbox.iter_mut().filter(is_theirs);
        unread.map(|message| message.read = true).count()
    }

    fn is_member(&self, app: &App, userid: &str) -> bool {
        self.anybody(userid).is_some_and(|person| person.is_member_of(&app.corp_id))
    }

    /// Whether somebody is a member and may see the app.
    fn reaches(&self, app: &App, userid: &str) -> bool {
        self.is_member(app, userid) && self.shows(app, userid)
    }
}

impl Mail {
    fn put(&mut self, message: SentMessage) -> usize {
        self.inbox.push(message);
        self.inbox.len() - 1
    }

    fn recall(&mut self, index: usize) {
        if let Some(message) = self.inbox.get_mut(index) {
            message.recalled = true;
        }
    }
}
