//! The program `dingtalk-qr`.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    cli::Cli::parse().run().await
}
