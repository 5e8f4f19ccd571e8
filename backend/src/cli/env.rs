use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use dingtalk_qr_backend::config::{Audience, BotConfig, BotConfigError, Environment};
use serde_json::json;

use super::say;

/// How the program ends when there are no credentials.
const NOT_SET: u8 = 3;

/// How it ends when something that is set cannot be used.
const WRONG: u8 = 4;

/// What can be asked about the variables of a bot.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Says whether `DINGTALK_CLIENT_ID` and those beside it make a bot; ends with 3 if they are not set, with 4 if they are wrong
    Check {
        /// The file for what the environment leaves open
        #[arg(long, value_name = "PATH", default_value = ".env")]
        env_file: PathBuf,
        /// Prints a JSON object
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    /// Reads, prints, and says by its code what it is worth.
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Check { env_file, json } = self;
        let environment = Environment::with_file(&env_file)
            .with_context(|| format!("{} cannot be read", env_file.display()))?;
        let bot = BotConfig::from_vars(|name| environment.var(name));
        if json {
            say(&serde_json::to_string_pretty(&to_json(&bot))?)?;
        } else {
            print(&bot)?;
        }
        Ok(match bot {
            Ok(_) => ExitCode::SUCCESS,
            Err(BotConfigError::NotSet) => ExitCode::from(NOT_SET),
            Err(BotConfigError::Wrong(_)) => ExitCode::from(WRONG),
        })
    }
}

fn print(bot: &Result<BotConfig, BotConfigError>) -> anyhow::Result<()> {
    let bot = match bot {
        Ok(bot) => bot,
        Err(BotConfigError::NotSet) => {
            return say("DingTalk is not configured: `dingtalk-qr register` does that");
        }
        Err(BotConfigError::Wrong(errors)) => {
            return errors.iter().try_for_each(|error| say(&error.to_string()));
        }
    };
    say(&format!("DINGTALK_CLIENT_ID: {}", bot.client_id))?;
    say(&format!("DINGTALK_CLIENT_SECRET: {}", bot.client_secret.hint()))?;
    say(&format!("DINGTALK_HOME_CHANNEL: {}", bot.home_channel.as_deref().unwrap_or("not set")))?;
    let audience = match bot.audience {
        Audience::Everybody => "true: the bot answers to everybody in the organisation",
        Audience::Chosen => "not true: the bot answers to those whom its own settings name",
    };
    say(&format!("DINGTALK_ALLOW_ALL_USERS: {audience}"))
}

fn to_json(bot: &Result<BotConfig, BotConfigError>) -> serde_json::Value {
    match bot {
        Ok(bot) => json!({
            "status": "usable",
            "client_id": bot.client_id.as_str(),
            "home_channel": bot.home_channel,
            "allow_all_users": bot.audience == Audience::Everybody,
        }),
        Err(BotConfigError::NotSet) => json!({ "status": "not_set" }),
        Err(BotConfigError::Wrong(errors)) => {
            let errors = errors.iter().map(|error| json!({ "name": error.name, "expected": error.expected }));
            json!({ "status": "wrong", "errors": errors.collect::<Vec<_>>() })
        }
    }
}
