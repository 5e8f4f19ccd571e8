//! DingTalk's two envelopes, read tolerantly: numbers may be strings, `errcode` may be missing.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};
use tracing::Instrument as _;
use tracing::field::Empty;
use url::Url;

use super::error::{DingTalkError, Refusal, Step, Word};
use crate::telemetry::{self, Timer};

/// Why an answer cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// It is larger than the limit.
    TooLarge,
    /// It is not JSON.
    NotJson,
    /// It is JSON, but not an object.
    NotAnObject,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "too large",
            Self::NotJson => "not JSON",
            Self::NotAnObject => "not an object",
        })
    }
}

/// Calls DingTalk once and reads its answer by `read`. Every call takes this way and is measured on it.
pub(super) async fn call<T>(
    step: Step,
    request: reqwest::RequestBuilder,
    read: impl FnOnce(Answer) -> Result<T, DingTalkError>,
) -> Result<T, DingTalkError> {
    let mut measured = Measured { step, timer: Timer::start(), outcome: "abandoned" };
    let span = tracing::debug_span!(
        "upstream call",
        upstream.operation = step.name(),
        otel.kind = "client",
        upstream.outcome = Empty
    );
    let answer = send(step, request).instrument(span.clone()).await.and_then(read);
    measured.outcome = answer.as_ref().map_or_else(DingTalkError::class, |_| "ok");
    span.record("upstream.outcome", measured.outcome);
    answer
}

/// A call under way. It counts also if nobody waits for its end.
struct Measured {
    step: Step,
    timer: Timer,
    outcome: &'static str,
}

impl Drop for Measured {
    fn drop(&mut self) {
        telemetry::called(self.step.name(), self.outcome, self.timer);
    }
}

/// Sends a request once and reads its answer up to the size limit.
async fn send(step: Step, request: reqwest::RequestBuilder) -> Result<Answer, DingTalkError> {
    let unreachable =
        |error: reqwest::Error| DingTalkError::Unreachable { step, source: error.without_url() };
    let mut response = request.send().await.map_err(unreachable)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > step.body_limit() {
            return Err(DingTalkError::Unreadable { step, fault: Fault::TooLarge });
        }
        body.extend_from_slice(&chunk);
    }
    let retry_after =
        response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(Answer {
        step,
        status: response.status().as_u16(),
        retry_after: retry_after.map(Duration::from_secs),
        body,
    })
}

/// Puts a path behind a base URL, which may have a path of its own.
pub(super) fn join(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}

/// An answer that arrived whole.
pub(super) struct Answer {
    step: Step,
    status: u16,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the fields of an HTTP success.
    pub(super) fn into_fields(self) -> Result<Fields, DingTalkError> {
        if !self.is_success() {
            return Err(self.into_http_error());
        }
        let step = self.step;
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(map)) => Ok(Fields { step, map }),
            Ok(_) => Err(DingTalkError::Unreadable { step, fault: Fault::NotAnObject }),
            Err(_) => Err(DingTalkError::Unreadable { step, fault: Fault::NotJson }),
        }
    }

    /// Reads the fields of an HTTP success of the new API, or what it says is wrong: an object with a string `code`.
    pub(super) fn into_api_fields(self) -> Result<Fields, DingTalkError> {
        if self.is_success() {
            return self.into_fields()?.check_ban();
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let Some(code) = body.get("code").and_then(Value::as_str) else { return Err(self.into_http_error()) };
        let scopes = body.pointer("/accessdenieddetail/requiredScopes").and_then(Value::as_array);
        let scopes = scopes.into_iter().flatten().filter_map(Value::as_str).take(8).map(Word::of).collect();
        let (step, status, retry_after) = (self.step, self.status, self.retry_after);
        Err(DingTalkError::Api { step, status, code: Word::of(code), scopes, retry_after })
    }

    fn into_http_error(self) -> DingTalkError {
        DingTalkError::Http { step: self.step, status: self.status, retry_after: self.retry_after }
    }
}

/// The fields of a JSON object from DingTalk.
#[derive(Debug)]
pub(super) struct Fields {
    step: Step,
    map: Map<String, Value>,
}

impl Fields {
    #[cfg(test)]
    pub(super) fn from_json(step: Step, json: &str) -> Self {
        // serde_json refuses 1e400 as out of range: then the fields are as good as missing.
        Self { step, map: serde_json::from_str(json).unwrap_or_default() }
    }

    /// Refuses an envelope that says no: `errcode` may be 0, `"0"`, null or missing.
    pub(super) fn check_envelope(self) -> Result<Self, DingTalkError> {
        let fields = self.check_ban()?;
        let refused = |refusal| Err(DingTalkError::Refused { step: fields.step, refusal });
        match fields.map.get("errcode") {
            None | Some(Value::Null) => Ok(fields),
            Some(value) => match number(value) {
                Some(0) => Ok(fields),
                Some(-1 | 90002 | 143_103 | 143_104 | 143_203 | 143_204) => refused(Refusal::Busy),
                Some(500) => refused(Refusal::Failed),
                // What is wrong with a token is wrapped.
                Some(88) => refused(Refusal::Errcode(fields.map.get("sub_code").and_then(number))),
                other => refused(Refusal::Errcode(other)),
            },
        }
    }

    /// Refuses what stands before both APIs when an address has called too often, in an envelope of its own.
    fn check_ban(self) -> Result<Self, DingTalkError> {
        if !self.map.contains_key("punish") {
            return Ok(self);
        }
        let wait = self.seconds("wait", 5, 1) * 60;
        Err(DingTalkError::Refused { step: self.step, refusal: Refusal::Banned { wait } })
    }

    /// Returns a string that must be there and not blank.
    pub(super) fn required(&self, field: &'static str) -> Result<String, DingTalkError> {
        self.text(field).ok_or(DingTalkError::Lacks { step: self.step, field })
    }

    /// Returns a string, trimmed, if there is one that is not blank.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        let text = self.map.get(field)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Returns whether the list under `field` has this text.
    pub(super) fn names(&self, field: &str, text: &str) -> bool {
        let list = self.map.get(field).and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|item| item.as_str() == Some(text)))
    }

    /// Takes an object that came by another way than an answer.
    #[cfg(feature = "platform")]
    pub(super) fn of(step: Step, map: Map<String, Value>) -> Self {
        Self { step, map }
    }

    /// Returns the first object of the list under `field`; an empty one if there is none.
    #[cfg(feature = "platform")]
    pub(super) fn first(&self, field: &str) -> Self {
        let list = self.map.get(field).and_then(Value::as_array);
        let map = list.and_then(|list| list.first()?.as_object()).cloned().unwrap_or_default();
        Self { step: self.step, map }
    }

    #[cfg(feature = "login")]
    /// Returns the object under `field`; an empty one if there is none.
    pub(super) fn object(&self, field: &str) -> Self {
        let map = self.map.get(field).and_then(Value::as_object).cloned().unwrap_or_default();
        Self { step: self.step, map }
    }

    #[cfg(feature = "login")]
    /// Returns an integer, if there is one to be made out.
    pub(super) fn integer(&self, field: &str) -> Option<i64> {
        self.map.get(field).and_then(number)
    }

    #[cfg(feature = "platform")]
    /// Returns an integer that must be there.
    pub(super) fn required_integer(&self, field: &'static str) -> Result<i64, DingTalkError> {
        self.integer(field).ok_or(DingTalkError::Lacks { step: self.step, field })
    }

    #[cfg(feature = "platform")]
    /// Returns whether the field says yes.
    pub(super) fn is_true(&self, field: &str) -> bool {
        match self.map.get(field) {
            Some(Value::Bool(is_true)) => *is_true,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    #[cfg(feature = "platform")]
    /// Returns the objects of the list under `field`, none if there is no list.
    pub(super) fn objects(&mut self, field: &str) -> Vec<Self> {
        let Some(Value::Array(items)) = self.map.remove(field) else { return Vec::new() };
        let objects = items.into_iter().filter_map(|item| match item {
            Value::Object(map) => Some(Self { step: self.step, map }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        });
        objects.collect()
    }

    #[cfg(feature = "login")]
    /// Returns the integers of the list under `field`, none if there is no list.
    pub(super) fn integers(&self, field: &str) -> Vec<i64> {
        let list = self.map.get(field).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(number).collect()
    }

    #[cfg(feature = "platform")]
    /// Returns the texts of the list under `field`, none if there is no list.
    pub(super) fn texts(&self, field: &str) -> Vec<String> {
        let list = self.map.get(field).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
    }

    /// Returns a number of seconds, or `default` if there is none to be made out, but at least `floor`.
    pub(super) fn seconds(&self, field: &str, default: u32, floor: u32) -> Duration {
        let value = self.map.get(field).and_then(number).filter(|seconds| *seconds > 0);
        let seconds = value.map_or(default, |seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
        Duration::from_secs(seconds.max(floor).into())
    }
}

/// Reads an integer, a float or a numeric string.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
fn whole(number: f64) -> Option<i64> {
    number.is_finite().then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::http::{Proxy, TIMEOUT, client};

    #[test]
    fn seconds_are_read_tolerantly() {
        check_seconds("7200", 7200);
        check_seconds(r#""7200""#, 7200);
        check_seconds(r#"" 7200 ""#, 7200);
        check_seconds("7200.0", 7200);
        check_seconds("7200.9", 7200);
        check_seconds(r#""7200.0""#, 7200);
        check_seconds("59", 60);
        check_seconds(r#""abc""#, 300);
        check_seconds(r#""""#, 300);
        check_seconds("0", 300);
        check_seconds("-1", 300);
        check_seconds("null", 300);
        check_seconds("true", 300);
        check_seconds("[]", 300);
        check_seconds("1e400", 300);
        check_seconds("99999999999999", u32::MAX);
        check_seconds("18446744073709551616", u32::MAX);
    }

    #[test]
    fn the_envelope_says_yes_in_several_ways() {
        check_envelope("{}", "Ok");
        check_envelope(r#"{"errcode":0}"#, "Ok");
        check_envelope(r#"{"errcode":"0"}"#, "Ok");
        check_envelope(r#"{"errcode":null}"#, "Ok");
        check_envelope(r#"{"errcode":0.0,"more":[]}"#, "Ok");
    }

    #[test]
    fn the_envelope_says_no() {
        check_envelope(r#"{"errcode":-1}"#, "poll was refused: busy");
        check_envelope(r#"{"errcode":"90002"}"#, "poll was refused: busy");
        check_envelope(r#"{"errcode":40035,"errmsg":"hostile"}"#, "poll was refused: errcode 40035");
        check_envelope(r#"{"errcode":"x"}"#, "poll was refused: errcode is not a number");
        check_envelope(
            r#"{"status":1111,"wait":5,"source":"x5","punish":"deny"}"#,
            "poll was refused: this address is shut out for a while",
        );
    }

    #[tokio::test]
    async fn a_server_that_does_not_come_to_an_end_is_given_up_after_fifteen_seconds() {
        let began = tokio::time::Instant::now();

        let (silent, dribbling) =
            tokio::join!(ask(""), ask("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n"));

        assert!((TIMEOUT..TIMEOUT + Duration::from_secs(5)).contains(&began.elapsed()));
        for answer in [silent, dribbling] {
            let Err(DingTalkError::Unreachable { source, .. }) = answer else { panic!("it was answered") };
            assert!(source.is_timeout(), "{source}");
        }
    }

    /// Asks a server that says `head` and then, where that says something, a byte a second.
    async fn ask(head: &'static str) -> Result<Answer, DingTalkError> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            drop(stream.read(&mut [0; 4096]));
            let mut said = head;
            while stream.write_all(said.as_bytes()).is_ok() {
                thread::sleep(Duration::from_secs(1));
                said = if head.is_empty() { "" } else { " " };
            }
        });
        send(Step::Init, client(Proxy::None).unwrap().post(url)).await
    }

    #[track_caller]
    fn check_seconds(json: &str, expected: u32) {
        let fields = Fields::from_json(Step::Begin, &format!(r#"{{"n":{json}}}"#));
        assert_eq!(fields.seconds("n", 300, 60), Duration::from_secs(expected.into()), "{json}");
    }

    #[track_caller]
    fn check_envelope(json: &str, expected: &str) {
        let verdict = Fields::from_json(Step::Poll, json)
            .check_envelope()
            .map_or_else(|error| error.to_string(), |_| "Ok".to_owned());
        assert_eq!(verdict, expected, "{json}");
    }
}
