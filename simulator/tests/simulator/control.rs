//! The control API.

use dingtalk_qr_simulator::{Options, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BEGIN, INIT, POLL, TestSimulator, client};

async fn list(simulator: &TestSimulator, path: &str) -> Value {
    simulator.get(path).await.json().await.unwrap()
}

async fn decide(simulator: &TestSimulator, user_code: &str, decision: &str, body: &str) -> (u16, Value) {
    let path = format!("/_sim/registrations/{user_code}/{decision}");
    simulator.send(Method::POST, &path, "text/plain", body).await
}

#[tokio::test]
async fn the_clock_moves_and_tells_how_far() {
    let simulator = TestSimulator::start().await;

    let before = list(&simulator, "/_sim/clock").await;
    let (http, after) = simulator.post("/_sim/clock", json!({"advance_s": 5000})).await;

    let moved = after["now_s"].as_u64().unwrap() - before["now_s"].as_u64().unwrap();
    assert_eq!((http, &before["offset_s"], &after["offset_s"]), (200, &json!(0), &json!(5000)));
    assert!((5000..5100).contains(&moved));
}

#[tokio::test]
async fn registrations_are_listed_with_what_a_poll_would_answer() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;

    let listed = list(&simulator, "/_sim/registrations").await;

    assert_eq!(
        listed,
        json!([{
            "device_code": begun.device_code,
            "user_code": begun.user_code,
            "status": "WAITING",
            "polls": 0,
            "min_gap_ms": null,
            "source": null,
            "client_id": null,
        }])
    );
}

#[tokio::test]
async fn an_approval_needs_no_body() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;

    let (http, approved) = decide(&simulator, &begun.user_code, "approve", "").await;

    let seen: [String; 3] = simulator.statuses(&begun).await;
    assert_eq!((http, &approved["status"]), (200, &json!("CREATING")));
    assert_eq!(seen, ["CREATING", "PUBLISHING", "SUCCESS"]);
}

#[tokio::test]
async fn an_approval_says_how_it_goes_on() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    let body = r#"{"steps":["CREATING","SUCCESS"],"step_s":0,"admin_approval":true}"#;

    decide(&simulator, &begun.user_code, "approve", body).await;
    let waiting: [String; 3] = simulator.statuses(&begun).await;
    let (http, _) = decide(&simulator, &begun.user_code, "admin-approve", "").await;

    let done: [String; 1] = simulator.statuses(&begun).await;
    assert_eq!(waiting, ["CREATING", "APPROVING", "APPROVING"]);
    assert_eq!((http, done), (200, ["SUCCESS".to_owned()]));
}

#[tokio::test]
async fn refusals_take_a_reason() {
    let simulator = TestSimulator::start().await;
    let (by_person, by_administrator) = (simulator.begin().await, simulator.begin().await);
    let reason = r#"{"reason":"<img src=x onerror=alert(1)>"}"#;

    decide(&simulator, &by_person.user_code, "deny", reason).await;
    decide(&simulator, &by_administrator.user_code, "approve", r#"{"steps":["APPROVING"]}"#).await;
    simulator.poll(&by_administrator).await;
    decide(&simulator, &by_administrator.user_code, "admin-deny", "").await;

    let polls = [simulator.poll(&by_person).await, simulator.poll(&by_administrator).await];
    let reasons = polls.map(|poll| poll["fail_reason"].as_str().unwrap().to_owned());
    assert_eq!(reasons, ["<img src=x onerror=alert(1)>", "管理员拒绝了应用创建申请"]);
}

#[tokio::test]
async fn a_decision_that_comes_too_late_is_a_conflict() {
    let simulator = TestSimulator::start().await;
    let codes =
        [simulator.begin().await, simulator.begin().await, simulator.begin().await].map(|b| b.user_code);
    let [approved, denied, expired] = &codes;
    decide(&simulator, approved, "approve", r#"{"steps":["SUCCESS"]}"#).await;
    decide(&simulator, denied, "deny", "").await;
    decide(&simulator, expired, "expire", "").await;

    for code in &codes {
        for decision in ["approve", "deny", "expire", "admin-approve", "admin-deny"] {
            let (http, error) = decide(&simulator, code, decision, "").await;
            assert_eq!(http, 409, "{decision}");
            assert!(error["error"].as_str().unwrap().contains(code.as_str()));
        }
    }
}

#[tokio::test]
async fn an_administrator_can_decide_after_the_code_has_expired() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    decide(&simulator, &begun.user_code, "approve", r#"{"admin_approval":true}"#).await;
    decide(&simulator, &begun.user_code, "expire", "").await;

    let (http, listed) = decide(&simulator, &begun.user_code, "admin-approve", "").await;

    assert_eq!((http, &listed["status"]), (200, &json!("EXPIRED")));
}

#[tokio::test]
async fn an_unknown_user_code_is_404() {
    let simulator = TestSimulator::start().await;

    for decision in ["approve", "deny", "expire", "admin-approve", "admin-deny"] {
        let (http, error) = decide(&simulator, "AAAA-BBBB-CCCC", decision, "").await;
        assert_eq!((http, error.get("error").is_some()), (404, true), "{decision}");
    }
}

#[tokio::test]
async fn a_wrong_body_is_400_and_the_error_names_the_member() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    let check = async |path: &str, body: &str, member: &str| {
        let (http, error) = simulator.send(Method::POST, path, "application/json", body).await;
        let text = error["error"].as_str().unwrap();
        assert!(http == 400 && text.contains(member), "{path} {body}: {http} {text}");
    };

    let approve = format!("/_sim/registrations/{}/approve", begun.user_code);
    let deny = format!("/_sim/registrations/{}/deny", begun.user_code);
    check("/_sim/clock", "", "advance_s").await;
    check("/_sim/clock", r#"{"advance_s":-1}"#, "advance_s").await;
    check("/_sim/clock", r#"{"advance_s":1,"more":1}"#, "more").await;
    check("/_sim/clock", "{", "EOF").await;
    check("/_sim/faults", "{}", "path").await;
    check("/_sim/faults", r#"{"path":"/x"}"#, "fault").await;
    check("/_sim/faults", r#"{"path":"x","fault":{"http":500}}"#, "path").await;
    check("/_sim/faults", r#"{"path":"/_sim/clock","fault":{"http":500}}"#, "path").await;
    check("/_sim/faults", r#"{"path":"/x","times":0,"fault":{"http":500}}"#, "times").await;
    check("/_sim/faults", r#"{"path":"/x","fault":{}}"#, "fault").await;
    check("/_sim/faults", r#"{"path":"/x","fault":{"http":99}}"#, "fault.http").await;
    check("/_sim/faults", r#"{"path":"/x","fault":{"preset":"none"}}"#, "fault.preset").await;
    check("/_sim/options", r#"{"interval":"2"}"#, "interval").await;
    check("/_sim/options", r#"{"intervall":2}"#, "intervall").await;
    check(&approve, r#"{"steps":[]}"#, "steps").await;
    check(&approve, r#"{"steps":[1]}"#, "steps[0]").await;
    check(&approve, r#"{"admin_approval":1}"#, "admin_approval").await;
    check(&deny, r#"{"reason":1}"#, "reason").await;
    assert_eq!(simulator.registrations()[0].status.as_str(), "WAITING");
}

#[tokio::test]
async fn faults_are_listed_with_the_times_they_have_left() {
    let simulator = TestSimulator::start().await;
    let twice = json!({"path": POLL, "times": 2, "fault": {"http": 502}});
    let always = json!({"path": INIT, "times": null, "fault": {"set": {"nonce": null}}});

    let (_, added) = simulator.post("/_sim/faults", twice.clone()).await;
    simulator.post("/_sim/faults", json!({"path": INIT, "fault": {"set": {"nonce": null}}})).await;
    simulator.try_post(POLL, json!({})).await.unwrap();
    let listed = list(&simulator, "/_sim/faults").await;
    simulator.try_post(POLL, json!({})).await.unwrap();
    let listed_later = list(&simulator, "/_sim/faults").await;
    simulator.send(Method::DELETE, "/_sim/faults", "text/plain", "").await;

    assert_eq!(added, twice);
    assert_eq!(listed, json!([{"path": POLL, "times": 1, "fault": {"http": 502}}, always]));
    assert_eq!(listed_later, json!([always]));
    assert_eq!(list(&simulator, "/_sim/faults").await, json!([]));
}

#[tokio::test]
async fn calls_are_listed_as_they_came_and_control_calls_are_not() {
    let simulator = TestSimulator::start().await;
    simulator.send(Method::POST, INIT, "application/json", r#"{"source":"me"}"#).await;
    simulator.get("/gettoken?appkey=1").await;

    let mut calls = list(&simulator, "/_sim/calls").await;

    let times: Vec<Value> =
        calls.as_array_mut().unwrap().iter_mut().map(|call| call["at_ms"].take()).collect();
    assert!(times.iter().all(Value::is_u64));
    assert_eq!(
        calls,
        json!([
            {
                "method": "POST",
                "path": INIT,
                "query": "",
                "content_type": "application/json",
                "body": r#"{"source":"me"}"#,
                "at_ms": null,
            },
            {
                "method": "GET",
                "path": "/gettoken",
                "query": "appkey=1",
                "content_type": null,
                "body": "",
                "at_ms": null,
            },
        ])
    );
}

#[tokio::test]
async fn a_reset_leaves_nothing_behind_and_repeats_the_seed() {
    let simulator = TestSimulator::start().await;
    let first = simulator.begin().await;
    simulator.post("/_sim/clock", json!({"advance_s": 99})).await;
    simulator.post("/_sim/options", json!({"interval": 2})).await;
    simulator.post("/_sim/faults", json!({"path": POLL, "fault": {"http": 502}})).await;

    let (http, _) = simulator.post("/_sim/reset", json!({})).await;

    let lists = ["/_sim/registrations", "/_sim/faults", "/_sim/calls"];
    for path in lists {
        assert_eq!(list(&simulator, path).await, json!([]), "{path}");
    }
    assert_eq!((http, simulator.clock().offset_s, simulator.settings().interval), (200, 0, 5));
    assert_eq!(simulator.begin().await.user_code, first.user_code);
}

#[tokio::test]
async fn the_end_of_time_is_survived() {
    let simulator = TestSimulator::start().await;
    simulator.post("/_sim/clock", json!({"advance_s": u64::MAX})).await;
    simulator.post("/_sim/clock", json!({"advance_s": u64::MAX})).await;

    let (http, init) = simulator.post(INIT, json!({})).await;

    assert_eq!((http, &init["errcode"]), (200, &json!(0)));
}

#[tokio::test]
async fn a_simulator_that_was_shut_down_refuses_connections() {
    let simulator = Simulator::start(Options::default()).await.unwrap();
    let url = simulator.url().to_owned();
    let client = client();
    let answered = client.get(&url).send().await.is_ok();

    simulator.shutdown().await;

    assert!(answered && client.get(&url).send().await.is_err_and(|error| error.is_connect()));
}

#[tokio::test]
async fn the_public_url_is_the_one_in_links() {
    let options = Options { public_url: Some("https://simulator.test/".to_owned()), ..Options::default() };
    let simulator = TestSimulator::start_from(options).await;

    let (_, begun) = simulator.post(BEGIN, json!({ "nonce": simulator.nonce().await })).await;

    assert_eq!(begun["verification_uri"], "https://simulator.test/openapp/registration/openClaw");
}

#[tokio::test]
async fn unknown_paths_and_methods_of_the_control_api_say_so() {
    let simulator = TestSimulator::start().await;

    let (unknown, _) = simulator.post("/_sim/nothing", json!({})).await;
    let (wrong_method, _) = simulator.send(Method::GET, "/_sim/reset", "text/plain", "").await;

    assert_eq!((unknown, wrong_method), (404, 405));
}
