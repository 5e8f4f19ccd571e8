//! The apps that the backend keeps, as operators and their servers see them.

use std::fs;

use dingtalk_qr_backend::access::{Scope, Scopes};
use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Answer, Browser, OWN, SHOP, TestApp, TestOptions, login_options};
use serde_json::{Value, json};

use crate::access::operator;

const APPS: &str = "/api/v1/apps";
const SECRET: &str = "a-secret-that-only-a-server-may-read";

#[tokio::test]
async fn the_list_is_read_page_by_page() {
    pages(TestOptions::default()).await;
}

#[tokio::test]
async fn the_list_is_read_page_by_page_on_postgresql() {
    pages(TestOptions::default().on_postgres().await).await;
}

async fn pages(options: TestOptions) {
    let app = TestApp::with(options).await;
    enter(&app, "first").await;
    app.pass(1).await;
    // At one moment, so that only their ids tell them apart.
    for name in ["b-1", "b-2", "b-3", "b-4"] {
        enter(&app, name).await;
    }

    let first = app.call("GET", "/api/v1/apps?limit=2").send().await.json();
    app.pass(1).await;
    enter(&app, "newer").await;
    let mut names = names_of(&first);
    let mut cursor = first["next_cursor"].clone();
    while let Some(text) = cursor.as_str() {
        let page = app.call("GET", &format!("{APPS}?limit=2&cursor={text}")).send().await.json();
        names.extend(names_of(&page));
        cursor = page["next_cursor"].clone();
    }

    assert_eq!(names, ["b-1", "b-2", "b-3", "b-4", "first"], "each once, and none that came meanwhile");
    assert_eq!(names_of(&app.call("GET", APPS).send().await.json())[0], "newer");
    for (query, field) in [
        ("limit=0", " limit"),
        ("limit=101", " limit"),
        ("cursor=MTIz", " cursor"),
        ("page=2", ""),
        ("limit=x", ""),
    ] {
        let answer = app.call("GET", &format!("{APPS}?{query}")).send().await;
        assert_eq!(answer.problem(), format!("400 invalid_request{field}"), "{query}");
    }
}

#[tokio::test]
async fn one_app_is_read_by_its_name() {
    let app = TestApp::with(login_options()).await;
    let key = app.api_key("ci").await;
    app.pass(7).await;

    let answer = app.call("GET", &format!("{APPS}/{EXISTING_APP_CLIENT_ID}")).bearer(&key).send().await;

    let hint = format!("{}••••••••", &EXISTING_APP_CLIENT_SECRET[..4]);
    let expected = json!({
        "app": EXISTING_APP_CLIENT_ID, "client_id": EXISTING_APP_CLIENT_ID, "hint": hint, "verified": false,
        "claimed": true, "configured": true, "saved_to": ["store"], "corp_id": STUDIO_CORP_ID, "age": 7,
    });
    assert_eq!(answer.json(), expected);
    let nothing = app.call("GET", &format!("{APPS}/nothing")).bearer(&key).send().await;
    assert_eq!(nothing.problem(), "404 app_not_found");
}

#[tokio::test]
async fn credentials_go_to_servers_that_may_read_them_and_to_nobody_else() {
    let app = TestApp::with(login_options()).await;
    let usual = app.api_key("usual").await;
    let body = json!({ "name": "bot", "client_id": "ding-bot", "client_secret": SECRET });
    assert_eq!(app.call("POST", APPS).bearer(&usual).json(&body).send().await.status, 201);
    let read = || app.call("GET", "/api/v1/apps/bot/credentials");
    let reader = app.state.access().create_scoped_api_key("reader", &only(Scope::CredentialsRead)).await;
    let reader = reader.unwrap().unwrap();

    let answer = read().bearer(&reader).send().await;
    assert_eq!(answer.json(), json!({ "client_id": "ding-bot", "client_secret": SECRET }));
    assert_eq!(answer.header("cache-control"), "no-store");

    let token = json!({ "origin": SHOP, "app": "bot" });
    let token = app.call("POST", "/api/v1/embed-tokens").bearer(&usual).json(&token).send().await.json();
    let token = token["token"].as_str().unwrap();
    let cookie = operator(&app).await;
    let refused = [
        (read().bearer(&usual).send().await, "403 insufficient_scope"),
        (read().header("cookie", &cookie).header("origin", OWN).send().await, "401 operator_required"),
        (read().header("origin", SHOP).bearer(token).send().await, "401 operator_required"),
        (read().send().await, "401 operator_required"),
        (app.call("GET", APPS).header("origin", SHOP).bearer(token).send().await, "401 operator_required"),
    ];
    for (answer, expected) in refused {
        assert_eq!(answer.problem(), expected);
    }
    let local = TestApp::start().await;
    enter(&local, "bot").await;
    assert_eq!(
        local.call("GET", "/api/v1/apps/bot/credentials").send().await.problem(),
        "401 operator_required"
    );
}

#[tokio::test]
async fn a_removed_app_leaves_nothing_but_the_people_who_signed_in_with_it() {
    removed(login_options()).await;
}

#[tokio::test]
async fn a_removed_app_leaves_nothing_but_the_people_on_postgresql() {
    removed(login_options().on_postgres().await).await;
}

async fn removed(options: TestOptions) {
    let options = options.var("DINGTALK_CLIENT_ID", "").var("DINGTALK_CLIENT_SECRET", "");
    let app = TestApp::with(options).await;
    let key = app.api_key("ci").await;
    let body = json!({ "name": "bot", "client_id": EXISTING_APP_CLIENT_ID, "client_secret": EXISTING_APP_CLIENT_SECRET });
    let entered = app.call("POST", APPS).bearer(&key).json(&body).send().await;
    assert_eq!(entered.status, 201, "{entered:?}");
    let browser = Browser::new(&app);
    let (_, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;
    let user = app.redeem(&key, &ticket).await.json()["user"]["user_id"].as_str().unwrap().to_owned();
    fs::remove_file(app.path(".env")).unwrap();
    fs::create_dir(app.path(".env")).unwrap();
    app.call("POST", "/api/v1/apps/bot/claim").bearer(&key).send().await;

    for _ in 0..2 {
        let gone = app.call("DELETE", "/api/v1/apps/bot").bearer(&key).send().await;
        assert_eq!(gone.status, 204, "{gone:?}");
    }

    fs::remove_dir(app.path(".env")).unwrap();
    app.pass(400).await;
    assert_eq!(app.env_file(), "", "nothing is delivered any more");
    assert_eq!(app.call("GET", "/api/v1/apps/bot").bearer(&key).send().await.problem(), "404 app_not_found");
    assert_eq!(app.call("GET", &format!("/api/v1/users/{user}")).bearer(&key).send().await.status, 200);
    let refreshed = app.call("POST", &format!("/api/v1/users/{user}/refresh")).bearer(&key).send().await;
    assert_eq!(refreshed.problem(), "404 login_config_not_found");
    let other = json!({ "name": "bot", "client_id": "ding-other", "client_secret": SECRET });
    assert_eq!(app.call("POST", APPS).bearer(&key).json(&other).send().await.status, 201, "the name is free");
}

#[tokio::test]
async fn an_app_of_the_configuration_is_removed_there() {
    let app = TestApp::with(login_options()).await;
    let key = app.api_key("ci").await;
    let path = format!("{APPS}/{EXISTING_APP_CLIENT_ID}");
    assert_eq!(app.call("DELETE", &path).bearer(&key).send().await.problem(), "409 app_configured");

    let options = login_options().var("DINGTALK_CLIENT_ID", "").var("DINGTALK_CLIENT_SECRET", "");
    let app = app.restart_with(options).await;

    assert_eq!(app.call("DELETE", &path).bearer(&key).send().await.status, 204);
    assert_eq!(app.call("GET", &path).bearer(&key).send().await.problem(), "404 app_not_found");
}

#[tokio::test]
async fn an_app_of_a_file_is_removed_there_and_offered_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("apps.toml");
    fs::write(&file, format!("[apps.support]\nclient_id = \"ding-support\"\nclient_secret = \"{SECRET}\"\n"))
        .unwrap();
    let app = TestApp::with(TestOptions::default().var("APPS_FILE", file.to_str().unwrap())).await;
    enter(&app, "typed").await;
    let offered =
        async |app: &TestApp| names_of(&app.call("GET", "/api/v1/apps?claimable=true").send().await.json());
    assert_eq!(offered(&app).await.len(), 2);
    let answer = app.call("DELETE", "/api/v1/apps/support").send().await;
    assert_eq!(answer.problem(), "409 app_configured");

    fs::write(&file, "").unwrap();
    let app = app.restart().await;

    assert_eq!(offered(&app).await, ["typed"]);
    assert_eq!(names_of(&app.call("GET", APPS).send().await.json()).len(), 2, "it is kept all the same");
    assert_eq!(app.call("DELETE", "/api/v1/apps/support").send().await.status, 204);
}

#[tokio::test]
async fn an_existing_app_is_used_in_place_of_another_one() {
    let app = TestApp::start().await;
    let flow = app.begin_with(&json!({ "app_name": "older" })).await;
    app.approve(&flow);
    app.pass_watched(&flow, 30).await;
    assert_eq!(app.status(&flow).await, "created");
    enter(&app, "newer").await;
    assert!(app.env_file().contains("DINGTALK_CLIENT_ID=ding-newer"));
    let offered = app.call("GET", "/api/v1/apps?claimable=true&limit=5").send().await.json();
    assert_eq!(names_of(&offered), ["newer", "older"]);
    let (began, client_id) = (app.asked("/app/registration/begin"), offered["apps"][1]["client_id"].clone());

    let used = app.call("POST", "/api/v1/apps/older/claim").send().await.json();

    assert_eq!(
        (&used["app"], &used["client_id"], &used["verified"]),
        (&json!("older"), &client_id, &json!(true))
    );
    assert!(app.env_file().contains(&format!("DINGTALK_CLIENT_ID={}\n", client_id.as_str().unwrap())));
    assert_eq!(app.asked("/app/registration/begin"), began, "no other one was made");
}

fn names_of(list: &Value) -> Vec<String> {
    let apps = list["apps"].as_array().unwrap().iter();
    apps.map(|app| app["app"].as_str().unwrap().to_owned()).collect()
}

fn only(scope: Scope) -> Scopes {
    [scope].into_iter().collect()
}

async fn enter(app: &TestApp, name: &str) -> Answer {
    let body = json!({ "name": name, "client_id": format!("ding-{name}"), "client_secret": SECRET });
    let answer = app.call("POST", APPS).json(&body).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}
