//! One member at a time: who is not kept yet, and what events tell.

use dingtalk_qr_backend::organisation::Change;
use dingtalk_qr_simulator::{Filling, Placement, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Browser, Organised, login_options, organised};
use serde_json::json;

const DETAIL: &str = "/topapi/v2/user/get";

#[tokio::test]
async fn who_is_not_kept_is_asked_for_by_any_id_and_kept_then() {
    for (path, by) in [
        ("/members/studio000007", None),
        ("/members?union_id=simUnionstudio000007", Some("/topapi/user/getbyunionid")),
        ("/members?mobile=13900000007", Some("/topapi/v2/user/getbymobile")),
    ] {
        let app = not_kept(10).await;

        let first = app.get(path).await;
        let again = app.get(path).await;

        assert_eq!(first, again, "{path}");
        let member = first["members"].as_array().map_or(&first, |members| &members[0]);
        assert_eq!((&member["staff_id"], &member["name"]), (&json!("studio000007"), &json!("Person 7")));
        assert_eq!(app.asked(DETAIL), 1, "{path}: the second time it is known");
        assert_eq!(by.map_or(1, |by| app.asked(by)), 1, "{path}");
    }
}

#[tokio::test]
async fn nobody_is_nobody_by_any_id() {
    let app = not_kept(1).await;

    assert_eq!(app.fails("GET", "/members/nobody").await, "404 member_not_found");
    for path in ["/members?union_id=nobody", "/members?mobile=1"] {
        assert_eq!(app.get(path).await, json!({ "members": [] }), "{path}");
    }
}

#[tokio::test]
async fn what_keeps_dingtalk_from_saying_is_told() {
    for (fault, expected) in [
        (json!({ "set": { "errcode": 60011 } }), "502 permission_missing"),
        (json!({ "set": { "errcode": 60020 } }), "502 address_not_allowed"),
        (json!({ "preset": "global_limit" }), "503 upstream_busy"),
        (json!({ "http": 500 }), "502 upstream_unavailable"),
        (json!({ "set": { "errcode": 400_002 } }), "502 upstream_refused"),
    ] {
        let app = not_kept(10).await;
        app.fault(DETAIL, &fault);

        assert_eq!(app.fails("GET", "/members/studio000007").await, expected, "{fault}");
    }
}

#[tokio::test]
async fn an_event_only_says_where_to_look() {
    let app = organised(login_options(), 10, 3).await;
    app.sync("full").await;
    app.synced().await;
    let departments = app.dingtalk.department_ids(STUDIO_CORP_ID);
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    app.dingtalk.place(STUDIO_CORP_ID, "newcomer", vec![departments[1]]).unwrap();
    app.dingtalk.place(STUDIO_CORP_ID, people::LI_NA, vec![departments[2], departments[1]]).unwrap();
    app.dingtalk.displace(STUDIO_CORP_ID, people::ZHANG_WEI).unwrap();
    let attic = Placement { parent_id: departments[1], name: "Attic".to_owned() };
    app.dingtalk.put_department(STUDIO_CORP_ID, 77, attic).unwrap();

    // In any order, and twice.
    for change in ["newcomer", people::ZHANG_WEI, people::LI_NA, "stranger", "newcomer"] {
        apply(&app, Change::Member(change.to_owned())).await;
    }
    for id in [77, 78, 77] {
        apply(&app, Change::Department(id)).await;
    }

    assert_eq!(app.kept().await, app.at_dingtalk());
    assert_eq!(app.get("/departments/77").await["name"], "Attic");
    assert_eq!(browser.session().await.status, 204, "who has left is signed out");
    app.dingtalk.remove_department(STUDIO_CORP_ID, 77).unwrap();
    apply(&app, Change::Department(77)).await;
    assert_eq!(app.fails("GET", "/departments/77").await, "404 department_not_found");
}

#[tokio::test]
async fn a_department_that_an_event_adds_during_a_run_is_read_by_it() {
    let app = organised(login_options().var("ORGANISATION_CALLS_PER_SECOND", "5"), 10, 12).await;
    app.sync("full").await;
    app.pass(2).await;

    let attic = Placement { parent_id: 1, name: "Attic".to_owned() };
    app.dingtalk.put_department(STUDIO_CORP_ID, 77, attic).unwrap();
    app.dingtalk.place(STUDIO_CORP_ID, "newcomer", vec![77]).unwrap();
    apply(&app, Change::Department(77)).await;
    app.synced().await;

    assert_eq!(app.kept().await, app.at_dingtalk());
}

/// An organisation that is kept without anybody made up in it.
async fn not_kept(people: u64) -> Organised {
    let app = organised(login_options(), 0, 1).await;
    app.sync("full").await;
    app.synced().await;
    // The crowd comes after the run.
    let filling = Filling { corp_id: STUDIO_CORP_ID.to_owned(), people, departments: 1, seed: 7 };
    app.dingtalk.fill(&filling).unwrap();
    app
}

async fn apply(app: &Organised, change: Change) {
    app.state.organisations().apply(STUDIO_CORP_ID, &change).await.unwrap();
}
