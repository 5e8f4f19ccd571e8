use std::sync::Arc;

use dingtalk_qr::Prompt;
use dingtalk_qr_shared::{Door, FlowId, FlowStarted, FlowState, Qr};

/// What scanning [`LINK`] gives, as the backend draws it: 37 modules, level M.
const CODE: &str = include_str!("code.txt");
const LINK: &str = "https://open-dev.dingtalk.com/openapp/registration/openClaw?user_code=MUEU-DEKR-5TN3";

/// Text that would be markup, turns the direction around, and does not end.
pub(super) fn hostile() -> String {
    let beginning = "<img src=x onerror=alert(1)> \u{202E}txet desrever ";
    beginning.to_owned() + &"W".repeat(10_000)
}

/// The answer to the beginning of a registration.
pub(super) fn started() -> FlowStarted {
    FlowStarted {
        flow_id: FlowId::try_from("A".repeat(FlowId::LENGTH)).expect("it is 22 characters of base64url"),
        poll_token: String::new(),
        qr: Some(Qr { text: LINK.to_owned(), size: 37, path: CODE.trim().to_owned() }),
        user_code: Some("MUEU-DEKR-5TN3".to_owned()),
        door: None,
        expires_in: 600,
        interval: 2,
        brand: None,
        simulated: false,
        state: FlowState::Pending,
    }
}

/// The answer to the beginning of a login by `door`.
pub(super) fn login_started(door: Door) -> FlowStarted {
    let qr = started().qr.filter(|_| door == Door::Qr);
    FlowStarted { qr, user_code: None, door: Some(door), ..started() }
}

pub(super) fn prompt(started: &FlowStarted) -> Arc<Prompt> {
    Arc::new(Prompt::from(started))
}
