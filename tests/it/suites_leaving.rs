//! What is done in the name of customers, and what goes when one leaves.

use dingtalk_qr_backend::open_store;
use dingtalk_qr_backend::store::{CustomerChange, NewSuiteEvent};
use dingtalk_qr_simulator::{CLINIC_CORP_ID, Placement, Push, SCHOOL_CORP_ID, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{
    Answer, Browser, INTRANET, Relay, SUITE_KEY, TestApp, TestOptions, record, with_suite, with_two_customers,
};
use serde_json::{Value, json};

const CORP_TOKEN: &str = "/v1.0/oauth2/corpAccessToken";

#[tokio::test]
async fn what_a_crash_leaves_of_a_customer_is_deleted_at_the_next_start() {
    let (app, listening) = with_two_customers().await;
    let studio = Browser::new(&app);
    let (_, flow) = studio.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    let session = studio.open_session(&studio.ticket(&flow).await).await.json();
    let user = format!("/api/v1/users/{}", session["identity"]["user_id"].as_str().unwrap());
    drop(listening);
    let (store, sealer) = open_store(app.state.config()).await.unwrap();
    let now = app.state.clock().now();
    let left = NewSuiteEvent {
        client_id: SUITE_KEY,
        id: "left",
        corp_id: STUDIO_CORP_ID,
        kind: "authorization_ended",
        biz_type: Some(4),
        biz_id: "left",
        data: &sealer.seal("suite_events/left", "{}"),
        digest: "left",
        pushed_at: now,
        received_at: now,
        horizon: now,
        change: Some(CustomerChange::Left),
        of: None,
    };
    assert!(store.note_suite_event(&left).await.unwrap());
    let key = app.scoped_key("users", "users:read").await;
    assert_eq!(read(&app, &key, &user).await.status, 200);

    let app = app.restart().await;

    assert_eq!(read(&app, &key, &user).await.problem(), "404 user_not_found");
}

#[tokio::test]
async fn departments_and_members_of_a_customer_are_read_by_its_token_and_go_with_it() {
    let (app, _listening) = with_two_customers().await;
    let key = app.scoped_key("ops", "organisations:read organisations:write").await;
    let asked = app.asked(CORP_TOKEN);
    for corp_id in [STUDIO_CORP_ID, SCHOOL_CORP_ID] {
        assert_eq!(bring_up_to_date(&app, &key, corp_id).await["state"], "done", "{corp_id}");
    }
    assert_eq!(app.asked(CORP_TOKEN), asked + 2);
    let members = read(&app, &key, &format!("/api/v1/organisations/{STUDIO_CORP_ID}/members/lina")).await;
    assert_eq!(members.json()["name"], "李娜");

    app.dingtalk.uninstall(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    app.dingtalk.pushed().await;

    let organisations = read(&app, &key, "/api/v1/organisations").await.json();
    let organisations = organisations["organisations"].as_array().unwrap();
    assert_eq!(organisations.iter().map(|kept| &kept["corp_id"]).collect::<Vec<_>>(), [SCHOOL_CORP_ID]);
    for corp_id in [STUDIO_CORP_ID, CLINIC_CORP_ID] {
        assert_eq!(sync(&app, &key, corp_id).await.problem(), "404 customer_not_found", "{corp_id}");
    }
    assert_eq!(bring_up_to_date(&app, &key, SCHOOL_CORP_ID).await["state"], "done");
}

#[tokio::test]
async fn members_of_both_customers_get_messages_until_one_leaves() {
    let (app, _listening) = with_two_customers().await;
    let browsers = [Browser::new(&app), Browser::new(&app)];
    let members = [(STUDIO_CORP_ID, people::LI_NA), (SCHOOL_CORP_ID, people::CHEN_JING)];
    let key = app.scoped_key("sender", "messages:read messages:write").await;
    let mut sent = Vec::new();
    for (browser, (corp_id, userid)) in browsers.iter().zip(members) {
        let (_, flow) = browser.sign_in_as_customer(corp_id, userid).await;
        let session = browser.open_session(&browser.ticket(&flow).await).await.json();
        let user_id = session["identity"]["user_id"].as_str().unwrap().to_owned();
        let answer = say(&app, &key, corp_id, &json!({ "user_ids": [user_id] })).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        sent.push(format!("/api/v1/messages/{}", answer.json()["message_id"].as_str().unwrap()));
    }
    app.pass(10).await;

    let arrived: Vec<_> = app.dingtalk.messages().into_iter().filter_map(|message| message.userid).collect();
    assert_eq!(arrived, members.map(|(_, userid)| userid.to_owned()));
    for (message, (corp_id, userid)) in sent.iter().zip(members) {
        let message = read(&app, &key, message).await.json();
        assert_eq!((&message["corp_id"], &message["counts"]), (&json!(corp_id), &json!({ "unread": 1 })));
        assert_eq!(message["recipients"][0]["staff_id"], userid);
    }

    app.dingtalk.uninstall(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    app.dingtalk.pushed().await;

    assert_eq!(read(&app, &key, &sent[0]).await.problem(), "404 message_not_found");
    let to = json!({ "staff_ids": [people::LI_NA] });
    assert_eq!(say(&app, &key, STUDIO_CORP_ID, &to).await.problem(), "404 customer_not_found");
    assert_eq!([browsers[0].session().await.status, browsers[1].session().await.status], [204, 200]);
    let to = json!({ "staff_ids": [people::WANG_FANG] });
    let answer = say(&app, &key, SCHOOL_CORP_ID, &to).await;
    app.pass(10).await;
    let message = format!("/api/v1/messages/{}", answer.json()["message_id"].as_str().unwrap());
    assert_eq!(read(&app, &key, &message).await.json()["counts"], json!({ "unread": 1 }));
    assert_eq!(read(&app, &key, &sent[1]).await.json()["counts"], json!({ "unread": 1 }), "it stays");
}

#[tokio::test]
async fn what_dingtalk_tells_of_members_and_departments_is_looked_up() {
    let (app, listening) = with_two_customers().await;
    let key = app.scoped_key("ops", "organisations:read organisations:write").await;
    bring_up_to_date(&app, &key, STUDIO_CORP_ID).await;
    let at = |rest: &str| format!("/api/v1/organisations/{STUDIO_CORP_ID}{rest}");
    let mut person = app.dingtalk.person(people::LI_NA).unwrap();
    person.name = "李娜娜".to_owned();
    app.dingtalk.put_person(person).unwrap();
    let attic = Placement { parent_id: 1, name: "Attic".to_owned() };
    app.dingtalk.put_department(STUDIO_CORP_ID, 77, attic).unwrap();
    // DingTalk is busy at first.
    let busy = json!({ "path": "/topapi/v2/user/get", "times": 2, "fault": { "preset": "global_limit" } });
    app.dingtalk.add_fault(serde_json::from_value(busy).unwrap()).unwrap();

    let told = |biz_type, id: &str, action: &str| record(biz_type, id, json!({ "syncAction": action }));
    let records = vec![
        told(13, people::LI_NA, "user_modify_org"),
        told(13, people::LI_NA, "user_active_org"),
        told(14, "77", "org_dept_create"),
        told(14, "none", "org_dept_create"),
    ];
    app.dingtalk.push(SUITE_KEY, Push { records, ..Push::default() }).unwrap();
    app.dingtalk.pushed().await;
    drop(listening);
    let app = app.restart().await;
    app.pass(45).await;

    assert_eq!(read(&app, &key, &at("/members/lina")).await.json()["name"], "李娜娜");
    assert_eq!(read(&app, &key, &at("/departments/77")).await.json()["name"], "Attic");
    let asked = app.asked("/topapi/v2/user/get");
    app.pass(120).await;
    assert_eq!(app.asked("/topapi/v2/user/get"), asked, "that was it");
}

#[tokio::test]
async fn people_of_a_customer_that_leaves_are_signed_out_where_a_local_keeps_them() {
    let relay = Relay::with(with_suite(TestOptions::default()), TestOptions::default()).await;
    let listening = relay.cloud.listen().await;
    relay.cloud.register_suite(&listening).await;
    relay.cloud.install(&[STUDIO_CORP_ID]).await;
    let page = Browser::at(&relay.cloud, INTRANET);
    let (_, flow) = page.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    let session = relay.local.open_session(&page.ticket(&flow).await).await;
    assert_eq!(session.json()["identity"]["name"], "李娜");
    let cookie = session.header("set-cookie").split(';').next().unwrap();
    let ask =
        async || relay.local.call("GET", "/api/v1/session").header("cookie", cookie).send().await.status;
    assert_eq!(ask().await, 200);

    relay.cloud.dingtalk.uninstall(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    relay.cloud.dingtalk.pushed().await;

    relay.until(async || ask().await == 204).await;
}

async fn read(app: &TestApp, key: &str, path: &str) -> Answer {
    app.call("GET", path).bearer(key).send().await
}

async fn say(app: &TestApp, key: &str, corp_id: &str, to: &Value) -> Answer {
    let notice = json!({ "type": "text", "content": "Hello." });
    let body = json!({ "app": "shop", "corp_id": corp_id, "to": to, "work_notice": notice });
    app.call("POST", "/api/v1/messages").bearer(key).json(&body).send().await
}

async fn sync(app: &TestApp, key: &str, corp_id: &str) -> Answer {
    let call = app.call("POST", &format!("/api/v1/organisations/{corp_id}/sync")).bearer(key);
    call.json(&json!({ "app": "shop", "mode": "full" })).send().await
}

async fn bring_up_to_date(app: &TestApp, key: &str, corp_id: &str) -> Value {
    let begun = sync(app, key, corp_id).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    for _ in 0..60 {
        app.pass(1).await;
        let progress = read(app, key, &format!("/api/v1/organisations/{corp_id}/sync")).await.json();
        if progress["state"] != "running" {
            return progress;
        }
    }
    panic!("the run does not end");
}
