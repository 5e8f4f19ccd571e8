//! Measures what live flows and waiting pages cost: `FLOWS` registrations (10 000), a page that waits for each, and the questions
//! that DingTalk is asked meanwhile.
//!
//! The backend is the program itself, in a process of its own with SQLite; its memory and time are those that the kernel counts.

#![expect(clippy::cast_precision_loss, reason = "the numbers are small")]
#![expect(clippy::unwrap_used, reason = "a test program may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "it has settings and a client of its own, and measures real time"
)]

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use dingtalk_qr_simulator::{Options, Settings, Simulator};
use dingtalk_qr_tests::{Flow, Program};
use futures_util::stream::{self, StreamExt as _};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// Seconds between two questions about a flow: as DingTalk announces them.
const INTERVAL: u64 = 5;

/// Milliseconds by which two clocks that count whole ones may differ.
const ROUNDING: u64 = 2;

/// How long the pages wait while the questions are counted.
const WATCHED: Duration = Duration::from_secs(20);

/// The most memory, in MiB, that the flows and the pages may take beside what the program takes at its start.
const FLOWS_BOUND: f64 = 40.0;
const PAGES_BOUND: f64 = 200.0;

#[tokio::main]
async fn main() -> ExitCode {
    let flows = std::env::var("FLOWS").map_or(10_000, |flows| flows.parse().unwrap());
    let settings = Settings { interval: INTERVAL, ..Settings::default() };
    let dingtalk = Simulator::start(Options { settings, ..Options::default() }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let most = (flows + 1).to_string();
    let vars = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("DATA_DIR", data.to_str().unwrap()),
        ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
        ("ENV_FILE", ""),
        ("MAX_LIVE_FLOWS", &most),
        ("MAX_LIVE_FLOWS_PER_PEER", &most),
        ("MAX_LIVE_FLOWS_PER_OWNER", &most),
        ("QR_DISPLAY_SECONDS", "3600"),
        ("RUST_LOG", "error"),
    ];
    let program = Program::start(folder.path(), &vars);
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().no_proxy().pool_max_idle_per_host(64).build().unwrap();
    let at_start = memory(&program);
    say(&format!("at its start the backend takes {at_start:.1} MiB"));

    let began = Instant::now();
    let live: Vec<Flow> =
        stream::iter(0..flows).map(|_| begin(&client, &program.url)).buffer_unordered(32).collect().await;
    say(&format!("{flows} flows began in {:.1} s", began.elapsed().as_secs_f64()));
    let of_flows = memory(&program) - at_start;
    say(&format!("{flows} live flows take {of_flows:.1} MiB (bound {FLOWS_BOUND})"));

    let pages: Vec<_> =
        live.into_iter().map(|flow| tokio::spawn(watch(client.clone(), program.url.clone(), flow))).collect();
    // Until every page has its connection and waits.
    tokio::time::sleep(Duration::from_secs(15)).await;
    let (asked, cpu, from) = (polls(&dingtalk), cpu(&program), Instant::now());
    tokio::time::sleep(WATCHED).await;
    let seconds = from.elapsed().as_secs_f64();
    let (asked, used) = (polls(&dingtalk) - asked, self::cpu(&program) - cpu);
    let of_all = memory(&program) - at_start;
    say(&format!("{flows} flows with a waiting page each take {of_all:.1} MiB (bound {PAGES_BOUND})"));
    let expected = flows as f64 * seconds / INTERVAL as f64;
    say(&format!(
        "DingTalk was asked {asked} times in {seconds:.1} s; once a flow and interval is {expected:.0}"
    ));
    say(&format!("the backend used {:.0} % of one core", used / seconds * 100.0));
    let gaps = dingtalk.registrations().iter().filter_map(|registration| registration.min_gap_ms).min();
    say(&format!(
        "load: flows={flows} flows_mib={of_flows:.1} pages_mib={of_all:.1} asked={asked} expected={expected:.0} min_gap_ms={}",
        gaps.unwrap_or_default()
    ));
    let waiting = pages.iter().filter(|page| !page.is_finished()).count();
    say(&format!("{waiting} pages still wait"));
    let is_cheap = of_flows < FLOWS_BOUND && of_all < PAGES_BOUND;
    // A question that comes late is none too many.
    let is_sparing =
        asked as f64 <= expected * 1.02 && gaps.is_none_or(|gap| gap + ROUNDING >= INTERVAL * 1000);
    if is_cheap && is_sparing && waiting == flows { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn begin(client: &Client, url: &str) -> Flow {
    loop {
        let answer =
            client.post(format!("{url}/api/v1/registrations")).json(&json!({})).send().await.unwrap();
        if answer.status() == StatusCode::CREATED {
            return Flow::from(answer.json::<Value>().await.unwrap());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for changes as a page does, for ever.
async fn watch(client: Client, url: String, flow: Flow) {
    let mut tag = String::new();
    loop {
        let url = format!("{url}/api/v1/flows/{}?wait=25", flow.id);
        let asked = client.get(url).bearer_auth(&flow.token).header("if-none-match", &tag).send().await;
        match asked {
            Ok(answer) if answer.status() == StatusCode::OK => {
                answer.headers()["etag"].to_str().unwrap().clone_into(&mut tag);
            }
            Ok(answer) if answer.status() == StatusCode::NOT_MODIFIED => {}
            Ok(answer) => {
                say(&format!("a page got {}", answer.status()));
                return;
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    }
}

fn polls(dingtalk: &Simulator) -> u64 {
    dingtalk.registrations().iter().map(|registration| registration.polls).sum()
}

/// Returns the resident memory of the backend in MiB.
fn memory(program: &Program) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Returns the seconds that the backend has computed. The kernel counts hundredths.
fn cpu(program: &Program) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", program.id())).unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "this is what it is for")]
    {
        println!("{line}");
    }
}
