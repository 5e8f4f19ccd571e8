//! Measures what the poll route costs: its throughput on one core beside that of a bare route of axum that answers as many
//! bytes, and how long an answer takes at 10 000 requests a second.
//!
//! The backend is the program itself and has one core, as the bare server has; whoever asks has another one.

#![expect(clippy::cast_precision_loss, reason = "the numbers are small")]
#![expect(clippy::unwrap_used, reason = "a test program may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "it has settings and a client of its own, and measures real time"
)]

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use axum::routing::get;
use axum::{Json, Router};
use dingtalk_qr_simulator::{Options, Simulator};
use dingtalk_qr_tests::{Flow, Program};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Connections that ask at once.
const CONNECTIONS: u32 = 50;

/// How long each server is asked, three times in turn.
const ROUND: Duration = Duration::from_secs(4);

/// Requests in a second when the time of an answer is measured.
const RATE: u32 = 10_000;

/// The least part of the bare route's throughput, and the longest that 99 of 100 answers may take.
const RATIO_BOUND: f64 = 0.7;
const P99_BOUND: Duration = Duration::from_millis(1);

/// The word that makes this program the bare server.
const BARE: &str = "bare";

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(BARE) {
        serve_bare().await;
        return ExitCode::SUCCESS;
    }
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let vars = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("DATA_DIR", data.to_str().unwrap()),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("ENV_FILE", ""),
    ];
    let program = Program::start(folder.path(), &vars);
    let flow = begin(&program.url).await;
    let bare = Bare::start();
    for (id, core) in [(program.id(), "0"), (bare.child.id(), "0"), (std::process::id(), "1")] {
        pin(id, core);
    }
    let of_backend = Target::new(
        format!("127.0.0.1:{}", program.port()),
        &format!("/api/v1/flows/{}", flow.id),
        &format!("authorization: Bearer {}\r\n", flow.token),
    );
    let of_bare = Target::new(bare.address.clone(), "/", "");

    let mut rounds = Vec::new();
    for _ in 0..3 {
        rounds.push((throughput(&of_bare), throughput(&of_backend)));
    }
    rounds.sort_by(|(bare, ours), (other_bare, others)| (ours / bare).total_cmp(&(others / other_bare)));
    let (of_bare, ours) = rounds[1];
    let ratio = ours / of_bare;
    say(&format!(
        "bare route {of_bare:.0}/s, poll route {ours:.0}/s: {ratio:.2} of it (bound {RATIO_BOUND})"
    ));
    let (asked, p50, p99) = latency(&of_backend);
    say(&format!("at {asked:.0}/s an answer takes {p50:?}, 99 of 100 at most {p99:?} (bound {P99_BOUND:?})"));
    let (p50, p99_us) = (p50.as_micros(), p99.as_micros());
    say(&format!(
        "poll: bare={of_bare:.0} ours={ours:.0} ratio={ratio:.2} rate={asked:.0} p50_us={p50} p99_us={p99_us}"
    ));
    let is_fast = ratio >= RATIO_BOUND && p99 < P99_BOUND && asked > f64::from(RATE) * 0.95;
    if is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A server of one route that knows nothing, in a process of its own. Killed when dropped.
struct Bare {
    child: Child,
    address: String,
}

impl Bare {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.arg(BARE).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

async fn serve_bare() {
    let answer = || async { Json(json!({ "status": "pending", "expires_in": 599, "reconnecting": false })) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    say(&listener.local_addr().unwrap().to_string());
    let service = Router::new().route("/", get(answer)).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.unwrap();
}

async fn begin(url: &str) -> Flow {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = client.post(format!("{url}/api/v1/registrations")).json(&json!({})).send().await.unwrap();
    Flow::from(asked.json::<Value>().await.unwrap())
}

/// Gives every thread of a process one core and no other.
fn pin(id: u32, core: &str) {
    let id = id.to_string();
    let pinned = Command::new("taskset").args(["-a", "-p", "-c", core, &id]).stdout(Stdio::null()).status();
    assert!(pinned.unwrap().success(), "taskset cannot pin process {id}");
}

/// What is asked, and where.
struct Target {
    address: String,
    request: String,
}

impl Target {
    fn new(address: String, path: &str, headers: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n");
        Self { address, request }
    }
}

/// A connection that asks the same again and again. It never sleeps: to wake whoever asks would be the dearest part of an answer.
struct Asker {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
    length: usize,
    /// Since when an answer is owed.
    due: Option<Instant>,
}

impl Asker {
    fn connect(target: &Target) -> Self {
        let stream = TcpStream::connect(&target.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        let request = target.request.clone().into_bytes();
        Self { stream, request, buffer: vec![0; 4096], length: 0, due: None }
    }

    /// Asks what was due at this moment.
    fn ask(&mut self, due: Instant) {
        self.stream.write_all(&self.request).unwrap();
        self.length = 0;
        self.due = Some(due);
    }

    /// Returns how long the answer took, once it is whole.
    fn hear(&mut self) -> Option<Duration> {
        let due = self.due?;
        match self.stream.read(&mut self.buffer[self.length..]) {
            Ok(0) => panic!("the connection was closed"),
            Ok(read) => self.length += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            Err(error) => panic!("{error}"),
        }
        if !is_whole(&self.buffer[..self.length]) {
            return None;
        }
        self.due = None;
        Some(due.elapsed())
    }
}

fn connect(target: &Target) -> Vec<Asker> {
    (0..CONNECTIONS).map(|_| Asker::connect(target)).collect()
}

/// Returns whether an answer is there to its end.
fn is_whole(answer: &[u8]) -> bool {
    let text = std::str::from_utf8(answer).unwrap();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    body.len() >= length.parse().unwrap()
}

/// Returns how many answers come in a second when each is followed by the next question.
fn throughput(target: &Target) -> f64 {
    let mut askers = connect(target);
    let (began, mut answers) = (Instant::now(), 0_u32);
    for asker in &mut askers {
        asker.ask(began);
    }
    while began.elapsed() < ROUND {
        for asker in &mut askers {
            if asker.hear().is_some() {
                answers += 1;
                asker.ask(began);
            }
        }
    }
    f64::from(answers) / began.elapsed().as_secs_f64()
}

/// Returns how many questions were answered in a second, and how long half and 99 of 100 answers took at most, from the moment in
/// which the question was due.
fn latency(target: &Target) -> (f64, Duration, Duration) {
    let pause = Duration::from_secs(1) * CONNECTIONS / RATE;
    let began = Instant::now();
    // Spread, as pages are.
    let mut askers: Vec<_> =
        (0..).zip(connect(target)).map(|(part, asker)| (began + pause * part / CONNECTIONS, asker)).collect();
    let mut taken = Vec::new();
    while began.elapsed() < ROUND * 2 {
        for (next, asker) in &mut askers {
            if asker.due.is_none() && *next <= Instant::now() {
                asker.ask(*next);
                *next += pause;
            }
            taken.extend(asker.hear());
        }
    }
    let rate = taken.len() as f64 / began.elapsed().as_secs_f64();
    taken.sort_unstable();
    (rate, taken[taken.len() / 2], taken[taken.len() * 99 / 100])
}

fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "this is what it is for")]
    {
        println!("{line}");
    }
}
