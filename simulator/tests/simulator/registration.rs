//! `init`, `begin`, `poll`.

use std::time::Duration;

use dingtalk_qr_simulator::{Approval, SettingsPatch, Status};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BEGIN, INIT, POLL, TestSimulator};

/// An approval whose steps pass one per poll.
fn approval(steps: &[&str]) -> Approval {
    let steps = steps.iter().map(|word| Status::from((*word).to_owned())).collect();
    Approval { steps: Some(steps), ..Approval::default() }
}

#[tokio::test]
async fn init_gives_a_nonce_for_five_minutes() {
    let simulator = TestSimulator::start().await;

    let (http, init) = simulator.post(INIT, json!({"source": "anything"})).await;

    assert!(init["nonce"].as_str().unwrap().starts_with("nr_"));
    assert_eq!((http, &init["errcode"], &init["expires_in"]), (200, &json!(0), &json!(300)));
}

#[tokio::test]
async fn begin_answers_with_everything_that_is_documented() {
    let simulator = TestSimulator::start().await;

    let (_, begun) = simulator.post(BEGIN, json!({"nonce": simulator.nonce().await})).await;

    let (user_code, device_code) =
        (begun["user_code"].as_str().unwrap(), begun["device_code"].as_str().unwrap());
    let page = format!("{}/openapp/registration/openClaw", simulator.url());
    assert!(device_code.len() >= 40);
    assert_eq!(user_code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);
    assert_eq!(
        begun,
        json!({
            "errcode": 0,
            "errmsg": "ok",
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code={user_code}"),
            "expires_in": 7200,
            "interval": 5,
        })
    );
}

#[tokio::test]
async fn only_an_approved_source_comes_back_in_the_link() {
    let simulator = TestSimulator::start_with(SettingsPatch {
        approved_sources: Some(vec!["mine & yours".to_owned()]),
        ..SettingsPatch::default()
    })
    .await;

    let mut links = Vec::new();
    for source in ["mine & yours", "DING_DWS_CLAW"] {
        let (_, init) = simulator.post(INIT, json!({ "source": source })).await;
        let (_, begun) = simulator.post(BEGIN, json!({ "nonce": init["nonce"] })).await;
        let link = begun["verification_uri_complete"].as_str().unwrap();
        links.push(link.split_once("&source=").map(|(_, source)| source.to_owned()));
    }

    assert_eq!(links, [Some("mine%20%26%20yours".to_owned()), None]);
    assert_eq!(simulator.registrations()[1].source.as_deref(), Some("DING_DWS_CLAW"));
}

#[tokio::test]
async fn a_nonce_works_once_and_for_five_minutes() {
    let simulator =
        TestSimulator::start_with(SettingsPatch { nonce_errcode: Some(777), ..SettingsPatch::default() })
            .await;
    let (used, old) = (simulator.nonce().await, simulator.nonce().await);
    simulator.post(BEGIN, json!({"nonce": used})).await;
    simulator.advance(Duration::from_mins(5));

    for nonce in [used.as_str(), old.as_str(), "nr_unknown", ""] {
        let (http, refused) = simulator.post(BEGIN, json!({ "nonce": nonce })).await;
        assert_eq!((http, &refused["errcode"], refused.get("device_code")), (200, &json!(777), None));
    }
}

#[tokio::test]
async fn a_failed_begin_leaves_the_nonce_unused() {
    let simulator = TestSimulator::start().await;
    let nonce = simulator.nonce().await;
    simulator.fault_once(BEGIN, json!({"http": 503}));

    let failed = simulator.try_post(BEGIN, json!({ "nonce": nonce })).await.unwrap().status();
    let (_, begun) = simulator.post(BEGIN, json!({ "nonce": nonce })).await;

    assert_eq!((failed.as_u16(), &begun["errcode"]), (503, &json!(0)));
}

#[tokio::test]
async fn every_step_is_seen_by_a_poll_and_success_brings_credentials() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;

    let before = simulator.poll(&begun).await;
    simulator.approve(&begun.user_code, Approval::default()).unwrap();
    let between: [String; 2] = simulator.statuses(&begun).await;
    let after = simulator.poll(&begun).await;
    let repeated = simulator.poll(&begun).await;

    assert_eq!(before, json!({"errcode": 0, "errmsg": "ok", "status": "WAITING"}));
    assert_eq!(between, ["CREATING", "PUBLISHING"]);
    assert_eq!((&after["status"], after["client_id"].as_str().unwrap().len()), (&json!("SUCCESS"), 20));
    assert_eq!(after["client_secret"].as_str().unwrap().len(), 64);
    assert_eq!(after, repeated);
}

#[tokio::test]
async fn steps_with_a_time_follow_the_simulated_clock() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    simulator.approve(&begun.user_code, Approval { step_s: 100, ..Approval::default() }).unwrap();

    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend(simulator.statuses::<2>(&begun).await);
        simulator.advance(Duration::from_secs(100));
    }

    assert_eq!(seen, ["CREATING", "CREATING", "PUBLISHING", "PUBLISHING", "SUCCESS", "SUCCESS"]);
}

#[tokio::test]
async fn an_app_under_approval_has_credentials_until_the_administrator_decides() {
    let simulator = TestSimulator::start().await;
    let (kept, refused) = (simulator.begin().await, simulator.begin().await);
    let approval = || Approval { admin_approval: true, ..approval(&["SUCCESS"]) };
    simulator.approve(&kept.user_code, approval()).unwrap();
    simulator.approve(&refused.user_code, approval()).unwrap();

    let waiting = simulator.poll(&kept).await;
    simulator.poll(&refused).await;
    simulator.admin_approve(&kept.user_code).unwrap();
    simulator.admin_deny(&refused.user_code, Some("too many bots".to_owned())).unwrap();

    let done = simulator.poll(&kept).await;
    let failed = simulator.poll(&refused).await;
    assert_eq!((&waiting["status"], &done["status"]), (&json!("APPROVING"), &json!("SUCCESS")));
    assert!(waiting["client_secret"].is_string());
    assert_eq!(waiting["client_secret"], done["client_secret"]);
    assert_eq!(
        failed,
        json!({"errcode": 0, "errmsg": "ok", "status": "FAIL", "fail_reason": "too many bots"})
    );
}

#[tokio::test]
async fn a_refusal_is_a_successful_answer_with_a_reason() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;

    simulator.deny(&begun.user_code, None).unwrap();

    let failed = simulator.poll(&begun).await;
    assert_eq!(
        failed,
        json!({"errcode": 0, "errmsg": "ok", "status": "FAIL", "fail_reason": "用户拒绝授权"})
    );
}

#[tokio::test]
async fn a_secret_that_is_given_once_is_not_repeated() {
    let simulator =
        TestSimulator::start_with(SettingsPatch { secret_once: Some(true), ..SettingsPatch::default() })
            .await;
    let begun = simulator.begin().await;
    simulator.approve(&begun.user_code, Approval { admin_approval: true, ..Approval::default() }).unwrap();
    simulator.statuses::<2>(&begun).await;

    let first = simulator.poll(&begun).await;
    let second = simulator.poll(&begun).await;
    simulator.admin_approve(&begun.user_code).unwrap();
    let third = simulator.poll(&begun).await;

    assert!(first["client_secret"].is_string());
    assert_eq!(second, json!({"errcode": 0, "errmsg": "ok", "status": "APPROVING"}));
    assert_eq!(third, json!({"errcode": 0, "errmsg": "ok", "status": "SUCCESS"}));
}

#[tokio::test]
async fn a_device_code_expires_when_it_said_it_would() {
    let simulator =
        TestSimulator::start_with(SettingsPatch { expires_in: Some(600), ..SettingsPatch::default() }).await;
    let (by_time, by_hand) = (simulator.begin().await, simulator.begin().await);

    simulator.expire(&by_hand.user_code).unwrap();
    let early = [simulator.statuses::<1>(&by_hand).await, simulator.statuses::<1>(&by_time).await];
    simulator.advance(Duration::from_mins(10));
    let late: [String; 1] = simulator.statuses(&by_time).await;

    assert_eq!(early.concat(), ["EXPIRED", "WAITING"]);
    assert_eq!(late, ["EXPIRED"]);
}

#[tokio::test]
async fn any_words_can_be_steps() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    simulator.approve(&begun.user_code, approval(&["BREWING", " success ", "WAITING"])).unwrap();

    let polls = [simulator.poll(&begun).await, simulator.poll(&begun).await, simulator.poll(&begun).await];

    let seen = polls.map(|poll| (poll["status"].clone(), poll["client_secret"].is_string()));
    assert_eq!(seen, [(json!("BREWING"), false), (json!(" success "), true), (json!("WAITING"), false)]);
}

#[tokio::test]
async fn polls_and_the_gaps_between_them_are_counted() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;

    simulator.poll(&begun).await;
    let gap_after_one = simulator.registrations()[0].min_gap_ms;
    simulator.advance(Duration::from_secs(50));
    simulator.poll(&begun).await;

    let registration = simulator.registrations().remove(0);
    assert_eq!((registration.polls, gap_after_one), (2, None));
    assert!((50_000..100_000).contains(&registration.min_gap_ms.unwrap()));
}

#[tokio::test]
async fn calls_in_the_wrong_shape_are_refused_in_the_old_envelope() {
    let simulator = TestSimulator::start().await;
    let check = async |method: Method, path: &str, content_type: &str, body: &str, errcode: i64| {
        let (http, answer) = simulator.send(method, path, content_type, body).await;
        assert_eq!((http, &answer["errcode"]), (200, &json!(errcode)), "{path} {content_type} {body}");
        assert!(answer["errmsg"].is_string());
    };

    for path in [INIT, BEGIN, POLL] {
        check(Method::GET, path, "application/json", "", 43002).await;
        check(Method::PUT, path, "application/json", "{}", 43002).await;
        check(Method::POST, path, "application/x-www-form-urlencoded", "nonce=1", 40035).await;
        check(Method::POST, path, "text/plain", "{}", 40035).await;
        for body in ["", "{", "[]", "null", r#""text""#, r#"{"nonce":1,"device_code":1,"source":1}"#] {
            check(Method::POST, path, "application/json; charset=utf-8", body, 40035).await;
        }
    }
    check(Method::POST, POLL, "application/json", r#"{"device_code":"unknown"}"#, 40035).await;
    check(Method::POST, "/app/registration/other", "application/json", "{}", 404).await;
    check(Method::GET, "/", "application/json", "", 404).await;
}

#[tokio::test]
async fn registrations_are_kept_apart() {
    let simulator = TestSimulator::start().await;
    let first = simulator.begin().await;
    for _ in 0..100 {
        simulator.begin().await;
    }

    simulator.approve(&first.user_code, approval(&["SUCCESS"])).unwrap();

    let polled: Value = simulator.poll(&first).await["status"].clone();
    let others = simulator.registrations().split_off(1);
    assert_eq!(polled, "SUCCESS");
    assert!(others.iter().all(|other| other.status == Status::Waiting));
}
