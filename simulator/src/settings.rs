//! What can be set: how the simulator starts, and how its DingTalk behaves.

use serde::{Deserialize, Serialize};

use crate::FaultRule;

/// How a [`Simulator`](crate::Simulator) starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to listen on. Port 0 takes a free one.
    pub listen: String,
    /// Origin written into verification links, when clients reach the simulator by another name than its address.
    pub public_url: Option<String>,
    /// Makes codes, credentials and tokens the same in every run; without it they are random.
    pub seed: Option<u64>,
    /// How DingTalk behaves. A reset returns to these.
    pub settings: Settings,
    /// Faults that wait from the start. A reset clears them.
    pub faults: Vec<FaultRule>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            public_url: None,
            seed: None,
            settings: Settings::default(),
            faults: Vec::new(),
        }
    }
}

/// How the simulated DingTalk behaves: the body of `GET /_sim/options`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Poll interval that `begin` announces, in seconds.
    pub interval: u64,
    /// Life of a device code that `begin` announces and `poll` keeps to, in seconds.
    pub expires_in: u64,
    /// `errcode` for an unknown, used or expired nonce.
    pub nonce_errcode: i64,
    /// Whether the credentials of a registration are handed out in one single answer.
    pub secret_once: bool,
    /// Seconds that each step takes after an approval on the phone page; 0 lets each poll see one step.
    pub step_s: u64,
    /// Values of `source` that come back in the verification link; any other is accepted and dropped.
    pub approved_sources: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval: 5,
            expires_in: 7200,
            nonce_errcode: 40035,
            secret_once: false,
            step_s: 1,
            approved_sources: vec!["DING_DWS_CLAW".to_owned()],
        }
    }
}

impl Settings {
    pub(crate) fn change(&mut self, patch: SettingsPatch) {
        self.interval = patch.interval.unwrap_or(self.interval);
        self.expires_in = patch.expires_in.unwrap_or(self.expires_in);
        self.nonce_errcode = patch.nonce_errcode.unwrap_or(self.nonce_errcode);
        self.secret_once = patch.secret_once.unwrap_or(self.secret_once);
        self.step_s = patch.step_s.unwrap_or(self.step_s);
        if let Some(sources) = patch.approved_sources {
            self.approved_sources = sources;
        }
    }
}

/// Settings to change; those left out stay as they are. The body of `POST /_sim/options`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsPatch {
    /// See [`Settings::interval`].
    pub interval: Option<u64>,
    /// See [`Settings::expires_in`].
    pub expires_in: Option<u64>,
    /// See [`Settings::nonce_errcode`].
    pub nonce_errcode: Option<i64>,
    /// See [`Settings::secret_once`].
    pub secret_once: Option<bool>,
    /// See [`Settings::step_s`].
    pub step_s: Option<u64>,
    /// See [`Settings::approved_sources`].
    pub approved_sources: Option<Vec<String>>,
}
