//! Measures what a person waits for on the desktop after the tap on the phone: from the request that picks the number to
//! the long poll that says who has signed in, over real sockets.
//!
//! `LOGINS` says how many logins (1000), half of them one after the other and half of them eight at a time. It fails
//! when more than one in a hundred takes longer than the bound.

#![expect(clippy::unwrap_used, reason = "a test program may panic")]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use dingtalk_qr_backend::{AppState, Config, SystemClock, router};
use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Options, STUDIO_CORP_ID, Simulator, people,
};
use dingtalk_qr_tests::{numbers_in, query_of, token_in};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// The longest that 99 of 100 may take.
const BOUND: Duration = Duration::from_millis(30);

/// How many sign in at a time, in the second half.
const AT_A_TIME: usize = 8;

#[tokio::main]
async fn main() -> ExitCode {
    let logins = logins();
    let bench = Bench::start().await;
    // The first one makes the connections, the app token and the key.
    bench.sign_in().await;

    let mut alone = Vec::new();
    for _ in 0..logins.div_ceil(2) {
        alone.push(bench.sign_in().await);
    }
    let crowd: Vec<Duration> =
        stream::iter(0..logins / 2).map(|_| bench.sign_in()).buffer_unordered(AT_A_TIME).collect().await;

    say(&format!("one at a time:   {}", summary(&mut alone)));
    say(&format!("{AT_A_TIME} at a time:     {}", summary(&mut crowd.clone())));
    let mut all = [alone, crowd].concat();
    say(&format!("all:             {}", summary(&mut all)));
    let p99 = percentile(&all, 99);
    let bound = BOUND.as_millis();
    say(&format!("login-latency: logins={logins} p99_ms={:.1} bound_ms={bound}", millis(p99)));
    if p99 <= BOUND { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A backend and a DingTalk, each on a socket of its own.
struct Bench {
    dingtalk: Simulator,
    desktop: reqwest::Client,
    phone: reqwest::Client,
    base: String,
    _data: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        let dingtalk = Simulator::start(Options::default()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let data = tempfile::tempdir().unwrap();
        let vars = [
            ("LISTEN_ADDR", address.to_string()),
            ("DATA_DIR", data.path().to_str().unwrap().to_owned()),
            ("ENV_FILE", String::new()),
            ("DINGTALK_SIMULATOR_URL", dingtalk.url().to_owned()),
            ("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID.to_owned()),
            ("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET.to_owned()),
            ("DINGTALK_CORP_ID", STUDIO_CORP_ID.to_owned()),
        ];
        let config = Config::from_vars(|name| {
            vars.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        });
        let state = AppState::open(config.unwrap(), Arc::new(SystemClock)).await.unwrap();
        let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(listener, service).into_future());
        let [desktop, phone] = [(); 2].map(|()| client());
        Self { dingtalk, desktop, phone, base: format!("http://{address}"), _data: data }
    }

    /// Signs in by QR code, and returns how long the desktop waits after the tap.
    async fn sign_in(&self) -> Duration {
        let start = self.desktop.post(format!("{}/api/v1/logins", self.base));
        let flow: Value = start.json(&json!({ "method": "qr" })).send().await.unwrap().json().await.unwrap();
        let link = flow["qr"]["text"].as_str().unwrap();
        let (cookie, page) = self.scan(link).await;
        let (etag, number) = self.number(&flow).await;
        assert!(numbers_in(&page).contains(&number), "{page}");

        let waiting = self.watch(&flow, 25).header("if-none-match", etag);
        let waiting = tokio::spawn(async move {
            let answer: Value = waiting.send().await.unwrap().json().await.unwrap();
            (answer, Instant::now())
        });
        // The page is there first, as it always is.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let tap = [("token", token_in(&page)), ("number", number.to_string())];
        let tap =
            self.phone.post(link).header("cookie", &cookie).header("content-type", FORM).body(form(&tap));
        let began = Instant::now();
        let tapped = tokio::spawn(tap.send());
        let (answer, told) = waiting.await.unwrap();

        assert_eq!(answer["status"], "authenticated", "{answer}");
        assert_eq!(tapped.await.unwrap().unwrap().status(), 303);
        told - began
    }

    /// What the phone does up to the page with the numbers.
    async fn scan(&self, link: &str) -> (String, String) {
        let page = self.phone.get(link).send().await.unwrap();
        let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = page.text().await.unwrap();
        let go = form(&[("token", token_in(&page)), ("do", "continue".to_owned())]);
        let go = self.phone.post(link).header("cookie", &cookie).header("content-type", FORM).body(go);
        let out = go.send().await.unwrap();
        let state = query_of(out.headers()["location"].to_str().unwrap(), "state");
        let code = self.dingtalk.oauth_code(EXISTING_APP_CLIENT_ID, people::ZHANG_WEI, Some(STUDIO_CORP_ID));
        let back = form(&[("authCode", code.unwrap()), ("state", state)]);
        let back = format!("{}/auth/dingtalk/callback?{back}", self.base);
        let back = self.phone.get(back).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(back.status(), 303);
        let page = self.phone.get(link).header("cookie", &cookie).send().await.unwrap();
        (cookie, page.text().await.unwrap())
    }

    async fn number(&self, flow: &Value) -> (String, u64) {
        let answer = self.watch(flow, 0).send().await.unwrap();
        let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
        (etag, answer.json::<Value>().await.unwrap()["number"].as_u64().unwrap())
    }

    fn watch(&self, flow: &Value, wait: u32) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v1/flows/{}?wait={wait}", self.base, flow["flow_id"].as_str().unwrap());
        self.desktop.get(url).bearer_auth(flow["poll_token"].as_str().unwrap())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(fields: &[(&str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn client() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    #[expect(clippy::disallowed_methods, reason = "the client of a test")]
    let builder = reqwest::Client::builder();
    builder.no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn logins() -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test program of its own")]
    let given = std::env::var("LOGINS");
    given.ok().and_then(|text| text.parse().ok()).filter(|logins| *logins > 1).unwrap_or(1000)
}

fn summary(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let [p50, p90, p99, max] = [50, 90, 99, 100].map(|percent| millis(percentile(times, percent)));
    format!("p50={p50:.1} ms p90={p90:.1} ms p99={p99:.1} ms max={max:.1} ms")
}

/// Returns the smallest time that so many of a hundred do not exceed. They are in order.
fn percentile(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent).div_ceil(100).max(1) - 1]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn say(line: &str) {
    println!("{line}");
}
