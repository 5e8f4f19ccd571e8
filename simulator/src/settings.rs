//! What can be set: how the simulator starts, and how its DingTalk behaves.

use serde::{Deserialize, Serialize};

use crate::FaultRule;
use crate::quirk::{CallbackCodes, CallbackState, FrameMode, JsapiMode};

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
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
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
    /// Under which names a redirect back carries the code.
    pub callback_codes: CallbackCodes,
    /// What becomes of `state` on the redirect back.
    pub callback_state: CallbackState,
    /// `error` on the redirect back after a refusal; DingTalk lists no values.
    pub deny_error: String,
    /// What the frame of an embedded sign-in posts at its end.
    pub frame: FrameMode,
    /// Life of a code to sign in with, in seconds.
    pub code_life_s: u64,
    /// Whether people of other organisations may sign in to an app, which DingTalk refuses.
    pub foreign_members_pass: bool,
    /// Whether an app made by a scan has loopback redirect URLs and `Contact.User.Read` from the start.
    pub new_apps_can_log_in: bool,
    /// How the JavaScript of the DingTalk app behaves.
    pub jsapi: JsapiMode,
    /// Whether the profile shows mobile numbers as `138****0001`.
    pub masked_mobile: bool,
    /// Whether numbers in answers of `/topapi` and `/gettoken` come as strings.
    pub stringified_numbers: bool,
    /// How often each path may be called in a second; 0 is without a limit.
    pub calls_per_second: u64,
    /// How many work notices one app may send to one person in a day; DingTalk keeps what is over.
    pub notices_per_day: u64,
    /// Seconds until DingTalk is through with a work notice.
    pub notice_takes_s: u64,
    /// Whether the result of a work notice does not speak of those from whom it was kept.
    pub unlisted_drops: bool,
    /// How many messages one robot may send to one person in a minute; the others are flow controlled.
    pub robot_messages_per_minute: u64,
    /// Seconds after its approval in which the robot of a new app lacks its permission.
    pub robot_ready_after_s: u64,
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
            callback_codes: CallbackCodes::Both,
            callback_state: CallbackState::Same,
            deny_error: "access_denied".to_owned(),
            frame: FrameMode::Normal,
            code_life_s: 300,
            foreign_members_pass: false,
            new_apps_can_log_in: false,
            jsapi: JsapiMode::Normal,
            masked_mobile: false,
            stringified_numbers: false,
            calls_per_second: 0,
            notices_per_day: 500,
            notice_takes_s: 0,
            unlisted_drops: false,
            robot_messages_per_minute: 20,
            robot_ready_after_s: 0,
        }
    }
}

impl Settings {
    pub(crate) fn change(&mut self, patch: SettingsPatch) {
        set(&mut self.interval, patch.interval);
        set(&mut self.expires_in, patch.expires_in);
        set(&mut self.nonce_errcode, patch.nonce_errcode);
        set(&mut self.secret_once, patch.secret_once);
        set(&mut self.step_s, patch.step_s);
        set(&mut self.approved_sources, patch.approved_sources);
        set(&mut self.callback_codes, patch.callback_codes);
        set(&mut self.callback_state, patch.callback_state);
        set(&mut self.deny_error, patch.deny_error);
        set(&mut self.frame, patch.frame);
        set(&mut self.code_life_s, patch.code_life_s);
        set(&mut self.foreign_members_pass, patch.foreign_members_pass);
        set(&mut self.new_apps_can_log_in, patch.new_apps_can_log_in);
        set(&mut self.jsapi, patch.jsapi);
        set(&mut self.masked_mobile, patch.masked_mobile);
        set(&mut self.stringified_numbers, patch.stringified_numbers);
        set(&mut self.calls_per_second, patch.calls_per_second);
        set(&mut self.notices_per_day, patch.notices_per_day);
        set(&mut self.notice_takes_s, patch.notice_takes_s);
        set(&mut self.unlisted_drops, patch.unlisted_drops);
        set(&mut self.robot_messages_per_minute, patch.robot_messages_per_minute);
        set(&mut self.robot_ready_after_s, patch.robot_ready_after_s);
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
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
    /// See [`Settings::callback_codes`].
    pub callback_codes: Option<CallbackCodes>,
    /// See [`Settings::callback_state`].
    pub callback_state: Option<CallbackState>,
    /// See [`Settings::deny_error`].
    pub deny_error: Option<String>,
    /// See [`Settings::frame`].
    pub frame: Option<FrameMode>,
    /// See [`Settings::code_life_s`].
    pub code_life_s: Option<u64>,
    /// See [`Settings::foreign_members_pass`].
    pub foreign_members_pass: Option<bool>,
    /// See [`Settings::new_apps_can_log_in`].
    pub new_apps_can_log_in: Option<bool>,
    /// See [`Settings::jsapi`].
    pub jsapi: Option<JsapiMode>,
    /// See [`Settings::masked_mobile`].
    pub masked_mobile: Option<bool>,
    /// See [`Settings::stringified_numbers`].
    pub stringified_numbers: Option<bool>,
    /// See [`Settings::calls_per_second`].
    pub calls_per_second: Option<u64>,
    /// See [`Settings::notices_per_day`].
    pub notices_per_day: Option<u64>,
    /// See [`Settings::notice_takes_s`].
    pub notice_takes_s: Option<u64>,
    /// See [`Settings::unlisted_drops`].
    pub unlisted_drops: Option<bool>,
    /// See [`Settings::robot_messages_per_minute`].
    pub robot_messages_per_minute: Option<u64>,
    /// See [`Settings::robot_ready_after_s`].
    pub robot_ready_after_s: Option<u64>,
}
