//! The organisation's directory, in the old API.

use std::time::Duration;

use dingtalk_qr_simulator::people::{CHEN_JING, LI_NA, WANG_FANG, ZHANG_WEI, ZHAO_LEI};
use dingtalk_qr_simulator::{App, EXISTING_APP_CLIENT_ID, SCHOOL_CORP_ID, STUDIO_CORP_ID, SettingsPatch};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestSimulator;

const BY_CODE: &str = "v2/user/getuserinfo";
const BY_USERID: &str = "v2/user/get";
const BY_UNIONID: &str = "user/getbyunionid";

async fn check(simulator: &TestSimulator, path: &str, body: Value, errcode: i64) {
    let answer = simulator.directory(path, body.clone()).await;
    assert_eq!(answer["errcode"], errcode, "{path} {body}: {answer}");
    assert!(answer["errmsg"].is_string());
}

fn change_app(simulator: &TestSimulator, change: impl FnOnce(&mut App)) {
    let mut app = simulator.app(EXISTING_APP_CLIENT_ID).unwrap();
    change(&mut app);
    simulator.put_app(app).unwrap();
}

#[tokio::test]
async fn a_member_is_described_in_full() {
    let simulator = TestSimulator::start().await;

    let answer = simulator.directory(BY_USERID, json!({ "userid": ZHANG_WEI, "language": "zh_CN" })).await;

    assert_eq!((&answer["errmsg"], answer["request_id"].is_string()), (&json!("ok"), true));
    assert_eq!(
        answer["result"],
        json!({
            "userid": "zhangwei",
            "unionid": "simUnionZhangWei0001iEiE",
            "name": "张伟",
            "avatar": format!("{}/avatars/zhangwei.svg", simulator.url()),
            "state_code": "86",
            "mobile": "13800000001",
            "hide_mobile": false,
            "telephone": "",
            "job_number": "E001",
            "title": "Lead Designer",
            "email": "zhangwei@example.com",
            "org_email": "",
            "work_place": "",
            "remark": "",
            "manager_userid": "",
            "dept_id_list": [1],
            "dept_order_list": [{"dept_id": 1, "order": 1}],
            "leader_in_dept": [{"dept_id": 1, "leader": false}],
            "role_list": [],
            "extension": "{}",
            "hired_date": 1_577_808_000_000_u64,
            "active": true,
            "real_authed": true,
            "senior": true,
            "admin": false,
            "boss": true,
            "exclusive_account": false,
            "union_emp_ext": {},
        })
    );
}

#[tokio::test]
async fn a_code_of_the_dingtalk_app_tells_who_and_at_what_level() {
    let simulator = TestSimulator::start().await;
    let check = async |userid: &str, sys: bool, level: u64| {
        let code = simulator.jsapi_code(None, STUDIO_CORP_ID, userid).unwrap();
        let result = simulator.directory(BY_CODE, json!({ "code": code })).await["result"].take();
        let unionid = simulator.person(userid).unwrap().unionid;
        assert_eq!((&result["userid"], &result["unionid"]), (&json!(userid), &json!(unionid)));
        assert_eq!((&result["sys"], &result["sys_level"]), (&json!(sys), &json!(level)), "{userid}");
        assert!(result["name"].is_string() && result["device_id"].is_string());
        assert_eq!(result["associated_unionid"], result["unionid"]);
    };

    check(ZHANG_WEI, false, 100).await;
    check(LI_NA, true, 1).await;
    check(WANG_FANG, false, 0).await;
}

#[tokio::test]
async fn codes_that_are_not_good_here_are_refused() {
    let simulator = TestSimulator::start().await;
    let used = simulator.jsapi_code(None, STUDIO_CORP_ID, ZHANG_WEI).unwrap();
    check(&simulator, BY_CODE, json!({ "code": used }), 0).await;
    let old = simulator.jsapi_code(None, STUDIO_CORP_ID, ZHANG_WEI).unwrap();
    simulator.advance(Duration::from_mins(5));
    let oauth = simulator.oauth_code(EXISTING_APP_CLIENT_ID, ZHANG_WEI, None).unwrap();
    let elsewhere = simulator.jsapi_code(None, SCHOOL_CORP_ID, WANG_FANG).unwrap();
    let of_another = simulator.jsapi_code(Some("dingsimexistingapp02"), STUDIO_CORP_ID, ZHANG_WEI).unwrap();

    for code in [used, old, oauth.clone(), elsewhere, of_another, "unknown".to_owned()] {
        check(&simulator, BY_CODE, json!({ "code": code }), 40078).await;
    }

    check(&simulator, BY_CODE, json!({}), 41026).await;
    check(&simulator, BY_CODE, json!({ "code": "" }), 41026).await;
    assert_eq!(simulator.exchange(&oauth).await.0, 200);
}

#[tokio::test]
async fn people_outside_the_organisation_are_not_found() {
    let simulator = TestSimulator::start().await;
    let unionid = |userid: &str| json!({ "unionid": simulator.person(userid).unwrap().unionid });

    check(&simulator, BY_USERID, json!({ "userid": WANG_FANG }), 0).await;
    check(&simulator, BY_USERID, json!({ "userid": CHEN_JING }), 60121).await;
    check(&simulator, BY_USERID, json!({ "userid": "nobody" }), 33012).await;
    check(&simulator, BY_UNIONID, unionid(WANG_FANG), 0).await;
    check(&simulator, BY_UNIONID, unionid(CHEN_JING), 60121).await;
    check(&simulator, BY_UNIONID, json!({ "unionid": "nobody" }), 60121).await;
}

#[tokio::test]
async fn whoever_left_is_not_found() {
    let simulator = TestSimulator::start().await;
    let mut person = simulator.person(ZHAO_LEI).unwrap();
    person.organisations.clear();

    simulator.put_person(person).unwrap();

    check(&simulator, BY_USERID, json!({ "userid": ZHAO_LEI }), 60121).await;
}

#[tokio::test]
async fn a_token_that_is_bad_or_old_is_refused_in_a_wrapper() {
    let simulator = TestSimulator::start().await;
    let token = simulator.app_token().await;
    let ask = async |query: &str| {
        let path = format!("/topapi/v2/user/get{query}");
        simulator.post(&path, json!({ "userid": ZHANG_WEI })).await
    };
    let wrapped = json!({
        "errcode": 88,
        "errmsg": "ding talk error[subcode=40014,submsg=不合法的access_token]",
        "sub_code": "40014",
        "sub_msg": "不合法的access_token",
    });

    assert_eq!(ask("?access_token=unknown").await, (200, wrapped.clone()));
    assert_eq!(ask("").await, (200, wrapped.clone()));
    assert_eq!(ask(&format!("?access_token={token}")).await.1["errcode"], 0);
    simulator.advance(Duration::from_hours(2));
    assert_eq!(ask(&format!("?access_token={token}")).await, (200, wrapped));
}

#[tokio::test]
async fn permissions_and_the_address_are_checked() {
    let simulator = TestSimulator::start().await;
    let by_userid = json!({ "userid": ZHANG_WEI });

    change_app(&simulator, |app| app.permissions.retain(|name| !name.starts_with("field")));
    let detail = simulator.directory(BY_USERID, by_userid.clone()).await;
    change_app(&simulator, |app| app.permissions.clear());
    check(&simulator, BY_USERID, by_userid.clone(), 60011).await;
    check(&simulator, BY_UNIONID, json!({ "unionid": "x" }), 60011).await;
    check(&simulator, BY_CODE, json!({ "code": "x" }), 60011).await;
    change_app(&simulator, |app| app.allow_ip = false);
    check(&simulator, BY_USERID, by_userid, 60020).await;

    let result = &detail["result"];
    assert_eq!((result.get("mobile"), result.get("email")), (None, None));
    assert_eq!(result["name"], "张伟");
}

#[tokio::test]
async fn somebody_without_an_address_has_no_email_member() {
    let simulator = TestSimulator::start().await;

    let detail = simulator.directory(BY_USERID, json!({ "userid": ZHAO_LEI })).await;

    assert_eq!((detail["result"].get("email"), &detail["result"]["avatar"]), (None, &json!("")));
}

#[tokio::test]
async fn numbers_come_as_strings_when_that_is_set() {
    let patch = SettingsPatch { stringified_numbers: Some(true), ..SettingsPatch::default() };
    let simulator = TestSimulator::start_with(patch).await;

    let detail = simulator.directory(BY_USERID, json!({ "userid": ZHANG_WEI })).await;
    let refused = simulator.directory(BY_USERID, json!({ "userid": "nobody" })).await;

    assert_eq!((&detail["errcode"], &refused["errcode"]), (&json!("0"), &json!("33012")));
    assert_eq!(detail["result"]["hired_date"], "1577808000000");
    assert_eq!(detail["result"]["dept_id_list"], json!(["1"]));
    assert_eq!(detail["result"]["active"], true);
}

#[tokio::test]
async fn calls_in_the_wrong_shape_are_refused_with_http_200() {
    let simulator = TestSimulator::start().await;
    let path = format!("/topapi/{BY_USERID}?access_token={}", simulator.app_token().await);

    let (get, wrong_method) = simulator.send(Method::GET, &path, "application/json", "").await;
    let (_, no_json) = simulator.send(Method::POST, &path, "application/json", "{").await;
    let (_, no_userid) = simulator.send(Method::POST, &path, "application/json", "{}").await;
    let (unknown, no_path) = simulator.post("/topapi/v2/user/nothing", json!({})).await;

    assert_eq!((get, &wrong_method["errcode"]), (200, &json!(43002)));
    assert_eq!((&no_json["errcode"], &no_userid["errcode"]), (&json!(40035), &json!(40035)));
    assert_eq!((unknown, &no_path["errcode"]), (200, &json!(404)));
}

#[tokio::test]
async fn faults_strike_here_too() {
    let simulator = TestSimulator::start().await;
    let path = format!("/topapi/{BY_USERID}");
    simulator.fault_once(&path, json!({"preset": "global_limit"}));
    simulator.fault_once(&path, json!({"preset": "ip_ban_json"}));
    simulator.fault_once(&path, json!({"set": {"errcode": "0"}}));
    let ask = async || simulator.directory(BY_USERID, json!({ "userid": ZHANG_WEI })).await;

    let (limited, banned, spelled) = (ask().await, ask().await, ask().await);

    assert_eq!((&limited["errcode"], &banned["status"]), (&json!(90002), &json!(1111)));
    assert_eq!((&spelled["errcode"], &spelled["result"]["name"]), (&json!("0"), &json!("张伟")));
}
