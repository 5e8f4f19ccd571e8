//! Each way in which a call can go wrong.

use std::time::Duration;

use dingtalk_qr_simulator::{Approval, SettingsPatch};
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde_json::{Value, json};

use crate::support::{BEGIN, Begun, INIT, POLL, TestSimulator, client};

/// HTTP status, content type and body of a poll of a waiting registration that meets `fault`.
async fn poll_with(fault: Value) -> (u16, String, String) {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    simulator.fault_once(POLL, fault);

    let response = simulator.try_post(POLL, json!({"device_code": begun.device_code})).await.unwrap();

    let content_type = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    (response.status().as_u16(), content_type, response.text().await.unwrap())
}

#[tokio::test]
async fn an_http_status_comes_with_a_gateways_page() {
    for status in [400, 401, 403, 404, 429, 500, 502, 503, 504] {
        let (http, content_type, body) = poll_with(json!({ "http": status })).await;

        assert_eq!((http, content_type.as_str()), (status, "text/html; charset=utf-8"));
        assert!(body.contains(&format!("<h1>{status} ")), "{body}");
    }
}

#[tokio::test]
async fn a_body_replaces_the_answer() {
    let check = async |body: &str, content_type: &str| {
        let answer = poll_with(json!({ "body": body })).await;
        assert_eq!(answer, (200, content_type.to_owned(), body.to_owned()));
    };

    check("", "text/html; charset=utf-8").await;
    check("<html></html>", "text/html; charset=utf-8").await;
    check("[]", "application/json").await;
    check(r#"{"errcode":88}"#, "application/json").await;
}

#[tokio::test]
async fn members_of_the_real_answer_are_set_and_removed() {
    let check = async |fault: Value, expected: Value| {
        let (http, content_type, body) = poll_with(fault).await;
        assert_eq!((http, content_type.as_str()), (200, "application/json"));
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
    };

    check(json!({"set": {"status": null}}), json!({"errcode": 0, "errmsg": "ok", "status": null})).await;
    check(json!({"set": {"errcode": "0"}}), json!({"errcode": "0", "errmsg": "ok", "status": "WAITING"}))
        .await;
    check(json!({"remove": ["status", "errcode"]}), json!({"errmsg": "ok"})).await;
    check(
        json!({"set": {"more": [1]}, "remove": ["errmsg"]}),
        json!({"errcode": 0, "status": "WAITING", "more": [1]}),
    )
    .await;
}

#[tokio::test]
async fn a_status_with_members_is_a_json_error() {
    let (http, content_type, body) = poll_with(json!({"http": 403, "set": {"code": "Forbidden"}})).await;

    assert_eq!(
        (http, content_type.as_str(), body.as_str()),
        (403, "application/json", r#"{"code":"Forbidden"}"#)
    );
}

#[tokio::test]
async fn presets_say_what_dingtalk_says_in_trouble() {
    let check = async |preset: &str, status: u16, part: &str| {
        let (http, _, body) = poll_with(json!({ "preset": preset })).await;
        assert!(http == status && body.contains(part), "{preset}: {http} {body}");
    };

    check("busy", 200, r#""errcode":-1"#).await;
    check("global_limit", 200, r#""errcode":90002"#).await;
    check("qps", 403, r#""code":"Forbidden.AccessDenied.QpsLimitForApi""#).await;
    check("qps_app", 403, r#""code":"Forbidden.AccessDenied.QpsLimitForAppkeyAndApi""#).await;
    check("ip_ban_json", 200, r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"#).await;
    check("ip_ban_html", 200, "<html>").await;
    check("html_200", 200, "<html>").await;
}

#[tokio::test]
async fn a_wrong_content_type_leaves_the_answer_alone() {
    let (http, content_type, body) = poll_with(json!({"content_type": "text/plain"})).await;

    assert_eq!((http, content_type.as_str()), (200, "text/plain"));
    assert!(body.contains("WAITING"));
}

#[tokio::test]
async fn an_oversized_answer_is_still_the_answer() {
    let (_, _, body) = poll_with(json!({"oversized_bytes": 1_000_000})).await;

    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(answer["status"], "WAITING");
    assert!(body.len() > 1_000_000);
}

#[tokio::test]
async fn a_limit_can_say_when_to_come_back() {
    let simulator = TestSimulator::start().await;
    simulator.fault_once(INIT, json!({"http": 429, "retry_after": 7}));

    let response = simulator.try_post(INIT, json!({})).await.unwrap();

    assert_eq!((response.status().as_u16(), &response.headers()[RETRY_AFTER]), (429, &"7".parse().unwrap()));
}

#[tokio::test]
async fn a_redirect_leads_elsewhere() {
    let simulator = TestSimulator::start().await;
    simulator.fault_once(INIT, json!({"redirect": "https://example.com/x"}));

    let response = simulator.try_post(INIT, json!({})).await.unwrap();

    let location = &response.headers()[LOCATION];
    assert_eq!((response.status().as_u16(), location), (302, &"https://example.com/x".parse().unwrap()));
}

#[tokio::test]
async fn a_slow_answer_runs_into_the_clients_timeout() {
    let simulator = TestSimulator::start().await;
    let slow = async |fault: Value| {
        simulator.fault_once(INIT, fault);
        let request = client().post(format!("{}{INIT}", simulator.url())).json(&json!({}));
        let answer = request.timeout(Duration::from_millis(150)).send().await;
        match answer {
            Ok(response) => (true, response.bytes().await.is_err_and(|error| error.is_timeout())),
            Err(error) => (false, error.is_timeout()),
        }
    };

    let head_came_and_timed_out =
        [slow(json!({"delay_ms": 5000})).await, slow(json!({"body_delay_ms": 5000})).await];

    assert_eq!(head_came_and_timed_out, [(false, true), (true, true)]);
}

#[tokio::test]
async fn a_patient_client_gets_the_whole_slow_answer() {
    let (_, _, body) = poll_with(json!({"delay_ms": 5, "body_delay_ms": 5})).await;

    assert_eq!(body, r#"{"errcode":0,"errmsg":"ok","status":"WAITING"}"#);
}

#[tokio::test]
async fn a_connection_is_cut_before_the_answer() {
    let simulator = TestSimulator::start().await;

    for disconnect in ["before_answer", "reset"] {
        simulator.fault_once(INIT, json!({ "disconnect": disconnect }));
        let error = simulator.try_post(INIT, json!({})).await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    }

    assert_eq!(simulator.post(INIT, json!({})).await.0, 200);
}

#[tokio::test]
async fn a_connection_is_cut_in_the_middle_of_the_body() {
    let simulator = TestSimulator::start().await;
    simulator.fault_once(INIT, json!({"disconnect": "mid_body"}));

    let mut response = simulator.try_post(INIT, json!({})).await.unwrap();
    let length = response.content_length().unwrap();
    let first = response.chunk().await.unwrap().unwrap();

    assert_eq!((response.status().as_u16(), u64::try_from(first.len()).unwrap()), (200, length / 2));
    assert!(response.chunk().await.is_err());
    assert_eq!(simulator.post(INIT, json!({})).await.0, 200);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_does_not_reach_other_connections() {
    let simulator = TestSimulator::start().await;
    simulator.fault_once(INIT, json!({"body_delay_ms": 30, "disconnect": "mid_body"}));

    let slow = simulator.try_post(INIT, json!({})).await.unwrap();
    let (http, _) = simulator.post(INIT, json!({})).await;

    assert_eq!(http, 200);
    assert!(slow.bytes().await.is_err());
}

async fn approved_with_secret_once() -> (TestSimulator, Begun) {
    let settings = SettingsPatch { secret_once: Some(true), ..SettingsPatch::default() };
    let simulator = TestSimulator::start_with(settings).await;
    let begun = simulator.begin().await;
    simulator.approve(&begun.user_code, Approval::default()).unwrap();
    simulator.statuses::<2>(&begun).await;
    (simulator, begun)
}

/// Whether a secret that is handed out once is still there after a poll that met `fault`, and how many polls counted.
async fn after_fault(fault: Value) -> (bool, u64) {
    let (simulator, begun) = approved_with_secret_once().await;
    simulator.fault_once(POLL, fault);
    drop(simulator.try_post(POLL, json!({"device_code": begun.device_code})).await);
    let polls = simulator.registrations()[0].polls;
    (simulator.poll(&begun).await["client_secret"].is_string(), polls)
}

#[tokio::test]
async fn a_fault_in_dingtalks_place_changes_nothing() {
    let faults = [
        json!({"http": 502}),
        json!({"body": ""}),
        json!({"preset": "busy"}),
        json!({"redirect": "http://localhost/"}),
        json!({"http": 502, "disconnect": "before_answer"}),
    ];

    for fault in faults {
        assert_eq!(after_fault(fault.clone()).await, (true, 2), "{fault}");
    }
}

#[tokio::test]
async fn a_fault_on_the_way_loses_what_the_answer_carried() {
    let faults = [
        json!({"remove": ["client_secret"]}),
        json!({"set": {"client_secret": ""}}),
        json!({"disconnect": "before_answer"}),
        json!({"disconnect": "mid_body"}),
        json!({"content_type": "text/html"}),
        json!({"delay_ms": 1}),
    ];

    for fault in faults {
        assert_eq!(after_fault(fault.clone()).await, (false, 3), "{fault}");
    }
}

#[tokio::test]
async fn begin_can_announce_anything() {
    let simulator = TestSimulator::start().await;
    for odd in [json!("7200"), json!(7200.0), json!("abc"), json!(0), json!(-1), json!(null), json!(u64::MAX)]
    {
        simulator.fault_once(BEGIN, json!({"set": {"expires_in": odd, "interval": odd}}));

        let (_, begun) = simulator.post(BEGIN, json!({"nonce": simulator.nonce().await})).await;

        assert_eq!((&begun["expires_in"], &begun["interval"]), (&odd, &odd));
    }
}

#[tokio::test]
async fn a_fault_strikes_its_exact_path_only() {
    let simulator = TestSimulator::start().await;
    simulator.fault_once("/app/registration", json!({"http": 502}));
    simulator.fault_once("/app/registration/init/", json!({"http": 502}));

    assert_eq!(simulator.post(INIT, json!({})).await.0, 200);
}
