//! Kills backends at random while a thousand registrations are under way, and counts what is lost and what comes twice.
//!
//! `CHAOS_DATABASE` is `sqlite` (one process), `postgres` (three) or both by default; `CHAOS_SECONDS` bounds each run (150);
//! `CHAOS_REGISTRATIONS` (1000) and `CHAOS_KILLS` (50) say how many; `CHAOS_SECRET=once` lets DingTalk hand each secret out in one
//! single answer, `again` (the default) until the code ends. Fails if anything is lost that physics does not take, or doubled.

#![expect(clippy::unwrap_used, reason = "a test program may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "it has settings and a client of its own, and measures real time"
)]

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::TcpListener as StdListener;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use dingtalk_qr_simulator::{Approval, Options, Settings, Simulator};
use dingtalk_qr_tests::{Flow, Postgres, Program};
use rand::RngExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// The metric of the time in which credentials can be lost.
const WINDOW: &str = "dingtalk_qr_credentials_keep_duration_seconds";

/// How long everything may take to come to rest after the last kill: a lease, the back-off of a delivery, an outage.
const AFTERMATH: Duration = Duration::from_secs(90);

#[tokio::main]
async fn main() -> ExitCode {
    let databases = match std::env::var("CHAOS_DATABASE").as_deref() {
        Ok("sqlite") => vec![Database::Sqlite],
        Ok("postgres") => vec![Database::Postgres],
        _ => vec![Database::Sqlite, Database::Postgres],
    };
    let mut sum = Outcome::default();
    for database in databases {
        let outcome = Chaos::start(database).await.run().await;
        say(&format!("{database:?}: {outcome}"));
        sum.add(&outcome);
    }
    say(&sum.to_string());
    // One single answer may die with the process that read it, and nobody can help that.
    let is_lost = sum.lost > sum.unavoidable;
    if is_lost || sum.doubled > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Database {
    Sqlite,
    Postgres,
}

/// What came of a run.
#[derive(Debug, Default)]
struct Outcome {
    registrations: usize,
    kills: usize,
    lost: usize,
    /// Of the lost ones those whose only answer was read by a process that was killed.
    unavoidable: usize,
    doubled: usize,
}

impl Outcome {
    fn add(&mut self, other: &Self) {
        self.registrations += other.registrations;
        self.kills += other.kills;
        self.lost += other.lost;
        self.unavoidable += other.unavoidable;
        self.doubled += other.doubled;
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { registrations, kills, lost, doubled, .. } = self;
        write!(f, "chaos: registrations={registrations} kills={kills} lost={lost} doubled={doubled}")
    }
}

/// What a receiver of webhooks has got.
#[derive(Debug, Default)]
struct Inbox {
    /// The ids under which an app came, and its secret.
    apps: HashMap<String, (BTreeSet<String>, String)>,
    messages: usize,
}

/// Everything of one run.
struct Chaos {
    database: Database,
    dingtalk: Simulator,
    replicas: Vec<Arc<Replica>>,
    inbox: Arc<Mutex<Inbox>>,
    client: reqwest::Client,
    /// Lives as long as the run.
    _postgres: Option<Postgres>,
}

/// A place where a backend runs, again and again.
struct Replica {
    url: String,
    metrics_url: String,
    folder: TempDir,
    vars: Vec<(&'static str, String)>,
    program: Mutex<Option<Program>>,
}

impl Replica {
    fn start(&self) {
        let vars: Vec<_> = self.vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
        *self.program.lock().unwrap() = Some(Program::start(self.folder.path(), &vars));
    }

    fn kill(&self) {
        if let Some(program) = self.program.lock().unwrap().take() {
            program.kill();
        }
    }
}

impl Chaos {
    async fn start(database: Database) -> Self {
        let secret_once = std::env::var("CHAOS_SECRET").is_ok_and(|secret| secret == "once");
        let settings = Settings { secret_once, interval: 2, ..Settings::default() };
        let dingtalk = Simulator::start(Options { settings, ..Options::default() }).await.unwrap();
        let inbox = Arc::<Mutex<Inbox>>::default();
        let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook = format!("http://{}/", receiver.local_addr().unwrap());
        let router = Router::new().route("/", post(receive)).with_state(Arc::clone(&inbox));
        tokio::spawn(async move { axum::serve(receiver, router).await });

        let postgres = (database == Database::Postgres).then(Postgres::start);
        let url = match &postgres {
            Some(postgres) => Some(postgres.new_database().await),
            None => None,
        };
        let count = if postgres.is_some() { 3 } else { 1 };
        let replicas: Vec<_> = (0..count).map(|_| replica(&dingtalk, &webhook, url.as_deref())).collect();
        for replica in &replicas {
            replica.start();
        }
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        Self {
            database,
            dingtalk,
            replicas: replicas.into_iter().map(Arc::new).collect(),
            inbox,
            client,
            _postgres: postgres,
        }
    }

    async fn run(self) -> Outcome {
        let registrations = number("CHAOS_REGISTRATIONS", 1000);
        let kills = number("CHAOS_KILLS", 50);
        let bound = Duration::from_secs(number("CHAOS_SECONDS", 150) as u64);
        let began = Instant::now();
        say(&format!("{:?}: {registrations} registrations begin", self.database));
        let chaos = Arc::new(self);

        let created = Arc::new(AtomicUsize::new(0));
        let approved = Arc::<Mutex<HashSet<String>>>::default();
        let mut pages = JoinSet::new();
        for _ in 0..registrations {
            let (chaos, created, approved) =
                (Arc::clone(&chaos), Arc::clone(&created), Arc::clone(&approved));
            pages.spawn(async move {
                // They come within the first fifth, and are approved within the following three.
                pause(bound / 5).await;
                let flow = chaos.begin().await;
                let watched = tokio::spawn(watch(Arc::clone(&chaos), flow.clone()));
                pause(bound * 3 / 5).await;
                chaos.dingtalk.approve(&flow.user_code, Approval::default()).unwrap();
                approved.lock().unwrap().insert(flow.user_code);
                watched.await.unwrap();
                created.fetch_add(1, Ordering::Relaxed);
            });
        }

        let every = bound * 4 / 5 / u32::try_from(kills).unwrap();
        let mut killed = 0;
        while killed < kills && began.elapsed() < bound {
            // By the clock, so that slow starts do not make the kills fewer.
            let next = began + every * (u32::try_from(killed).unwrap() + 1);
            tokio::time::sleep(next.saturating_duration_since(Instant::now())).await;
            let replica = Arc::clone(&chaos.replicas[rand::rng().random_range(0..chaos.replicas.len())]);
            tokio::task::spawn_blocking(move || {
                replica.kill();
                replica.start();
            })
            .await
            .unwrap();
            killed += 1;
        }
        say(&format!(
            "{:?}: {killed} kills in {:.0} s; {} pages know of their app already",
            chaos.database,
            began.elapsed().as_secs_f64(),
            created.load(Ordering::Relaxed)
        ));

        let rest = async {
            while let Some(page) = pages.join_next().await {
                page.unwrap();
            }
        };
        let patience = bound.saturating_sub(began.elapsed()) + AFTERMATH;
        if tokio::time::timeout(patience, rest).await.is_err() {
            say(&format!(
                "{} of {registrations} pages only know how it ended",
                created.load(Ordering::Relaxed)
            ));
        }
        let codes = approved.lock().unwrap().clone();
        chaos.outcome(&codes, registrations, killed).await
    }

    /// Waits for the last deliveries and compares what came with what DingTalk has handed out.
    async fn outcome(&self, codes: &HashSet<String>, registrations: usize, kills: usize) -> Outcome {
        let approved: HashMap<_, _> = self
            .dingtalk
            .registrations()
            .into_iter()
            .filter(|registration| codes.contains(&registration.user_code))
            .filter_map(|registration| Some((registration.client_id.clone()?, registration)))
            .collect();
        let began = Instant::now();
        let is_in = |client_id: &String| self.inbox.lock().unwrap().apps.contains_key(client_id);
        while began.elapsed() < AFTERMATH && !approved.keys().all(is_in) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.say_window().await;
        let apps = std::mem::take(&mut self.inbox.lock().unwrap().apps);
        let mut lost = registrations - approved.len();
        let mut unavoidable = 0;
        for (client_id, registration) in &approved {
            let secret = apps.get(client_id).map(|(_, secret)| secret);
            if let Some(secret) = secret
                && self.is_right(client_id, secret).await
            {
                continue;
            }
            lost += 1;
            let is_single = self.dingtalk.settings().secret_once;
            unavoidable += usize::from(is_single);
            if !is_single {
                say(&format!("lost: {client_id}, after {} polls", registration.polls));
            }
        }
        if unavoidable > 0 {
            say(&format!(
                "{:?}: {unavoidable} were handed out in an answer that died, with its process, before its commit",
                self.database
            ));
        }
        let doubled = apps.values().filter(|(ids, _)| ids.len() > 1).count();
        say(&format!(
            "{:?}: {} webhooks for {} apps",
            self.database,
            self.inbox.lock().unwrap().messages,
            apps.len()
        ));
        Outcome { registrations, kills, lost, unavoidable, doubled }
    }

    /// Asks DingTalk whether a secret is that of an app.
    async fn is_right(&self, client_id: &str, secret: &str) -> bool {
        let url = format!("{}/v1.0/oauth2/accessToken", self.dingtalk.url());
        let body = json!({ "appKey": client_id, "appSecret": secret });
        self.client.post(url).json(&body).send().await.is_ok_and(|answer| answer.status().is_success())
    }

    /// Says how long the credentials of this run were in one process only, as those that live now have seen it.
    async fn say_window(&self) {
        let (mut seconds, mut count) = (0.0, 0.0);
        for replica in &self.replicas {
            let text = match self.client.get(&replica.metrics_url).send().await {
                Ok(answer) => answer.text().await.unwrap_or_default(),
                Err(_) => continue,
            };
            let value = |name: &str| -> f64 {
                let line = text.lines().find_map(|line| line.strip_prefix(&format!("{WINDOW}_{name} ")));
                line.map_or(0.0, |value| value.parse().unwrap())
            };
            seconds += value("sum");
            count += value("count");
        }
        let mean = seconds / f64::max(count, 1.0) * 1000.0;
        say(&format!(
            "{:?}: from the last byte of an answer to its commit: {mean:.1} ms on average of the last {count}",
            self.database
        ));
    }

    fn any(&self) -> &Replica {
        &self.replicas[rand::rng().random_range(0..self.replicas.len())]
    }

    /// Begins a registration at any backend, as often as it takes, with one key.
    async fn begin(&self) -> Flow {
        let body = json!({ "idempotency_key": format!("{:032x}", rand::rng().random::<u128>()) });
        loop {
            let url = format!("{}/api/v1/registrations", self.any().url);
            if let Ok(answer) = self.client.post(url).json(&body).send().await
                && answer.status() == StatusCode::CREATED
                && let Ok(started) = answer.json::<Value>().await
            {
                return Flow::from(started);
            }
            pause(Duration::from_millis(500)).await;
        }
    }
}

/// Watches a flow at any backend, as a page does, until it is told how that ended.
async fn watch(chaos: Arc<Chaos>, flow: Flow) {
    let mut tag = String::new();
    loop {
        let url = format!("{}/api/v1/flows/{}?wait=10", chaos.any().url, flow.id);
        let asked = chaos.client.get(url).bearer_auth(&flow.token).header("if-none-match", &tag).send().await;
        match asked {
            Ok(answer) if answer.status() == StatusCode::OK => {
                tag = answer.headers().get("etag").unwrap().to_str().unwrap().to_owned();
                let state = answer.json::<Value>().await.unwrap_or_default();
                let ends = ["created", "failed", "expired", "denied", "cancelled"];
                if state["status"].as_str().is_some_and(|status| ends.contains(&status)) {
                    return;
                }
            }
            Ok(answer) if answer.status() == StatusCode::NOT_MODIFIED => {}
            Ok(_) | Err(_) => pause(Duration::from_millis(500)).await,
        }
    }
}

async fn receive(State(inbox): State<Arc<Mutex<Inbox>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // A receiver that stumbles sometimes, before or after it has kept the message.
    let luck = rand::rng().random_range(0..20);
    if luck == 0 {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let message: Value = serde_json::from_slice(&body).unwrap();
    let text = |key: &str| message["data"][key].as_str().unwrap().to_owned();
    let mut inbox = inbox.lock().unwrap();
    inbox.messages += 1;
    let app = inbox.apps.entry(text("client_id")).or_default();
    app.0.insert(headers["webhook-id"].to_str().unwrap().to_owned());
    app.1 = text("client_secret");
    if luck == 1 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::NO_CONTENT }
}

fn replica(dingtalk: &Simulator, webhook: &str, database: Option<&str>) -> Replica {
    let folder = tempfile::tempdir().unwrap();
    let (port, metrics_port) = (free_port(), free_port());
    let mut vars = vec![
        ("LISTEN_ADDR", format!("127.0.0.1:{port}")),
        ("METRICS_ADDR", format!("127.0.0.1:{metrics_port}")),
        ("DATA_DIR", folder.path().join("data").to_str().unwrap().to_owned()),
        ("DINGTALK_QR_KEY", KEY.to_owned()),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url().to_owned()),
        ("ENV_FILE", String::new()),
        ("MAX_LIVE_FLOWS_PER_PEER", "100000".to_owned()),
        ("MAX_LIVE_FLOWS_PER_OWNER", "100000".to_owned()),
        ("RUST_LOG", "error".to_owned()),
        ("WEBHOOK_URL", webhook.to_owned()),
        ("WEBHOOK_SECRET", SECRET.to_owned()),
        ("WEBHOOK_ALLOW_PRIVATE", "true".to_owned()),
    ];
    vars.extend(database.map(|url| ("DATABASE_URL", url.to_owned())));
    let url = |port| format!("http://127.0.0.1:{port}");
    Replica {
        url: url(port),
        metrics_url: format!("{}/metrics", url(metrics_port)),
        folder,
        vars,
        program: Mutex::default(),
    }
}

fn free_port() -> u16 {
    StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits for a random part of `longest`.
async fn pause(longest: Duration) {
    let part = rand::rng().random_range(0.0..1.0);
    tokio::time::sleep(longest.mul_f64(part)).await;
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "this is what it is for")]
    {
        println!("{line}");
    }
}
