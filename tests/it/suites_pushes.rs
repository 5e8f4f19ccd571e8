//! What DingTalk pushes to a third-party app, in every shape that it may have and in some that it may not.

use std::time::Duration;

use dingtalk_qr_simulator::{DataShape, Manner, Push, STUDIO_CORP_ID, Spelling, Wrong};
use dingtalk_qr_tests::{Listening, SUITE_KEY, TestApp, record, suite_options};
use serde_json::{Value, json};

#[tokio::test]
async fn an_address_is_checked_in_three_ways() {
    let (app, _listening) = start().await;
    for event in [
        json!({ "EventType": "check_url" }),
        json!({ "EventType": "check_create_suite_url", "Random": "LPIdSnlF" }),
        json!({ "EventType": "CHECK_UPDATE_SUITE_URL", "Random": "Aedr5LMW" }),
    ] {
        push(&app, Push { event: Some(event.clone()), ..Push::default() }).await;
        assert_eq!(last_error(&app), None, "{event}");
    }
}

#[tokio::test]
async fn both_spellings_both_shapes_and_every_padding_are_understood() {
    let (app, _listening) = start().await;
    let mut number = 0;
    for spelling in [Spelling::Current, Spelling::Old] {
        for data in [DataShape::Text, DataShape::Object] {
            for pad in 1..=32 {
                let manner = Manner { spelling, data, pad: Some(pad), ..Manner::default() };
                let records =
                    vec![record(13, &format!("u{number}"), json!({ "syncAction": "user_add_org" }))];
                app.dingtalk.push(SUITE_KEY, Push { records, manner, ..Push::default() }).unwrap();
                number += 1;
            }
        }
    }
    app.dingtalk.pushed().await;

    assert!(app.pushes().iter().all(|push| push.acknowledged && push.attempts == 1));
    assert_eq!(newest(&app).await, number);
}

#[tokio::test]
async fn what_is_not_from_dingtalk_or_not_for_us_changes_nothing() {
    let (app, _listening) = start().await;
    for wrong in [Wrong::Signature, Wrong::Owner, Wrong::Padding] {
        let records = vec![record(13, "u1", json!({ "syncAction": "user_add_org" }))];
        let manner = Manner { wrong: Some(wrong), ..Manner::default() };
        push(&app, Push { records, manner, ..Push::default() }).await;
        assert_eq!(last_error(&app).as_deref(), Some("answered HTTP 400"), "{wrong:?}");
    }
    assert_eq!(newest(&app).await, 0);

    let body = json!({ "encrypt": "AAAA" });
    for (path, body, expected) in [
        ("/suite/shop/callback", &body, "400 invalid_request signature"),
        ("/suite/shop/callback?msg_signature=x&timestamp=1&nonce=n", &body, "400 invalid_request signature"),
        ("/suite/shop/callback", &json!({}), "400 invalid_request encrypt"),
        ("/suite/shop/callback", &json!([]), "400 invalid_request encrypt"),
        ("/suite/none/callback", &body, "404 suite_not_found"),
    ] {
        assert_eq!(app.call("POST", path).json(body).send().await.problem(), expected, "{path} {body}");
    }
    assert_eq!(app.call("GET", "/suite/shop/callback").send().await.problem(), "405 method_not_allowed");
    let large = json!({ "encrypt": "A".repeat(1024 * 1024) });
    let answer = app.call("POST", "/suite/shop/callback").json(&large).send().await;
    assert_eq!(answer.problem(), "413 payload_too_large");
}

#[tokio::test]
async fn a_push_may_be_large() {
    let (app, _listening) = start().await;
    let data = json!({ "syncAction": "user_add_org", "name": "x".repeat(300_000) });

    push_records(&app, vec![record(13, "u1", data)]).await;

    assert_eq!(newest(&app).await, 1);
}

#[tokio::test]
async fn a_record_that_comes_again_is_one_event_and_a_newer_one_takes_its_place() {
    let (app, _listening) = start().await;
    let records = vec![record(13, "u1", json!({ "syncAction": "user_add_org", "name": "old" }))];
    let manner = Manner { times: 3, ..Manner::default() };
    push(&app, Push { records, manner, ..Push::default() }).await;
    push_records(&app, vec![record(14, "7", json!({ "syncAction": "org_dept_create" }))]).await;
    assert_eq!(described(&events(&app, 0).await), ["user_changed u1", "department_changed 7"]);

    push_records(&app, vec![record(13, "u1", json!({ "syncAction": "user_modify_org", "name": "new" }))])
        .await;

    let all = events(&app, 0).await;
    assert_eq!(described(&all), ["department_changed 7", "user_changed u1"]);
    assert_eq!(all["events"][1]["data"]["name"], "new");
    let after = all["events"][0]["cursor"].as_i64().unwrap();
    assert_eq!(described(&events(&app, after).await), ["user_changed u1"]);
    let next = all["next"].as_i64().unwrap();
    assert_eq!(events(&app, next).await, json!({ "events": [], "next": next }));
}

#[tokio::test]
async fn nothing_older_undoes_what_is_newer() {
    let (app, _listening) = start().await;
    app.install(&[STUDIO_CORP_ID]).await;
    let suite = app.dingtalk.suite(SUITE_KEY).unwrap();
    let long_ago = Manner { timestamp_ms: Some(1_614_767_836_000), ..Manner::default() };
    for (biz_type, biz_data) in [
        (2, json!({ "syncAction": "suite_ticket", "suiteTicket": "old-ticket" })),
        (4, json!({ "syncAction": "org_suite_relieve" })),
        (7, json!({ "syncAction": "org_micro_app_stop" })),
    ] {
        let records = vec![record(biz_type, "old", biz_data)];
        push(&app, Push { records, manner: long_ago.clone(), ..Push::default() }).await;
        assert_eq!(last_error(&app), None);
    }

    let key = app.scoped_key("ops", "suites:read suites:write").await;
    let path = format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}");
    let customer = app.call("GET", &path).bearer(&key).send().await.json();
    assert_eq!((&customer["enabled"], &customer["name"]), (&json!(true), &json!("Lantern Studio")));
    // The ticket is the newest still, or DingTalk would not answer.
    assert_eq!(app.call("PUT", &path).bearer(&key).send().await.status, 200, "{}", suite.ticket);
}

#[tokio::test]
async fn who_has_left_is_not_brought_back_by_what_was_on_its_way() {
    let (app, _listening) = start().await;
    app.install(&[STUDIO_CORP_ID]).await;
    app.pass(2).await;
    app.dingtalk.uninstall(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    app.dingtalk.pushed().await;

    let data = json!({ "syncAction": "org_suite_auth", "auth_corp_info": { "corp_name": "Lantern Studio" } });
    let manner = Manner { timestamp_ms: Some(1_614_767_836_000), ..Manner::default() };
    push(&app, Push { records: vec![record(4, "late", data)], manner, ..Push::default() }).await;
    let key = app.scoped_key("ops", "suites:read").await;
    let path = format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}");
    assert_eq!(app.call("GET", &path).bearer(&key).send().await.problem(), "404 customer_not_found");

    app.pass(2).await;
    app.install(&[STUDIO_CORP_ID]).await;
    assert_eq!(app.call("GET", &path).bearer(&key).send().await.status, 200);
}

#[tokio::test]
async fn every_kind_is_told_and_what_is_unknown_is_kept() {
    let (app, _listening) = start().await;
    app.install(&[STUDIO_CORP_ID]).await;
    for (biz_type, action, kind) in [
        (13, "user_leave_org", "user_changed"),
        (14, "org_dept_remove", "department_changed"),
        (15, "org_role_add", "role_changed"),
        (16, "org_update", "organisation_changed"),
        (63, "", "trial_begun"),
        (4711, "org_novelty", "unknown"),
        (7, "org_micro_app_remove", "app_removed"),
    ] {
        push_records(&app, vec![record(biz_type, "it", json!({ "syncAction": action, "unionid": "u" }))])
            .await;
        let all = events(&app, 0).await;
        let last = all["events"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["kind"], &last["biz_type"]), (&json!(kind), &json!(biz_type)), "{last}");
        assert_eq!((&last["corp_id"], &last["data"]["unionid"]), (&json!(STUDIO_CORP_ID), &json!("u")));
    }
    let event = json!({ "EventType": "tmp_auth_code", "AuthCode": "canary", "AuthCorpId": "c" });
    push(&app, Push { event: Some(event), ..Push::default() }).await;
    let all = events(&app, 0).await;
    let last = all["events"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["biz_id"]), (&json!("unknown"), &json!("tmp_auth_code")));
    assert!(!all.to_string().contains("canary"));
}

#[tokio::test]
async fn events_are_kept_for_thirty_days() {
    let (app, _listening) = start().await;
    push_records(&app, vec![record(13, "u1", json!({}))]).await;
    app.clock.advance(Duration::from_hours(31 * 24));
    app.dingtalk.advance(Duration::from_hours(31 * 24));
    app.dingtalk.pushed().await;

    push_records(&app, vec![record(13, "u2", json!({}))]).await;

    assert_eq!(described(&events(&app, 0).await), ["user_changed u2"]);
}

#[tokio::test]
async fn what_comes_while_nobody_listens_comes_again() {
    let (app, listening) = start().await;
    drop(listening);
    app.dingtalk.install(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    app.dingtalk.pushed().await;
    assert_eq!(last_error(&app).as_deref(), Some("answered not at all"));

    let listening = app.listen().await;
    app.register_suite(&listening).await;
    app.pass(11).await;
    app.dingtalk.pushed().await;

    assert!(app.pushes().iter().all(|push| push.acknowledged), "{:?}", app.pushes());
    assert_eq!(described(&events(&app, 0).await).len(), 1);
}

async fn start() -> (TestApp, Listening) {
    let app = TestApp::with(suite_options()).await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;
    assert!(app.pushes().iter().all(|push| push.acknowledged), "{:?}", app.pushes());
    (app, listening)
}

async fn push(app: &TestApp, push: Push) {
    app.dingtalk.push(SUITE_KEY, push).unwrap();
    app.dingtalk.pushed().await;
}

async fn push_records(app: &TestApp, records: Vec<dingtalk_qr_simulator::Record>) {
    push(app, Push { records, ..Push::default() }).await;
    assert_eq!(last_error(app), None);
}

fn last_error(app: &TestApp) -> Option<String> {
    app.pushes().last().unwrap().error.clone()
}

async fn newest(app: &TestApp) -> i64 {
    let key = app.scoped_key("newest", "suites:read").await;
    app.call("GET", "/api/v1/suites/shop").bearer(&key).send().await.json()["last_event"].as_i64().unwrap()
}

async fn events(app: &TestApp, after: i64) -> Value {
    let key = "events".to_owned() + &app.pushes().len().to_string() + &after.to_string();
    let key = app.scoped_key(&key, "suites:read").await;
    let path = format!("/api/v1/suites/shop/events?limit=100&after={after}");
    app.call("GET", &path).bearer(&key).send().await.json()
}

fn described(events: &Value) -> Vec<String> {
    let events = events["events"].as_array().unwrap();
    let text = |event: &Value, field: &str| event[field].as_str().unwrap().to_owned();
    events.iter().map(|event| format!("{} {}", text(event, "kind"), text(event, "biz_id"))).collect()
}
