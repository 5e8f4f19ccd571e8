//! Apps that people sign in with: those of a file, those of a folder of login types, and those that a scan made.

mod refused;

use std::fs;

use dingtalk_qr_simulator::{CLINIC_CORP_ID, Person, STUDIO_CORP_ID, Settings, people};
use dingtalk_qr_tests::{Answer, Browser, Flow, TestApp, TestOptions, login_options, query_of};
use serde_json::{Value, json};
use tempfile::TempDir;

const SUPPORT: &str = "dingsimexistingapp02";
const FRONT_DESK: &str = "dingsimexistingapp03";
const SUPPORT_SECRET: &str = "simulated-secret-of-the-existing-app-not-a-real-one-000000000002";
const FRONT_DESK_SECRET: &str = "simulated-secret-of-the-existing-app-not-a-real-one-000000000003";
const NOT_FOUND: &str = "404 login_config_not_found";

#[tokio::test]
async fn apps_of_a_file_are_found_by_name_and_by_organisation() {
    let folder = apps_file();
    let app = TestApp::with(with_file(&folder)).await;
    for (choice, client_id, corp_id) in [
        (json!({ "app": "support" }), SUPPORT, STUDIO_CORP_ID),
        (json!({ "app": "SUPPORT" }), SUPPORT, STUDIO_CORP_ID),
        (json!({ "app": "auths.loginTypes.front-desk" }), FRONT_DESK, CLINIC_CORP_ID),
        (json!({ "corp_id": CLINIC_CORP_ID }), FRONT_DESK, CLINIC_CORP_ID),
    ] {
        let page = sign_in_page(&app, &choice).await;
        assert_eq!(
            (query_of(&page, "client_id"), query_of(&page, "corpId")),
            (client_id.to_owned(), corp_id.to_owned()),
            "{choice}"
        );
    }
    let browser = Browser::new(&app);
    let back = sign_in(&app, &browser, "/auth/dingtalk?app=support", people::LI_NA).await;
    assert_eq!(back.status, 303, "{back:?}");
    nurse(&app);
    let back = sign_in(&app, &browser, &format!("/auth/dingtalk?corp_id={CLINIC_CORP_ID}"), "nurse").await;
    assert_eq!(back.status, 303, "{back:?}");
    assert_eq!(browser.session().await.json()["identity"]["corp_id"], CLINIC_CORP_ID);
}

#[tokio::test]
async fn login_types_of_a_folder_are_found_by_their_full_names() {
    let folder = login_types(|_| {});
    let path = folder.path().to_str().unwrap();
    let app = TestApp::with(no_app().var("LOGIN_TYPES_DIR", path)).await;
    for choice in [
        json!({ "app": "testDDLogin" }),
        json!({ "app": "testddlogin" }),
        json!({ "app": "auths.loginTypes.testDDLogin" }),
        json!({ "corp_id": STUDIO_CORP_ID }),
        json!({}),
    ] {
        assert_eq!(query_of(&sign_in_page(&app, &choice).await, "client_id"), SUPPORT, "{choice}");
    }
    for name in ["testDDLogin", "auths.loginTypes.testDDLogin", "TESTDDLOGIN"] {
        let answer = app.call("GET", &format!("/api/v1/apps/{name}/login-config")).send().await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "client_id": SUPPORT })), "{name}");
    }
    let answer = app.call("GET", "/api/v1/apps/nobody/login-config").send().await;
    assert_eq!(answer.problem(), NOT_FOUND);
    let (browser, ticket) = workspace(&app, &json!({ "app": "auths.loginTypes.testDDLogin" })).await;
    let session = browser.open_session(&ticket).await.json();
    assert_eq!(session["identity"]["name"], "李娜");
    assert!(!app.database().contains(SUPPORT_SECRET));
}

#[tokio::test]
async fn a_changed_secret_counts_from_the_next_start() {
    let folder = apps_file();
    fs::write(folder.path().join("support.secret"), "a-wrong-one").unwrap();
    let app = TestApp::with(with_file(&folder)).await;
    let path = "/auth/dingtalk?app=support";
    let answer = sign_in(&app, &Browser::new(&app), path, people::LI_NA).await;
    assert_eq!(answer.trouble(), "502 credentials_rejected");

    fs::write(folder.path().join("support.secret"), format!("{SUPPORT_SECRET}\n")).unwrap();
    let app = app.restart().await;

    let answer = sign_in(&app, &Browser::new(&app), path, people::LI_NA).await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

#[tokio::test]
async fn an_app_that_is_taken_out_of_its_file_is_nobodys_to_sign_in_with() {
    let folder = apps_file();
    let app = TestApp::with(with_file(&folder)).await;
    sign_in_page(&app, &json!({ "app": "support" })).await;

    fs::write(folder.path().join("apps.toml"), "").unwrap();
    let app = app.restart().await;
    for choice in [json!({ "app": "support" }), json!({ "corp_id": CLINIC_CORP_ID })] {
        assert_eq!(begin(&app, &choice).await.problem(), NOT_FOUND, "{choice}");
    }

    write_apps(&folder);
    let app = app.restart().await;
    sign_in_page(&app, &json!({ "app": "support" })).await;
}

#[tokio::test]
async fn how_people_sign_in_reaches_dingtalk() {
    for (options, expected) in [
        ("org_type = \"management\"", [("org_type", "management"), ("exclusiveLogin", "")]),
        ("exclusive_login = true", [("exclusiveLogin", "true"), ("exclusiveCorpId", "")]),
        ("exclusive_corp_id = \"dingx\"", [("exclusiveLogin", "true"), ("exclusiveCorpId", "dingx")]),
        ("", [("org_type", ""), ("exclusiveLogin", "")]),
    ] {
        let folder = file(&format!(
            "[apps.support]\nclient_id = \"{SUPPORT}\"\nclient_secret = \"s\"\ncorp_id = \"c\"\n{options}"
        ));
        let app = TestApp::with(with_file(&folder)).await;
        let page = sign_in_page(&app, &json!({ "app": "support" })).await;
        for (name, value) in expected {
            assert_eq!(query_of(&page, name), value, "{options}: {name}");
        }
    }
}

#[tokio::test]
async fn the_title_is_what_the_phone_shows() {
    let folder = apps_file();
    let app = TestApp::with(with_file(&folder)).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "qr", "app": "support" })).await;
    let page = browser.go(&dingtalk_qr_tests::scan_path(&flow)).await;
    assert!(page.body.contains("Support &lt;b&gt; Desk"), "{page:?}");
}

#[tokio::test]
async fn the_app_that_is_meant_when_none_is_named() {
    let folder = apps_file();
    let path = folder.path().join("apps.toml").to_str().unwrap().to_owned();
    let many = || no_app().var("APPS_FILE", path.clone());
    assert_eq!(
        begin(&TestApp::with(many()).await, &json!({})).await.problem(),
        NOT_FOUND,
        "it is not guessed"
    );
    for (name, expected) in
        [("front-desk", FRONT_DESK), ("auths.loginTypes.Front-Desk", FRONT_DESK), ("support", SUPPORT)]
    {
        let app = TestApp::with(many().var("LOGIN_APP", name)).await;
        assert_eq!(query_of(&sign_in_page(&app, &json!({})).await, "client_id"), expected, "{name}");
    }
    let app = TestApp::with(many().var("LOGIN_APP", "nobody")).await;
    assert_eq!(begin(&app, &json!({})).await.problem(), NOT_FOUND);
    let app = TestApp::with(with_file(&folder).var("LOGIN_APP", "support")).await;
    assert_eq!(
        query_of(&sign_in_page(&app, &json!({})).await, "client_id"),
        SUPPORT,
        "before DINGTALK_CLIENT_ID"
    );
}

#[tokio::test]
async fn an_app_that_a_scan_made_signs_people_in_once_dingtalk_lets_it() {
    for (can_log_in, expected) in [(true, 303), (false, 502)] {
        let settings = Settings { new_apps_can_log_in: can_log_in, ..Settings::default() };
        let app = TestApp::with(TestOptions { dingtalk: settings, ..no_app() }).await;
        let flow = register(&app).await;
        assert_eq!(begin(&app, &json!({})).await.problem(), NOT_FOUND, "there is none yet");
        app.approve(&flow);
        app.pass(20).await;
        assert_eq!(app.status(&flow).await, "created");

        let answer = sign_in(&app, &Browser::new(&app), "/auth/dingtalk", people::LI_NA).await;

        assert_eq!(answer.status, expected, "{answer:?}");
        if !can_log_in {
            assert_eq!(answer.trouble(), "502 permission_missing");
        }
    }
}

#[tokio::test]
async fn an_app_that_nobody_has_claimed_signs_nobody_in() {
    let settings = Settings { new_apps_can_log_in: true, ..Settings::default() };
    let app = TestApp::with(TestOptions { dingtalk: settings, ..no_app() }).await;
    let (flow, key) = (register(&app).await, app.api_key("shop").await);
    let path = format!("/api/v1/flows/{}", flow.id);
    assert_eq!(app.call("DELETE", &path).bearer(&flow.token).send().await.status, 204);
    app.approve(&flow);
    app.pass(90).await;
    let apps = app.call("GET", "/api/v1/apps").bearer(&key).send().await.json();
    assert_eq!(apps["apps"][0]["claimed"], false, "{apps}");
    let name = apps["apps"][0]["app"].as_str().unwrap();

    for choice in [json!({}), json!({ "app": name })] {
        assert_eq!(begin(&app, &choice).await.problem(), NOT_FOUND, "{choice}");
    }
    let config = format!("/api/v1/apps/{name}/login-config");
    assert_eq!(app.call("GET", &config).send().await.problem(), NOT_FOUND);

    let claim = format!("/api/v1/apps/{name}/claim");
    assert_eq!(app.call("POST", &claim).bearer(&key).send().await.status, 200);
    let answer = sign_in(&app, &Browser::new(&app), "/auth/dingtalk", people::LI_NA).await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

async fn register(app: &TestApp) -> Flow {
    let key = app.api_key("ci").await;
    let answer = app.call("POST", "/api/v1/registrations").bearer(&key).json(&json!({})).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    Flow::from(answer.json())
}

async fn begin(app: &TestApp, choice: &Value) -> Answer {
    let mut body = choice.clone();
    body["method"] = json!("redirect");
    Browser::new(app).api("POST", "/api/v1/logins", None, Some(&body)).await
}

/// The address of DingTalk's page for an app.
async fn sign_in_page(app: &TestApp, choice: &Value) -> String {
    let answer = begin(app, choice).await;
    assert_eq!(answer.status, 201, "{choice}: {answer:?}");
    let id = answer.json()["flow_id"].as_str().unwrap().to_owned();
    let out = Browser::new(app).go(&format!("/auth/dingtalk?login={id}")).await;
    out.header("location").to_owned()
}

async fn sign_in(app: &TestApp, browser: &Browser<'_>, path: &str, userid: &str) -> Answer {
    let out = browser.go(path).await;
    browser.go(&app.approve_at_dingtalk(out.header("location"), userid)).await
}

async fn workspace<'a>(app: &'a TestApp, choice: &Value) -> (Browser<'a>, String) {
    let mut body = choice.clone();
    body["method"] = json!("workspace");
    let browser = Browser::new(app);
    let flow = browser.begin_login(&body).await;
    let code = app.dingtalk.jsapi_code(Some(SUPPORT), STUDIO_CORP_ID, people::LI_NA).unwrap();
    browser.login_call(&flow, "workspace", &json!({ "code": code })).await;
    let ticket = browser.ticket(&flow).await;
    (browser, ticket)
}

fn nurse(app: &TestApp) {
    let organisations = vec![CLINIC_CORP_ID.to_owned()];
    let nurse = Person { userid: "nurse".to_owned(), organisations, ..Person::default() };
    app.dingtalk.put_person(nurse).unwrap();
}

/// A backend behind TLS without an app.
fn no_app() -> TestOptions {
    login_options()
        .var("DINGTALK_CLIENT_ID", "")
        .var("DINGTALK_CLIENT_SECRET", "")
        .var("DINGTALK_CORP_ID", "")
}

fn with_file(folder: &TempDir) -> TestOptions {
    login_options().var("APPS_FILE", folder.path().join("apps.toml").to_str().unwrap())
}

fn file(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("apps.toml"), text).unwrap();
    folder
}

fn apps_file() -> TempDir {
    let folder = file("");
    write_apps(&folder);
    fs::write(folder.path().join("support.secret"), format!("{SUPPORT_SECRET}\n")).unwrap();
    folder
}

fn write_apps(folder: &TempDir) {
    let text = format!(
        "[apps.support]\ntitle = \"Support <b> Desk\"\nclient_id = \"{SUPPORT}\"\nclient_secret_file = \"support.secret\"\n\
         corp_id = \"{STUDIO_CORP_ID}\"\nagent_id = 1000000002\n\n\
         [apps.front-desk]\nclient_id = \"{FRONT_DESK}\"\nclient_secret = \"{FRONT_DESK_SECRET}\"\ncorp_id = \"{CLINIC_CORP_ID}\"\n"
    );
    fs::write(folder.path().join("apps.toml"), text).unwrap();
}

/// A folder in the shape of Xinye's login types.
fn login_types(change: impl FnOnce(&mut Value)) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("testDDLogin");
    fs::create_dir(&own).unwrap();
    let element = json!({ "title": "钉钉登录", "type": "auths.loginTypes.DDInnerType" });
    fs::write(own.join("e.json"), element.to_string()).unwrap();
    let mut config = json!({ "authConfig": {
        "appKey": SUPPORT, "appSecret": SUPPORT_SECRET, "agentId": 1_000_000_002, "corpId": STUDIO_CORP_ID,
    } });
    change(&mut config["authConfig"]);
    fs::write(own.join("testDDLogin.json"), config.to_string()).unwrap();
    folder
}
