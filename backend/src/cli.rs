//! What the program can be asked to do.

mod api_key;
#[cfg(feature = "terminal")]
mod completions;
mod deliveries;
mod doctor;
mod env;
mod key;
#[cfg(feature = "platform")]
mod message;
#[cfg(feature = "prometheus")]
mod metrics;
#[cfg(feature = "platform")]
mod organisation;
#[cfg(feature = "terminal")]
mod register;
#[cfg(feature = "platform")]
mod relay;
mod serve;
#[cfg(feature = "login")]
mod sessions;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use dingtalk_qr_backend::{Config, document};

/// Scan a QR, get a DingTalk bot.
#[derive(Debug, Parser)]
#[command(name = "dingtalk-qr", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API and the page (the default)
    Serve,
    /// Prints the OpenAPI description
    Openapi,
    /// Gets a bot its credentials: by a scan, or by hand
    #[cfg(feature = "terminal")]
    Register(Box<register::Command>),
    /// Says what the variables of a bot are worth
    #[command(subcommand)]
    Env(env::Command),
    /// Makes, lists and revokes API keys
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Lists the deliveries of credentials, and has them made once more
    #[command(subcommand)]
    Deliveries(deliveries::Command),
    /// Makes, changes and counts the keys that seal the secrets
    #[command(subcommand)]
    Key(key::Command),
    /// Looks for what keeps apps from working; ends with 3 when something was found
    Doctor(doctor::Command),
    /// Sends messages, and tells what became of them
    #[cfg(feature = "platform")]
    #[command(subcommand)]
    Message(message::Command),
    /// Brings organisations up to date, and lists them
    #[cfg(feature = "platform")]
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Makes, lists and revokes the locals of a cloud; looks from a local whether the cloud is reached
    #[cfg(feature = "platform")]
    #[command(subcommand)]
    Relay(relay::Command),
    /// Ends sessions of people
    #[cfg(feature = "login")]
    #[command(subcommand)]
    Sessions(sessions::Command),
    /// Prints what lets a shell complete the command line
    #[cfg(feature = "terminal")]
    Completions(completions::Command),
    /// Prints the manual page, in the form that `man` reads
    #[cfg(feature = "terminal")]
    Man(completions::Manual),
}

impl Cli {
    /// Does it.
    ///
    /// # Errors
    ///
    /// With a message for the operator.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Some(Command::Doctor(command)) => return command.run(&config()?).await,
            #[cfg(feature = "terminal")]
            Some(Command::Register(command)) => return command.run().await,
            Some(Command::Env(command)) => return command.run(),
            None | Some(Command::Serve) => serve::serve(config()?).await,
            Some(Command::Openapi) => {
                let text = document().to_pretty_json().context("the description cannot be written")?;
                say(&text)
            }
            Some(Command::ApiKey(command)) => command.run(&config()?).await,
            Some(Command::Deliveries(command)) => command.run(&config()?).await,
            Some(Command::Key(command)) => command.run(config).await,
            #[cfg(feature = "platform")]
            Some(Command::Message(command)) => command.run(&config()?).await,
            #[cfg(feature = "platform")]
            Some(Command::Organisation(command)) => command.run(&config()?).await,
            #[cfg(feature = "platform")]
            Some(Command::Relay(command)) => command.run(&config()?).await,
            #[cfg(feature = "login")]
            Some(Command::Sessions(command)) => command.run(&config()?).await,
            #[cfg(feature = "terminal")]
            Some(Command::Completions(command)) => command.run(),
            #[cfg(feature = "terminal")]
            Some(Command::Man(command)) => command.run(),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}

fn config() -> anyhow::Result<Config> {
    Config::from_env().context("the configuration cannot be used")
}

/// Writes a line to the standard output.
fn say(line: &str) -> anyhow::Result<()> {
    use std::io::Write as _;

    writeln!(std::io::stdout().lock(), "{line}").context("the standard output cannot be written")
}
