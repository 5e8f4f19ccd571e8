//! The phone's page and the administrator's page.

use std::time::Duration;

use dingtalk_qr_simulator::{Approval, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, SettingsPatch};
use reqwest::header::{CONTENT_SECURITY_POLICY, LOCATION};
use serde_json::json;

use crate::support::{BEGIN, INIT, PAGE, TestSimulator};

const DECISION: &str = "/openapp/registration/openClaw/decision";
const ADMIN: &str = "/openapp/registration/admin";
const ADMIN_DECISION: &str = "/openapp/registration/admin/decision";

async fn without_step_time() -> TestSimulator {
    TestSimulator::start_with(SettingsPatch { step_s: Some(0), ..SettingsPatch::default() }).await
}

async fn page(simulator: &TestSimulator, path: &str) -> (u16, String) {
    let response = simulator.get(path).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Asserts that a page contains a text.
async fn check(simulator: &TestSimulator, path: &str, status: u16, part: &str) {
    let (http, html) = page(simulator, path).await;
    assert!(http == status && html.contains(part), "{path}: {http}, no {part:?} in {html}");
}

#[tokio::test]
async fn every_page_says_that_it_is_a_simulation_and_loads_nothing() {
    let simulator = TestSimulator::start().await;
    let code = simulator.begin().await.user_code;

    for path in [PAGE.to_owned(), format!("{PAGE}?user_code={code}"), ADMIN.to_owned()] {
        let response = simulator.get(&path).await;
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let html = response.text().await.unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(html.contains("Simulated DingTalk — nothing real is created"));
        assert!(!html.contains("<script") && !html.contains("src="));
    }
}

#[tokio::test]
async fn the_page_depends_on_the_code() {
    let simulator = TestSimulator::start().await;
    let (open, denied, old) = (simulator.begin().await, simulator.begin().await, simulator.begin().await);
    simulator.deny(&denied.user_code, None).unwrap();
    simulator.expire(&old.user_code).unwrap();

    let with = |code: &str| format!("{PAGE}?user_code={code}");
    check(&simulator, PAGE, 200, "Enter the code").await;
    check(&simulator, &with(&open.user_code), 200, "Create a new app").await;
    check(&simulator, &with(&open.user_code.to_lowercase()), 200, "Create a new app").await;
    check(&simulator, &format!("{}&account=none", with(&open.user_code)), 200, "该账号还未加入组织").await;
    check(&simulator, &with(&denied.user_code), 200, "This code was used").await;
    check(&simulator, &with(&old.user_code), 200, "This code has expired").await;
    check(&simulator, &with("AAAA-BBBB-CCCC"), 404, "There is no such code").await;
}

#[tokio::test]
async fn looking_changes_nothing() {
    let simulator = TestSimulator::start().await;
    let code = simulator.begin().await.user_code;
    let before = simulator.registrations();

    for path in [PAGE, DECISION, "/openapp/registration/openClaw/done", ADMIN, ADMIN_DECISION] {
        page(&simulator, &format!("{path}?user_code={code}&decision=create&organisation=studio")).await;
    }

    assert_eq!(simulator.registrations(), before);
}

#[tokio::test]
async fn creating_an_app_leads_to_success() {
    let simulator = without_step_time().await;
    let begun = simulator.begin().await;
    let form = format!("user_code={}&organisation=studio&decision=create", begun.user_code);

    let response = simulator.submit(DECISION, &form).await;

    let done = response.headers()[LOCATION].to_str().unwrap().to_owned();
    let seen: [String; 4] = simulator.statuses(&begun).await;
    assert_eq!(response.status().as_u16(), 303);
    assert_eq!(seen, ["CREATING", "PUBLISHING", "SUCCESS", "SUCCESS"]);
    check(&simulator, &done, 200, "Lantern Studio").await;
}

#[tokio::test]
async fn steps_take_a_second_each_by_default() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    let form = format!("user_code={}&organisation=school&decision=create", begun.user_code);

    simulator.submit(DECISION, &form).await;
    simulator.advance(Duration::from_secs(2));

    assert_eq!(simulator.statuses(&begun).await, ["SUCCESS"]);
}

#[tokio::test]
async fn some_organisations_ask_their_administrator() {
    let simulator = without_step_time().await;
    let (kept, refused) = (simulator.begin().await, simulator.begin().await);
    for begun in [&kept, &refused] {
        let form = format!("user_code={}&organisation=clinic&decision=create", begun.user_code);
        let response = simulator.submit(DECISION, &form).await;
        let done = response.headers()[LOCATION].to_str().unwrap().to_owned();
        check(&simulator, &done, 200, "Waiting for the administrator").await;
        simulator.statuses::<2>(begun).await;
        assert!(simulator.poll(begun).await["client_secret"].is_string());
    }
    check(&simulator, ADMIN, 200, &kept.user_code).await;

    let approve = format!("user_code={}&decision=approve&reason=", kept.user_code);
    let refuse = format!("user_code={}&decision=refuse&reason=%3Cb%3Eno", refused.user_code);
    let answers = [&approve, &refuse, &approve].map(|form| simulator.submit(ADMIN_DECISION, form));
    let answers = futures_util::future::join_all(answers).await;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 303, 409]);
    assert_eq!(simulator.statuses(&kept).await, ["SUCCESS"]);
    assert_eq!(simulator.poll(&refused).await["fail_reason"], "<b>no");
    check(&simulator, ADMIN, 200, "No app is waiting").await;
}

#[tokio::test]
async fn binding_yields_the_existing_apps_credentials() {
    let simulator = without_step_time().await;
    let begun = simulator.begin().await;
    let code = &begun.user_code;
    check(&simulator, &format!("{PAGE}?user_code={code}"), 200, EXISTING_APP_CLIENT_ID).await;

    let form = format!("user_code={code}&organisation=studio&app={EXISTING_APP_CLIENT_ID}&decision=bind");
    simulator.submit(DECISION, &form).await;

    assert_eq!(simulator.statuses(&begun).await, ["PUBLISHING"]);
    assert_eq!(
        simulator.poll(&begun).await,
        json!({
            "errcode": 0,
            "errmsg": "ok",
            "status": "SUCCESS",
            "client_id": EXISTING_APP_CLIENT_ID,
            "client_secret": EXISTING_APP_CLIENT_SECRET,
        })
    );
}

#[tokio::test]
async fn refusing_needs_no_organisation() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;

    simulator.submit(DECISION, &format!("user_code={}&decision=refuse", begun.user_code)).await;

    assert_eq!(simulator.poll(&begun).await["fail_reason"], "用户拒绝授权");
}

#[tokio::test]
async fn a_form_that_says_too_little_decides_nothing() {
    let simulator = TestSimulator::start().await;
    let code = simulator.begin().await.user_code;
    let forms = [
        String::new(),
        format!("user_code={code}"),
        format!("user_code={code}&decision=explode"),
        format!("user_code={code}&decision=create"),
        format!("user_code={code}&decision=create&organisation=elsewhere"),
        format!("user_code={code}&decision=bind&organisation=studio"),
        format!("user_code={code}&decision=bind&organisation=school&app={EXISTING_APP_CLIENT_ID}"),
    ];

    for form in forms {
        assert_eq!(simulator.submit(DECISION, &form).await.status().as_u16(), 400, "{form}");
    }

    assert_eq!(simulator.registrations()[0].status.as_str(), "WAITING");
}

#[tokio::test]
async fn deciding_twice_or_too_late_is_refused() {
    let simulator = TestSimulator::start().await;
    let (used, old) = (simulator.begin().await.user_code, simulator.begin().await.user_code);
    simulator.approve(&used, Approval::default()).unwrap();
    simulator.expire(&old).unwrap();

    for (code, status) in [(used.as_str(), 409), (old.as_str(), 409), ("AAAA-BBBB-CCCC", 404)] {
        let form = format!("user_code={code}&organisation=studio&decision=create");
        assert_eq!(simulator.submit(DECISION, &form).await.status().as_u16(), status);
    }
}

#[tokio::test]
async fn hostile_text_is_only_text() {
    let hostile = "<img src=x onerror=\"alert('1')\">";
    let simulator = TestSimulator::start_with(SettingsPatch {
        approved_sources: Some(vec![hostile.to_owned()]),
        ..SettingsPatch::default()
    })
    .await;
    let (_, init) = simulator.post(INIT, json!({ "source": hostile })).await;
    simulator.post(BEGIN, json!({ "nonce": init["nonce"] })).await;
    let code = simulator.registrations()[0].user_code.clone();

    let question = page(&simulator, &format!("{PAGE}?user_code={code}")).await.1;
    simulator.deny(&code, Some(hostile.to_owned())).unwrap();
    let done = page(&simulator, &format!("{PAGE}/done?user_code={code}")).await.1;

    for html in [question, done] {
        assert!(html.contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;"), "{html}");
        assert!(!html.contains("<img"));
    }
}
