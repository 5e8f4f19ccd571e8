use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use dingtalk_qr_backend::message::{
    Body, Draft, MessageCursor, MessageOverview, Messages, Stamp, SubmitError, To,
};
use dingtalk_qr_backend::{Config, SystemClock, open_messages};
use serde_json::json;

use super::say;

/// Whose the messages of the command line are.
const OWNER: &str = "operator";

/// How many recipients are read at once.
const PAGE: u32 = 100;

/// What can be done with messages.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Has a work notice sent, and prints its id; a server that runs does it within ten seconds, another one when it starts
    Send {
        /// The name of the app that sends it
        #[arg(long)]
        app: String,
        /// A member's id in the organisation (DingTalk's userid); may be repeated
        #[arg(long, required = true)]
        to: Vec<String>,
        /// What it says
        #[arg(long)]
        text: String,
        /// Lets the robot of the app say it, in the place of a work notice
        #[arg(long)]
        robot: bool,
    },
    /// Tells what became of a message: its state, then each part, then each recipient
    Show {
        /// The id
        message: String,
    },
}

impl Command {
    /// Does it.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let messages = open_messages(config, Arc::new(SystemClock)).await?;
        match self {
            Self::Send { app, to, text, robot } => {
                let content = json!({ "type": "text", "content": text });
                let body = if robot {
                    serde_json::from_value(content).map(Body::Robot)
                } else {
                    serde_json::from_value(content).map(Body::WorkNotice)
                };
                send(&messages, app, to, body.context("the text cannot be sent")?).await
            }
            Self::Show { message } => {
                let found = messages.find(None, &message).await.context("the message cannot be read")?;
                let Some(found) = found else { bail!("there is no message {message}") };
                show(&messages, &found).await
            }
        }
    }
}

async fn send(messages: &Messages, app: String, to: Vec<String>, body: Body) -> anyhow::Result<()> {
    let to = To { staff_ids: to, ..To::default() };
    let draft = Draft { app, corp_id: None, body, to, stamp: Stamp::None, idempotency_key: None };
    match messages.submit(OWNER, draft).await {
        Ok(message) => say(&message.id),
        Err(SubmitError::Draft(error)) => bail!("{error}"),
        Err(error) => Err(error).context("the message was not taken"),
    }
}

async fn show(messages: &Messages, message: &MessageOverview) -> anyhow::Result<()> {
    say(&[&message.id, &message.app, &message.channel, message.state().as_str()].join("\t"))?;
    for part in &message.parts {
        let error = part.last_error.as_deref().unwrap_or("-");
        let number = format!("part {}", part.number);
        say(&[&number, part.state.as_str(), &part.attempts.to_string(), error].join("\t"))?;
    }
    let mut after: Option<MessageCursor> = None;
    loop {
        let page = messages
            .recipients(&message.id, after.as_ref(), PAGE)
            .await
            .context("the recipients cannot be read")?;
        for recipient in page.recipients {
            say(&[&recipient.staff_id, recipient.outcome.as_str()].join("\t"))?;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
