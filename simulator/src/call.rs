//! What clients have sent to the DingTalk side.

use std::collections::{BTreeMap, VecDeque};

use axum::http::header;
use axum::http::request::Parts;
use serde::Serialize;

use crate::clock::Millis;

/// Calls kept; older ones are forgotten.
const CAPACITY: usize = 10_000;
/// Bytes of a body that are kept.
const BODY_CAPACITY: usize = 16 * 1024;

/// One call that reached the DingTalk side: a row of `GET /_sim/calls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query without the question mark; empty when there is none.
    pub query: String,
    /// `Content-Type` header as sent.
    pub content_type: Option<String>,
    /// Body as text; only its first 16 KiB.
    pub body: String,
    /// Simulated time of arrival, in milliseconds since 1970.
    pub at_ms: u64,
}

impl Call {
    pub(crate) fn new(head: &Parts, body: &[u8], at: Millis) -> Self {
        let content_type = head.headers.get(header::CONTENT_TYPE);
        Self {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            content_type: content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            body: String::from_utf8_lossy(&body[..body.len().min(BODY_CAPACITY)]).into_owned(),
            at_ms: at,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct CallLog {
    newest: VecDeque<Call>,
    counts: BTreeMap<String, u64>,
}

impl CallLog {
    pub(crate) fn push(&mut self, call: Call) {
        if self.newest.len() == CAPACITY {
            self.newest.pop_front();
        }
        *self.counts.entry(call.path.clone()).or_default() += 1;
        self.newest.push_back(call);
    }

    pub(crate) fn to_vec(&self) -> Vec<Call> {
        self.newest.iter().cloned().collect()
    }

    /// By path.
    pub(crate) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Call, CallLog};

    #[test]
    fn only_the_newest_calls_are_kept() {
        let mut log = CallLog::default();

        for at in 0..=CAPACITY as u64 {
            let (head, ()) = axum::http::Request::new(()).into_parts();
            log.push(Call::new(&head, b"", at));
        }

        let calls = log.to_vec();
        assert_eq!((calls.len(), calls[0].at_ms), (CAPACITY, 1));
        assert_eq!(log.counts().values().sum::<u64>(), CAPACITY as u64 + 1);
    }
}
