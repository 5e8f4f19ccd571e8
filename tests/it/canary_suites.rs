//! No secret of a third-party app leaves: not in the log, the database, or an answer.

use std::collections::BTreeSet;
use std::time::Duration;

use dingtalk_qr_simulator::{
    Manner, Options, Push, STUDIO_CORP_ID, Simulator, Spelling, Suite, Wrong, people,
};
use dingtalk_qr_tests::{
    AES_KEY, CALLBACK_TOKEN, Postgres, Program, SUITE_KEY, SUITE_SECRET, database, record, run,
};
use serde_json::{Value, json};

#[tokio::test]
async fn nothing_secret_of_a_third_party_app_is_logged_stored_or_answered() {
    search_everything(None).await;
}

#[tokio::test]
async fn nothing_secret_of_a_third_party_app_is_in_a_dump_of_postgresql() {
    search_everything(Some(&Postgres::shared().new_database().await)).await;
}

/// Installs and uses the app in both of DingTalk's APIs, and searches what comes of it.
async fn search_everything(postgres: Option<&str>) {
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut secrets =
        BTreeSet::from([SUITE_SECRET, CALLBACK_TOKEN, AES_KEY, "simpermanentcode"].map(str::to_owned));
    let (mut log, mut heard) = (String::new(), String::new());
    for api in ["new", "old"] {
        let vars = [
            ("LISTEN_ADDR", "127.0.0.1:0"),
            ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
            ("DINGTALK_SUITE_NAME", "shop"),
            ("DINGTALK_SUITE_KEY", SUITE_KEY),
            ("DINGTALK_SUITE_SECRET", SUITE_SECRET),
            ("DINGTALK_SUITE_TOKEN", CALLBACK_TOKEN),
            ("DINGTALK_SUITE_AES_KEY", AES_KEY),
            ("DINGTALK_SUITE_API", api),
            ("RUST_LOG", "trace"),
            ("DATABASE_URL", postgres.unwrap_or_default()),
        ];
        let scopes = ["suites:read", "suites:write", "organisations:read", "organisations:write"];
        let create = ["api-key", "create", api].into_iter();
        let create: Vec<_> = create.chain(scopes.iter().flat_map(|scope| ["--scope", scope])).collect();
        let key = String::from_utf8(run(folder.path(), &vars, &create).stdout).unwrap();
        let program = Program::start(folder.path(), &vars);
        push_everything(&dingtalk, &program.url).await;
        heard += &use_every_route(&program.url, key.trim()).await;
        secrets.insert(key.trim().to_owned());
        log += &program.log();
    }

    let stored = postgres.map_or_else(|| database(&folder.path().join("data")), Postgres::dump);
    for mark in ["pushed by DingTalk", "what DingTalk pushed is not good", "request served"] {
        assert!(log.contains(mark), "the log was on: {mark}");
    }
    assert!(stored.contains("Lantern Studio") && heard.contains("Lantern Studio"), "{heard}");
    secrets.extend(secrets_of(&dingtalk));
    assert!(secrets.len() > 8, "{secrets:?}");
    for secret in &secrets {
        assert!(!log.contains(secret.as_str()), "in the log: {secret}");
        assert!(!stored.contains(secret.as_str()), "in the database: {secret}");
        assert!(!heard.contains(secret.as_str()), "in an answer: {secret}");
    }
}

async fn push_everything(dingtalk: &Simulator, url: &str) {
    let suite = Suite {
        suite_key: SUITE_KEY.to_owned(),
        suite_secret: SUITE_SECRET.to_owned(),
        callback_url: format!("{url}/suite/shop/callback"),
        token: CALLBACK_TOKEN.to_owned(),
        aes_key: AES_KEY.to_owned(),
    };
    dingtalk.put_suite(suite).unwrap();
    dingtalk.install(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    for wrong in [None, Some(Wrong::Signature), Some(Wrong::Owner), Some(Wrong::Padding)] {
        let data = json!({ "syncAction": "user_add_org", "permanent_code": "simpermanentcode" });
        let manner = Manner { spelling: Spelling::Old, wrong, ..Manner::default() };
        let push = Push { records: vec![record(13, "u1", data)], manner, ..Push::default() };
        dingtalk.push(SUITE_KEY, push).unwrap();
    }
    dingtalk.pushed().await;
}

/// Returns all that it heard.
async fn use_every_route(url: &str, key: &str) -> String {
    let http = crate::http_client_that_stays();
    let call = async |method: &str, path: &str, body: Value| {
        let request = http.request(method.parse().unwrap(), format!("{url}{path}")).bearer_auth(key);
        let request = if method == "POST" { request.json(&body) } else { request };
        request.send().await.unwrap().text().await.unwrap()
    };
    let organisation = format!("/api/v1/organisations/{STUDIO_CORP_ID}");
    let customer = format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}");
    let mut heard = call("PUT", &customer, Value::Null).await;
    let sync = json!({ "app": "shop", "mode": "full" });
    heard += &call("POST", &format!("{organisation}/sync"), sync).await;
    for _ in 0..100 {
        if call("GET", &format!("{organisation}/sync"), Value::Null).await.contains("\"done\"") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let member = format!("{organisation}/members/{}", people::LI_NA);
    for path in ["/api/v1/suites", "/api/v1/suites/shop/customers", "/api/v1/suites/shop/events", &member] {
        heard += &call("GET", path, Value::Null).await;
    }
    assert!(heard.contains("李娜") && heard.contains("user_changed"), "{heard}");
    heard
}

/// Returns the tickets and tokens that went to DingTalk.
fn secrets_of(dingtalk: &Simulator) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for call in dingtalk.calls() {
        let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
        secrets.extend(body["suiteTicket"].as_str().map(str::to_owned));
        let query = url::form_urlencoded::parse(call.query.as_bytes());
        let kinds = ["access_token", "suite_access_token", "suiteTicket", "signature"];
        secrets
            .extend(query.filter(|(name, _)| kinds.contains(&&**name)).map(|(_, value)| value.into_owned()));
    }
    secrets
}
