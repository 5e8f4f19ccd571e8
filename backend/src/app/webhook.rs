//! Tells a server of every app, as <https://www.standardwebhooks.com/> describes it.
//!
//! 1. The message is made of the app as it is now; its id and time are those of when it was queued.
//! 2. Every key signs id, time of the attempt and body, so that the receiver can change over from one to the other.
//! 3. 2xx is success. 410 says that the receiver is gone for good. Anything else, a redirect included, is a failure that passes.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::http::NotPublic;
use crate::secret::{ClientSecret, WebhookKey, WebhookUrl};
use crate::store::{AppRow, DeliveryRow};

/// The receiver of webhooks.
#[derive(Debug)]
pub struct Webhook {
    http: reqwest::Client,
    url: WebhookUrl,
    keys: Vec<WebhookKey>,
}

/// The receiver did not take the message.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Its address is not of the public Internet, and only such may be reached.
    #[error("the receiver has no public address")]
    NotPublic,
    /// It did not answer in time.
    #[error("the receiver did not answer in time")]
    TimedOut,
    /// It cannot be reached.
    #[error("the receiver cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It answered something else than 2xx.
    #[error("the receiver answered with HTTP {status}")]
    Http {
        /// The status.
        status: u16,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    event: &'a str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    app: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    verified: bool,
}

impl Webhook {
    /// Takes the client of `http::webhook_client`, where to post, and who signs.
    pub fn new(http: reqwest::Client, url: WebhookUrl, keys: Vec<WebhookKey>) -> Self {
        Self { http, url, keys }
    }

    /// Posts once. Of the answer only the status and `Retry-After` are read.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]. The receiver may have taken the message all the same, so it has to know its id again.
    pub(super) async fn post(
        &self,
        delivery: &DeliveryRow,
        app: &AppRow,
        secret: &ClientSecret,
        now: Timestamp,
    ) -> Result<(), WebhookError> {
        let body = body(delivery, app, secret);
        let signatures = self.keys.iter().map(|key| key.sign(&delivery.id, now.as_secs(), &body));
        let request = self
            .http
            .post(self.url.expose())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &delivery.id)
            .header("webhook-timestamp", now.as_secs())
            .header("webhook-signature", signatures.collect::<Vec<_>>().join(" "))
            .body(Bytes::from_owner(body));
        let response = request.send().await.map_err(WebhookError::from)?;
        if response.status().is_success() {
            return Ok(());
        }
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let status = response.status().as_u16();
        Err(WebhookError::Http { status, retry_after: retry_after.map(Duration::from_secs) })
    }
}

impl WebhookError {
    /// Returns the error in a word, to keep and to show.
    pub(super) fn word(&self) -> String {
        match self {
            Self::NotPublic => "not_public".to_owned(),
            Self::TimedOut => "timed_out".to_owned(),
            Self::Unreachable(_) => "unreachable".to_owned(),
            Self::Http { status, .. } => format!("http_{status}"),
        }
    }

    /// Returns whether the receiver wants to hear nothing more, ever.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Http { status: 410, .. })
    }

    /// Returns how long the receiver asks to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { status: 429 | 503, retry_after } => *retry_after,
            Self::Http { .. } | Self::NotPublic | Self::TimedOut | Self::Unreachable(_) => None,
        }
    }
}

impl From<reqwest::Error> for WebhookError {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = error.source();
        while let Some(inner) = cause {
            if inner.is::<NotPublic>() {
                return Self::NotPublic;
            }
            cause = inner.source();
        }
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable(error.without_url()) }
    }
}

/// Writes the message. It is wiped when it has been sent.
fn body(delivery: &DeliveryRow, app: &AppRow, secret: &ClientSecret) -> Zeroizing<Vec<u8>> {
    let message = Message {
        event: &delivery.event,
        timestamp: delivery.queued_at.to_rfc3339(),
        data: Data {
            app: &app.name,
            client_id: &app.client_id,
            client_secret: secret.expose(),
            verified: app.is_verified,
        },
    };
    // Enough for the longest, so that no copy is left behind by growing.
    let mut body = Zeroizing::new(Vec::with_capacity(2048));
    serde_json::to_writer(&mut *body, &message)
        .expect("strings and a boolean are JSON, and a vector takes all");
    body
}
