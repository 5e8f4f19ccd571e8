use std::fmt;
use std::time::Duration;

use serde_json::json;
use url::Url;

use super::error::{DingTalkError, Step};
use super::verification::VerificationHosts;
use super::wire::{Fields, call, join};
use crate::client_id::ClientId;
use crate::secret::{ClientSecret, DeviceCode};

/// The longest link that still makes a code which a phone can read, in bytes. DingTalk's have about 90.
const LONGEST_URI: usize = 1000;

/// The longest life that a device code is believed to have. DingTalk's live two hours.
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// The longest interval that is believed. With more, an approval would hardly be heard of before the code is dead.
const LONGEST_INTERVAL: Duration = Duration::from_mins(5);

/// Calls DingTalk's three registration endpoints.
#[derive(Clone, Debug)]
pub struct RegistrationClient {
    http: reqwest::Client,
    base: Url,
    source: String,
    hosts: VerificationHosts,
}

/// A registration that DingTalk has begun.
#[derive(Debug)]
pub struct Begun {
    /// The handle for polling.
    pub device_code: DeviceCode,
    /// What DingTalk's page shows; opaque.
    pub user_code: String,
    /// The link to scan, checked.
    pub verification_uri_complete: String,
    /// How long the device code lives: 60 s to a day, 7200 s unless DingTalk says otherwise.
    pub expires_in: Duration,
    /// The time between two polls: 2 s to 5 min, 3 s unless DingTalk says otherwise.
    pub interval: Duration,
}

/// How far a registration is.
#[derive(Debug)]
pub enum Poll {
    /// Nobody has approved yet, or DingTalk uses a word that is not known.
    Pending {
        /// The word, if it is not a known one.
        unknown_status: Option<String>,
    },
    /// Approved; DingTalk is at work.
    Creating,
    /// The app exists; an administrator has to approve it.
    ApprovalPending(Option<Credentials>),
    /// The app exists.
    Succeeded(Option<Credentials>),
    /// Refused.
    Denied {
        /// DingTalk's words: text from outside.
        reason: Option<String>,
    },
    /// The device code is too old.
    Expired,
}

/// What a registration is for.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The app's client id (`AppKey`).
    pub client_id: ClientId,
    /// The app's client secret (`AppSecret`).
    pub client_secret: ClientSecret,
}

impl RegistrationClient {
    /// Makes a client for the server at `base`, whose path ends without a slash.
    ///
    /// `source` is a token that DingTalk gives to partners and shows as a brand; any string is accepted.
    pub fn new(http: reqwest::Client, base: Url, source: String, hosts: VerificationHosts) -> Self {
        Self { http, base, source, hosts }
    }

    /// Begins a registration. Steps 1 and 2 of the flow above.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`] names the step. Another try needs a new nonce, so call this again.
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave an unused nonce or device code behind; they expire by themselves.
    pub async fn begin(&self) -> Result<Begun, DingTalkError> {
        let init = self.post(Step::Init, "init", &json!({ "source": self.source })).await?;
        let nonce = init.required("nonce")?;
        let begin = self.post(Step::Begin, "begin", &json!({ "nonce": nonce })).await?;
        let device_code = DeviceCode::new(begin.required("device_code")?);
        let verification_uri_complete = begin.required("verification_uri_complete")?;
        let is_short = verification_uri_complete.len() <= LONGEST_URI;
        if !is_short || !self.hosts.allows(&verification_uri_complete) {
            return Err(DingTalkError::VerificationUri);
        }
        Ok(Begun {
            device_code,
            // Shown for comparison only; without it the flow works.
            user_code: begin.text("user_code").unwrap_or_default(),
            verification_uri_complete,
            expires_in: begin.seconds("expires_in", 7200, 60).min(LONGEST_LIFE),
            interval: interval(&begin),
        })
    }

    /// Asks once how far the registration is. Step 3 of the flow above.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; polling may go on after any of them.
    pub async fn poll(&self, device_code: &DeviceCode) -> Result<Poll, DingTalkError> {
        let fields = self.post(Step::Poll, "poll", &json!({ "device_code": device_code.expose() })).await?;
        Ok(Poll::from(&fields))
    }

    async fn post(&self, step: Step, path: &str, body: &serde_json::Value) -> Result<Fields, DingTalkError> {
        let url = join(&self.base, &format!("/app/registration/{path}"));
        call(step, self.http.post(url).json(body), |answer| answer.into_fields()?.check_envelope()).await
    }
}

impl From<&Fields> for Poll {
    /// Both credentials mean success whatever the word, except where the word is a person's no or an
    /// administrator's not yet.
    fn from(fields: &Fields) -> Self {
        let status = fields.text("status").unwrap_or_default().to_uppercase();
        match (status.as_str(), credentials(fields)) {
            ("FAIL", _) => Self::Denied { reason: fields.text("fail_reason").map(shortened) },
            ("APPROVING", credentials) => Self::ApprovalPending(credentials),
            ("SUCCESS", credentials) => Self::Succeeded(credentials),
            (_, Some(credentials)) => Self::Succeeded(Some(credentials)),
            ("WAITING", None) => Self::Pending { unknown_status: None },
            ("CREATING" | "PUBLISHING", None) => Self::Creating,
            ("EXPIRED", None) => Self::Expired,
            // New interim names appear upstream now and then; the deadline bounds them.
            (_, None) => Self::Pending { unknown_status: Some(shortened(status)) },
        }
    }
}

/// A number beyond belief is as good as none.
fn interval(fields: &Fields) -> Duration {
    let (default, floor) = (3, 2);
    let announced = fields.seconds("interval", default, floor);
    if announced <= LONGEST_INTERVAL { announced } else { Duration::from_secs(default.into()) }
}

fn credentials(fields: &Fields) -> Option<Credentials> {
    let client_id = ClientId::try_from(fields.text("client_id")?).ok()?;
    let client_secret = ClientSecret::try_from(fields.text("client_secret")?).ok()?;
    Some(Credentials { client_id, client_secret })
}

/// Cuts text from outside to what a panel can show.
fn shortened(text: String) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl fmt::Display for Poll {
    /// Writes the name of the state, for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending { .. } => "pending",
            Self::Creating => "creating",
            Self::ApprovalPending(_) => "approval pending",
            Self::Succeeded(_) => "succeeded",
            Self::Denied { .. } => "denied",
            Self::Expired => "expired",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_credentials() {
        check(r#"{"status":"WAITING"}"#, "pending");
        check(r#"{"status":" waiting "}"#, "pending");
        check(r#"{"status":"CREATING"}"#, "creating");
        check(r#"{"status":"Publishing"}"#, "creating");
        check(r#"{"status":"APPROVING"}"#, "approval pending");
        check(r#"{"status":"SUCCESS"}"#, "succeeded");
        check(r#"{"status":"FAIL"}"#, "denied");
        check(r#"{"status":"EXPIRED"}"#, "expired");
    }

    #[test]
    fn an_unknown_word_is_pending() {
        check(r#"{"status":"POLISHING"}"#, "pending (POLISHING)");
        check(r#"{"status":null}"#, "pending ()");
        check(r#"{"status":7}"#, "pending ()");
        check("{}", "pending ()");
    }

    #[test]
    fn credentials_decide_not_the_word() {
        check(r#"{"status":"SUCCESS","client_id":"ding1","client_secret":"s"}"#, "succeeded with ding1");
        check(r#"{"status":"PUBLISHING","client_id":"ding1","client_secret":"s"}"#, "succeeded with ding1");
        check(r#"{"status":"POLISHED","client_id":"ding1","client_secret":"s"}"#, "succeeded with ding1");
        check(
            r#"{"status":"APPROVING","client_id":"ding1","client_secret":"s"}"#,
            "approval pending with ding1",
        );
        check(r#"{"status":"FAIL","client_id":"ding1","client_secret":"s"}"#, "denied");
    }

    #[test]
    fn half_of_the_credentials_are_none() {
        check(r#"{"status":"SUCCESS","client_id":"ding1"}"#, "succeeded");
        check(r#"{"status":"SUCCESS","client_id":"ding1","client_secret":" "}"#, "succeeded");
        check(r#"{"status":"SUCCESS","client_secret":"s"}"#, "succeeded");
    }

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let poll = Poll::from(&Fields::from_json(Step::Poll, json));
        let detail = match &poll {
            Poll::Pending { unknown_status: Some(word) } => format!(" ({word})"),
            Poll::ApprovalPending(Some(credentials)) | Poll::Succeeded(Some(credentials)) => {
                format!(" with {}", credentials.client_id)
            }
            Poll::Pending { unknown_status: None }
            | Poll::Creating
            | Poll::ApprovalPending(None)
            | Poll::Succeeded(None)
            | Poll::Denied { .. }
            | Poll::Expired => String::new(),
        };
        assert_eq!(format!("{poll}{detail}"), expected, "{json}");
    }
}
