//! Tokens of people, and profiles.

use std::time::Duration;

use dingtalk_qr_simulator::people::{LI_NA, ZHANG_WEI, ZHAO_LEI};
use dingtalk_qr_simulator::{
    App, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, STUDIO_CORP_ID, SettingsPatch,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ME, TestSimulator, USER_TOKEN};

const CODE_NOT_FOUND: &str = "invalidParameter.authCode.notFound";

impl TestSimulator {
    fn code_of(&self, userid: &str) -> String {
        self.oauth_code(EXISTING_APP_CLIENT_ID, userid, None).unwrap()
    }

    /// Access token and refresh token of somebody who has just signed in.
    async fn sign_in(&self, userid: &str) -> (String, String) {
        let (_, token) = self.exchange(&self.code_of(userid)).await;
        let text = |name: &str| token[name].as_str().unwrap().to_owned();
        (text("accessToken"), text("refreshToken"))
    }

    async fn refresh(&self, token: &str) -> (u16, Value) {
        let body = json!({
            "clientId": EXISTING_APP_CLIENT_ID,
            "clientSecret": EXISTING_APP_CLIENT_SECRET,
            "grantType": "refresh_token",
            "refreshToken": token,
        });
        self.post(USER_TOKEN, body).await
    }

    fn change_app(&self, change: impl FnOnce(&mut App)) {
        let mut app = self.app(EXISTING_APP_CLIENT_ID).unwrap();
        change(&mut app);
        self.put_app(app).unwrap();
    }

    async fn profile_of(&self, userid: &str) -> Value {
        let (token, _) = self.sign_in(userid).await;
        self.profile(&token).await.1
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once() {
    let simulator = TestSimulator::start().await;
    let code = simulator.code_of(ZHANG_WEI);

    let (http, token) = simulator.exchange(&code).await;
    let (again, refusal) = simulator.exchange(&code).await;

    let members = json!({
        "accessToken": token["accessToken"],
        "refreshToken": token["refreshToken"],
        "expireIn": 7200,
    });
    assert_eq!((http, &token), (200, &members));
    assert_eq!((again, &refusal["code"]), (400, &json!(CODE_NOT_FOUND)));
    assert_eq!(refusal["message"], "不合法的临时授权码");
}

#[tokio::test]
async fn a_code_lives_as_long_as_it_is_set() {
    let check = async |life: Option<u64>, seconds: u64, expected: u16| {
        let simulator =
            TestSimulator::start_with(SettingsPatch { code_life_s: life, ..SettingsPatch::default() }).await;
        let code = simulator.code_of(ZHANG_WEI);
        simulator.advance(Duration::from_secs(seconds));
        assert_eq!(simulator.exchange(&code).await.0, expected, "{life:?} {seconds}");
    };

    check(None, 299, 200).await;
    check(None, 300, 400).await;
    check(Some(600), 599, 200).await;
    check(Some(0), 0, 400).await;
}

#[tokio::test]
async fn codes_of_other_apps_and_of_the_jsapi_are_refused_and_stay_good() {
    let simulator = TestSimulator::start().await;
    let foreign = simulator.oauth_code("dingsimexistingapp02", ZHANG_WEI, None).unwrap();
    let jsapi = simulator.jsapi_code(None, STUDIO_CORP_ID, ZHANG_WEI).unwrap();

    for code in [foreign.as_str(), jsapi.as_str(), "unknown"] {
        let (http, refusal) = simulator.exchange(code).await;
        assert_eq!((http, &refusal["code"]), (400, &json!(CODE_NOT_FOUND)), "{code}");
    }

    let used = simulator.directory("v2/user/getuserinfo", json!({ "code": jsapi })).await;
    assert_eq!(used["errcode"], 0);
}

#[tokio::test]
async fn a_body_in_another_shape_is_refused_and_spends_no_code() {
    let simulator = TestSimulator::start().await;
    let code = simulator.code_of(ZHANG_WEI);
    let whole = json!({
        "clientId": EXISTING_APP_CLIENT_ID,
        "clientSecret": EXISTING_APP_CLIENT_SECRET,
        "grantType": "authorization_code",
        "code": code,
    });
    let check = async |content_type: &str, body: &str, expected: &str| {
        let (http, answer) = simulator.send(Method::POST, USER_TOKEN, content_type, body).await;
        assert_eq!((http, &answer["code"]), (400, &json!(expected)), "{body}");
        assert!(answer["requestid"].is_string() && answer["message"].is_string());
    };
    let with = |name: &str, value: Value| {
        let mut body = whole.clone();
        body[name] = value;
        body.to_string()
    };

    let form = format!("clientId={EXISTING_APP_CLIENT_ID}&grantType=authorization_code&code={code}");
    check("application/x-www-form-urlencoded", &form, "Missingbody").await;
    check("text/plain", &whole.to_string(), "Missingbody").await;
    check("application/json", "", "Missingbody").await;
    check("application/json", "[]", "Missingbody").await;
    let snake = whole.to_string().replace("clientId", "client_id").replace("grantType", "grant_type");
    check("application/json", &snake, "AuthenticationFailed.MissingParameter").await;
    for name in ["clientId", "clientSecret", "grantType", "code"] {
        let json = "application/json";
        check(json, &with(name, Value::Null), "AuthenticationFailed.MissingParameter").await;
        check(json, &with(name, json!("")), "AuthenticationFailed.MissingParameter").await;
    }
    let refresh = with("grantType", json!("refresh_token"));
    check("application/json", &refresh, "AuthenticationFailed.MissingParameter").await;
    check("application/json", &with("clientSecret", json!("x")), "invalidClientIdOrSecret").await;
    check("application/json", &with("clientId", json!("x")), "invalidClientIdOrSecret").await;
    assert_eq!(simulator.exchange(&code).await.0, 200);
}

#[tokio::test]
async fn an_app_without_a_published_version_gets_no_token() {
    let simulator = TestSimulator::start().await;
    simulator.change_app(|app| app.published = false);

    let (http, refusal) = simulator.exchange(&simulator.code_of(ZHANG_WEI)).await;

    assert_eq!((http, &refusal["code"]), (400, &json!("invalidClientIdOrSecret")));
}

#[tokio::test]
async fn a_refresh_token_works_once_and_for_thirty_days() {
    let simulator = TestSimulator::start().await;
    let (_, first) = simulator.sign_in(ZHANG_WEI).await;

    let (http, refreshed) = simulator.refresh(&first).await;
    let (again, refusal) = simulator.refresh(&first).await;
    let second = refreshed["refreshToken"].as_str().unwrap();
    let (_, profile) = simulator.profile(refreshed["accessToken"].as_str().unwrap()).await;
    simulator.advance(Duration::from_hours(30 * 24));
    let (late, _) = simulator.refresh(second).await;

    assert_eq!((http, again, late), (200, 400, 400));
    assert_eq!((&profile["nick"], &refusal["code"]), (&json!("Wei"), &json!(CODE_NOT_FOUND)));
}

#[tokio::test]
async fn the_organisation_stays_through_a_refresh() {
    let simulator = TestSimulator::start().await;
    let code = simulator.oauth_code(EXISTING_APP_CLIENT_ID, LI_NA, Some(STUDIO_CORP_ID)).unwrap();

    let (_, token) = simulator.exchange(&code).await;
    let (_, refreshed) = simulator.refresh(token["refreshToken"].as_str().unwrap()).await;

    assert_eq!((&token["corpId"], &refreshed["corpId"]), (&json!(STUDIO_CORP_ID), &json!(STUDIO_CORP_ID)));
}

#[tokio::test]
async fn the_token_is_taken_from_its_header_only() {
    let simulator = TestSimulator::start().await;
    let (token, _) = simulator.sign_in(ZHANG_WEI).await;
    let check = async |path: &str, header: &str, value: &str, expected: u16| {
        let response = simulator.get_with(path, header, value).await;
        let (http, body): (_, Value) = (response.status().as_u16(), response.json().await.unwrap());
        assert_eq!(http, expected, "{path} {header}");
        assert!(http == 200 || body["code"] == "InvalidAuthentication", "{body}");
        assert!(http == 200 || body["message"] == "不合法的access_token", "{body}");
    };

    check(ME, "x-acs-dingtalk-access-token", &token, 200).await;
    check(ME, "authorization", &format!("Bearer {token}"), 400).await;
    check(&format!("{ME}?access_token={token}"), "accept", "*/*", 400).await;
    check(ME, "x-acs-dingtalk-access-token", &simulator.app_token().await, 400).await;
    simulator.advance(Duration::from_secs(7199));
    check(ME, "x-acs-dingtalk-access-token", &token, 200).await;
    simulator.advance(Duration::from_secs(1));
    check(ME, "x-acs-dingtalk-access-token", &token, 400).await;
}

#[tokio::test]
async fn permissions_decide_what_a_profile_shows() {
    let simulator = TestSimulator::start().await;
    let (token, _) = simulator.sign_in(ZHANG_WEI).await;

    simulator.change_app(|app| app.permissions.retain(|name| name != "Contact.User.mobile"));
    let (_, without_mobile) = simulator.profile(&token).await;
    simulator.change_app(|app| app.permissions.clear());
    let (http, refused) = simulator.profile(&token).await;

    assert_eq!((without_mobile.get("mobile"), without_mobile.get("stateCode")), (None, None));
    assert_eq!(without_mobile["email"], "zhangwei@example.com");
    assert_eq!(
        (http, &refused["code"]),
        (403, &json!("Forbidden.AccessDenied.AccessTokenPermissionDenied"),)
    );
    assert_eq!(refused["accessdenieddetail"], json!({ "requiredScopes": ["Contact.User.Read"] }));
}

#[tokio::test]
async fn what_a_person_lacks_is_missing_or_empty() {
    let simulator = TestSimulator::start().await;
    simulator.change_settings(SettingsPatch { masked_mobile: Some(true), ..SettingsPatch::default() });

    let profile = simulator.profile_of(ZHAO_LEI).await;

    assert_eq!((profile.get("email"), &profile["avatarUrl"]), (None, &json!("")));
    assert_eq!(profile["mobile"], "138****0004");
}

#[tokio::test]
async fn a_colleague_is_found_by_union_id_and_an_outsider_is_not() {
    let simulator = TestSimulator::start().await;
    let (token, _) = simulator.sign_in(ZHANG_WEI).await;
    let find = async |unionid: &str| {
        let path = format!("/v1.0/contact/users/{unionid}");
        let response = simulator.get_with(&path, "x-acs-dingtalk-access-token", &token).await;
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };

    let (found, colleague) = find(&simulator.person(LI_NA).unwrap().unionid).await;
    let (missing, outsider) = find(&simulator.person("chenjing").unwrap().unionid).await;
    let (unknown, _) = find("nobody").await;

    assert_eq!((found, &colleague["nick"]), (200, &json!("Na")));
    assert_eq!((missing, unknown), (404, 404));
    assert_eq!(outsider["code"], "invalidParameter.user.notFound");
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_refused() {
    let simulator = TestSimulator::start().await;
    let (token, _) = simulator.sign_in(ZHANG_WEI).await;
    simulator.change_app(|app| app.allow_ip = false);

    let (profile_http, profile) = simulator.profile(&token).await;
    let (token_http, refused) = simulator.exchange(&simulator.code_of(ZHANG_WEI)).await;

    let code = json!("Forbidden.AccessDenied.IpNotInWhiteList");
    assert_eq!((profile_http, &profile["code"]), (403, &code));
    assert_eq!((token_http, &refused["code"]), (403, &code));
}

#[tokio::test]
async fn faults_strike_here_too() {
    let simulator = TestSimulator::start().await;
    let (token, _) = simulator.sign_in(ZHANG_WEI).await;
    simulator.fault_once(ME, json!({"remove": ["unionId"]}));
    simulator.fault_once(USER_TOKEN, json!({"preset": "qps"}));
    let code = simulator.code_of(ZHANG_WEI);

    let (_, nameless) = simulator.profile(&token).await;
    let (http, _) = simulator.exchange(&code).await;
    let (later, _) = simulator.exchange(&code).await;

    assert_eq!((nameless.get("unionId"), &nameless["nick"]), (None, &json!("Wei")));
    assert_eq!((http, later), (403, 200));
}
