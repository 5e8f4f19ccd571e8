//! Organisations are read, kept, and brought up to date.

use dingtalk_qr_simulator::{Placement, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Browser, TestOptions, login_options, organised};
use serde_json::json;

#[tokio::test]
async fn a_run_reads_every_department_and_everybody_in_them() {
    let app = organised(login_options(), 300, 30).await;

    let begun = app.sync("full").await;
    assert_eq!((&begun["state"], &begun["calls"]), (&json!("running"), &json!(0)), "{begun}");
    let done = app.synced().await;

    let expected = json!({
        "corp_id": STUDIO_CORP_ID,
        "mode": "full",
        "state": "done",
        "departments": 30,
        "departments_read": 30,
        "calls": 2 + 30 + app.pages(),
        "changed": 304,
        "removed": 0,
        "started_at": 1_790_000_000_000_i64,
        "ended_at": done["ended_at"],
    });
    assert_eq!(done, expected);
    let organisation = app.get("").await;
    assert_eq!((&organisation["departments"], &organisation["people"]), (&json!(30), &json!(304)));
    assert_eq!((&organisation["name"], &organisation["app"]), (&json!("Lantern Studio"), &json!(app.name)));
    assert_eq!(organisation["synced_at"], done["ended_at"]);
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn a_member_has_all_that_dingtalk_shows_and_no_more() {
    let app = organised(login_options(), 0, 1).await;
    app.sync("full").await;
    app.synced().await;

    let member = app.get("/members/zhangwei").await;

    let expected = json!({
        "staff_id": "zhangwei",
        "union_id": "simUnionZhangWei0001iEiE",
        "user_id": null,
        "name": "张伟",
        "email": "zhangwei@example.com",
        "mobile": "13800000001",
        "state_code": "86",
        "job_number": "E001",
        "hired_at": 1_577_808_000_000_i64,
        "avatar_url": null,
        "departments": [1],
        "changed_at": 1_790_000_000_000_i64,
    });
    assert_eq!(member, expected, "its picture is not behind TLS");
}

#[tokio::test]
async fn numbers_as_strings_are_read_the_same() {
    let mut options = login_options();
    options.dingtalk.stringified_numbers = true;
    let app = organised(options, 120, 5).await;

    app.sync("full").await;
    app.synced().await;

    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn a_second_run_asks_for_ids_only_and_reads_where_somebody_is_new() {
    let app = organised(login_options(), 300, 30).await;
    app.sync("full").await;
    app.synced().await;
    let departments = app.dingtalk.department_ids(STUDIO_CORP_ID);
    let (from, to) = (departments[5], departments[6]);
    let mover = app.dingtalk.userids_in(STUDIO_CORP_ID, from)[0].clone();
    app.dingtalk.place(STUDIO_CORP_ID, &mover, vec![to]).unwrap();
    app.dingtalk.place(STUDIO_CORP_ID, "newcomer", vec![departments[7]]).unwrap();
    let before = app.asked("/topapi/v2/user/list");

    app.sync("incremental").await;
    let done = app.synced().await;

    assert_eq!(
        (&done["mode"], &done["changed"], &done["removed"]),
        (&json!("incremental"), &json!(2), &json!(0))
    );
    assert_eq!(app.asked("/topapi/v2/user/list") - before, 1, "where the newcomer is");
    assert_eq!(done["calls"], json!(2 + 30 + 30 + 1));
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn departments_are_renamed_moved_added_and_removed() {
    let app = organised(login_options(), 40, 12).await;
    app.sync("full").await;
    app.synced().await;
    let ids = app.dingtalk.department_ids(STUDIO_CORP_ID);
    let (moved, gone) = (ids[10], ids[11]);
    for userid in app.dingtalk.userids_in(STUDIO_CORP_ID, gone) {
        app.dingtalk.place(STUDIO_CORP_ID, &userid, vec![1]).unwrap();
    }
    app.dingtalk.remove_department(STUDIO_CORP_ID, gone).unwrap();
    let attic = Placement { parent_id: ids[2], name: "Attic".to_owned() };
    app.dingtalk.put_department(STUDIO_CORP_ID, moved, attic.clone()).unwrap();
    app.dingtalk.put_department(STUDIO_CORP_ID, 77, attic).unwrap();

    app.sync("incremental").await;
    app.synced().await;

    let moved = app.get(&format!("/departments/{moved}")).await;
    assert_eq!((&moved["name"], &moved["parent_id"]), (&json!("Attic"), &json!(ids[2])));
    assert_eq!(app.fails("GET", &format!("/departments/{gone}")).await, "404 department_not_found");
    assert_eq!(app.get("/departments/77").await["people"], 0);
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn who_has_left_is_gone_and_signed_out_and_nobody_else_is() {
    let app = organised(login_options(), 10, 3).await;
    let (leaver, stayer) = (Browser::new(&app), Browser::new(&app));
    leaver.sign_in(people::ZHANG_WEI).await;
    stayer.sign_in(people::LI_NA).await;
    app.sync("full").await;
    app.synced().await;
    let user_id = leaver.session().await.json()["identity"]["user_id"].clone();
    assert_eq!(app.get("/members/zhangwei").await["user_id"], user_id);

    app.dingtalk.displace(STUDIO_CORP_ID, people::ZHANG_WEI).unwrap();
    app.sync("incremental").await;
    let done = app.synced().await;

    assert_eq!((&done["removed"], &done["changed"]), (&json!(1), &json!(0)));
    assert_eq!((leaver.session().await.status.as_u16(), stayer.session().await.status.as_u16()), (204, 200));
    assert_eq!(app.fails("GET", "/members/zhangwei").await, "404 member_not_found");
}

#[tokio::test]
async fn who_is_in_no_list_but_still_a_member_stays_and_stays_signed_in() {
    let app = organised(login_options(), 0, 3).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    app.sync("full").await;
    app.synced().await;

    // Moved while the run was between the two departments, say: no list has them.
    app.fault("/topapi/user/listid", &json!({ "set": { "result": { "userid_list": [] } } }));
    app.sync("incremental").await;
    let done = app.synced().await;

    assert_eq!((&done["state"], &done["removed"]), (&json!("done"), &json!(0)));
    assert_eq!(browser.session().await.status, 200);
    assert_eq!(app.kept().await, app.at_dingtalk());
}

#[tokio::test]
async fn an_app_with_a_range_keeps_what_it_sees_and_forgets_what_it_does_not() {
    let app = organised(login_options(), 100, 20).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    app.sync("full").await;
    app.synced().await;

    let visible = app.dingtalk.department_ids(STUDIO_CORP_ID)[1];
    app.change_app(|app| app.visible_departments = vec![visible]);
    app.sync("full").await;
    let done = app.synced().await;

    assert_eq!(done["state"], "done", "{done}");
    let kept = app.kept().await;
    assert!(!kept.is_empty() && kept.len() < 100, "{}", kept.len());
    assert!(!kept.contains_key(people::ZHANG_WEI));
    assert_eq!(browser.session().await.status, 200, "hidden is not gone");
    assert_eq!(app.get(&format!("/departments/{visible}")).await["id"], json!(visible));
}

#[tokio::test]
async fn a_smaller_version_of_the_large_one_is_done_in_bounded_calls() {
    let options = login_options().var("ORGANISATION_CALLS_PER_SECOND", "100");
    let app = organised(options, 2000, 100).await;

    app.sync("full").await;
    let done = app.synced().await;

    assert_eq!(done["calls"], json!(2 + 100 + app.pages()));
    assert_eq!(app.kept().await, app.at_dingtalk());
    let from = done["started_at"].as_i64().unwrap();
    let seconds = (done["ended_at"].as_i64().unwrap() - from) / 1000;
    assert!(seconds >= done["calls"].as_i64().unwrap() / 100 - 1, "{seconds} s are too few for the limit");
}

#[tokio::test]
async fn lists_come_by_pages_that_meet() {
    let app = organised(login_options(), 130, 9).await;
    app.sync("full").await;
    app.synced().await;

    assert_eq!(app.kept_by(7).await, app.kept_by(100).await);
    let root = app.get("/departments?parent=1").await;
    assert_eq!(root["departments"].as_array().unwrap().len(), 8);
    assert!(root["departments"].as_array().unwrap().iter().all(|department| department["parent_id"] == 1));
    let id = app.dingtalk.department_ids(STUDIO_CORP_ID)[1];
    let first = app.get(&format!("/members?department={id}&limit=2")).await;
    assert_eq!(first["members"].as_array().unwrap().len(), 2, "{first}");
    let rest = format!("/members?department={id}&cursor={}", first["next_cursor"].as_str().unwrap());
    let rest = app.get(&rest).await;
    let all: Vec<_> = [&first, &rest].iter().flat_map(|page| page["members"].as_array().unwrap()).collect();
    let ids: Vec<_> = all.iter().map(|member| member["staff_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, app.dingtalk.userids_in(STUDIO_CORP_ID, id));
    let list = app.call("GET", "/api/v1/organisations").bearer(&app.key).send().await.json();
    assert_eq!(list["organisations"][0]["corp_id"], STUDIO_CORP_ID);
    assert_eq!(list.get("next_cursor"), None);
}

#[tokio::test]
async fn deleting_takes_everything_and_whoever_signed_in_stays_known() {
    let app = organised(login_options(), 20, 4).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    app.sync("full").await;
    app.synced().await;

    assert_eq!(app.send("DELETE", "").await.status, 204);

    for path in ["", "/sync", "/departments", "/members", "/members/zhangwei"] {
        assert_eq!(app.fails("GET", path).await, "404 organisation_not_found", "{path}");
    }
    assert_eq!(browser.session().await.status, 200);
    assert_eq!(app.send("DELETE", "").await.status, 204);
    // A run that has read nothing yet shows what was left behind.
    app.fault("/auth/scopes", &json!({ "http": 500 }));
    app.sync("full").await;
    assert_eq!(app.get("/members").await, json!({ "members": [] }));
    assert_eq!(app.get("/departments").await, json!({ "departments": [] }));
}

#[tokio::test]
async fn an_app_whose_organisation_is_unknown_says_what_to_set() {
    let mut options: TestOptions = login_options();
    options.vars.retain(|(name, _)| *name != "DINGTALK_CORP_ID");
    let app = organised(options, 1, 1).await;

    let body = json!({ "app": app.name });
    let answer = app.call("POST", &app.path("/sync")).bearer(&app.key).json(&body).send().await;

    assert_eq!(answer.problem(), "409 organisation_unknown");
}

#[tokio::test]
async fn bad_requests_are_named() {
    let app = organised(login_options(), 1, 1).await;
    app.sync("full").await;
    app.synced().await;

    for (body, expected) in [
        (json!({}), "400 invalid_request"),
        (json!({ "app": "nobody" }), "404 app_not_found"),
        (json!({ "app": app.name, "mode": "quick" }), "400 invalid_request mode"),
        (json!({ "app": app.name, "run": 1 }), "400 invalid_request run"),
    ] {
        let answer = app.call("POST", &app.path("/sync")).bearer(&app.key).json(&body).send().await;
        assert_eq!(answer.problem(), expected, "{body}");
    }
    for (path, expected) in [
        ("/members?limit=0", "400 invalid_request limit"),
        ("/members?limit=101", "400 invalid_request limit"),
        ("/members?cursor=%25", "400 invalid_request cursor"),
        ("/members?mobile=", "400 invalid_request mobile"),
        ("/members?mobile=1&union_id=2", "400 invalid_request"),
        ("/members?department=1&mobile=1", "400 invalid_request"),
        ("/members?name=x", "400 invalid_request"),
        ("/departments?cursor=eA", "400 invalid_request cursor"),
        ("/departments/x", "400 invalid_request department_id"),
        ("/departments/9", "404 department_not_found"),
    ] {
        assert_eq!(app.fails("GET", path).await, expected, "{path}");
    }
    let foreign = "/api/v1/organisations/dingsimschool0001/sync";
    let answer = app.call("POST", foreign).bearer(&app.key).json(&json!({ "app": app.name })).send().await;
    assert_eq!(answer.problem(), "400 invalid_request app", "the app is another organisation's");
}

#[tokio::test]
async fn the_program_brings_an_organisation_up_to_date_and_lists_it() {
    let app = organised(login_options().var("ORGANISATION_CALLS_PER_SECOND", "500"), 50, 6).await;

    let synced = app.program_output(&["organisation", "sync", &app.name, "--full"]).await;
    let listed = app.program_output(&["organisation", "list"]).await;
    let unknown = app.program_output(&["organisation", "sync", "nobody"]).await;

    let expected =
        format!("done: 6 of 6 departments, 54 people changed, 0 gone, {} calls\n", 8 + app.pages());
    assert_eq!(synced, expected);
    let fields: Vec<_> = listed.trim().split('\t').collect();
    assert_eq!(fields[..4], [STUDIO_CORP_ID, &app.name, "6", "54"], "{listed}");
    assert_eq!((fields[4].len(), fields[5]), (20, "Lantern Studio"), "{listed}");
    assert!(unknown.contains("there is no app called nobody"), "{unknown}");
}

#[tokio::test]
async fn a_key_without_the_scope_sees_nothing() {
    let app = organised(login_options(), 1, 1).await;
    app.sync("full").await;
    app.synced().await;
    let usual = app.api_key("usual").await;

    for path in ["", "/sync", "/departments", "/members"] {
        let answer = app.call("GET", &app.path(path)).bearer(&usual).send().await;
        assert_eq!(answer.problem(), "403 insufficient_scope", "{path}");
        assert_eq!(
            app.call("GET", &app.path(path)).send().await.problem(),
            "401 operator_required",
            "{path}"
        );
    }
}
