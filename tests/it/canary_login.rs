//! No secret of a login leaves: not in the log, the database, or an answer where it does not belong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Options, STUDIO_CORP_ID, Simulator, people,
};
use dingtalk_qr_tests::{JSON, Postgres, Program, SHOP, database, query_of, run};
use serde_json::{Value, json};

const CANARY: &str = "canary-canary-canary-canary-canary-canary-43";
const REFRESH_CANARY: &str = "canary-of-a-refresh-token";
const ACCESS_CANARY: &str = "canary-of-an-access-token";
const FORM: &str = "application/x-www-form-urlencoded";
const TOKEN: &str = "/v1.0/oauth2/userAccessToken";

#[tokio::test]
async fn nothing_secret_of_a_login_is_logged_stored_or_answered() {
    search_everything(None).await;
}

#[tokio::test]
async fn nothing_secret_of_a_login_is_in_a_dump_of_postgresql() {
    search_everything(Some(&Postgres::shared().new_database().await)).await;
}

/// Uses and misuses every door, and searches what comes of it.
async fn search_everything(postgres: Option<&str>) {
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let vars = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("ALLOWED_ORIGINS", SHOP),
        ("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID),
        ("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET),
        ("DINGTALK_CORP_ID", STUDIO_CORP_ID),
        ("RUST_LOG", "trace"),
        ("DATABASE_URL", postgres.unwrap_or_default()),
    ];
    let key = String::from_utf8(run(folder.path(), &vars, &["api-key", "create", "shop"]).stdout).unwrap();
    let program = Program::start(folder.path(), &vars);
    let mut visit = Visit::new(&dingtalk, program.url.clone(), key.trim());

    visit.use_every_door().await;
    visit.use_every_route_of_a_server().await;
    visit.misuse_every_door().await;
    let request_id = visit.lack_a_permission().await;

    let log = program.log();
    let stored = postgres.map_or_else(|| database(&folder.path().join("data")), Postgres::dump);
    for mark in ["signed in", "ticket redeemed", "request served", "needs Contact.User.Read", &request_id] {
        assert!(log.contains(mark), "the log was on: {mark}");
    }
    assert!(stored.contains("zhangwei@example.com"), "the database was read");
    let (of_dingtalk, ours) = (visit.secrets_of_dingtalk(), &visit.secrets);
    assert!(of_dingtalk.len() > 10 && ours.len() > 15, "{of_dingtalk:?} {ours:?}");
    for secret in of_dingtalk.iter().chain(ours) {
        assert!(!log.contains(secret.as_str()), "in the log: {secret}");
        assert!(!stored.contains(secret.as_str()), "in the database: {secret}");
    }
    for secret in &of_dingtalk {
        assert!(!visit.heard.contains(secret.as_str()), "in an answer: {secret}");
    }
    for personal in ["13800000001", "zhangwei@example.com", "张伟", "canary"] {
        assert!(!log.contains(personal), "in the log: {personal}");
    }
}

/// Browsers and servers that remember what they hear, and what of it is secret.
struct Visit<'a> {
    dingtalk: &'a Simulator,
    http: reqwest::Client,
    base: String,
    key: String,
    cookies: BTreeMap<String, String>,
    heard: String,
    secrets: BTreeSet<String>,
}

/// An answer, as far as a visit needs it.
struct Heard {
    status: u16,
    location: String,
    request_id: String,
    body: String,
    json: Value,
}

impl<'a> Visit<'a> {
    fn new(dingtalk: &'a Simulator, base: String, key: &str) -> Self {
        let http = crate::http_client_that_stays();
        let (cookies, heard) = (BTreeMap::new(), String::new());
        let secrets = BTreeSet::from([key.to_owned()]);
        Self { dingtalk, http, base, key: key.to_owned(), cookies, heard, secrets }
    }

    async fn use_every_door(&mut self) {
        // What gets the next token is not the simulator's, so that it is known.
        let set =
            json!({ "path": TOKEN, "times": 1, "fault": { "set": { "refreshToken": REFRESH_CANARY } } });
        self.dingtalk.add_fault(serde_json::from_value(set).unwrap()).unwrap();
        let out = self.call("GET", "/auth/dingtalk?return_to=%2Forders", "", None).await.location;
        assert_eq!(self.come_back(&out).await.location, "/orders");

        let flow = self.begin(&json!({ "method": "qr" })).await;
        let scan = flow["qr"]["text"].as_str().unwrap().split("/d/").nth(1).unwrap().to_owned();
        let scan = format!("/d/{scan}");
        let page = self.call("GET", &scan, "", None).await.body;
        let form = format!("token={}", self.form_token(&page));
        let out = self.call("POST", &scan, FORM, Some(&format!("{form}&do=continue"))).await.location;
        self.come_back(&out).await;
        let page = self.call("GET", &scan, "", None).await.body;
        let form = format!("token={}", self.form_token(&page));
        let number = self.state(&flow).await["number"].as_u64().unwrap();
        self.call("POST", &scan, FORM, Some(&format!("{form}&number={number}"))).await;
        let ticket = self.ticket(&flow).await;
        let body = json!({ "ticket": ticket }).to_string();
        assert_eq!(self.call("POST", "/api/v1/session", JSON, Some(&body)).await.status, 200);

        let flow = self.begin(&json!({ "method": "frame" })).await;
        let url = self.of_login(&flow, "authorization", &json!({})).await.json["url"].clone();
        let (code, state) = self.at_dingtalk(url.as_str().unwrap());
        let answer = self.of_login(&flow, "code", &json!({ "code": code, "state": state })).await;
        assert_eq!(answer.status, 204);
        self.ticket(&flow).await;
    }

    async fn use_every_route_of_a_server(&mut self) {
        let flow = self.begin(&json!({ "method": "workspace" })).await;
        let code = self.dingtalk.jsapi_code(None, STUDIO_CORP_ID, people::ZHANG_WEI).unwrap();
        self.secrets.insert(code.clone());
        self.of_login(&flow, "workspace", &json!({ "code": code })).await;
        let ticket = self.ticket(&flow).await;
        let body = json!({ "ticket": ticket });
        let user = self.by_key("POST", "/api/v1/tickets/redeem", &body).await.json["user"].clone();
        let path = format!("/api/v1/users/{}", user["user_id"].as_str().unwrap());
        self.by_key("GET", &path, &json!({})).await;
        self.by_key("PATCH", &path, &json!({ "external_id": "customer-1", "extension": { "a": 1 } })).await;
        self.by_key("POST", &format!("{path}/refresh"), &json!({})).await;
        self.by_key("POST", "/api/v1/invitations", &json!({ "email": "invited@example.com" })).await;
        self.call("GET", "/api/v1/session", "", None).await;
        self.call("DELETE", "/api/v1/session", "", None).await;
        self.by_key("DELETE", &format!("{path}/sessions"), &json!({})).await;
    }

    /// Puts secrets where they do not belong.
    async fn misuse_every_door(&mut self) {
        let fault =
            json!({ "path": TOKEN, "times": 1, "fault": { "set": { "accessToken": ACCESS_CANARY } } });
        self.dingtalk.add_fault(serde_json::from_value(fault).unwrap()).unwrap();
        let out = self.call("GET", "/auth/dingtalk", "", None).await.location;
        assert_eq!(self.come_back(&out).await.status, 502);
        for path in [
            format!("/auth/dingtalk/callback?authCode={CANARY}&code={CANARY}&state={CANARY}"),
            format!("/auth/dingtalk/callback?error={CANARY}&state={CANARY}"),
            format!("/auth/dingtalk?return_to={CANARY}&app={CANARY}"),
            format!("/auth/dingtalk?login={CANARY}"),
            format!("/d/{CANARY}"),
            format!("/embed/frame?lang={CANARY}"),
            format!("/api/v1/apps/{CANARY}/login-config"),
        ] {
            self.call("GET", &path, "", None).await;
        }
        let out = self.call("GET", "/auth/dingtalk", "", None).await.location;
        let state = query_of(&out, "state");
        self.call("GET", &format!("/auth/dingtalk/callback?authCode={CANARY}&state={state}"), "", None).await;
        let flow = self.begin(&json!({ "method": "workspace" })).await;
        for (path, body) in [
            ("/api/v1/session", json!({ "ticket": CANARY })),
            ("/api/v1/logins", json!({ "method": "qr", "app": CANARY, CANARY: CANARY })),
            ("/api/v1/tickets/redeem", json!({ "ticket": CANARY })),
        ] {
            self.call("POST", path, JSON, Some(&body.to_string())).await;
            self.call("POST", path, JSON, Some(&format!("{{\"ticket\": \"{CANARY}"))).await;
            self.by_key("POST", path, &body).await;
        }
        for (route, body) in [
            ("proof", json!({ "proof": CANARY })),
            ("code", json!({ "code": CANARY, "state": CANARY })),
            ("workspace", json!({ "code": CANARY })),
        ] {
            self.of_login(&flow, route, &body).await;
        }
        self.call("POST", &format!("/d/{CANARY}"), FORM, Some(&format!("token={CANARY}&do=continue"))).await;
        self.cookies = ["session", "browser", "operator"]
            .map(|name| (format!("dingtalk-qr-{name}"), CANARY.to_owned()))
            .into();
        self.call("GET", "/api/v1/session", "", None).await;
        self.call("GET", "/auth/dingtalk", "", None).await;
        CANARY.clone_into(&mut self.key);
        self.by_key("GET", "/api/v1/users/x", &json!({})).await;
    }

    /// Signs in with an app that may not read profiles, and returns the id of the request that failed.
    async fn lack_a_permission(&mut self) -> String {
        let mut app = self.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
        app.permissions.retain(|name| name != "Contact.User.Read");
        self.dingtalk.put_app(app).unwrap();
        self.cookies.clear();
        let out = self.call("GET", "/auth/dingtalk", "", None).await.location;
        let page = self.come_back(&out).await;
        assert!(page.status == 502 && page.body.contains("permission_missing"), "{}", page.body);
        page.request_id
    }

    async fn begin(&mut self, body: &Value) -> Value {
        let flow = self.call("POST", "/api/v1/logins", JSON, Some(&body.to_string())).await.json;
        self.secrets.insert(flow["poll_token"].as_str().unwrap().to_owned());
        flow
    }

    async fn state(&mut self, flow: &Value) -> Value {
        let path = format!("/api/v1/flows/{}", flow["flow_id"].as_str().unwrap());
        self.send("GET", &path, flow["poll_token"].as_str(), None).await.json
    }

    async fn ticket(&mut self, flow: &Value) -> String {
        let state = self.state(flow).await;
        let ticket = state["ticket"].as_str().unwrap_or_else(|| panic!("{state}")).to_owned();
        self.secrets.insert(ticket.split('.').nth(1).unwrap().to_owned());
        ticket
    }

    async fn of_login(&mut self, flow: &Value, route: &str, body: &Value) -> Heard {
        let path = format!("/api/v1/logins/{}/{route}", flow["flow_id"].as_str().unwrap());
        let body = body.to_string();
        self.send("POST", &path, flow["poll_token"].as_str(), Some((JSON, &body))).await
    }

    async fn by_key(&mut self, method: &str, path: &str, body: &Value) -> Heard {
        let (key, body) = (self.key.clone(), body.to_string());
        self.send(method, path, Some(&key), Some((JSON, &body))).await
    }

    fn form_token(&mut self, page: &str) -> String {
        let token =
            page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        self.secrets.insert(token.clone());
        token
    }

    /// What DingTalk's sign-in page gives: a code, and the state again.
    fn at_dingtalk(&mut self, page: &str) -> (String, String) {
        let code = self.dingtalk.oauth_code(EXISTING_APP_CLIENT_ID, people::ZHANG_WEI, Some(STUDIO_CORP_ID));
        let (code, state) = (code.unwrap(), query_of(page, "state"));
        self.secrets.extend([code.clone(), state.clone()]);
        (code, state)
    }

    async fn come_back(&mut self, page: &str) -> Heard {
        let (code, state) = self.at_dingtalk(page);
        let path = format!("/auth/dingtalk/callback?authCode={code}&code={code}&state={state}");
        self.call("GET", &path, "", None).await
    }

    async fn call(&mut self, method: &str, path: &str, content_type: &str, body: Option<&str>) -> Heard {
        self.send(method, path, None, body.map(|body| (content_type, body))).await
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        bearer: Option<&str>,
        body: Option<(&str, &str)>,
    ) -> Heard {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header("cookie", cookies.join("; "));
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        if let Some((content_type, body)) = body {
            request = request.header("content-type", content_type).body(body.to_owned());
        }
        let response = request.send().await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let (status, location, request_id) =
            (response.status().as_u16(), header("location"), header("x-request-id"));
        for cookie in response.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            if !value.is_empty() {
                self.secrets.insert(value.to_owned());
            }
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        write!(self.heard, "{:?}", response.headers()).unwrap();
        let body = response.text().await.unwrap();
        self.heard += &body;
        let json = serde_json::from_str(&body).unwrap_or_default();
        Heard { status, location, request_id, body, json }
    }

    /// What DingTalk was sent, or sent us, and nobody else may see.
    fn secrets_of_dingtalk(&self) -> BTreeSet<String> {
        let known = [EXISTING_APP_CLIENT_SECRET, REFRESH_CANARY, ACCESS_CANARY].map(str::to_owned);
        let mut secrets = BTreeSet::from(known);
        for call in self.dingtalk.calls() {
            let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
            let fields = ["code", "clientSecret", "appSecret", "refreshToken"];
            secrets.extend(fields.iter().filter_map(|field| body[*field].as_str().map(str::to_owned)));
            secrets.extend(call.query.strip_prefix("access_token=").map(str::to_owned));
        }
        secrets.remove(CANARY);
        secrets
    }
}
