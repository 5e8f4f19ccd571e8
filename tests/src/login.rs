use std::cell::RefCell;
use std::collections::BTreeMap;

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, STUDIO_CORP_ID};
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::{Answer, Call, Flow, TestApp, TestOptions};

/// The origin of the backend's own pages, as [`login_options`] sets it.
pub const OWN: &str = "https://bots.example";

/// An origin whose pages may call the backend, as [`login_options`] sets it.
pub const SHOP: &str = "https://shop.example";

/// Options for a backend behind https with the studio's app to sign in with, and a shop that may ask for logins.
pub fn login_options() -> TestOptions {
    TestOptions::default()
        .guarded()
        .var("PUBLIC_URL", OWN)
        .var("ALLOWED_ORIGINS", SHOP)
        .var("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID)
        .var("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET)
        .var("DINGTALK_CORP_ID", STUDIO_CORP_ID)
}

/// A browser: it keeps its cookies and says where its pages are from.
#[derive(Debug)]
pub struct Browser<'a> {
    app: &'a TestApp,
    origin: Option<String>,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    /// Opens one that shows a page of the backend itself.
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, origin: Some(OWN.to_owned()), cookies: RefCell::default() }
    }

    /// Opens one that shows a page of another origin: it sends the backend no cookies, and keeps none from it.
    pub fn at(app: &'a TestApp, origin: &str) -> Self {
        Self { app, origin: Some(origin.to_owned()), cookies: RefCell::default() }
    }

    /// Opens one that was there before, with the cookies that [`Browser::cookies`] told.
    pub fn again(app: &'a TestApp, cookies: &str) -> Self {
        let browser = Self::new(app);
        for (name, value) in cookies.split("; ").filter_map(|cookie| cookie.split_once('=')) {
            browser.plant_cookie(name, value);
        }
        browser
    }

    /// Returns the backend that it talks to.
    pub fn app(&self) -> &'a TestApp {
        self.app
    }

    fn is_foreign(&self) -> bool {
        self.origin.as_deref() != Some(OWN)
    }

    fn call(&self, method: &str, path: &str, is_navigation: bool) -> Call {
        let mut call = self
            .app
            .call(method, path)
            .header("user-agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36");
        if let (Some(origin), false) = (&self.origin, is_navigation && method == "GET") {
            call = call.header("origin", origin);
        }
        if !self.cookies.borrow().is_empty() && (is_navigation || !self.is_foreign()) {
            call = call.header("cookie", &self.cookies());
        }
        call
    }

    fn keep_cookies(&self, answer: &Answer) {
        for header in answer.headers.get_all("set-cookie") {
            let text = header.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Goes to a path of the backend, as a link does.
    pub async fn go(&self, path: &str) -> Answer {
        let answer = self.call("GET", path, true).send().await;
        self.keep_cookies(&answer);
        answer
    }

    /// Sends a form of a page of the backend.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = self.call("POST", path, true).text("application/x-www-form-urlencoded", &form);
        let answer = call.send().await;
        self.keep_cookies(&answer);
        answer
    }

    /// Calls the API, as a script does.
    pub async fn api(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let mut call = self.call(method, path, false);
        if let Some(token) = token {
            call = call.bearer(token);
        }
        if let Some(body) = body {
            call = call.json(body);
        }
        let answer = call.send().await;
        if !self.is_foreign() {
            self.keep_cookies(&answer);
        }
        answer
    }

    /// Returns a cookie, by the end of its name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.borrow();
        cookies.iter().find(|(known, _)| known.ends_with(name)).map(|(_, value)| value.clone())
    }

    /// Sets a cookie, as an attacker would who can.
    pub fn plant_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Returns the cookies, as the header that carries them.
    pub fn cookies(&self) -> String {
        let cookies = self.cookies.borrow();
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Signs somebody in on our own site, there and back again, and returns the answer that did it.
    pub async fn sign_in(&self, userid: &str) -> Answer {
        let out = self.go("/auth/dingtalk").await;
        let back = self.go(&self.app.approve_at_dingtalk(out.header("location"), userid)).await;
        assert_eq!(back.status, 303, "{back:?}");
        back
    }

    /// Signs somebody in by QR code up to the ticket, which it returns with the flow.
    pub async fn sign_in_by_phone(&self, userid: &str) -> (Flow, String) {
        let (flow, phone) = (self.begin_qr().await, Browser::new(self.app));
        let page = phone.scan(&flow, userid).await;
        let number = self.state(&flow).await["number"].as_u64().unwrap();
        phone.pick(&flow, &page, number).await;
        let ticket = self.ticket(&flow).await;
        (flow, ticket)
    }

    /// Returns the ticket that a login has ended with.
    pub async fn ticket(&self, flow: &Flow) -> String {
        let state = self.state(flow).await;
        state["ticket"].as_str().unwrap_or_else(|| panic!("{state}")).to_owned()
    }

    /// Calls a route of a login, with its poll token.
    pub async fn login_call(&self, flow: &Flow, route: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/logins/{}/{route}", flow.id);
        self.api("POST", &path, Some(&flow.token), Some(body)).await
    }

    /// Begins a login that is expected to begin.
    pub async fn begin_login(&self, body: &Value) -> Flow {
        let answer = self.api("POST", "/api/v1/logins", None, Some(body)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Flow::from(answer.json())
    }

    /// Begins a login by QR code.
    pub async fn begin_qr(&self) -> Flow {
        self.begin_login(&json!({ "method": "qr" })).await
    }

    /// Asks how a flow stands.
    pub async fn state(&self, flow: &Flow) -> Value {
        let path = format!("/api/v1/flows/{}", flow.id);
        let answer = self.api("GET", &path, Some(&flow.token), None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Gives the ticket of a login in for a session.
    pub async fn open_session(&self, ticket: &str) -> Answer {
        self.api("POST", "/api/v1/session", None, Some(&json!({ "ticket": ticket }))).await
    }

    /// Returns the answer to "who is signed in?".
    pub async fn session(&self) -> Answer {
        self.api("GET", "/api/v1/session", None, None).await
    }

    /// Does what a phone does after a scan, up to the page with the numbers, and returns that page.
    pub async fn scan(&self, flow: &Flow, userid: &str) -> Answer {
        let path = scan_path(flow);
        let page = self.go(&path).await;
        assert_eq!(page.status, 200, "{page:?}");
        let answer = self.submit(&path, &[("token", &form_token(&page)), ("do", "continue")]).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let back = self.app.approve_at_dingtalk(answer.header("location"), userid);
        let answer = self.go(&back).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, path.as_str()), "{answer:?}");
        self.go(&path).await
    }

    /// Picks a number on the page that [`Browser::scan`] returned.
    pub async fn pick(&self, flow: &Flow, page: &Answer, number: u64) -> Answer {
        let path = scan_path(flow);
        self.submit(&path, &[("token", &form_token(page)), ("number", &number.to_string())]).await
    }
}

impl TestApp {
    /// Plays DingTalk's sign-in page: somebody approves there. Returns the address of ours that the browser comes back
    /// to, without its origin.
    pub fn approve_at_dingtalk(&self, sign_in_page: &str, userid: &str) -> String {
        let code = self.sign_in_code(sign_in_page, userid);
        let state = query_of(sign_in_page, "state");
        let query = Serializer::new(String::new())
            .extend_pairs([("authCode", &code), ("code", &code), ("state", &state)])
            .finish();
        format!("/auth/dingtalk/callback?{query}")
    }

    /// Plays DingTalk's sign-in page, and returns the code that it gives.
    pub fn sign_in_code(&self, sign_in_page: &str, userid: &str) -> String {
        let client_id = query_of(sign_in_page, "client_id");
        let has_corp = query_of(sign_in_page, "scope").contains("corpid");
        let corp_id = query_of(sign_in_page, "corpId");
        let corp_id = if corp_id.is_empty() { STUDIO_CORP_ID } else { &corp_id };
        self.dingtalk.oauth_code(&client_id, userid, has_corp.then_some(corp_id)).unwrap()
    }

    /// Returns how many codes and refresh tokens were given in at DingTalk.
    pub fn exchanges(&self) -> usize {
        self.asked("/v1.0/oauth2/userAccessToken")
    }

    /// Returns how often DingTalk was asked by a path.
    pub fn asked(&self, path: &str) -> usize {
        self.dingtalk.calls().iter().filter(|call| call.path == path).count()
    }

    /// Makes an API key.
    pub async fn api_key(&self, name: &str) -> String {
        self.state.access().create_api_key(name).await.unwrap().unwrap().to_string()
    }

    /// Redeems a ticket with an API key.
    pub async fn redeem(&self, key: &str, ticket: &str) -> Answer {
        let body = json!({ "ticket": ticket });
        self.call("POST", "/api/v1/tickets/redeem").bearer(key).json(&body).send().await
    }
}

/// Returns the path of what the QR code of a login says.
pub fn scan_path(flow: &Flow) -> String {
    Url::parse(flow.started["qr"]["text"].as_str().unwrap()).unwrap().path().to_owned()
}

/// Returns a value of the query of an address, empty if there is none.
pub fn query_of(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Returns the hidden token of a page's forms.
pub fn form_token(page: &Answer) -> String {
    token_in(&page.body)
}

/// Returns the numbers that a page offers.
pub fn numbers(page: &Answer) -> Vec<u64> {
    numbers_in(&page.body)
}

/// Returns the hidden token of the forms in a document.
///
/// # Panics
///
/// If it has no form.
pub fn token_in(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"token\" value=\"").expect("the page has a form");
    rest.split('"').next().unwrap().to_owned()
}

/// Returns the numbers that a document offers.
///
/// # Panics
///
/// If one of them is none.
pub fn numbers_in(html: &str) -> Vec<u64> {
    let rest = html.split("name=\"number\" value=\"").skip(1);
    rest.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}
