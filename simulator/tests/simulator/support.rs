//! A simulator of one's own for each test, and a client that speaks to it.

use std::ops::Deref;

use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Fault, FaultRule, Options, SettingsPatch, Simulator,
};
use reqwest::{Method, Response, redirect};
use serde_json::{Value, json};

pub(crate) const INIT: &str = "/app/registration/init";
pub(crate) const BEGIN: &str = "/app/registration/begin";
pub(crate) const POLL: &str = "/app/registration/poll";
pub(crate) const USER_TOKEN: &str = "/v1.0/oauth2/userAccessToken";
pub(crate) const ME: &str = "/v1.0/contact/users/me";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:8000/callback";
pub(crate) const PAGE: &str = "/openapp/registration/openClaw";

pub(crate) struct TestSimulator {
    simulator: Simulator,
    client: reqwest::Client,
}

pub(crate) struct Begun {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
}

#[expect(clippy::disallowed_methods, reason = "a test's client has no settings in common with the backend's")]
pub(crate) fn client() -> reqwest::Client {
    // reqwest wants a provider of cryptography even for plain HTTP; a second installation is refused, and fine.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap()
}

/// Link to the authorize page for the existing app, whose callback is [`CALLBACK`].
pub(crate) fn authorize(more: &str) -> String {
    format!(
        "/oauth2/auth?client_id={EXISTING_APP_CLIENT_ID}&response_type=code\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fcallback&{more}"
    )
}

impl TestSimulator {
    pub(crate) async fn start() -> Self {
        Self::start_from(Options { seed: Some(7), ..Options::default() }).await
    }

    pub(crate) async fn start_from(options: Options) -> Self {
        Self { simulator: Simulator::start(options).await.unwrap(), client: client() }
    }

    pub(crate) async fn start_with(patch: SettingsPatch) -> Self {
        let simulator = Self::start().await;
        simulator.change_settings(patch);
        simulator
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url())).send().await.unwrap()
    }

    pub(crate) async fn try_post(&self, path: &str, body: Value) -> reqwest::Result<Response> {
        self.client.post(format!("{}{path}", self.url())).json(&body).send().await
    }

    /// Status and JSON of the answer to a JSON body.
    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let response = self.try_post(path, body).await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Status and JSON of the answer to any body at all.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: &str,
    ) -> (u16, Value) {
        let request = self.client.request(method, format!("{}{path}", self.url()));
        let response =
            request.header("content-type", content_type).body(body.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Sends a form of one of the pages.
    pub(crate) async fn submit(&self, path: &str, form: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.url())).body(form.to_owned());
        request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
    }

    pub(crate) async fn submit_with(&self, path: &str, form: &str, header: &str, value: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.url())).body(form.to_owned());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.header(header, value).send().await.unwrap()
    }

    pub(crate) async fn get_with(&self, path: &str, header: &str, value: &str) -> Response {
        self.client.get(format!("{}{path}", self.url())).header(header, value).send().await.unwrap()
    }

    pub(crate) async fn get_with_cookie(&self, path: &str, cookie: &str) -> String {
        self.get_with(path, "cookie", cookie).await.text().await.unwrap()
    }

    /// Where a form of one of the pages leads.
    pub(crate) async fn location(&self, path: &str, form: &str) -> String {
        let response = self.submit(path, form).await;
        assert_eq!(response.status().as_u16(), 302, "{}", response.text().await.unwrap());
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Exchanges a code for the existing app.
    pub(crate) async fn exchange(&self, code: &str) -> (u16, Value) {
        let body = json!({
            "clientId": EXISTING_APP_CLIENT_ID,
            "clientSecret": EXISTING_APP_CLIENT_SECRET,
            "grantType": "authorization_code",
            "code": code,
        });
        self.post(USER_TOKEN, body).await
    }

    pub(crate) async fn profile(&self, token: &str) -> (u16, Value) {
        let response = self.get_with(ME, "x-acs-dingtalk-access-token", token).await;
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Token of the existing app.
    pub(crate) async fn app_token(&self) -> String {
        let key = format!("/gettoken?appkey={EXISTING_APP_CLIENT_ID}&appsecret={EXISTING_APP_CLIENT_SECRET}");
        let answer: Value = self.get(&key).await.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Answer of a call under `/topapi` with the existing app's token.
    pub(crate) async fn directory(&self, path: &str, body: Value) -> Value {
        let token = self.app_token().await;
        self.post(&format!("/topapi/{path}?access_token={token}"), body).await.1
    }

    pub(crate) async fn nonce(&self) -> String {
        let (_, init) = self.post(INIT, json!({})).await;
        init["nonce"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn begin(&self) -> Begun {
        let (_, begun) = self.post(BEGIN, json!({ "nonce": self.nonce().await })).await;
        let text = |name: &str| begun[name].as_str().unwrap().to_owned();
        Begun { device_code: text("device_code"), user_code: text("user_code") }
    }

    pub(crate) async fn poll(&self, begun: &Begun) -> Value {
        self.post(POLL, json!({ "device_code": begun.device_code })).await.1
    }

    /// The `status` of as many polls.
    pub(crate) async fn statuses<const N: usize>(&self, begun: &Begun) -> [String; N] {
        let mut statuses = [const { String::new() }; N];
        for status in &mut statuses {
            self.poll(begun).await["status"].as_str().unwrap().clone_into(status);
        }
        statuses
    }

    /// Adds a fault for the next call.
    pub(crate) fn fault_once(&self, path: &str, fault: Value) {
        let fault: Fault = serde_json::from_value(fault).unwrap();
        self.add_fault(FaultRule { path: path.to_owned(), times: 1.try_into().ok(), fault }).unwrap();
    }
}

impl Deref for TestSimulator {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
