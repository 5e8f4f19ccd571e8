//! Runs in trouble: outages, limits, restarts, several replicas, and somebody who does not want them any more.

use dingtalk_qr_tests::{Organised, TestOptions, login_options, organised};
use serde_json::{Value, json};

const SUB: &str = "/topapi/v2/department/listsub";
const LIST: &str = "/topapi/v2/user/list";

/// A run that takes several seconds.
fn slowly() -> TestOptions {
    login_options().var("ORGANISATION_CALLS_PER_SECOND", "10")
}

#[tokio::test]
async fn a_busy_dingtalk_is_waited_for_and_the_run_goes_on() {
    for fault in [
        json!({ "preset": "busy" }),
        json!({ "preset": "global_limit" }),
        json!({ "preset": "ip_ban_html" }),
        json!({ "http": 503 }),
        json!({ "disconnect": "before_answer" }),
    ] {
        let app = organised(slowly(), 60, 12).await;
        app.sync("full").await;
        app.pass(1).await;

        app.fault(LIST, &fault);
        app.pass(3).await;
        let stuck = app.get("/sync").await;
        let asked = app.asked(LIST);
        app.pass(20).await;
        let retries = app.asked(LIST) - asked;
        app.dingtalk.clear_faults();
        let done = app.synced().await;

        assert_eq!(
            (&stuck["state"], stuck["retry_in"].is_u64()),
            (&json!("running"), true),
            "{fault} {stuck}"
        );
        assert!((2..=5).contains(&retries), "{fault}: 1, 2, 4, 8 s, not {retries} times");
        assert_eq!((&done["state"], done.get("retry_in")), (&json!("done"), None), "{fault}");
        assert_eq!(app.kept().await, app.at_dingtalk(), "{fault}");
    }
}

#[tokio::test]
async fn an_address_that_is_shut_out_keeps_away_for_as_long_as_it_is_told() {
    let app = organised(slowly(), 20, 3).await;
    app.fault(LIST, &json!({ "preset": "ip_ban_json" }));

    app.sync("full").await;
    app.pass(290).await;

    assert_eq!(app.asked(LIST), 1, "five minutes are not over");
    app.dingtalk.clear_faults();
    assert_eq!(app.synced().await["state"], "done");
}

#[tokio::test]
async fn a_limit_of_dingtalk_slows_the_run_down_and_loses_nobody() {
    let mut options = login_options().var("ORGANISATION_CALLS_PER_SECOND", "50");
    options.dingtalk.calls_per_second = 12;
    let app = organised(options, 200, 40).await;

    app.sync("full").await;
    let done = app.synced().await;

    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn an_outage_of_an_hour_ends_the_run() {
    let app = organised(slowly(), 20, 3).await;
    app.fault(LIST, &json!({ "http": 502 }));

    app.sync("full").await;
    for _ in 0..62 {
        app.dingtalk.advance(std::time::Duration::from_mins(1));
        app.clock.advance(std::time::Duration::from_mins(1));
        app.pass(1).await;
    }

    let ended = app.get("/sync").await;
    assert_eq!((&ended["state"], &ended["failure"]), (&json!("failed"), &json!("upstream_unavailable")));
    assert!(app.asked(LIST) < 80, "once a minute, not {} times", app.asked(LIST));
}

#[tokio::test]
async fn what_waiting_does_not_mend_ends_the_run_with_its_code() {
    for (path, fault, failure) in [
        (SUB, json!({ "set": { "errcode": 60011 } }), "permission_missing"),
        (LIST, json!({ "set": { "errcode": 60011 } }), "permission_missing"),
        ("/auth/scopes", json!({ "set": { "errcode": 60020 } }), "address_not_allowed"),
        (LIST, json!({ "set": { "errcode": 400_002 } }), "upstream_refused"),
        (
            "/v1.0/oauth2/accessToken",
            json!({ "http": 400, "set": { "code": "invalidClientIdOrSecret" } }),
            "credentials_rejected",
        ),
    ] {
        let app = organised(login_options(), 20, 3).await;
        app.fault(path, &fault);

        app.sync("full").await;
        let ended = app.synced().await;

        assert_eq!((&ended["state"], &ended["failure"]), (&json!("failed"), &json!(failure)), "{path}");
        assert!(ended["ended_at"].is_i64());
        app.dingtalk.clear_faults();
        app.sync("full").await;
        assert_eq!(app.synced().await["state"], "done", "{path}: another run may begin");
    }
}

#[tokio::test]
async fn a_page_that_leads_nowhere_is_not_followed_for_ever() {
    let app = organised(slowly(), 300, 1).await;
    app.fault(LIST, &json!({ "set": { "result": { "has_more": true, "next_cursor": 0, "list": [] } } }));

    app.sync("full").await;
    app.pass(30).await;

    assert!(app.asked(LIST) < 8, "{}", app.asked(LIST));
    app.dingtalk.clear_faults();
    assert_eq!(app.synced().await["state"], "done");
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn a_run_goes_on_where_it_was_after_a_restart() {
    let app = organised(slowly(), 300, 30).await;
    app.sync("full").await;
    app.pass(4).await;
    let before = app.get("/sync").await;

    let app = app.restart().await;
    let done = app.synced().await;

    assert_eq!(before["state"], "running", "{before}");
    assert!(before["departments_read"].as_i64().unwrap() > 5, "{before}");
    assert_eq!(
        (&done["state"], &done["calls"]),
        (&json!("done"), &json!(2 + 30 + app.pages())),
        "nothing twice"
    );
    assert_eq!(app.asked(SUB) + app.asked(LIST), 30 + app.pages());
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn several_replicas_go_on_with_a_run_one_at_a_time() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let options = slowly().var("DINGTALK_QR_KEY", key).on_postgres().await;
    let app = organised(options, 200, 25).await;
    let replicas = [app.replica().await, app.replica().await];

    app.sync("full").await;
    let done = settled(&app).await;

    assert_eq!((&done["state"], &done["calls"]), (&json!("done"), &json!(2 + 25 + app.pages())));
    assert_eq!(app.asked(SUB) + app.asked(LIST), 25 + app.pages(), "nothing twice");
    assert_eq!(app.kept().await, app.at_dingtalk());
    for replica in replicas {
        replica.kill();
    }
}

#[tokio::test]
async fn a_run_that_is_broken_off_stops_and_another_may_begin() {
    let app = organised(slowly(), 100, 30).await;
    app.sync("full").await;
    app.pass(2).await;

    assert_eq!(app.send("DELETE", "/sync").await.status, 204);
    let calls = app.asked(SUB) + app.asked(LIST);
    app.pass(5).await;

    assert_eq!(app.get("/sync").await["state"], "cancelled");
    assert_eq!(app.asked(SUB) + app.asked(LIST), calls);
    assert_eq!(app.send("DELETE", "/sync").await.status, 204);
    app.sync("incremental").await;
    let done = app.synced().await;
    assert_eq!((&done["mode"], &done["state"]), (&json!("full"), &json!("done")), "none had come to its end");
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn a_second_wish_is_the_run_that_is_under_way() {
    let app = organised(slowly(), 100, 30).await;
    app.sync("full").await;
    app.pass(2).await;

    let again = app.sync("incremental").await;

    assert_eq!((&again["mode"], &again["state"]), (&json!("full"), &json!("running")));
    assert!(again["calls"].as_i64().unwrap() > 10, "{again}");
    assert_eq!(app.synced().await["calls"], json!(2 + 30 + app.pages()));
}

#[tokio::test]
async fn an_organisation_that_is_deleted_during_a_run_stays_deleted() {
    let app = organised(slowly(), 100, 30).await;
    app.sync("full").await;
    app.pass(2).await;

    assert_eq!(app.send("DELETE", "").await.status, 204);
    app.pass(5).await;

    assert_eq!(app.fails("GET", "/members").await, "404 organisation_not_found");
    app.fault("/auth/scopes", &json!({ "http": 500 }));
    app.sync("full").await;
    assert_eq!(app.get("/members").await, json!({ "members": [] }));
}

/// The same as `synced`, with replicas that nobody waits for.
async fn settled(app: &Organised) -> Value {
    let ended = async {
        loop {
            app.pass(1).await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let progress = app.get("/sync").await;
            if progress["state"] != "running" {
                return progress;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), ended).await.unwrap()
}
