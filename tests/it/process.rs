//! The program itself: started, killed, started again.

use std::time::Duration;

use dingtalk_qr_backend::access::Scopes;
use dingtalk_qr_simulator::{Approval, Options, Settings, Simulator};
use dingtalk_qr_tests::{Flow, Postgres, Program, run};
use serde_json::{Value, json};

/// How long something may take that takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The key of several programs on one database.
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

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

// It waited for work that had been dropped already, for the twenty seconds that a call to DingTalk is given, and left its flows
// to nobody.
#[cfg(unix)]
#[tokio::test]
async fn one_of_several_that_is_told_to_end_leaves_at_once() {
    let world = World::start().await;
    let database = Postgres::shared().new_database().await;
    let shared = [("DATABASE_URL", database.as_str()), ("DINGTALK_QR_KEY", KEY)];
    let program = world.program_with(0, &shared);
    let other = world.program_with(0, &shared);
    let flow = world.begin(&program).await;

    let log = program.terminate();

    assert!(!log.contains("cut off"), "{log}");
    world.dingtalk.approve(&flow.user_code, Approval::default()).unwrap();
    assert_eq!(world.until_ended(&other, &flow).await["status"], "created");
}

#[test]
fn a_wrong_setting_stops_the_start_and_names_the_variable_only() {
    for (name, value) in
        [("LISTEN_ADDR", "canary"), ("DINGTALK_QR_KEY", "canary"), ("QR_DISPLAY_SECONDS", "canary")]
    {
        let folder = tempfile::tempdir().unwrap();
        let output = run(folder.path(), &[(name, value)], &["serve"]);

        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(name) && !said.contains("canary"), "{said}");
    }
}

#[test]
fn another_key_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let key = |byte: &str| format!("{}=", byte.repeat(43));
    let list = |key: &str| run(folder.path(), &[("DINGTALK_QR_KEY", key)], &["api-key", "list"]);

    assert!(list(&key("A")).status.success());
    let other = list(&key("E"));

    assert!(!other.status.success());
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(said.contains("the database belongs to another key"), "{said}");
}

#[test]
fn a_data_folder_of_the_simulator_and_one_of_dingtalk_are_not_mixed_up() {
    let simulated = [("DINGTALK_SIMULATOR_URL", "http://127.0.0.1:9")];
    for (first, other) in [(&simulated[..], &[][..]), (&[], &simulated)] {
        let folder = tempfile::tempdir().unwrap();
        let list = |vars| run(folder.path(), vars, &["api-key", "list"]);
        assert!(list(first).status.success());

        let refused = list(other);

        assert!(!refused.status.success());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("the database holds the flows of another DingTalk"), "{said}");
        assert!(list(first).status.success(), "the refusal changed nothing");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_in_the_data_folder_is_closed_to_others() {
    let world = World::start().await;

    let program = world.program(0);
    world.begin(&program).await;

    assert_eq!(world.modes(), FILES.map(|name| format!("{name} 600")));
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_that_was_open_to_others_is_closed() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::start().await;
    drop(world.program(0));
    for name in &FILES[..3] {
        let file = world.folder.path().join("data").join(name);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }

    let program = world.program(0);

    assert_eq!(world.modes(), FILES.map(|name| format!("{name} 600")));
    assert_eq!(program.log().matches("a file of the database was open to others, and is closed").count(), 3);
}

#[test]
fn api_keys_are_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let api_key = |args: &[&str]| {
        let args: Vec<_> = std::iter::once("api-key").chain(args.iter().copied()).collect();
        let output = run(folder.path(), &[], &args);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };

    let (made, key) = api_key(&["create", "ci"]);
    assert!(made && key.starts_with("dqk_") && key.trim().len() == 47, "{key}");
    assert_eq!(api_key(&["create", "ci"]), (false, String::new()));
    assert!(api_key(&["create", "shop", "--scope", "tickets:redeem", "--scope", "credentials:read"]).0);
    assert_eq!(api_key(&["create", "typo", "--scope", "apps:raed"]), (false, String::new()));
    let (_, list) = api_key(&["list"]);
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    let usual = Scopes::usual().to_string();
    assert_eq!((rows[0][0], rows[0][2]), ("ci", usual.as_str()));
    assert_eq!((rows[1][0], rows[1][2]), ("shop", "credentials:read tickets:redeem"));
    assert!(
        rows.len() == 2 && rows.iter().all(|row| row[1].len() == 10 && row[1].starts_with("20")),
        "{list}"
    );
    assert_eq!(api_key(&["revoke", "ci"]), (true, String::new()));
    assert_eq!(api_key(&["revoke", "ci"]), (false, String::new()));
}

#[test]
fn the_description_is_printed() {
    let folder = tempfile::tempdir().unwrap();

    let output = run(folder.path(), &[], &["openapi"]);

    let description: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(description["info"]["title"], "dingtalk-qr");
}

/// What there is in the data folder while the program runs, by name.
#[cfg(unix)]
const FILES: [&str; 4] = ["dingtalk-qr.sqlite", "dingtalk-qr.sqlite-shm", "dingtalk-qr.sqlite-wal", "key"];

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
        self.program_with(port, &[])
    }

    fn program_with(&self, port: u16, vars: &[(&str, &str)]) -> Program {
        let listen = format!("127.0.0.1:{port}");
        let env_file = self.folder.path().join("bot.env");
        let own = [
            ("LISTEN_ADDR", listen.as_str()),
            ("DINGTALK_SIMULATOR_URL", self.dingtalk.url()),
            ("ENV_FILE", env_file.to_str().unwrap()),
        ];
        Program::start(self.folder.path(), &[&own, vars].concat())
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

    /// Returns the files of the data folder with their modes, by name.
    #[cfg(unix)]
    fn modes(&self) -> Vec<String> {
        use std::os::unix::fs::PermissionsExt as _;

        let files = std::fs::read_dir(self.folder.path().join("data")).unwrap().map(|file| file.unwrap());
        let mode = |file: std::fs::DirEntry| {
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            format!("{} {mode:o}", file.file_name().to_str().unwrap())
        };
        let mut modes: Vec<_> = files.map(mode).collect();
        modes.sort();
        modes
    }

    fn secrets_in_env_file(&self) -> usize {
        let text = std::fs::read_to_string(self.folder.path().join("bot.env")).unwrap();
        text.matches("DINGTALK_CLIENT_SECRET=").count()
    }
}
