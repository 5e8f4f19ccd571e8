//! The program itself: started, killed, started again.

use std::path::Path;
use std::time::Duration;

use dingtalk_qr_simulator::{Approval, Options, Settings, Simulator};
use dingtalk_qr_tests::{Flow, Program, binary};
use serde_json::{Value, json};

/// How long something may take that takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn killed_while_pending_and_started_again_it_goes_on() {
    let world = World::start().await;
    let program = world.program(0);
    let (url, flow) = (program.url.clone(), world.begin(&program).await);

    let port = program.port();
    program.kill();
    let program = world.program(port);

    assert_eq!(
        (&program.url, world.state(&program, &flow).await["status"].as_str()),
        (&url, Some("pending"))
    );
    world.dingtalk.approve(&flow.user_code, Approval::default()).unwrap();
    assert_eq!(world.until_ended(&program, &flow).await["status"], "created");
    assert_eq!(world.secrets_in_env_file(), 1);
}

#[tokio::test]
async fn killed_right_after_the_approval_it_still_gets_the_credentials_once() {
    let world = World::start().await;
    let program = world.program(0);
    let flow = world.begin(&program).await;

    world.dingtalk.approve(&flow.user_code, Approval::default()).unwrap();
    let port = program.port();
    program.kill();
    let program = world.program(port);

    assert_eq!(world.until_ended(&program, &flow).await["status"], "created");
    assert_eq!(world.secrets_in_env_file(), 1);
    let apps = world.get(&format!("{}/api/v1/apps", program.url), "").await;
    assert_eq!(apps["apps"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn killed_at_many_moments_it_never_loses_what_it_was_given() {
    let world = World::start().await;
    let mut program = world.program(0);
    let flow = world.begin(&program).await;
    world.dingtalk.approve(&flow.user_code, Approval::default()).unwrap();

    for moment in [1900, 2050, 2150, 2300] {
        tokio::time::sleep(Duration::from_millis(moment)).await;
        let port = program.port();
        program.kill();
        program = world.program(port);
    }

    assert_eq!(world.until_ended(&program, &flow).await["status"], "created");
    assert_eq!(world.secrets_in_env_file(), 1);
}

#[test]
fn a_wrong_setting_stops_the_start_and_names_the_variable_only() {
    for (name, value) in
        [("LISTEN_ADDR", "canary"), ("DINGTALK_QR_KEY", "canary"), ("QR_DISPLAY_SECONDS", "canary")]
    {
        let output = run(&[(name, value)], &["serve"]);

        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(name) && !said.contains("canary"), "{said}");
    }
}

#[test]
fn another_key_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let key = |byte: &str| format!("{}=", byte.repeat(43));
    let list = |key: &str| {
        run(&[("DATA_DIR", data.to_str().unwrap()), ("DINGTALK_QR_KEY", key)], &["api-key", "list"])
    };

    assert!(list(&key("A")).status.success());
    let other = list(&key("E"));

    assert!(!other.status.success());
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(said.contains("the database belongs to another key"), "{said}");
}

#[test]
fn api_keys_are_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let api_key = |args: &[&str]| {
        let args: Vec<_> = std::iter::once("api-key").chain(args.iter().copied()).collect();
        let output = run(&[("DATA_DIR", data.to_str().unwrap())], &args);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };

    let (made, key) = api_key(&["create", "ci"]);
    assert!(made && key.starts_with("dqk_") && key.trim().len() == 47, "{key}");
    assert_eq!(api_key(&["create", "ci"]), (false, String::new()));
    assert_eq!(api_key(&["list"]), (true, "ci\n".to_owned()));
    assert_eq!(api_key(&["revoke", "ci"]), (true, String::new()));
    assert_eq!(api_key(&["revoke", "ci"]), (false, String::new()));
}

#[test]
fn the_description_is_printed() {
    let output = run(&[], &["openapi"]);

    let description: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(description["info"]["title"], "dingtalk-qr");
}

/// A DingTalk and a folder for programs that come and go.
struct World {
    dingtalk: Simulator,
    folder: tempfile::TempDir,
    http: reqwest::Client,
}

impl World {
    async fn start() -> Self {
        let settings = Settings { interval: 2, ..Settings::default() };
        let dingtalk = Simulator::start(Options { settings, ..Options::default() }).await.unwrap();
        Self { dingtalk, folder: tempfile::tempdir().unwrap(), http: crate::http_client() }
    }

    fn program(&self, port: u16) -> Program {
        let listen = format!("127.0.0.1:{port}");
        let env_file = self.folder.path().join("bot.env");
        let vars = [
            ("LISTEN_ADDR", listen.as_str()),
            ("DINGTALK_SIMULATOR_URL", self.dingtalk.url()),
            ("ENV_FILE", env_file.to_str().unwrap()),
        ];
        Program::start(self.folder.path(), &vars)
    }

    async fn begin(&self, program: &Program) -> Flow {
        let url = format!("{}/api/v1/registrations", program.url);
        let answer = self.http.post(url).json(&json!({})).send().await.unwrap();
        Flow::from(answer.json::<Value>().await.unwrap())
    }

    async fn state(&self, program: &Program, flow: &Flow) -> Value {
        self.get(&format!("{}/api/v1/flows/{}", program.url, flow.id), &flow.token).await
    }

    async fn until_ended(&self, program: &Program, flow: &Flow) -> Value {
        let ended = async {
            loop {
                let state = self.state(program, flow).await;
                if state["expires_in"] == 0 {
                    return state;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("the flow does not end")
    }

    async fn get(&self, url: &str, bearer: &str) -> Value {
        let request = self.http.get(url);
        let request = if bearer.is_empty() { request } else { request.bearer_auth(bearer) };
        request.send().await.unwrap().json().await.unwrap()
    }

    fn secrets_in_env_file(&self) -> usize {
        let text = std::fs::read_to_string(self.folder.path().join("bot.env")).unwrap();
        text.matches("DINGTALK_CLIENT_SECRET=").count()
    }
}

fn run(vars: &[(&str, &str)], args: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    std::process::Command::new(binary("dingtalk-qr"))
        .current_dir(Path::new(folder.path()))
        .env_clear()
        .envs(vars.iter().copied())
        .args(args)
        .output()
        .unwrap()
}
