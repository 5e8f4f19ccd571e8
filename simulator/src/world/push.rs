//! What is on its way to third-party apps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use crate::clock::Millis;
use crate::control::ControlError;
use crate::organisation::Organisation;
use crate::suite::pusher::Letter;
use crate::suite::{CallbackCrypto, Customer, DataShape, Manner, Push, PushSummary, Record};

/// Attempts after which a push is given up.
const MOST_ATTEMPTS: u32 = 100;
/// Simulated milliseconds between two attempts.
const PAUSE: Millis = 10_000;

/// Pushes, by their number.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    next: u64,
    pushes: BTreeMap<u64, Pending>,
}

#[derive(Debug)]
struct Pending {
    suite_key: String,
    about: String,
    /// The message before it is encrypted.
    message: String,
    expected: String,
    manner: Manner,
    due_at: Millis,
    attempts: u32,
    /// Whether it is being sent at this moment.
    under_way: bool,
    outcome: Option<Result<(), String>>,
}

impl Pending {
    fn is_open(&self) -> bool {
        self.outcome != Some(Ok(())) && self.attempts < MOST_ATTEMPTS
    }
}

impl World {
    /// Takes something to be pushed.
    pub(crate) fn push(&mut self, key: &str, push: Push, now: Millis) -> Result<(), ControlError> {
        self.suite_on_file(key)?;
        let Push { records, event, manner } = push;
        if manner.pad.is_some_and(|pad| !(1..=32).contains(&pad)) {
            return Err(ControlError::Invalid("manner.pad: must be 1 to 32".to_owned()));
        }
        for _ in 0..manner.times.max(1) {
            match &event {
                Some(event) => self.enqueue(key, event, manner.clone(), now),
                None => self.push_records(key, &records, manner.clone(), now),
            }
        }
        Ok(())
    }

    pub(crate) fn pushes(&self, key: &str) -> Result<Vec<PushSummary>, ControlError> {
        self.suite_on_file(key)?;
        let of_suite = self.suites.outbox.pushes.values().filter(|pending| pending.suite_key == key);
        Ok(of_suite.map(summary).collect())
    }

    /// Whether something waits to be sent at this moment, or is being sent.
    pub(crate) fn has_due_pushes(&self, now: Millis) -> bool {
        let mut pushes = self.suites.outbox.pushes.values();
        pushes.any(|pending| pending.under_way || (pending.is_open() && pending.due_at <= now))
    }

    /// Takes what is due, to send it.
    pub(crate) fn due_letters(&mut self, now: Millis) -> Vec<Letter> {
        self.renew_old_tickets(now);
        let pushes = &self.suites.outbox.pushes;
        let is_due = |pending: &Pending| pending.is_open() && !pending.under_way && pending.due_at <= now;
        let due: Vec<u64> = pushes.iter().filter(|(_, pending)| is_due(pending)).map(|(id, _)| *id).collect();
        due.into_iter().filter_map(|id| self.letter(id, now)).collect()
    }

    fn letter(&mut self, id: u64, now: Millis) -> Option<Letter> {
        let [nonce, salt] = [(); 2].map(|()| self.random.temporary_code()[..16].to_owned());
        let pending = self.suites.outbox.pushes.get_mut(&id)?;
        let suite = &self.suites.all.get(&pending.suite_key)?.suite;
        let crypto = CallbackCrypto::new(&suite.token, &suite.aes_key, &suite.suite_key).ok()?;
        pending.under_way = true;
        let manner = &pending.manner;
        let message = filled(&pending.message, manner.pad, suite.suite_key.len());
        Some(Letter {
            id,
            url: suite.callback_url.clone(),
            spelling: manner.spelling,
            wrong: manner.wrong,
            timestamp: manner.timestamp_ms.unwrap_or(now).to_string(),
            nonce,
            ciphertext: crypto.encrypt(&message, &salt, manner.wrong),
            expected: pending.expected.clone(),
            crypto,
        })
    }

    pub(crate) fn settle_letter(&mut self, id: u64, outcome: Result<(), String>, now: Millis) {
        if let Some(pending) = self.suites.outbox.pushes.get_mut(&id) {
            pending.under_way = false;
            pending.attempts += 1;
            pending.due_at = now.saturating_add(PAUSE);
            pending.outcome = Some(outcome);
        }
    }

    pub(super) fn push_check(&mut self, key: &str, now: Millis) {
        self.enqueue(key, &json!({ "EventType": "check_url" }), Manner::default(), now);
    }

    pub(super) fn push_ticket(&mut self, key: &str, now: Millis) {
        let Ok(suite) = self.suite_on_file(key) else { return };
        let biz_data = json!({ "syncAction": "suite_ticket", "suiteTicket": suite.ticket });
        self.push_of_suite(key, "", (2, biz_data), now);
    }

    pub(super) fn push_authorization(&mut self, key: &str, corp_id: &str, word: &str, now: Millis) {
        let Ok(suite) = self.suite_on_file(key) else { return };
        let name = Organisation::find_corp(corp_id).map_or(corp_id, |organisation| organisation.name);
        let mut biz_data = json!({ "syncAction": word, "suite_key": key, "corp_id": corp_id });
        if let Ok(customer) = suite.customer(corp_id) {
            biz_data["auth_user_info"] = json!({ "userId": "administrator" });
            biz_data["auth_corp_info"] = json!({ "corpid": corp_id, "corp_name": name });
            biz_data["auth_scope"] = json!({ "errcode": 0, "condition_field": [], "auth_user_field": [] });
            biz_data["auth_info"] = json!({ "agent": [{ "agentid": customer.agent_id, "appid": suite.id }] });
            biz_data["permanent_code"] = json!(format!("simpermanentcodeof{corp_id}"));
        }
        self.push_of_suite(key, corp_id, (4, biz_data), now);
    }

    pub(super) fn push_switch(&mut self, key: &str, customer: &Customer, now: Millis) {
        let word = if customer.enabled { "org_micro_app_restore" } else { "org_micro_app_stop" };
        let biz_data = json!({ "syncAction": word, "agentId": customer.agent_id });
        self.push_of_suite(key, &customer.corp_id, (7, biz_data), now);
    }

    /// Pushes a record about the app itself.
    fn push_of_suite(&mut self, key: &str, corp_id: &str, (biz_type, biz_data): (i64, Value), now: Millis) {
        let Ok(suite) = self.suite_on_file(key) else { return };
        let (corp_id, biz_id) = (corp_id.to_owned(), suite.id.to_string());
        let record = Record { corp_id, biz_type, biz_id, biz_data };
        self.push_records(key, &[record], Manner::default(), now);
    }

    fn push_records(&mut self, key: &str, records: &[Record], manner: Manner, now: Millis) {
        let id = self.suite_on_file(key).map(|suite| suite.id).unwrap_or_default();
        let record = |record: &Record| {
            let data = match manner.data {
                DataShape::Text => Value::String(record.biz_data.to_string()),
                DataShape::Object => record.biz_data.clone(),
            };
            json!({
                "gmt_create": now, "gmt_modified": now, "open_cursor": 0, "status": 0,
                "subscribe_id": format!("{id}_0"), "corp_id": record.corp_id,
                "biz_type": record.biz_type, "biz_id": record.biz_id, "biz_data": data,
            })
        };
        let records: Vec<Value> = records.iter().map(record).collect();
        let message = json!({ "EventType": "SYNC_HTTP_PUSH_HIGH", "bizData": records });
        self.enqueue(key, &message, manner, now);
    }

    fn enqueue(&mut self, key: &str, message: &Value, manner: Manner, now: Millis) {
        let expected = match message["EventType"].as_str() {
            Some("CHECK_UPDATE_SUITE_URL") => message["Random"].as_str().unwrap_or_default(),
            Some(_) | None => "success",
        };
        let outbox = &mut self.suites.outbox;
        let pending = Pending {
            suite_key: key.to_owned(),
            about: about(message),
            expected: expected.to_owned(),
            message: message.to_string(),
            manner,
            due_at: now,
            attempts: 0,
            under_way: false,
            outcome: None,
        };
        outbox.pushes.insert(outbox.next, pending);
        outbox.next += 1;
    }
}

/// The words of the records of a message, or its own.
fn about(message: &Value) -> String {
    let words = message["bizData"].as_array().map(|records| {
        let data = |record: &Value| {
            let data = &record["biz_data"];
            let written = data.as_str().map(|text| serde_json::from_str(text).unwrap_or_default());
            written.unwrap_or_else(|| data.clone())
        };
        let word = |record: &Value| data(record)["syncAction"].as_str().unwrap_or("?").to_owned();
        records.iter().map(word).collect::<Vec<_>>().join(" ")
    });
    words.unwrap_or_else(|| message["EventType"].as_str().unwrap_or("?").to_owned())
}

/// Puts so much space behind a message that the plaintext is filled up with `pad` bytes.
fn filled(message: &str, pad: Option<u8>, owner: usize) -> String {
    let Some(pad) = pad.map(usize::from) else { return message.to_owned() };
    let length = 20 + message.len() + owner;
    let space = (64 - pad - length % 32) % 32;
    message.to_owned() + &" ".repeat(space)
}

fn summary(pending: &Pending) -> PushSummary {
    PushSummary {
        about: pending.about.clone(),
        attempts: pending.attempts,
        acknowledged: pending.outcome == Some(Ok(())),
        error: pending.outcome.clone().and_then(Result::err),
    }
}
