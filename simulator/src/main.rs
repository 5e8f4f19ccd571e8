//! `dingtalk-qr-simulator`: the simulator as a program.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dingtalk_qr_simulator::{Options, Script, Simulator};
use tokio::signal::unix::{SignalKind, signal};

/// Plays DingTalk's app registration on this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9080")]
    listen: String,
    /// Origin written into verification links, when clients reach the simulator by another name
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Makes codes, credentials and tokens the same in every run
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// JSON file with settings and faults to start with
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes = std::iter::successors(Some(error.as_ref()), |&error| error.source());
            let causes: Vec<String> = causes.map(ToString::to_string).collect();
            drop(writeln!(std::io::stderr(), "error: {}", causes.join(": ")));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let script = arguments.script.as_deref().map(Script::read).transpose()?.unwrap_or_default();
    let (mut terminated, mut interrupted) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let simulator = Simulator::start(Options {
        listen: arguments.listen,
        public_url: arguments.public_url,
        seed: arguments.seed,
        settings: script.settings,
        faults: script.faults,
    })
    .await?;
    writeln!(std::io::stdout(), "listening on {}", simulator.url())?;

    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    simulator.shutdown().await;
    Ok(())
}
