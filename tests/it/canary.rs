//! No secret leaves: not in an answer, a log line, a URL or the database.

use std::fs;

use dingtalk_qr_simulator::{Approval, Options, Settings, Simulator};
use dingtalk_qr_tests::{JSON, Postgres, Program, Receiver, SHOP, TestApp, TestOptions, database, run};
use serde_json::{Value, json};

const CANARY: &str = "canary-canary-canary-canary-canary-canary-canary";

#[tokio::test]
async fn nothing_secret_is_answered_logged_or_stored_in_clear() {
    search_everything(None).await;
}

#[tokio::test]
async fn nothing_secret_is_in_a_dump_of_postgresql() {
    search_everything(Some(&Postgres::shared().new_database().await)).await;
}

/// Uses and misuses every route, and searches what comes of it.
async fn search_everything(postgres: Option<&str>) {
    let settings = Settings { interval: 2, ..Settings::default() };
    let dingtalk = Simulator::start(Options { settings, ..Options::default() }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    // Every attempt fails, and its answer has something in it, too.
    receiver.answer(500);
    let env_file = folder.path().join("bot.env");
    let vars = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("ENV_FILE", env_file.to_str().unwrap()),
        ("ALLOWED_ORIGINS", SHOP),
        ("WEBHOOK_URL", receiver.url.as_str()),
        ("WEBHOOK_SECRET", Receiver::SECRET),
        ("WEBHOOK_ALLOW_PRIVATE", "true"),
        ("RUST_LOG", "trace"),
        ("DATABASE_URL", postgres.unwrap_or_default()),
    ];
    let key = String::from_utf8(run(folder.path(), &vars, &["api-key", "create", "shop"]).stdout).unwrap();
    let scope = ["api-key", "create", "reader", "--scope", "credentials:read"];
    let reader = String::from_utf8(run(folder.path(), &vars, &scope).stdout).unwrap();
    let program = Program::start(folder.path(), &vars);
    let mut page = Page { http: crate::http_client(), base: program.url.clone(), heard: String::new() };

    let (flow, token) = page.use_every_route(&dingtalk).await;
    let embed_token = page.begin_with_an_embed_token(key.trim()).await;
    page.read_credentials(reader.trim()).await;
    page.misuse_every_route(&flow, &token).await;

    let secret = fs::read_to_string(&env_file).unwrap();
    let secrets: Vec<_> =
        secret.lines().filter_map(|line| line.strip_prefix("DINGTALK_CLIENT_SECRET=")).collect();
    assert_eq!(secrets, [CANARY], "the last app that was entered");
    let told = receiver.messages();
    assert!(told.iter().any(|message| message.body.contains(CANARY)), "the receiver is told");
    let log = program.log();
    let marks = ["flow changed", "credentials kept", "embed token made", "credentials read", "app removed"];
    for mark in marks.into_iter().chain(["delivery failed"]) {
        assert!(log.contains(mark), "the log was on: {mark}");
    }
    let stored = postgres.map_or_else(|| database(&folder.path().join("data")), Postgres::dump);
    assert!(stored.contains("ding-canary"), "the database was read");
    for (place, text) in [("answers", &page.heard), ("log", &log), ("database", &stored)] {
        for secret in secrets_of(&dingtalk) {
            assert!(!text.contains(&secret), "a secret is in the {place}");
        }
    }
    let master_key = fs::read_to_string(folder.path().join("data/key")).unwrap();
    let webhook_key = Receiver::SECRET.trim_start_matches("whsec_");
    let mut hidden = vec![master_key.trim(), &token, key.trim(), reader.trim(), webhook_key];
    hidden.extend(["-of-the-receiver", "token-in-the-answer"]);
    hidden.extend(embed_token.split('.'));
    for (place, text) in [("log", &log), ("database", &stored)] {
        for (index, secret) in hidden.iter().enumerate() {
            assert!(!text.contains(secret), "secret {index} is in the {place}");
        }
    }
}

#[tokio::test]
async fn the_setup_link_is_printed_once_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[("LISTEN_ADDR", "127.0.0.1:0"), ("RUST_LOG", "trace")]);

    let code = program.greeting.split("#setup=").nth(1).unwrap().split_whitespace().next().unwrap();

    assert_eq!(code.len(), 43);
    assert!(!program.log().contains(code));
    assert!(!database(&folder.path().join("data")).contains(code));
}

#[tokio::test]
async fn no_route_gives_a_secret_to_a_program_with_a_usual_api_key_either() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let key = app.state.access().create_api_key("ci").await.unwrap().unwrap();
    let body = json!({ "client_id": "ding-canary", "client_secret": CANARY });

    let added = app.call("POST", "/api/v1/apps").bearer(&key).json(&body).send().await;
    let listed = app.call("GET", "/api/v1/apps").bearer(&key).send().await;
    let read = app.call("GET", "/api/v1/apps/ding-canary").bearer(&key).send().await;
    let claimed = app.call("POST", "/api/v1/apps/ding-canary/claim").bearer(&key).send().await;

    for answer in [added, listed, read, claimed] {
        assert!(answer.status.is_success() && !answer.body.contains(CANARY), "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

/// A page that remembers everything it hears.
struct Page {
    http: reqwest::Client,
    base: String,
    heard: String,
}

impl Page {
    async fn use_every_route(&mut self, dingtalk: &Simulator) -> (String, String) {
        let started = self.call("POST", "/api/v1/registrations", "", &json!({}).to_string()).await;
        let (id, token) = (started["flow_id"].as_str().unwrap(), started["poll_token"].as_str().unwrap());
        // The page's own token is in this one answer, and that is where it belongs.
        self.heard = self.heard.replace(token, "");
        let flow = format!("/api/v1/flows/{id}");
        self.call("GET", &flow, token, "").await;
        self.call("GET", &format!("{flow}/qr.svg"), token, "").await;
        let approval = Approval { admin_approval: true, ..Approval::default() };
        dingtalk.approve(started["user_code"].as_str().unwrap(), approval).unwrap();
        self.until(&flow, token, "approval_pending").await;
        dingtalk.admin_approve(started["user_code"].as_str().unwrap()).unwrap();
        let app = self.until(&flow, token, "created").await;
        self.call("DELETE", &format!("{flow}?leaving=true"), token, "").await;
        self.call("GET", "/api/v1/apps", "", "").await;
        self.call("GET", "/api/v1/apps?claimable=true&limit=1", "", "").await;
        let name = format!("/api/v1/apps/{}", app["app"].as_str().unwrap());
        self.call("GET", &name, "", "").await;
        self.call("POST", &format!("{name}/claim"), "", "").await;
        self.call("GET", &format!("{name}/credentials"), "", "").await;
        self.call("POST", &format!("{name}/verify"), "", "").await;
        self.call("POST", &format!("{flow}/credentials"), token, "").await;
        self.call("DELETE", &name, "", "").await;
        let manual = json!({ "client_id": "ding-canary", "client_secret": CANARY });
        self.call("POST", "/api/v1/apps", "", &manual.to_string()).await;
        self.call("POST", "/api/v1/apps/ding-canary/deliveries/webhook/redeliver", "", "").await;
        for path in ["/api/v1/openapi.json", "/healthz", "/readyz", "/"] {
            self.call("GET", path, "", "").await;
        }
        (flow, token.to_owned())
    }

    /// Uses an embed token, from the right page, from none, and where it does not belong.
    async fn begin_with_an_embed_token(&mut self, key: &str) -> String {
        let body = json!({ "origin": SHOP }).to_string();
        let made = self.call("POST", "/api/v1/embed-tokens", key, &body).await;
        let token = made["token"].as_str().unwrap().to_owned();
        // The site's server hears it once.
        self.heard = self.heard.replace(&token, "");
        let call = self.http.post(format!("{}/api/v1/registrations", self.base)).bearer_auth(&token);
        let begun = call.header("origin", SHOP).header("content-type", JSON).body("{}").send().await.unwrap();
        assert_eq!(begun.status(), 201);
        for path in ["/api/v1/registrations", "/api/v1/apps", "/api/v1/embed-tokens"] {
            self.call("POST", path, &token, "{}").await;
            self.call("POST", &format!("{path}?access_token={token}"), "", "{").await;
            self.call("POST", path, "", &json!({ "origin": token, "app": token }).to_string()).await;
        }
        assert!(!self.heard.contains(&token), "the embed token is answered");
        token
    }

    /// Reads a secret as the one server does that may.
    async fn read_credentials(&mut self, key: &str) {
        let heard = self.heard.len();
        let credentials = self.call("GET", "/api/v1/apps/ding-canary/credentials", key, "").await;
        assert_eq!(credentials["client_secret"], CANARY);
        self.heard.truncate(heard);
        for path in ["/api/v1/apps/ding-canary/credentials", "/api/v1/apps/ding-canary"] {
            self.call("POST", path, key, "{}").await;
            self.call("GET", &format!("{path}?api_key={key}"), "", "").await;
        }
    }

    /// Puts secrets where they do not belong.
    async fn misuse_every_route(&mut self, flow: &str, token: &str) {
        let surplus = json!({ "client_id": "ding1", "client_secret": CANARY, "surplus": CANARY }).to_string();
        for path in ["/api/v1/apps", "/api/v1/registrations", "/api/v1/operator-session"] {
            self.call("POST", path, "", &surplus).await;
            self.call("POST", path, "", &format!("{{\"client_secret\": \"{CANARY}")).await;
            self.call("POST", path, CANARY, "{}").await;
            self.call("GET", &format!("{path}?access_token={CANARY}"), "", "").await;
        }
        self.call("POST", "/api/v1/operator-session", "", &json!({ "setup_code": CANARY }).to_string()).await;
        self.call("GET", &format!("{flow}?wait={CANARY}"), token, "").await;
        self.call("GET", flow, CANARY, "").await;
        self.call("DELETE", &format!("{flow}?leaving={CANARY}"), token, "").await;
        self.call("GET", &format!("/nothing/{CANARY}"), "", "").await;
    }

    async fn until(&mut self, flow: &str, token: &str, status: &str) -> Value {
        for _ in 0..300 {
            let state = self.call("GET", flow, token, "").await;
            if state["status"] == status {
                return state;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the flow does not become {status}");
    }

    async fn call(&mut self, method: &str, path: &str, bearer: &str, body: &str) -> Value {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        let request = if bearer.is_empty() { request } else { request.bearer_auth(bearer) };
        let response = request.header("content-type", JSON).body(body.to_owned()).send().await.unwrap();
        let headers = format!("{:?}", response.headers());
        let text = response.text().await.unwrap();
        self.heard += &headers;
        self.heard += &text;
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// What DingTalk gave us and nobody else may see: device codes, nonces, client secrets, app tokens.
fn secrets_of(dingtalk: &Simulator) -> Vec<String> {
    let mut secrets = vec![CANARY.to_owned()];
    secrets.extend(dingtalk.registrations().into_iter().map(|registration| registration.device_code));
    for call in dingtalk.calls() {
        let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
        let fields =
            ["nonce", "device_code", "appSecret"].map(|field| body[field].as_str().map(str::to_owned));
        secrets.extend(fields.into_iter().flatten());
    }
    assert!(secrets.len() > 8, "init, begin, several polls and two probes");
    secrets
}
