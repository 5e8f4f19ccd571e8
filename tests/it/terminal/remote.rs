//! The wizard of a backend that runs elsewhere.

use std::fs;
use std::process::Child;

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID as ID, EXISTING_APP_CLIENT_SECRET as SECRET};
use dingtalk_qr_tests::{Program, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::window::{CTRL_C, ENTER, Window};
use super::{Bench, output};

#[tokio::test]
async fn a_scan_leaves_the_secret_on_the_backend() {
    let world = World::start(&[]).await;
    let mut window = world.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);
    window.until("Waiting for your scan").await;
    assert!(window.scan().is_some());

    world.bench.approve().await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(
        screen.contains("Saved in the backend's encrypted store and the .env file on the backend"),
        "{screen}"
    );
    assert_eq!(fs::read_dir(world.bench.folder.path()).unwrap().count(), 0, "nothing is here");
    assert!(world.backend_env_file().contains("DINGTALK_CLIENT_SECRET="));
}

#[tokio::test]
async fn a_key_that_may_have_the_secret_brings_it_here() {
    let scopes = ["--scope", "registrations:write", "--scope", "credentials:read"];
    let world = World::start(&scopes).await;
    let child = world.pipe(&["--env-file", ".env"]);

    world.bench.approve().await;

    assert_eq!(output(child).await.status.code(), Some(0));
    assert!(world.bench.saved("DINGTALK_CLIENT_SECRET").is_some());
}

#[tokio::test]
async fn an_app_that_waits_for_an_administrator_is_on_the_backend_already() {
    let world = World::start(&[]).await;
    let child = world.pipe(&["--json"]);

    world.bench.approve_subject_to_administrator().await;
    let output = output(child).await;

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &report["status"]), (Some(0), &json!("approval_pending")));
    assert_eq!(report["client_id"].as_str(), world.bench.registration(1).await.client_id.as_deref());
}

#[tokio::test]
async fn a_key_that_may_not_is_told_so() {
    let world = World::start(&[]).await;
    let child = world.pipe(&["--env-file", ".env", "--json"]);

    world.bench.approve().await;
    let output = output(child).await;

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains("✗ The API key may not do this"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["status"], report.get("client_secret")), (&json!("created"), None));
}

#[tokio::test]
async fn credentials_entered_by_hand_go_to_the_backend() {
    let world = World::start(&[]).await;
    let mut window = world.register(&["--manual"]);

    window.enter(ID, SECRET).await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(world.backend_env_file().contains(SECRET));
    assert!(!window.everything().contains(SECRET));
}

#[tokio::test]
async fn the_key_can_come_from_a_file() {
    let world = World::start(&[]).await;
    fs::write(world.bench.path("key"), format!("{}\n", world.key)).unwrap();
    let child = world.bench.pipe(&[], &["--backend", &world.program.url, "--api-key-file", "key", "--json"]);

    world.bench.approve().await;

    assert_eq!(output(child).await.status.code(), Some(0));
}

#[tokio::test]
async fn a_wrong_key_is_told_and_is_no_dead_end() {
    let bench = Bench::start().await;
    let backend = tempfile::tempdir().unwrap();
    // With the real DingTalk behind it, so that nobody comes in without a key; it is not asked.
    let program = Program::start(backend.path(), &[("LISTEN_ADDR", "127.0.0.1:0")]);
    let vars = [("DINGTALK_QR_API_KEY", "dtqr_wrong")];
    let mut window = bench.register_with(&vars, &["--backend", &program.url]);
    window.until("[0]").await;

    window.press(ENTER);
    let screen = window.until("Get a new code").await;

    assert!(screen.contains("✗ The backend does not know the API key."), "{screen}");
    window.press(CTRL_C);
    assert_eq!(window.ended().await.0, 130);
}

#[tokio::test]
async fn a_backend_that_is_not_there_is_told() {
    let bench = Bench::start().await;
    let vars = [("DINGTALK_QR_API_KEY", "dtqr_any")];

    let output = output(bench.pipe(&vars, &["--backend", "http://127.0.0.1:9", "--json"])).await;

    assert_eq!(output.status.code(), Some(6));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("✗ The backend does not answer."), "{said}");
}

#[tokio::test]
async fn a_backend_that_restarts_goes_on() {
    let world = World::start(&[]).await;
    let mut window = world.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);
    window.until("Waiting for your scan").await;

    let World { bench, backend, program, .. } = world;
    let port = program.port();
    program.kill();
    window.until("The backend does not answer. Still trying…").await;
    let _program = serve(&bench, &backend, port);
    window.until("Waiting for your scan").await;
    bench.approve().await;

    let (code, screen) = window.ended().await;
    assert_eq!(code, 0, "{screen}");
}

#[tokio::test]
async fn ctrl_c_reaches_the_backend() {
    let world = World::start(&[]).await;
    let mut window = world.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);
    window.until("Waiting for your scan").await;

    window.press(CTRL_C);
    window.until("✗ Cancelled.").await;

    let database = dingtalk_qr_tests::database(&world.backend.path().join("data"));
    assert!(database.contains(r#"{"status":"cancelled"}"#));
}

#[tokio::test]
async fn a_key_does_not_travel_in_clear() {
    let bench = Bench::start().await;
    let vars = [("DINGTALK_QR_API_KEY", "dtqr_canary")];

    let output = output(bench.pipe(&vars, &["--backend", "http://192.0.2.1:3000"])).await;

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("has to be reached over https") && !said.contains("canary"), "{said}");
}

/// A backend with a folder of its own, and a key for it.
struct World {
    bench: Bench,
    backend: TempDir,
    program: Program,
    key: String,
}

impl World {
    async fn start(scopes: &[&str]) -> Self {
        let bench = Bench::start().await;
        let backend = tempfile::tempdir().unwrap();
        let args: Vec<_> = ["api-key", "create", "wizard"].iter().chain(scopes).copied().collect();
        let made = run(backend.path(), &bench.vars(&[]), &args);
        let key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        let program = serve(&bench, &backend, 0);
        Self { bench, backend, program, key }
    }

    fn register(&self, args: &[&str]) -> Window {
        let args: Vec<_> = ["--backend", &self.program.url].iter().chain(args).copied().collect();
        self.bench.register_with(&[("DINGTALK_QR_API_KEY", &self.key)], &args)
    }

    fn pipe(&self, args: &[&str]) -> Child {
        let args: Vec<_> = ["--backend", &self.program.url].iter().chain(args).copied().collect();
        self.bench.pipe(&[("DINGTALK_QR_API_KEY", &self.key)], &args)
    }

    fn backend_env_file(&self) -> String {
        fs::read_to_string(self.backend.path().join(".env")).unwrap_or_default()
    }
}

fn serve(bench: &Bench, folder: &TempDir, port: u16) -> Program {
    let listen = format!("127.0.0.1:{port}");
    Program::start(folder.path(), &bench.vars(&[("LISTEN_ADDR", &listen)]))
}
