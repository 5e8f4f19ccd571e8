//! What DingTalk pushes to a third-party app (its pages 数据格式 and 授权事件; that of the address is checked by an event as well).
//!
//! A message has one event, or a list of records. A record is of an organisation, has a number that says what it is about, and
//! says the newest of one thing: the next one of the same name is in its place.

use serde_json::{Map, Value};

use super::error::Step;
use super::suite::{Authorization, authorization};
use super::wire::{Fields, number};
use crate::secret::SuiteTicket;

/// A message, read.
#[derive(Debug)]
pub enum Push {
    /// DingTalk wants to know whether the address is ours; it is to be answered with this.
    Check {
        /// The answer.
        answer: String,
    },
    /// Records, in their order.
    Records(Vec<Record>),
}

/// One record of a message.
#[derive(Debug)]
pub struct Record {
    /// To what the app has subscribed; with the next three it makes the record one.
    pub subscription: String,
    /// The organisation; empty where it is of none.
    pub corp_id: String,
    /// DingTalk's name of the record.
    pub biz_id: String,
    /// DingTalk's number for what it is about.
    pub biz_type: Option<i64>,
    /// What it says.
    pub fact: Fact,
    /// All of it, without what is secret.
    pub data: Value,
}

/// What a record says.
#[derive(Clone, Debug)]
pub enum Fact {
    /// The ticket is this one.
    Ticket(SuiteTicket),
    /// An organisation has installed the app.
    Authorized(Authorization),
    /// It has changed what the app may do.
    AuthorizationChanged(Authorization),
    /// It has removed the app.
    AuthorizationEnded,
    /// It has switched the app off.
    AppDisabled,
    /// It has switched the app on again.
    AppEnabled,
    /// It has taken the app out of its workspace.
    AppRemoved,
    /// A person came, changed or left.
    UserChanged,
    /// A department did.
    DepartmentChanged,
    /// A role did.
    RoleChanged,
    /// The organisation did.
    OrganisationChanged,
    /// Somebody tries the app out.
    TrialBegun,
    /// Something that is not known here.
    Unknown,
}

/// What must not be kept with a record, whoever put it there.
const SECRETS: [&str; 7] = [
    "suiteTicket",
    "SuiteTicket",
    "suite_ticket",
    "permanent_code",
    "permanentCode",
    "tmp_auth_code",
    "AuthCode",
];

impl Fact {
    /// Returns the name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Ticket(_) => "ticket",
            Self::Authorized(_) => "authorized",
            Self::AuthorizationChanged(_) => "authorization_changed",
            Self::AuthorizationEnded => "authorization_ended",
            Self::AppDisabled => "app_disabled",
            Self::AppEnabled => "app_enabled",
            Self::AppRemoved => "app_removed",
            Self::UserChanged => "user_changed",
            Self::DepartmentChanged => "department_changed",
            Self::RoleChanged => "role_changed",
            Self::OrganisationChanged => "organisation_changed",
            Self::TrialBegun => "trial_begun",
            Self::Unknown => "unknown",
        }
    }

    fn read(biz_type: Option<i64>, data: &Map<String, Value>) -> Self {
        let fields = Fields::of(Step::Push, data.clone());
        let action = fields.text("syncAction").unwrap_or_default();
        match (biz_type, action.as_str()) {
            (Some(2), "suite_ticket") => match fields.text("suiteTicket") {
                Some(ticket) => Self::Ticket(SuiteTicket::new(ticket)),
                None => Self::Unknown,
            },
            (Some(4), "org_suite_auth") => Self::Authorized(authorization(&fields)),
            (Some(4), "org_suite_change") => Self::AuthorizationChanged(authorization(&fields)),
            (Some(4), "org_suite_relieve") => Self::AuthorizationEnded,
            (Some(7), "org_micro_app_stop") => Self::AppDisabled,
            (Some(7), "org_micro_app_restore") => Self::AppEnabled,
            (Some(7), "org_micro_app_remove") => Self::AppRemoved,
            (Some(13), _) => Self::UserChanged,
            (Some(14), _) => Self::DepartmentChanged,
            (Some(15), _) => Self::RoleChanged,
            (Some(16), _) => Self::OrganisationChanged,
            (Some(63), _) => Self::TrialBegun,
            _ => Self::Unknown,
        }
    }
}

impl Push {
    /// Reads a message. `None` if it is no JSON object.
    pub fn read(message: &str) -> Option<Self> {
        let Ok(Value::Object(message)) = serde_json::from_str(message) else { return None };
        let event = message.get("EventType").and_then(Value::as_str).unwrap_or_default();
        Some(match event {
            "check_url" | "check_create_suite_url" => Self::Check { answer: SUCCESS.to_owned() },
            "CHECK_UPDATE_SUITE_URL" => {
                let random = message.get("Random").and_then(Value::as_str).unwrap_or_default();
                Self::Check { answer: random.to_owned() }
            }
            _ => match message.get("bizData").and_then(Value::as_array) {
                Some(records) => Self::Records(records.iter().filter_map(Record::read).collect()),
                None => Self::Records(vec![Record::of_event(message)]),
            },
        })
    }
}

/// What takes a push in, as DingTalk wants to read it.
pub const SUCCESS: &str = "success";

impl Record {
    fn read(record: &Value) -> Option<Self> {
        let fields = record.as_object()?;
        let text = |name: &str| match fields.get(name) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let biz_type = fields.get("biz_type").and_then(number);
        // An object, or one that is written into a string.
        let mut data = match fields.get("biz_data") {
            Some(Value::Object(data)) => data.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Map::new(),
        };
        let fact = Fact::read(biz_type, &data);
        data.values_mut().for_each(forget_secrets);
        data.retain(|name, _| !is_secret(name));
        Some(Self {
            subscription: text("subscribe_id"),
            corp_id: text("corp_id"),
            biz_id: text("biz_id"),
            biz_type,
            fact,
            data: Value::Object(data),
        })
    }

    /// An event that is none of a list. What it says is kept, whatever that is.
    fn of_event(message: Map<String, Value>) -> Self {
        let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (corp_id, biz_id) = (text("CorpId"), text("EventType"));
        let mut data = Value::Object(message);
        forget_secrets(&mut data);
        Self { subscription: String::new(), corp_id, biz_id, biz_type: None, fact: Fact::Unknown, data }
    }
}

fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name)
}

fn forget_secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !is_secret(name));
            members.values_mut().for_each(forget_secrets);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_secrets),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_is_checked_with_three_events() {
        check_answer(&json!({ "EventType": "check_url" }), "success");
        check_answer(&json!({ "EventType": "check_create_suite_url", "Random": "LPIdSnlF" }), "success");
        check_answer(&json!({ "EventType": "CHECK_UPDATE_SUITE_URL", "Random": "Aedr5LMW" }), "Aedr5LMW");
    }

    #[test]
    fn a_record_says_what_it_is_about_by_number_and_word() {
        for (biz_type, action, expected) in [
            (2, "suite_ticket", "ticket"),
            (4, "org_suite_auth", "authorized"),
            (4, "org_suite_change", "authorization_changed"),
            (4, "org_suite_relieve", "authorization_ended"),
            (7, "org_micro_app_stop", "app_disabled"),
            (7, "org_micro_app_restore", "app_enabled"),
            (7, "org_micro_app_remove", "app_removed"),
            (13, "user_add_org", "user_changed"),
            (14, "org_dept_modify", "department_changed"),
            (15, "org_role_add", "role_changed"),
            (16, "org_update", "organisation_changed"),
            (63, "", "trial_begun"),
            (4, "org_suite_novel", "unknown"),
            (99, "", "unknown"),
        ] {
            let data = json!({ "syncAction": action, "suiteTicket": "t" });
            for data in [data.clone(), Value::String(data.to_string())] {
                for biz_type in [json!(biz_type), json!(biz_type.to_string())] {
                    let [record] = &records(&json!({ "biz_type": biz_type, "biz_data": data }))[..] else {
                        panic!("one record")
                    };
                    assert_eq!(record.fact.as_str(), expected, "{biz_type} {action}");
                }
            }
        }
    }

    #[test]
    fn an_authorization_tells_name_and_agent_and_keeps_no_code() {
        let data = json!({
            "syncAction": "org_suite_auth", "permanent_code": "canary",
            "auth_corp_info": { "corp_name": "Lantern Studio", "permanent_code": "canary" },
            "auth_info": { "agent": [{ "agentid": "42", "suiteTicket": "canary" }] },
        });
        let [record] = &records(&json!({ "corp_id": "c", "biz_id": 7, "biz_type": 4, "biz_data": data }))[..]
        else {
            panic!("one record")
        };

        let Fact::Authorized(found) = &record.fact else { panic!("{record:?}") };
        assert_eq!(*found, Authorization { name: Some("Lantern Studio".to_owned()), agent_id: Some(42) });
        assert_eq!((record.corp_id.as_str(), record.biz_id.as_str()), ("c", "7"));
        assert!(!record.data.to_string().contains("canary"), "{record:?}");
    }

    #[test]
    fn nonsense_is_kept_as_unknown_or_passed_over() {
        assert!(Push::read("[]").is_none());
        assert!(Push::read("nonsense").is_none());
        assert_eq!(records(&json!({}))[0].fact.as_str(), "unknown");
        assert_eq!(records(&json!("nonsense")).len(), 0);
        let message = json!({ "EventType": "tmp_auth_code", "AuthCode": "canary" }).to_string();
        let Some(Push::Records(records)) = Push::read(&message) else { panic!("records") };
        assert_eq!((records[0].biz_id.as_str(), records[0].fact.as_str()), ("tmp_auth_code", "unknown"));
        assert!(!records[0].data.to_string().contains("canary"));
    }

    #[track_caller]
    fn check_answer(message: &Value, expected: &str) {
        let Some(Push::Check { answer }) = Push::read(&message.to_string()) else { panic!("{message}") };
        assert_eq!(answer, expected);
    }

    fn records(record: &Value) -> Vec<Record> {
        let message = json!({ "EventType": "SYNC_HTTP_PUSH_HIGH", "bizData": [record] }).to_string();
        let Some(Push::Records(records)) = Push::read(&message) else { panic!("records") };
        records
    }
}
