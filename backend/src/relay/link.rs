use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_shared::ErrorCode;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::signature::{ID, NONCE, Refusal, SIGNATURE, TIMESTAMP, is_answer, sign_request};
use super::wire::RefusedAnswer;
use crate::clock::Clock;
use crate::http::TIMEOUT;
use crate::secret::{RelayKey, relay_nonce};

/// Largest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// The way from a local to its cloud. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Link {
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    base: Url,
    id: String,
    key: RelayKey,
}

/// The cloud did not do what it was asked to, or is not known to have done it.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Its name is not known to the DNS of this machine.
    #[error("the name in RELAY_CLOUD_URL cannot be looked up")]
    Dns(#[source] reqwest::Error),
    /// It cannot prove who it is.
    #[error("the certificate of the cloud is not good for this machine")]
    Tls(#[source] reqwest::Error),
    /// There is no way there, or the way broke.
    #[error("the cloud cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It took too long.
    #[error("the cloud did not answer in time")]
    TimedOut,
    /// It does not let the request in. Anybody could have said so.
    #[error("the cloud does not let this relay in: {0}")]
    NotAdmitted(#[source] Refusal),
    /// Whoever answered does not have the key.
    #[error(
        "the answer is not signed (status {status}): RELAY_CLOUD_URL leads elsewhere, or something on the way answers"
    )]
    Unsigned {
        /// The status.
        status: u16,
    },
    /// The cloud refuses it, or failed.
    #[error("the cloud answered {status}")]
    Refused {
        /// The status.
        status: u16,
        /// Why, as its API says it.
        code: ErrorCode,
    },
    /// The answer has another form than this version knows.
    #[error("the answer of the cloud cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// The answer is larger than any.
    #[error("the answer of the cloud has more than {ANSWER_LIMIT} bytes")]
    TooLarge,
}

/// What is read of a problem.
#[derive(Deserialize)]
struct Problem {
    code: ErrorCode,
}

impl Link {
    /// Makes the way to the cloud at `base`.
    pub fn new(http: reqwest::Client, clock: Arc<dyn Clock>, base: Url, id: String, key: RelayKey) -> Self {
        Self { http, clock, base, id, key }
    }

    /// Returns what names this relay.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Asks for something, within `patience` beside the usual time of a call.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn get<T: DeserializeOwned>(&self, target: &str, patience: Duration) -> Result<T, LinkError> {
        self.call(Method::GET, target, Vec::new(), patience).await
    }

    /// Asks for something to be done. The cloud may have done it all the same if this fails.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        target: &str,
        body: &impl Serialize,
    ) -> Result<T, LinkError> {
        let body = serde_json::to_vec(body).map_err(LinkError::Unreadable)?;
        self.call(Method::POST, target, body, Duration::ZERO).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        target: &str,
        body: Vec<u8>,
        patience: Duration,
    ) -> Result<T, LinkError> {
        let nonce = relay_nonce();
        let timestamp = self.clock.now().as_secs().to_string();
        let signature = sign_request(&self.key, (method.as_str(), target), &timestamp, &nonce, &body);
        let url = format!("{}{target}", self.base.as_str().trim_end_matches('/'));
        let request = self
            .http
            .request(method, url)
            .timeout(TIMEOUT + patience)
            .header("content-type", "application/json")
            .header(ID, &self.id)
            .header(TIMESTAMP, timestamp)
            .header(NONCE, &nonce)
            .header(SIGNATURE, signature)
            .body(body);
        let response = request.send().await.map_err(LinkError::from)?;
        let status = response.status().as_u16();
        let signature = response.headers().get(SIGNATURE).and_then(|value| value.to_str().ok());
        let signature = signature.unwrap_or_default().to_owned();
        let body = read(response).await?;
        if !is_answer(&self.key, status, &nonce, &body, &signature) {
            return Err(unsigned(status, &body));
        }
        if (200..300).contains(&status) {
            return serde_json::from_slice(&body).map_err(LinkError::Unreadable);
        }
        let code = serde_json::from_slice(&body).map_or(ErrorCode::Unknown, |problem: Problem| problem.code);
        Err(LinkError::Refused { status, code })
    }
}

fn unsigned(status: u16, body: &[u8]) -> LinkError {
    let refusal = serde_json::from_slice(body).ok().and_then(|answer: RefusedAnswer| Refusal::of(&answer));
    refusal.map_or(LinkError::Unsigned { status }, LinkError::NotAdmitted)
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, LinkError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(LinkError::from)? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(LinkError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl LinkError {
    /// Returns the error in a word, to keep and to show.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Tls(_) => "tls",
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timed_out",
            Self::NotAdmitted(refusal) => refusal.as_str(),
            Self::Unsigned { .. } => "unsigned",
            Self::Refused { .. } => "refused",
            Self::Unreadable(_) | Self::TooLarge => "unreadable",
        }
    }

    /// Returns the status and the code with which the cloud will refuse the same request again.
    pub fn as_refusal(&self) -> Option<(u16, ErrorCode)> {
        match self {
            // Too early, too many: another time it may pass.
            Self::Refused { status: 408 | 425 | 429, .. } => None,
            Self::Refused { status, code } if (400..500).contains(status) => Some((*status, *code)),
            Self::Refused { .. }
            | Self::Dns(_)
            | Self::Tls(_)
            | Self::Unreachable(_)
            | Self::TimedOut
            | Self::NotAdmitted(_)
            | Self::Unsigned { .. }
            | Self::Unreadable(_)
            | Self::TooLarge => None,
        }
    }
}

impl From<reqwest::Error> for LinkError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            return Self::TimedOut;
        }
        let mut cause = error.source();
        while let Some(inner) = cause {
            let io = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            if inner.is::<rustls::Error>() || io.is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>) {
                return Self::Tls(error);
            }
            // The client has no type for it.
            if inner.to_string().starts_with("dns error") {
                return Self::Dns(error);
            }
            cause = inner.source();
        }
        Self::Unreachable(error)
    }
}
