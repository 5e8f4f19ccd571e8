//! Departments, and who is in them.

use std::time::Duration;

use dingtalk_qr_simulator::people::ZHANG_WEI;
use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, Filling, Placement, STUDIO_CORP_ID, SettingsPatch};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestSimulator;

const LIST: &str = "v2/user/list";
const SUB: &str = "v2/department/listsub";

async fn filled(people: u64, departments: u64) -> TestSimulator {
    let simulator = TestSimulator::start().await;
    let filling = Filling { corp_id: STUDIO_CORP_ID.to_owned(), people, departments, seed: 7 };
    simulator.fill(&filling).unwrap();
    simulator
}

#[tokio::test]
async fn every_department_is_found_from_the_root_and_everybody_in_them() {
    let simulator = filled(500, 40).await;
    let mut departments = vec![1_u64];
    let mut people = std::collections::BTreeSet::new();

    let mut at = 0;
    while let Some(id) = departments.get(at).copied() {
        let below = simulator.directory(SUB, json!({ "dept_id": id })).await;
        let below = below["result"].as_array().unwrap().clone();
        departments.extend(below.iter().map(|department| department["dept_id"].as_u64().unwrap()));
        let mut cursor = json!(0);
        while !cursor.is_null() {
            let body = json!({ "dept_id": id, "cursor": cursor, "size": 7 });
            let page = simulator.directory(LIST, body).await["result"].clone();
            let members = page["list"].as_array().unwrap();
            assert!(
                members.iter().all(|member| member["dept_id_list"].as_array().unwrap().contains(&json!(id)))
            );
            people.extend(members.iter().map(|member| member["userid"].as_str().unwrap().to_owned()));
            cursor = page["next_cursor"].clone();
            assert_eq!(page["has_more"], json!(!cursor.is_null()));
        }
        at += 1;
    }

    assert_eq!((departments.len(), people.len()), (40, 504), "with the four who were there");
    let sizes = &simulator.organisations()[0];
    assert_eq!((sizes.departments, sizes.people), (40, 504));
}

#[tokio::test]
async fn people_and_departments_come_move_and_go() {
    let simulator = filled(0, 3).await;
    let [_, first, second] = simulator.department_ids(STUDIO_CORP_ID)[..] else { panic!() };
    let base = format!("/_sim/organisations/{STUDIO_CORP_ID}");
    let put = async |path: &str, body: Value| {
        let answer = simulator.send(Method::PUT, &format!("{base}/{path}"), "", &body.to_string()).await;
        assert_eq!(answer, (200, json!({})), "{path}");
    };

    put("departments/77", json!({ "parent_id": second, "name": "Attic" })).await;
    put("people/newcomer", json!({ "departments": [77] })).await;
    put(&format!("people/{ZHANG_WEI}"), json!({ "departments": [first, 77] })).await;
    let attic = simulator.directory("user/listid", json!({ "dept_id": 77 })).await;
    let member = simulator.directory("v2/user/get", json!({ "userid": ZHANG_WEI })).await;
    simulator.displace(STUDIO_CORP_ID, ZHANG_WEI).unwrap();
    simulator.place(STUDIO_CORP_ID, "newcomer", vec![1]).unwrap();
    let in_use = simulator.remove_department(STUDIO_CORP_ID, second).unwrap_err();
    simulator.remove_department(STUDIO_CORP_ID, 77).unwrap();

    assert_eq!(attic["result"]["userid_list"], json!(["newcomer", ZHANG_WEI]));
    assert_eq!(member["result"]["dept_id_list"], json!([77, first]));
    assert_eq!(in_use.to_string(), "department_id: is not empty");
    let gone = simulator.directory("v2/user/get", json!({ "userid": ZHANG_WEI })).await;
    assert_eq!(gone["errcode"], 60121);
    let gone = simulator.directory("v2/department/get", json!({ "dept_id": 77 })).await;
    assert_eq!(gone["errcode"], 60003);
    let loose = Placement { parent_id: 78, name: "Loose".to_owned() };
    assert!(simulator.put_department(STUDIO_CORP_ID, 79, loose).is_err());
}

#[tokio::test]
async fn an_app_sees_no_more_than_its_range() {
    let simulator = filled(200, 20).await;
    let seen = simulator.department_ids(STUDIO_CORP_ID)[1];
    let below = simulator.directory(SUB, json!({ "dept_id": seen })).await["result"][0]["dept_id"].clone();
    let outside = simulator.department_ids(STUDIO_CORP_ID)[3];
    let mut app = simulator.app(EXISTING_APP_CLIENT_ID).unwrap();
    app.visible_departments = vec![seen];
    simulator.put_app(app).unwrap();

    let scopes = simulator.get(&format!("/auth/scopes?access_token={}", simulator.app_token().await)).await;
    let scopes: Value = scopes.json().await.unwrap();
    assert_eq!(scopes["auth_org_scopes"]["authed_dept"], json!([seen]));
    let page = |id: &Value| json!({ "dept_id": id, "cursor": 0, "size": 100 });
    assert_eq!(simulator.directory(LIST, page(&below)).await["errcode"], 0);
    assert_eq!(simulator.directory(LIST, page(&json!(outside))).await["errcode"], 50004);
    assert_eq!(simulator.directory(SUB, json!({ "dept_id": 1 })).await["errcode"], 50004);
    let root = simulator.directory("v2/user/get", json!({ "userid": ZHANG_WEI })).await;
    assert_eq!(root["errcode"], 50002, "the root is outside");
    // As DingTalk says of this call.
    assert_eq!(simulator.directory("user/listid", json!({ "dept_id": outside })).await["errcode"], 0);
}

#[tokio::test]
async fn people_made_up_are_found_by_every_id() {
    let simulator = filled(10, 1).await;

    let by_mobile = simulator.directory("v2/user/getbymobile", json!({ "mobile": "13900000003" })).await;
    let by_union_id =
        simulator.directory("user/getbyunionid", json!({ "unionid": "simUnionstudio000003" })).await;
    let nobody = simulator.directory("v2/user/getbymobile", json!({ "mobile": "13900000099" })).await;

    assert_eq!(by_mobile["result"]["userid"], "studio000003");
    assert_eq!(by_union_id["result"]["userid"], "studio000003");
    assert_eq!(nobody["errcode"], 60121);
}

#[tokio::test]
async fn too_many_calls_in_one_second_are_refused() {
    let simulator = TestSimulator::start().await;
    let path = format!("/topapi/{SUB}?access_token={}", simulator.app_token().await);
    simulator.change_settings(SettingsPatch { calls_per_second: Some(2), ..SettingsPatch::default() });
    let ask = async || simulator.post(&path, json!({})).await.1["errcode"].clone();

    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(ask().await);
    }
    simulator.advance(Duration::from_secs(1));

    assert_eq!(answers[..2], [json!(0), json!(0)]);
    assert!(answers.contains(&json!(90002)), "{answers:?}");
    assert_eq!(ask().await, 0, "another second");
    assert_eq!(simulator.call_counts()["/topapi/v2/department/listsub"], 11);
}
