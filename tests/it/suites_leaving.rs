//! What goes when a customer leaves, wherever it is kept.

use dingtalk_qr_backend::open_store;
use dingtalk_qr_backend::store::{CustomerChange, NewSuiteEvent};
use dingtalk_qr_simulator::{CLINIC_CORP_ID, SCHOOL_CORP_ID, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{
    Answer, Browser, INTRANET, Relay, SUITE_KEY, TestApp, TestOptions, with_suite, with_two_customers,
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
