//! Apps of the configuration that cannot be used: the backend does not start, and says which file and field it is.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use dingtalk_qr_backend::{AppState, Config, SystemClock};
use dingtalk_qr_tests::{TestApp, login_options};
use serde_json::{Value, json};

use super::{SUPPORT, apps_file, file, login_types};

#[tokio::test]
async fn a_file_that_is_wrong_stops_the_start_and_is_named() {
    let entry = |more: &str| format!("[apps.support]\nclient_id = \"{SUPPORT}\"\n{more}");
    for (text, place) in [
        ("canary = [".to_owned(), "apps.toml is not TOML"),
        ("canary = 1".to_owned(), "apps.toml is not TOML"),
        (entry("client_secret = \"canary\"\ncanary = 1"), "apps.toml is not TOML"),
        (entry("client_secret = \"canary\"\nagent_id = \"canary\""), "apps.toml is not TOML"),
        ("[apps.support]\nclient_secret = \"canary\"".to_owned(), "apps.toml is not TOML"),
        (entry(""), "apps.support.client_secret"),
        (entry("client_secret = \"canary\"\nclient_secret_file = \"canary\""), "apps.support.client_secret"),
        (entry("client_secret = \"canary \\u0007\""), "apps.support.client_secret"),
        (entry("client_secret_file = \"missing.secret\""), "missing.secret cannot be read"),
        (
            "[apps.support]\nclient_id = \"can ary\"\nclient_secret = \"canary\"".to_owned(),
            "apps.support.client_id",
        ),
        (
            format!("[apps.\"Support Desk\"]\nclient_id = \"{SUPPORT}\"\nclient_secret = \"canary\""),
            "apps.Support Desk",
        ),
    ] {
        let folder = file(&text);
        let error = refusal("APPS_FILE", &folder.path().join("apps.toml")).await;
        assert!(error.contains(place), "{text}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    assert!(
        refusal("APPS_FILE", Path::new("/nowhere/apps.toml"))
            .await
            .contains("/nowhere/apps.toml cannot be read")
    );
    assert!(refusal("LOGIN_TYPES_DIR", Path::new("/nowhere")).await.contains("/nowhere cannot be read"));
}

#[tokio::test]
async fn a_third_party_app_that_is_wrong_stops_the_start_and_is_named() {
    let key = "k".repeat(43);
    let usual = format!(
        "suite_key = \"suite1\"\nsuite_secret = \"canary\"\ntoken = \"canary\"\naes_key = \"{key}\"\napi = \"new\"\n"
    );
    for (right, wrong, place) in [
        ("\"suite1\"", "\"can ary\"", "suites.shop.suite_key"),
        ("suite_secret = \"canary\"\n", "", "suites.shop.suite_secret"),
        ("token = \"canary\"", "token = \"c\"", "suites.shop.token"),
        ("token = \"canary\"", "token_file = \"missing\"", "missing cannot be read"),
        ("aes_key = \"", "aes_key = \"canary", "suites.shop.aes_key"),
        ("\"new\"", "\"canary\"", "apps.toml is not TOML"),
        ("api", "canary", "apps.toml is not TOML"),
    ] {
        let folder = file(&format!("[suites.shop]\n{}", usual.replacen(right, wrong, 1)));
        let error = refusal("APPS_FILE", &folder.path().join("apps.toml")).await;
        assert!(error.contains(place), "{wrong}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn a_login_type_that_is_wrong_stops_the_start_and_is_named() {
    for (key, value) in [
        ("appKey", json!("canary")),
        ("appSecret", json!("canary")),
        ("agentId", json!("1234567890")),
        ("agentId", json!(999_999_999)),
        ("agentId", json!(10_000_000_000_i64)),
        ("corpId", json!("")),
        ("corpId", Value::Null),
    ] {
        let folder = login_types(|auth| auth[key] = value.clone());
        let error = refusal("LOGIN_TYPES_DIR", folder.path()).await;
        assert!(
            error.contains("testDDLogin.json") && error.contains(&format!("authConfig.{key}")),
            "{error}"
        );
        assert!(!error.contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn a_name_that_another_app_has_stops_the_start() {
    let app = TestApp::with(login_options()).await;
    let key = app.api_key("ci").await;
    let manual = json!({ "client_id": "dingother", "client_secret": "canary", "name": "support" });
    assert_eq!(app.call("POST", "/api/v1/apps").bearer(&key).json(&manual).send().await.status, 201);
    let folder = apps_file();

    let mut vars = vec![
        ("DATA_DIR", app.path("data").to_str().unwrap().to_owned()),
        ("DINGTALK_SIMULATOR_URL", app.dingtalk.url().to_owned()),
        ("APPS_FILE", folder.path().join("apps.toml").to_str().unwrap().to_owned()),
    ];
    vars.extend(app.postgres().map(|url| ("DATABASE_URL", url.to_owned())));
    let error = open(&vars).await.expect("it does not start");

    assert!(error.contains("the name support is another app's") && !error.contains("canary"), "{error}");
}

/// What a start with this variable says when it is refused.
async fn refusal(name: &'static str, path: &Path) -> String {
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap().to_owned();
    let vars = [("DATA_DIR", data), (name, path.to_str().unwrap().to_owned())];
    open(&vars).await.expect("it does not start")
}

async fn open(vars: &[(&str, String)]) -> Option<String> {
    let config = Config::from_vars(|name| {
        vars.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    });
    let mut error: Option<Box<dyn Error>> = match AppState::open(config.unwrap(), Arc::new(SystemClock)).await
    {
        Ok(_) => None,
        Err(error) => Some(Box::new(error)),
    };
    let error = error.take()?;
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    Some(said)
}
