//! The hand-written reader of the wire types agrees with serde on every variant of every answer.

use std::fmt::Debug;

use dingtalk_qr::wire::{self, Malformed};
use dingtalk_qr_shared::{ErrorCode, FlowState, FlowUpdate};
use serde::de::DeserializeOwned;
use serde_json::from_str;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const CODES: [&str; 48] = [
    "address_not_allowed",
    "already_revealed",
    "app_configured",
    "app_credential_missing",
    "app_name_taken",
    "app_not_found",
    "approval_outstanding",
    "authorization_code_invalid",
    "begin_lacks_device_code",
    "begin_lacks_verification_uri",
    "credentials_rejected",
    "email_domain_not_allowed",
    "embed_token_invalid",
    "external_id_taken",
    "flow_not_found",
    "forbidden_origin",
    "foreign_organisation",
    "init_lacks_nonce",
    "insufficient_scope",
    "internal",
    "invalid_request",
    "login_config_not_found",
    "login_ended",
    "login_state_invalid",
    "method_not_allowed",
    "not_a_member",
    "not_found",
    "not_invited",
    "not_signed_in",
    "number_mismatch",
    "operator_required",
    "payload_too_large",
    "permission_missing",
    "profile_incomplete",
    "request_header_too_large",
    "setup_code_invalid",
    "sign_in_required",
    "sink_failed",
    "ticket_invalid",
    "too_many_flows",
    "unsupported_media_type",
    "upstream_busy",
    "upstream_refused",
    "upstream_unavailable",
    "user_not_found",
    "verification_uri_rejected",
    "workspace_code_invalid",
    "a_code_of_tomorrow",
];

const STATES: [&str; 14] = [
    r#""status":"pending""#,
    r#""status":"scanned","number":7"#,
    r#""status":"creating""#,
    r#""status":"approval_pending","client_id":"ding1""#,
    r#""status":"created","app":"bot","client_id":"ding1","hint":"ab••","saved_to":["store","env_file"],"verified":true"#,
    r#""status":"created","app":"bot","client_id":"ding1","hint":"","saved_to":["a_sink_of_tomorrow"],"verified":false,"findings":["sink_failed","a_code_of_tomorrow"]"#,
    r#""status":"authenticated","identity":{"user_id":"u1","name":"Ada","email":"ada@example.com"}"#,
    r#""status":"authenticated","ticket":"t","identity":{"user_id":"u1","name":"<b>","email":"e","avatar_url":"https://x/y.png","corp_id":"ding1","admin":true,"extra":1}"#,
    r#""status":"denied""#,
    r#""status":"denied","reason":"<b>no</b>""#,
    r#""status":"expired""#,
    r#""status":"cancelled""#,
    r#""status":"failed","code":"internal""#,
    r#""status":"a_state_of_tomorrow","extra":1"#,
];

#[wasm_bindgen_test]
fn every_update_is_read_as_serde_reads_it() {
    for state in STATES {
        for rest in [r#""expires_in":0"#, r#""expires_in":599,"reconnecting":true,"extra":null"#] {
            agree(&format!("{{{state},{rest}}}"), wire::flow_update);
        }
    }
}

#[wasm_bindgen_test]
fn every_beginning_is_read_as_serde_reads_it() {
    for state in STATES {
        agree(&started(&format!(r#""state":{{{state}}}"#)), wire::flow_started);
    }
    let with_all = started(r#""brand":"OpenClaw","simulated":true,"state":{"status":"pending"}"#);
    agree(&with_all, wire::flow_started);
}

#[wasm_bindgen_test]
fn every_login_is_read_as_serde_reads_it() {
    for door in [
        r#"{"method":"qr"}"#,
        r#"{"method":"redirect","url":"https://qr.example.com/auth/dingtalk?flow=1"}"#,
        r#"{"method":"frame","url":"https://qr.example.com/frame/1","extra":1}"#,
        r#"{"method":"workspace","client_id":"d","corp_id":"c","script_url":"https://g.alicdn.com/x.js"}"#,
        r#"{"method":"a_door_of_tomorrow","url":7}"#,
        r#"{"method":"redirect"}"#,
        r#"{"method":"workspace","client_id":"d"}"#,
        r#"{"url":"https://qr.example.com"}"#,
        "null",
        "7",
    ] {
        agree(&login(&format!(r#""door":{door}"#)), wire::flow_started);
    }
    agree(&login(r#""qr":null,"user_code":null"#), wire::flow_started);
    agree(&login(r#""qr":{"text":"https://qr.example.com/d/1","size":29}"#), wire::flow_started);
}

#[wasm_bindgen_test]
fn every_session_is_read_as_serde_reads_it() {
    let identity = r#"{"user_id":"u1","name":"Ada","email":"ada@example.com"}"#;
    agree(&format!(r#"{{"identity":{identity},"expires_in":604800}}"#), wire::session);
    agree(&format!(r#"{{"identity":{identity}}}"#), wire::session);
    agree(r#"{"identity":null,"expires_in":1}"#, wire::session);
    agree(r#"{"expires_in":1}"#, wire::session);
}

#[wasm_bindgen_test]
fn every_problem_is_read_as_serde_reads_it() {
    for code in CODES {
        let bare = format!(r#"{{"type":"about:blank","title":"Bad","status":400,"code":"{code}"}}"#);
        agree(&bare, wire::problem);
        let full = format!(
            r#"{{"type":"x","title":"y","status":409,"code":"{code}","field":"name","request_id":"r"}}"#
        );
        agree(&full, wire::problem);
    }
}

#[wasm_bindgen_test]
fn every_saved_app_is_read_as_serde_reads_it() {
    agree(
        r#"{"app":"bot","client_id":"ding1","hint":"ab••","saved_to":["store"],"verified":true}"#,
        wire::app_saved,
    );
    for code in CODES {
        let text = format!(
            r#"{{"app":"bot","client_id":"d","hint":"","saved_to":[],"verified":false,"findings":["{code}"]}}"#
        );
        agree(&text, wire::app_saved);
    }
}

#[wasm_bindgen_test]
fn what_serde_refuses_is_refused() {
    for text in [
        "null",
        "[]",
        "5",
        "{}",
        r#"{"status":"pending"}"#,
        r#"{"status":"pending","expires_in":-1}"#,
        r#"{"status":"pending","expires_in":1.5}"#,
        r#"{"status":"pending","expires_in":4294967296}"#,
        r#"{"status":"pending","expires_in":"9"}"#,
        r#"{"status":"pending","expires_in":9,"reconnecting":"yes"}"#,
        r#"{"status":true,"expires_in":9}"#,
        r#"{"status":"scanned","expires_in":9}"#,
        r#"{"status":"scanned","expires_in":9,"number":256}"#,
        r#"{"status":"authenticated","expires_in":9}"#,
        r#"{"status":"authenticated","expires_in":9,"identity":{"user_id":"u1","name":"Ada"}}"#,
        r#"{"status":"authenticated","expires_in":9,"identity":{"user_id":"u1","name":"Ada","email":"e","admin":1}}"#,
        r#"{"status":"approval_pending","expires_in":9}"#,
        r#"{"status":"failed","expires_in":9}"#,
        r#"{"status":"created","expires_in":9,"client_id":"d"}"#,
    ] {
        agree(text, wire::flow_update);
        assert!(from_str::<FlowUpdate>(text).is_err(), "{text}");
    }
    let bad_id = started(r#""state":{"status":"pending"}"#).replace("aZ09-_aZ09-_aZ09-_aZ09", "../../apps");
    agree(&bad_id, wire::flow_started);
    assert_eq!(wire::flow_started(&parse(&bad_id)).map_err(|error| error.field), Err("flow_id"));
}

#[wasm_bindgen_test]
fn the_list_of_codes_is_complete() {
    let known = CODES.iter().filter(|code| {
        let text = format!(r#"{{"status":"failed","code":"{code}"}}"#);
        from_str::<FlowState>(&text).unwrap() != FlowState::Failed { code: ErrorCode::Unknown }
    });
    assert_eq!(known.count(), CODES.len() - 1);
}

#[track_caller]
fn agree<T: Debug + DeserializeOwned + PartialEq>(text: &str, wire: fn(&JsValue) -> Result<T, Malformed>) {
    assert_eq!(wire(&parse(text)).ok(), from_str::<T>(text).ok(), "{text}");
}

fn parse(text: &str) -> JsValue {
    js_sys::JSON::parse(text).unwrap()
}

fn login(rest: &str) -> String {
    format!(
        r#"{{"flow_id":"aZ09-_aZ09-_aZ09-_aZ09","poll_token":"t","expires_in":600,"interval":2,"state":{{"status":"pending"}},{rest}}}"#
    )
}

fn started(rest: &str) -> String {
    format!(
        r#"{{"flow_id":"aZ09-_aZ09-_aZ09-_aZ09","poll_token":"t","qr":{{"text":"https://h5.dingtalk.com","size":37,"path":"M0 0h7"}},"user_code":"AB-CD","expires_in":600,"interval":2,{rest}}}"#
    )
}
