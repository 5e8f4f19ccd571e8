//! DingTalk falls silent, in a program whose time is given.

use std::path::PathBuf;
use std::time::Duration;

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID as ID, EXISTING_APP_CLIENT_SECRET as SECRET};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::PATIENCE;
use super::window::{CTRL_C, ENTER, Setup, Window};

const POLL: &str = "/app/registration/poll";

#[tokio::test]
async fn an_outage_of_119_seconds_is_survived() {
    let mut steered = Steered::start().await;
    steered.break_down().await;

    // The first question comes at 5 s.
    steered.pass(5 + 119).await;
    steered.window.until("DingTalk is slow. Still trying…").await;
    steered.control("DELETE", "/_sim/faults", &json!({})).await;
    steered.approve().await;
    steered.pass_to_the_end(30).await;
    let (code, screen) = steered.window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("✓ Your bot is ready"), "{screen}");
}

#[tokio::test]
async fn an_outage_of_121_seconds_leads_to_manual_entry() {
    let mut steered = Steered::start().await;
    steered.break_down().await;

    steered.pass(5 + 121).await;
    let screen = steered.window.until("Enter Client ID and Client Secret by hand").await;
    assert!(screen.contains("✗ DingTalk cannot be reached."), "{screen}");
    steered.control("DELETE", "/_sim/faults", &json!({})).await;
    steered.window.press(ENTER);
    steered.window.enter(ID, SECRET).await;
    let (code, screen) = steered.window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(std::fs::read_to_string(&steered.env_file).unwrap().contains(SECRET));
}

#[tokio::test]
async fn a_code_counts_down_for_ten_minutes_and_expires() {
    let mut steered = Steered::start().await;
    steered.window.until("10:00 left").await;

    steered.pass(541).await;
    steered.window.until("0:59 left").await;
    steered.pass(60).await;

    steered.window.until("✗ Nobody approved in time, and the code has expired.").await;
    steered.window.press(CTRL_C);
    assert_eq!(steered.window.ended().await.0, 130);
}

#[tokio::test]
async fn a_scan_that_was_given_up_is_kept_when_it_succeeds() {
    let mut steered = Steered::start().await;
    steered.window.press(CTRL_C);
    steered.window.until("✗ Cancelled.").await;

    steered.approve().await;
    steered.pass(120).await;

    let list = steered.send("GET", "steering", "/_test/apps", &json!({})).await;
    assert_eq!(list["apps"][0]["claimed"], false, "{list}");
    assert!(!steered.env_file.exists());
}

/// The wizard, waiting for a scan.
struct Steered {
    window: Window,
    places: Value,
    env_file: PathBuf,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Steered {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, env_file) = (folder.path().join("places"), folder.path().join(".env"));
        let args = [file.to_str().unwrap(), env_file.to_str().unwrap()];
        let setup = Setup { folder: folder.path(), vars: &[], args: &args, rows: 70, columns: 120 };
        let window = Window::with("steered_register", &setup);
        let places = async {
            while !file.exists() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, places).await.expect("it does not start");
        let places = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        window.until("Waiting for your scan").await;
        Self { window, places, env_file, http: crate::http_client(), _folder: folder }
    }

    async fn pass(&self, seconds: u64) {
        self.send("POST", "steering", "/_test/pass", &json!({ "seconds": seconds })).await;
    }

    /// Lets time pass in which the program ends, and with it whoever would answer.
    async fn pass_to_the_end(&self, seconds: u64) {
        let url = format!("{}/_test/pass", self.places["steering"].as_str().unwrap());
        drop(self.http.post(url).json(&json!({ "seconds": seconds })).send().await);
    }

    async fn break_down(&self) {
        self.control("POST", "/_sim/faults", &json!({ "path": POLL, "fault": { "http": 502 } })).await;
    }

    async fn approve(&self) {
        let all = self.control("GET", "/_sim/registrations", &json!({})).await;
        let user_code = all[0]["user_code"].as_str().unwrap().to_owned();
        let path = format!("/_sim/registrations/{user_code}/approve");
        self.control("POST", &path, &json!({})).await;
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        self.send(method, "dingtalk", path, body).await
    }

    async fn send(&self, method: &str, place: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.places[place].as_str().unwrap());
        let answer = self.http.request(method.parse().unwrap(), url).json(body).send().await.unwrap();
        let answer = answer.error_for_status().unwrap().bytes().await.unwrap();
        serde_json::from_slice(&answer).unwrap_or_default()
    }
}
