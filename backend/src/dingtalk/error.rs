use std::fmt;
use std::time::Duration;

use super::wire::Fault;

/// The call that failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// `POST /app/registration/init`.
    Init,
    /// `POST /app/registration/begin`.
    Begin,
    /// `POST /app/registration/poll`.
    Poll,
    /// `POST /v1.0/oauth2/accessToken`.
    AppToken,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init",
            Self::Begin => "begin",
            Self::Poll => "poll",
            Self::AppToken => "app token",
        })
    }
}

/// A call to DingTalk failed. The message names the step, never a URL or what stood in a body.
#[derive(Debug, thiserror::Error)]
pub enum DingTalkError {
    /// The answer cannot be had: no connection, time out, broken off.
    #[error("{step} got no answer")]
    Unreachable {
        /// The call.
        step: Step,
        /// What the HTTP client says, without the URL.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is an HTTP error.
    #[error("{step} got HTTP {status}")]
    Http {
        /// The call.
        step: Step,
        /// The status.
        status: u16,
        /// How long DingTalk asks to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is not a JSON object, or larger than the limit.
    #[error("{step} got an answer that cannot be read: {fault}")]
    Unreadable {
        /// The call.
        step: Step,
        /// Why.
        fault: Fault,
    },
    /// DingTalk says no.
    #[error("{step} was refused: {refusal}")]
    Refused {
        /// The call.
        step: Step,
        /// How.
        refusal: Refusal,
    },
    /// A field is missing, empty or not a string.
    #[error("{step} lacks {field}")]
    Lacks {
        /// The call.
        step: Step,
        /// The field's name.
        field: &'static str,
    },
    /// The link to scan is not https on one of DingTalk's hosts.
    #[error("begin has a verification URI that is not https on an allowed host")]
    VerificationUri,
}

impl DingTalkError {
    /// Returns whether DingTalk answered and said no, in a way that time alone does not change.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => matches!(refusal, Refusal::Errcode(_)),
            Self::Http { status, .. } => (400..500).contains(status) && *status != 429,
            Self::Unreachable { .. }
            | Self::Unreadable { .. }
            | Self::Lacks { .. }
            | Self::VerificationUri => false,
        }
    }

    /// Returns how long DingTalk asks to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } => *retry_after,
            Self::Refused { refusal: Refusal::Banned { wait }, .. } => Some(*wait),
            Self::Unreachable { .. }
            | Self::Unreadable { .. }
            | Self::Refused { .. }
            | Self::Lacks { .. }
            | Self::VerificationUri => None,
        }
    }
}

/// How DingTalk says no.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// Busy or over a rate limit (`errcode` -1, 90002); worth another try.
    Busy,
    /// This address is shut out for a while (DingTalk's page 调用频率限制).
    Banned {
        /// For how long.
        wait: Duration,
    },
    /// Any other `errcode`; `None` if it is not a number.
    Errcode(Option<i64>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("busy"),
            Self::Banned { .. } => f.write_str("this address is shut out for a while"),
            Self::Errcode(Some(errcode)) => write!(f, "errcode {errcode}"),
            Self::Errcode(None) => f.write_str("errcode is not a number"),
        }
    }
}
