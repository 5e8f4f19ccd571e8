//! From the authorize page to the profile and the directory, each time the whole way.

use dingtalk_qr_simulator::people::ZHANG_WEI;
use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, STUDIO_CORP_ID};
use serde_json::json;

use crate::support::{CALLBACK, TestSimulator, authorize};

#[tokio::test]
async fn somebody_signs_in_and_their_profile_can_be_read() {
    let simulator = TestSimulator::start().await;
    let page = authorize("scope=openid&prompt=consent&state=s1");

    let form = format!("person={ZHANG_WEI}&decision=approve");
    let back = simulator.location(&page, &form).await;
    let code = back.strip_prefix(&format!("{CALLBACK}?authCode=")).unwrap();
    let (code, rest) = code.split_once("&code=").unwrap();
    let (http, token) = simulator.exchange(code).await;
    let (profile_http, profile) = simulator.profile(token["accessToken"].as_str().unwrap()).await;

    assert_eq!((http, rest), (200, format!("{code}&state=s1").as_str()));
    assert_eq!((&token["expireIn"], token.get("corpId")), (&json!(7200), None));
    assert_eq!(profile_http, 200);
    assert_eq!(
        profile,
        json!({
            "nick": "Wei",
            "unionId": "simUnionZhangWei0001iEiE",
            "openId": profile["openId"],
            "avatarUrl": format!("{}/avatars/zhangwei.svg", simulator.url()),
            "mobile": "13800000001",
            "stateCode": "86",
            "email": "zhangwei@example.com",
            "visitor": false,
        })
    );
}

#[tokio::test]
async fn a_colleague_is_found_by_union_id_and_then_in_full() {
    let simulator = TestSimulator::start().await;
    let unionid = simulator.person(ZHANG_WEI).unwrap().unionid;

    let found = simulator.directory("user/getbyunionid", json!({ "unionid": unionid })).await;
    let detail = simulator.directory("v2/user/get", json!({ "userid": ZHANG_WEI })).await;

    assert_eq!(
        (&found["errcode"], &found["result"]),
        (&json!(0), &json!({"contact_type": 0, "userid": ZHANG_WEI}),)
    );
    assert_eq!((&detail["errcode"], &detail["result"]["job_number"]), (&json!(0), &json!("E001")));
}

#[tokio::test]
async fn a_page_in_the_dingtalk_app_learns_who_opened_it() {
    let simulator = TestSimulator::start().await;
    let code = simulator.jsapi_code(Some(EXISTING_APP_CLIENT_ID), STUDIO_CORP_ID, ZHANG_WEI).unwrap();

    let found = simulator.directory("v2/user/getuserinfo", json!({ "code": code })).await;

    assert_eq!((&found["errcode"], &found["result"]["userid"]), (&json!(0), &json!(ZHANG_WEI)));
}
