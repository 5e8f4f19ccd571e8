//! `init`, `begin` and `poll`.

use serde::Serialize;

use super::World;
use crate::clock::Millis;
use crate::registration::{Polls, Progress, Registration};
use crate::status::Status;

/// Life of a nonce, from DingTalk's page 一键创建钉钉应用扫码接入流程.
pub(crate) const NONCE_LIFE_S: u64 = 300;

#[derive(Debug)]
pub(super) struct Nonce {
    source: Option<String>,
    expires_at: Millis,
    is_used: bool,
}

/// A no in the envelope of the old API.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) errcode: i64,
    pub(crate) errmsg: &'static str,
}

impl Refusal {
    /// DingTalk's code for a parameter it does not accept.
    pub(crate) fn parameter(errmsg: &'static str) -> Self {
        Self { errcode: 40035, errmsg }
    }
}

#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) approved_source: Option<String>,
    pub(crate) expires_in: u64,
    pub(crate) interval: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct PollAnswer {
    pub(crate) status: Status,
    #[serde(flatten)]
    pub(crate) credentials: Option<Credentials>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fail_reason: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Credentials {
    client_id: String,
    client_secret: String,
}

impl World {
    pub(crate) fn init(&mut self, source: Option<String>, now: Millis) -> String {
        let nonce = self.random.nonce();
        let expires_at = now.saturating_add(NONCE_LIFE_S * 1000);
        self.nonces.insert(nonce.clone(), Nonce { source, expires_at, is_used: false });
        nonce
    }

    pub(crate) fn begin(&mut self, nonce: &str, now: Millis) -> Result<Begun, Refusal> {
        let errcode = self.settings.nonce_errcode;
        let refuse = |errmsg| Err(Refusal { errcode, errmsg });
        let Some(found) = self.nonces.get_mut(nonce) else { return refuse("nonce is unknown") };
        if found.is_used {
            return refuse("nonce was used before");
        }
        if now >= found.expires_at {
            return refuse("nonce has expired");
        }
        found.is_used = true;
        let source = found.source.take();
        Ok(self.register(source, now))
    }

    pub(crate) fn poll(&mut self, device_code: &str, now: Millis) -> Result<PollAnswer, Refusal> {
        let index = self.by_device_code.get(device_code).copied();
        let found = index.and_then(|index| self.registrations.get_mut(index));
        let Some(registration) = found else { return Err(Refusal::parameter("device_code is unknown")) };

        let status = registration.status(now);
        registration.count_poll(now);
        let is_withheld = self.settings.secret_once && registration.secret_was_seen;
        let app = registration.steps().filter(|_| status.carries_credentials() && !is_withheld);
        let credentials = app.and_then(|steps| self.apps.get(&steps.client_id)).map(|on_file| Credentials {
            client_id: on_file.app.client_id.clone(),
            client_secret: on_file.app.secret.clone(),
        });
        registration.secret_was_seen |= credentials.is_some();
        let has_failed = status.meaning() == Status::Fail;
        let fail_reason = has_failed.then(|| registration.fail_reason().unwrap_or("创建失败").to_owned());
        Ok(PollAnswer { status, credentials, fail_reason })
    }

    fn register(&mut self, source: Option<String>, now: Millis) -> Begun {
        let device_code = self.random.device_code();
        let user_code = self.random.user_code();
        let source_is_approved =
            source.as_ref().is_some_and(|source| self.settings.approved_sources.contains(source));
        let begun = Begun {
            device_code: device_code.clone(),
            user_code: user_code.clone(),
            approved_source: source.clone().filter(|_| source_is_approved),
            expires_in: self.settings.expires_in,
            interval: self.settings.interval,
        };

        let index = self.registrations.len();
        self.by_device_code.insert(device_code.clone(), index);
        self.by_user_code.insert(user_code.clone(), index);
        self.registrations.push(Registration {
            device_code,
            user_code,
            source,
            source_is_approved,
            expires_at: now.saturating_add(self.settings.expires_in.saturating_mul(1000)),
            polls: Polls::default(),
            progress: Progress::Waiting,
            secret_was_seen: false,
        });
        begun
    }
}
