//! Faults: what goes wrong between a client and DingTalk, and when.

mod answer;
mod preset;

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::control::ControlError;

pub(crate) use answer::answer;
pub use preset::Preset;

/// One thing that goes wrong, put together from parts.
///
/// `preset`, `http`, `body` and `redirect` answer in DingTalk's place: the call changes nothing. Every other part works on
/// the real answer, after the call has had its effect: nonces are used up and a secret that is handed out once is gone.
///
/// # Examples
///
/// ```
/// use dingtalk_qr_simulator::Fault;
///
/// let gateway_error = Fault { http: Some(504), delay_ms: Some(3000), ..Fault::default() };
/// let garbled: Fault = serde_json::from_str(r#"{"set":{"status":null},"remove":["errcode"]}"#)?;
/// # drop((gateway_error, garbled));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Answers with something that DingTalk is known to send in trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Answers with this HTTP status, 200 to 599. Without `body` or `set`, a gateway's HTML page says its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    /// Answers with this text, which may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Answers with HTTP 302 to this URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Adds a `Retry-After` header, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Replaces the `Content-Type` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Members put over those of the JSON answer; `null` is sent as `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<Map<String, Value>>,
    /// Members taken out of the JSON answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove: Option<Vec<String>>,
    /// Makes the body longer by this many bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oversized_bytes: Option<usize>,
    /// Waits before the first byte of the answer, in real milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Waits between the two halves of the body, in real milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_delay_ms: Option<u64>,
    /// Cuts the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnect: Option<Disconnect>,
}

/// What a call gets that is one too many in its second.
pub(crate) fn over_limit(path: &str) -> Fault {
    let preset = if path.starts_with("/v1.0/") { Preset::QpsApp } else { Preset::GlobalLimit };
    Fault { preset: Some(preset), ..Fault::default() }
}

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disconnect {
    /// Closed without a byte of an answer.
    BeforeAnswer,
    /// Closed after the head and half of the body.
    MidBody,
    /// Reset (TCP RST) without a byte of an answer.
    Reset,
}

/// A fault, where it strikes and how often: the body of `POST /_sim/faults`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Exact path of the calls it strikes.
    pub path: String,
    /// How many calls it strikes; `None` is all of them.
    #[serde(default)]
    pub times: Option<NonZeroU64>,
    /// What goes wrong.
    pub fault: Fault,
}

/// Longest padding: beyond this a test proves nothing more.
const OVERSIZED_LIMIT: usize = 256 * 1024 * 1024;

impl FaultRule {
    pub(crate) fn check(&self) -> Result<(), ControlError> {
        let fault = &self.fault;
        let replaces = fault.body.is_some() || fault.redirect.is_some();
        let changes = fault.set.is_some() || fault.remove.is_some();
        let stand_ins = [fault.preset.is_some(), fault.body.is_some(), fault.redirect.is_some()];
        let is_header = |text: &Option<String>| text.as_deref().is_none_or(is_header_value);
        let problem = if !self.path.starts_with('/') {
            "path: must begin with /"
        } else if self.path.starts_with("/_sim") {
            "path: the control API has no faults"
        } else if *fault == Fault::default() {
            "fault: must have at least one member"
        } else if fault.http.is_some_and(|status| !(200..=599).contains(&status)) {
            "fault.http: must be from 200 to 599"
        } else if stand_ins.into_iter().filter(|&given| given).count() > 1 {
            "fault.preset: preset, body and redirect exclude each other"
        } else if fault.redirect.is_some() && fault.http.is_some() {
            "fault.redirect: has a status of its own; leave out http"
        } else if replaces && changes {
            "fault.set: set and remove need a JSON answer; leave out body and redirect"
        } else if !is_header(&fault.redirect) {
            "fault.redirect: cannot be sent in a header"
        } else if !is_header(&fault.content_type) {
            "fault.content_type: cannot be sent in a header"
        } else if fault.oversized_bytes.is_some_and(|bytes| bytes > OVERSIZED_LIMIT) {
            "fault.oversized_bytes: must be at most 268435456"
        } else {
            return Ok(());
        };
        Err(ControlError::Invalid(problem.to_owned()))
    }
}

fn is_header_value(text: &str) -> bool {
    axum::http::HeaderValue::from_str(text).is_ok()
}

#[derive(Debug)]
pub(crate) struct FaultList(Vec<FaultRule>);

impl FaultList {
    pub(crate) fn new(rules: Vec<FaultRule>) -> Self {
        Self(rules)
    }

    pub(crate) fn push(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub(crate) fn to_vec(&self) -> Vec<FaultRule> {
        self.0.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the oldest fault for `path`, and counts it.
    pub(crate) fn strike(&mut self, path: &str) -> Option<Fault> {
        let index = self.0.iter().position(|rule| rule.path == path)?;
        let rule = &mut self.0[index];
        let fault = rule.fault.clone();
        if let Some(times) = rule.times {
            rule.times = NonZeroU64::new(times.get() - 1);
            if rule.times.is_none() {
                self.0.remove(index);
            }
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fault, FaultList, FaultRule};

    fn rule(json: serde_json::Value) -> FaultRule {
        serde_json::from_value(json).unwrap()
    }

    fn strikes(list: &mut FaultList, path: &str) -> Option<u16> {
        list.strike(path).and_then(|fault| fault.http)
    }

    #[test]
    fn the_oldest_fault_strikes_until_its_times_are_over() {
        let mut list = FaultList::new(vec![
            rule(json!({"path": "/a", "times": 2, "fault": {"http": 502}})),
            rule(json!({"path": "/b", "fault": {"http": 404}})),
            rule(json!({"path": "/a", "fault": {"http": 503}})),
        ]);

        let seen = [(); 4].map(|()| strikes(&mut list, "/a"));

        assert_eq!(seen, [Some(502), Some(502), Some(503), Some(503)]);
        assert_eq!(strikes(&mut list, "/b"), Some(404));
        assert_eq!(strikes(&mut list, "/a/"), None);
    }

    #[track_caller]
    fn check(fault: &serde_json::Value, expected: Option<&str>) {
        let rule = rule(json!({"path": "/x", "fault": fault}));
        let problem = rule.check().err().map(|error| error.to_string());
        assert_eq!(problem.as_deref().map(|text| text.split(':').next().unwrap()), expected);
    }

    #[test]
    fn a_fault_that_cannot_be_played_is_refused_by_the_name_of_its_member() {
        check(&json!({"http": 502, "retry_after": 3, "delay_ms": 10, "set": {"a": null}}), None);
        check(&json!({"preset": "busy", "set": {"errmsg": "x"}}), None);
        check(&json!({}), Some("fault"));
        check(&json!({"http": 199}), Some("fault.http"));
        check(&json!({"http": 600}), Some("fault.http"));
        check(&json!({"preset": "busy", "body": "x"}), Some("fault.preset"));
        check(&json!({"redirect": "http://x", "http": 301}), Some("fault.redirect"));
        check(&json!({"redirect": "http://x\n"}), Some("fault.redirect"));
        check(&json!({"content_type": "a\nb"}), Some("fault.content_type"));
        check(&json!({"body": "[]", "set": {"a": 1}}), Some("fault.set"));
        check(&json!({"oversized_bytes": 300_000_000}), Some("fault.oversized_bytes"));
    }

    #[test]
    fn a_fault_is_listed_as_it_was_given() {
        let given = json!({"set": {"status": null}, "remove": ["errcode"]});

        let fault: Fault = serde_json::from_value(given.clone()).unwrap();

        assert_eq!(serde_json::to_value(fault).unwrap(), given);
    }
}
