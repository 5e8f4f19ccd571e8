//! Options: how the simulated DingTalk behaves.

use serde_json::{Value, json};

use crate::support::TestSimulator;

#[tokio::test]
async fn options_are_merged() {
    let simulator = TestSimulator::start().await;

    let (_, changed) = simulator.post("/_sim/options", json!({"interval": 2, "approved_sources": []})).await;

    let listed: Value = simulator.get("/_sim/options").await.json().await.unwrap();
    let expected = json!({
        "interval": 2,
        "expires_in": 7200,
        "nonce_errcode": 40035,
        "secret_once": false,
        "step_s": 1,
        "approved_sources": [],
        "callback_codes": "both",
        "callback_state": "same",
        "deny_error": "access_denied",
        "frame": "normal",
        "code_life_s": 300,
        "foreign_members_pass": false,
        "new_apps_can_log_in": false,
        "jsapi": "normal",
        "masked_mobile": false,
        "stringified_numbers": false,
        "calls_per_second": 0,
        "notices_per_day": 500,
        "notice_takes_s": 0,
        "unlisted_drops": false,
        "robot_messages_per_minute": 20,
        "robot_ready_after_s": 0,
    });
    assert_eq!((&changed, &listed), (&expected, &expected));
}
