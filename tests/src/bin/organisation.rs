//! Brings an organisation of `PEOPLE` people (100 000) in `DEPARTMENTS` departments (5 000) up to date, kills the backend half-way, and starts
//! it again. Nothing may be read twice, nobody may be missing, and the memory stays bounded. Then somebody moves, comes and leaves,
//! and a second run has to find it.
//!
//! The backend is the program itself, in a process of its own with SQLite; its memory is what the kernel counted at most.

#![expect(clippy::unwrap_used, reason = "a test program may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "it has settings and a client of its own, and measures real time"
)]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use dingtalk_qr_simulator::{
    EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, Filling, Options, STUDIO_CORP_ID, Simulator,
};
use dingtalk_qr_tests::{Program, pages, run};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The most memory, in MiB, that the backend may take.
const BOUND: u64 = 200;

/// The longest that a run may take.
const PATIENCE: Duration = Duration::from_mins(30);

/// How often a run is looked at.
const GLANCE: Duration = Duration::from_millis(200);

/// Calls that may be made twice: the one under way at the kill.
const IN_FLIGHT: u64 = 1;

#[tokio::main]
async fn main() -> ExitCode {
    let number = |name, usual| std::env::var(name).map_or(usual, |number| number.parse().unwrap());
    let (people, departments) = (number("PEOPLE", 100_000), number("DEPARTMENTS", 5_000));
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let filling = Filling { corp_id: STUDIO_CORP_ID.to_owned(), people, departments, seed: 7 };
    let there = dingtalk.fill(&filling).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let vars = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("DATA_DIR", data.to_str().unwrap()),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("DINGTALK_CLIENT_ID", EXISTING_APP_CLIENT_ID),
        ("DINGTALK_CLIENT_SECRET", EXISTING_APP_CLIENT_SECRET),
        ("DINGTALK_CORP_ID", STUDIO_CORP_ID),
        ("ENV_FILE", ""),
        ("ORGANISATION_CALLS_PER_SECOND", "100000"),
        ("RUST_LOG", "error"),
    ];
    let read = departments + pages(&dingtalk, STUDIO_CORP_ID) as u64;
    let mut backend = Backend::start(folder.path(), &vars);

    let began = Instant::now();
    backend.sync("full").await;
    let half = backend.wait(|progress| number_of(progress, "calls") > read / 2).await;
    say(&format!("killed after {} calls, {} departments read", half["calls"], half["departments_read"]));
    let mut memory = backend.peak_memory();
    backend = backend.killed(folder.path(), &vars);
    let done = backend.wait(|progress| progress["state"] != "running").await;
    let seconds = began.elapsed().as_secs();
    memory = memory.max(backend.peak_memory());
    let made = reading_calls(&dingtalk);
    let is_resumed = done["state"] == "done" && made <= read + IN_FLIGHT;
    let kept = backend.call(Method::GET, "", None).await;
    let is_whole = number_of(&kept, "people") == there.people as u64
        && number_of(&kept, "departments") == there.departments as u64;

    let changed = change(&dingtalk);
    backend.sync("incremental").await;
    let second = backend.wait(|progress| progress["state"] != "running").await;
    memory = memory.max(backend.peak_memory());
    let details = reading_calls(&dingtalk) - made - departments;
    say(&format!("the second run read {details} pages of members; the first one {}", read - departments));
    let is_found = (number_of(&second, "changed"), number_of(&second, "removed")) == changed;
    say(&format!(
        "organisation: people={} departments={} calls={} seconds={seconds} rss_mb={memory} resumed={is_resumed} second_run_calls={}",
        kept["people"], kept["departments"], done["calls"], second["calls"]
    ));
    let is_good = is_resumed && is_whole && is_found && memory < BOUND;
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Moves ten people, adds five and takes five away. Returns how many a run should find changed and removed.
fn change(dingtalk: &Simulator) -> (u64, u64) {
    let ids = dingtalk.department_ids(STUDIO_CORP_ID);
    let target = *ids.last().unwrap();
    let all = ids[30..].iter().flat_map(|id| dingtalk.userids_in(STUDIO_CORP_ID, *id));
    let elsewhere = all.filter(|userid| !dingtalk.userids_in(STUDIO_CORP_ID, target).contains(userid));
    let people: Vec<_> = elsewhere.take(15).collect();
    for userid in &people[..10] {
        dingtalk.place(STUDIO_CORP_ID, userid, vec![target]).unwrap();
    }
    for userid in &people[10..] {
        dingtalk.displace(STUDIO_CORP_ID, userid).unwrap();
    }
    for number in 0..5 {
        dingtalk.place(STUDIO_CORP_ID, &format!("newcomer{number}"), vec![ids[1]]).unwrap();
    }
    (15, 5)
}

/// Returns how often departments were listed and members read.
fn reading_calls(dingtalk: &Simulator) -> u64 {
    let counts = dingtalk.call_counts();
    let paths = ["/topapi/v2/department/listsub", "/topapi/v2/user/list"];
    paths.iter().filter_map(|path| counts.get(*path)).sum()
}

/// The program, and a key to ask it with.
struct Backend {
    program: Program,
    client: Client,
    key: String,
}

impl Backend {
    fn start(folder: &Path, vars: &[(&str, &str)]) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let scopes = ["--scope", "organisations:read", "--scope", "organisations:write"];
        let output = run(folder, vars, &[&["api-key", "create", "organisation"], &scopes[..]].concat());
        let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Self { program: Program::start(folder, vars), client, key }
    }

    /// Ends it as a power cut would, and starts it again.
    fn killed(self, folder: &Path, vars: &[(&str, &str)]) -> Self {
        let Self { program, client, key } = self;
        program.kill();
        Self { program: Program::start(folder, vars), client, key }
    }

    async fn call(&self, method: Method, rest: &str, body: Option<Value>) -> Value {
        let url = format!("{}/api/v1/organisations/{STUDIO_CORP_ID}{rest}", self.program.url);
        let request = self.client.request(method, url).bearer_auth(&self.key);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        answer.json().await.unwrap()
    }

    async fn sync(&self, mode: &str) {
        let body = json!({ "app": EXISTING_APP_CLIENT_ID, "mode": mode });
        self.call(Method::POST, "/sync", Some(body)).await;
    }

    async fn wait(&self, is_there: impl Fn(&Value) -> bool) -> Value {
        let waited = async {
            loop {
                let progress = self.call(Method::GET, "/sync", None).await;
                if is_there(&progress) || progress["state"] != "running" {
                    return progress;
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        tokio::time::timeout(PATIENCE, waited).await.unwrap()
    }

    /// Returns the most resident memory so far, in MiB.
    fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.program.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

fn number_of(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap()
}

fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "this is what it is for")]
    {
        println!("{line}");
    }
}
