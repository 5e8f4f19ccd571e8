//! Pages that open in the DingTalk app, and the scripts that stand in for DingTalk's.

use dingtalk_qr_simulator::people::{WANG_FANG, ZHANG_WEI};
use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, InApp, JsapiMode, SCHOOL_CORP_ID, STUDIO_CORP_ID, SettingsPatch,
};
use reqwest::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::TestSimulator;

const ASK: &str = "/dd/auth-code";
const DDLOGIN: &str = "/dingding/h5-dingtalk-login/0.21.0/ddlogin.js";
const JSAPI: &str = "/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js";

async fn ask(simulator: &TestSimulator, form: &str) -> Value {
    simulator.submit(ASK, form).await.json().await.unwrap()
}

fn enter(simulator: &TestSimulator, userid: &str, corp_id: Option<&str>) {
    let in_app = InApp { userid: userid.to_owned(), corp_id: corp_id.map(str::to_owned) };
    simulator.put_in_app(in_app).unwrap();
}

#[tokio::test]
async fn a_page_gets_a_code_for_whoever_is_in_the_app() {
    let simulator = TestSimulator::start().await;
    enter(&simulator, ZHANG_WEI, None);
    let check = async |form: &str| {
        let code = ask(&simulator, form).await["code"].take();
        let found = simulator.directory("v2/user/getuserinfo", json!({ "code": code })).await;
        assert_eq!(found["result"]["userid"], ZHANG_WEI, "{form}");
    };

    check(&format!("corpId={STUDIO_CORP_ID}")).await;
    check(&format!("corpId={STUDIO_CORP_ID}&clientId=")).await;
    check(&format!("corpId={STUDIO_CORP_ID}&clientId={EXISTING_APP_CLIENT_ID}")).await;
}

#[tokio::test]
async fn a_cookie_of_the_authorize_page_comes_first() {
    let simulator = TestSimulator::start().await;
    enter(&simulator, ZHANG_WEI, None);

    let form = format!("corpId={STUDIO_CORP_ID}");
    let answer = simulator.submit_with(ASK, &form, "cookie", "dingsim_person=wangfang").await;
    let answer: Value = answer.json().await.unwrap();

    let found = simulator.directory("v2/user/getuserinfo", json!({ "code": answer["code"] })).await;
    assert_eq!(found["result"]["userid"], WANG_FANG);
}

#[tokio::test]
async fn a_page_of_no_app_of_the_organisation_gets_error_3() {
    let simulator = TestSimulator::start().await;
    let unknown = json!({"errorCode": 3, "errorMessage": "对应企业没有xxxx域名微应用"});
    let check = async |form: &str| assert_eq!(ask(&simulator, form).await, unknown, "{form}");

    enter(&simulator, ZHANG_WEI, None);
    check("").await;
    check("corpId=unknown").await;
    check(&format!("corpId={SCHOOL_CORP_ID}")).await;
    check(&format!("corpId={STUDIO_CORP_ID}&clientId=unknown")).await;
    check(&format!("corpId={STUDIO_CORP_ID}&clientId=dingsimexistingapp03")).await;
    enter(&simulator, WANG_FANG, Some(SCHOOL_CORP_ID));
    check(&format!("corpId={STUDIO_CORP_ID}")).await;
    assert!(ask(&simulator, &format!("corpId={SCHOOL_CORP_ID}")).await["code"].is_string());
    let patch = SettingsPatch { jsapi: Some(JsapiMode::UnknownDomain), ..SettingsPatch::default() };
    simulator.change_settings(patch);
    check(&format!("corpId={SCHOOL_CORP_ID}")).await;
}

#[tokio::test]
async fn nobody_in_the_app_is_an_error_of_its_own() {
    let simulator = TestSimulator::start().await;
    enter(&simulator, ZHANG_WEI, None);
    simulator.clear_in_app();

    let answer = ask(&simulator, &format!("corpId={STUDIO_CORP_ID}")).await;

    assert_eq!((&answer["errorCode"], answer.get("code")), (&json!(-1), None));
}

#[tokio::test]
async fn any_origin_may_ask_and_send_its_cookies() {
    let simulator = TestSimulator::start().await;

    let response = simulator.submit_with(ASK, "", "origin", "http://localhost:8000").await;
    let script = simulator.get(JSAPI).await;

    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "http://localhost:8000");
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    assert_eq!(script.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(script.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn the_scripts_have_dingtalks_names() {
    let simulator = TestSimulator::start().await;
    let text = async |path: &str| simulator.get(path).await.text().await.unwrap();

    assert!(text(DDLOGIN).await.contains("window.DTFrameLogin = "));
    assert!(text(JSAPI).await.contains("window.dd = "));
    assert!(text("/oauth2/auth/frame.js").await.contains("postMessage"));
    assert!(text("/oauth2/auth/foreign").await.contains("/oauth2/auth/foreign.js"));
    assert!(text("/oauth2/auth/foreign.js").await.contains("postMessage"));
}

#[tokio::test]
async fn an_old_app_has_the_deprecated_call_only() {
    let simulator = TestSimulator::start().await;
    let removal = "delete window.dd.requestAuthCode;";
    let before = simulator.get(JSAPI).await.text().await.unwrap();
    simulator
        .change_settings(SettingsPatch { jsapi: Some(JsapiMode::OldClient), ..SettingsPatch::default() });

    let after = simulator.get(JSAPI).await.text().await.unwrap();

    assert!(!before.contains(removal) && after.contains(removal));
}

#[tokio::test]
async fn a_picture_has_the_first_letter_of_the_name() {
    let simulator = TestSimulator::start().await;

    let picture = simulator.get("/avatars/zhangwei.svg").await.text().await.unwrap();
    let missing = simulator.get("/avatars/nobody.svg").await.status().as_u16();

    assert!(picture.contains(">W</text>"), "{picture}");
    assert_eq!(missing, 404);
}
