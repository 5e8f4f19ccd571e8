//! Control calls about people, apps and codes.

use std::time::Duration;

use dingtalk_qr_simulator::people::{WANG_FANG, ZHANG_WEI};
use dingtalk_qr_simulator::{
    Approval, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, SCHOOL_CORP_ID, STUDIO_CORP_ID,
    SettingsPatch,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{TestSimulator, authorize};

async fn list(simulator: &TestSimulator, path: &str) -> Value {
    simulator.get(path).await.json().await.unwrap()
}

async fn put(simulator: &TestSimulator, path: &str, body: Value) -> (u16, Value) {
    simulator.send(Method::PUT, path, "application/json", &body.to_string()).await
}

#[tokio::test]
async fn everybody_is_listed() {
    let simulator = TestSimulator::start().await;

    let people = list(&simulator, "/_sim/people").await;

    assert_eq!(people.as_array().unwrap().len(), 5);
    assert_eq!(
        people[2],
        json!({
            "userid": WANG_FANG,
            "unionid": "simUnionWangFang0003iEiE",
            "nick": "Fang",
            "name": "王芳",
            "mobile": "13800000003",
            "state_code": "86",
            "email": "wangfang@example.com",
            "avatar": "/avatars/wangfang.svg",
            "job_number": "E003",
            "hired_date": 1_577_980_800_000_u64,
            "title": "Teacher",
            "organisations": [STUDIO_CORP_ID, SCHOOL_CORP_ID],
            "administers": [SCHOOL_CORP_ID],
            "boss": false,
            "senior": false,
            "visitor": false,
        })
    );
}

#[tokio::test]
async fn members_of_a_person_are_changed_removed_and_the_rest_stays() {
    let simulator = TestSimulator::start().await;
    let before = simulator.person(ZHANG_WEI).unwrap();

    let patch = json!({"email": null, "avatar": "https://example.com/a.png"});
    let (http, changed) = put(&simulator, "/_sim/people/zhangwei", patch).await;

    let after = simulator.person(ZHANG_WEI).unwrap();
    assert_eq!((http, &changed["email"], after.email.as_deref()), (200, &json!(null), None));
    assert_eq!((after.avatar.as_str(), after.name), ("https://example.com/a.png", before.name));
}

#[tokio::test]
async fn somebody_new_is_added() {
    let simulator = TestSimulator::start().await;

    let person = json!({"name": "周杰", "organisations": [STUDIO_CORP_ID]});
    let (http, added) = put(&simulator, "/_sim/people/zhoujie", person).await;
    let found = simulator.directory("v2/user/get", json!({ "userid": "zhoujie" })).await;

    assert_eq!((http, &added["unionid"]), (200, &json!("simUnionzhoujie")));
    assert_eq!(found["result"]["name"], "周杰");
}

#[tokio::test]
async fn an_app_is_changed_as_in_the_developer_console() {
    let simulator = TestSimulator::start().await;
    let path = format!("/_sim/apps/{EXISTING_APP_CLIENT_ID}");

    let changes = json!({"secret": "s", "published": false, "redirect_urls": [], "permissions": ["x"]});
    let (http, answer) = put(&simulator, &path, changes).await;

    let expected = json!({
        "client_id": EXISTING_APP_CLIENT_ID,
        "secret": "s",
        "agent_id": 1_000_000_001,
        "corp_id": STUDIO_CORP_ID,
        "published": false,
        "permissions": ["x"],
        "redirect_urls": [],
        "allow_ip": true,
        "robot": true,
        "visible_departments": [1],
    });
    assert_eq!((http, &answer), (200, &expected));
    assert_eq!(list(&simulator, "/_sim/apps").await[0], expected);
}

#[tokio::test]
async fn the_app_of_a_scan_can_sign_nobody_in_unless_that_is_set() {
    let made = async |patch: SettingsPatch| {
        let simulator = TestSimulator::start_with(patch).await;
        let begun = simulator.begin().await;
        let done = simulator.approve(&begun.user_code, Approval::default()).unwrap();
        simulator.app(&done.client_id.unwrap()).unwrap()
    };

    let plain = made(SettingsPatch::default()).await;
    let patch = SettingsPatch { new_apps_can_log_in: Some(true), ..SettingsPatch::default() };
    let ready = made(patch).await;

    assert_eq!((plain.published, plain.corp_id.as_str()), (true, STUDIO_CORP_ID));
    assert_eq!(plain.redirect_urls.len(), 0);
    assert_eq!(plain.permissions, ["open_app_api_base", "qyapi_robot_sendmsg"]);
    assert_eq!(ready.redirect_urls, ["http://127.0.0.1:*", "http://localhost:*"]);
    assert_eq!(ready.permissions, ["open_app_api_base", "qyapi_robot_sendmsg", "Contact.User.Read"]);
    assert!((1_000_000_000..10_000_000_000).contains(&plain.agent_id));
}

#[tokio::test]
async fn the_app_of_a_scan_belongs_to_the_organisation_chosen_on_the_phone() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    let form = format!("user_code={}&organisation=school&decision=create", begun.user_code);

    simulator.submit("/openapp/registration/openClaw/decision", &form).await;
    simulator.advance(Duration::from_secs(2));

    let client_id = simulator.registrations()[0].client_id.clone().unwrap();
    let page = authorize("scope=openid").replace(EXISTING_APP_CLIENT_ID, &client_id);
    let html = simulator.get(&page).await.text().await.unwrap();
    assert_eq!(simulator.app(&client_id).unwrap().corp_id, SCHOOL_CORP_ID);
    assert!(html.contains("The redirect_uri is not registered for this app."), "{html}");
}

#[tokio::test]
async fn an_app_that_is_not_let_in_is_unknown_to_the_authorize_page() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    let approval = Approval { admin_approval: true, ..Approval::default() };
    let done = simulator.approve(&begun.user_code, approval).unwrap();

    let page = authorize("scope=openid").replace(EXISTING_APP_CLIENT_ID, &done.client_id.unwrap());
    let html = simulator.get(&page).await.text().await.unwrap();

    assert!(html.contains("There is no app with this client_id."), "{html}");
}

#[tokio::test]
async fn codes_are_minted_without_a_browser() {
    let simulator = TestSimulator::start().await;
    let corp_id_with = async |more: Value| {
        let mut body = json!({"client_id": EXISTING_APP_CLIENT_ID, "userid": ZHANG_WEI});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (_, minted) = simulator.post("/_sim/oauth-codes", body).await;
        let (http, mut token) = simulator.exchange(minted["code"].as_str().unwrap()).await;
        assert_eq!(http, 200);
        token["corpId"].take()
    };

    assert_eq!(corp_id_with(json!({})).await, json!(null));
    assert_eq!(corp_id_with(json!({ "corp_id": SCHOOL_CORP_ID })).await, SCHOOL_CORP_ID);
    assert_eq!(corp_id_with(json!({ "scope": "openid" })).await, json!(null));
    assert_eq!(corp_id_with(json!({ "scope": "openid corpid" })).await, STUDIO_CORP_ID);
    let both = json!({ "scope": "openid corpid", "corp_id": SCHOOL_CORP_ID });
    assert_eq!(corp_id_with(both).await, SCHOOL_CORP_ID);

    let body = json!({"corp_id": STUDIO_CORP_ID, "userid": ZHANG_WEI});
    let (_, minted) = simulator.post("/_sim/jsapi-codes", body).await;
    let found = simulator.directory("v2/user/getuserinfo", json!({ "code": minted["code"] })).await;
    assert_eq!(found["result"]["userid"], ZHANG_WEI);
}

#[tokio::test]
async fn whoever_is_in_the_app_is_set_read_and_cleared() {
    let simulator = TestSimulator::start().await;
    let given = json!({"userid": ZHANG_WEI, "corp_id": STUDIO_CORP_ID});

    let (http, set) = put(&simulator, "/_sim/in-app", given.clone()).await;
    let read = list(&simulator, "/_sim/in-app").await;
    simulator.send(Method::DELETE, "/_sim/in-app", "text/plain", "").await;

    assert_eq!((http, &set, &read), (200, &given, &given));
    assert_eq!(list(&simulator, "/_sim/in-app").await, json!(null));
}

#[tokio::test]
async fn mistakes_are_named() {
    let simulator = TestSimulator::start().await;
    let check = async |method: Method, path: &str, body: Value, status: u16, member: &str| {
        let (http, error) = simulator.send(method, path, "", &body.to_string()).await;
        let text = error["error"].as_str().unwrap();
        assert!(http == status && text.contains(member), "{path} {body}: {http} {text}");
    };
    let app = format!("/_sim/apps/{EXISTING_APP_CLIENT_ID}");
    let code = |client_id: &str, userid: &str| json!({"client_id": client_id, "userid": userid});
    let id = EXISTING_APP_CLIENT_ID;

    check(Method::PUT, "/_sim/people/x", json!({"nikc": "x"}), 400, "nikc").await;
    check(Method::PUT, "/_sim/people/x", json!({"boss": 1}), 400, "boss").await;
    check(Method::PUT, "/_sim/people/x", json!({"userid": "y"}), 400, "userid").await;
    check(Method::PUT, "/_sim/people/x", json!({"organisations": ["y"]}), 400, "organisations").await;
    check(Method::PUT, "/_sim/people/x", json!({"administers": ["y"]}), 400, "administers").await;
    check(Method::PUT, "/_sim/people/x", json!([]), 400, "map").await;
    check(Method::PUT, "/_sim/apps/x", json!({}), 404, "client_id").await;
    check(Method::PUT, &app, json!({"secret": null}), 400, "secret").await;
    check(Method::PUT, &app, json!({"client_id": "y"}), 400, "client_id").await;
    check(Method::PUT, &app, json!({"corp_id": "y"}), 400, "corp_id").await;
    check(Method::POST, "/_sim/oauth-codes", code("x", ZHANG_WEI), 404, "client_id").await;
    check(Method::POST, "/_sim/oauth-codes", code(id, "x"), 404, "userid").await;
    let mut without_scope = code(id, ZHANG_WEI);
    without_scope["scope"] = json!("openid");
    without_scope["corp_id"] = json!(STUDIO_CORP_ID);
    check(Method::POST, "/_sim/oauth-codes", without_scope, 400, "corp_id").await;
    let jsapi = json!({"corp_id": "x", "userid": ZHANG_WEI});
    check(Method::POST, "/_sim/jsapi-codes", jsapi, 400, "corp_id").await;
    check(Method::PUT, "/_sim/in-app", json!({"userid": "x"}), 404, "userid").await;
    check(Method::PUT, "/_sim/in-app", json!({"userid": "lina", "corp_id": "x"}), 400, "corp_id").await;
    check(Method::POST, "/_sim/options", json!({"frame": "x"}), 400, "frame").await;
}

#[tokio::test]
async fn a_reset_brings_everybody_and_everything_back() {
    let simulator = TestSimulator::start().await;
    let (people, apps) = (simulator.people(), simulator.apps());
    let code = simulator.oauth_code(EXISTING_APP_CLIENT_ID, ZHANG_WEI, None).unwrap();
    put(&simulator, "/_sim/people/zhangwei", json!({"email": null})).await;
    put(&simulator, "/_sim/people/new", json!({})).await;
    put(&simulator, &format!("/_sim/apps/{EXISTING_APP_CLIENT_ID}"), json!({"published": false})).await;
    put(&simulator, "/_sim/in-app", json!({"userid": ZHANG_WEI})).await;
    simulator.post("/_sim/options", json!({"frame": "malformed"})).await;

    simulator.post("/_sim/reset", json!({})).await;

    assert_eq!((simulator.people(), simulator.apps(), simulator.in_app()), (people, apps, None));
    assert_eq!(simulator.settings(), dingtalk_qr_simulator::Settings::default());
    assert_eq!(simulator.exchange(&code).await.0, 400);
}

#[tokio::test]
async fn the_existing_apps_secret_is_the_documented_one() {
    let simulator = TestSimulator::start().await;

    assert_eq!(simulator.app(EXISTING_APP_CLIENT_ID).unwrap().secret, EXISTING_APP_CLIENT_SECRET);
}
