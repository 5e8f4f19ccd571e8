use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use dingtalk_qr_backend::account::Account;
use dingtalk_qr_backend::organisation::{Cursor, Organisations, Progress};
use dingtalk_qr_backend::store::{SyncMode, SyncState};
use dingtalk_qr_backend::{Clock as _, Config, SystemClock, Timestamp, open_organisations};

use super::say;

/// How many organisations are read at once.
const PAGE: u32 = 50;

/// How often a line tells how far a run is.
const PULSE: Duration = Duration::from_secs(2);

/// What can be done to organisations. A server may run meanwhile.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Brings the organisation of an app up to date, and tells how far it is
    Sync {
        /// The name of the app
        app: String,
        /// Reads everybody, and not only those who are new
        #[arg(long)]
        full: bool,
    },
    /// Lists the organisations: corp id, app, departments, people, the end of the last run, name
    List,
}

impl Command {
    /// Does it.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let organisations = open_organisations(config, Arc::new(SystemClock)).await?;
        match self {
            Self::Sync { app, full } => {
                let mode = if full { SyncMode::Full } else { SyncMode::Incremental };
                sync(&organisations, &organisations.account_of(&app).await?, mode).await
            }
            Self::List => list(&organisations).await,
        }
    }
}

/// Goes on with the run itself, unless a server has it: then it only tells.
async fn sync(organisations: &Organisations, account: &Account, mode: SyncMode) -> anyhow::Result<()> {
    let corp_id = account.corp_id.as_deref().unwrap_or_default();
    organisations.start(corp_id, &account.app, mode).await?;
    let mut told_at = SystemClock.now();
    loop {
        let next = organisations.go_on(corp_id).await.context("the run cannot be read")?;
        let progress = organisations.progress(corp_id).await?.context("the organisation was forgotten")?;
        match progress.state {
            SyncState::Running => {}
            SyncState::Done => return say(&line(&progress)),
            SyncState::Failed => bail!("it failed: {}", progress.failure.unwrap_or_default()),
            SyncState::Cancelled => bail!("it was broken off"),
        }
        if SystemClock.now().since(told_at) >= PULSE {
            say(&line(&progress))?;
            told_at = SystemClock.now();
        }
        SystemClock.sleep_until(next).await;
    }
}

fn line(progress: &Progress) -> String {
    let Progress { departments, departments_read, calls, changed, removed, .. } = progress;
    let state = progress.state.as_str();
    format!(
        "{state}: {departments_read} of {departments} departments, {changed} people changed, {removed} gone, {calls} calls"
    )
}

async fn list(organisations: &Organisations) -> anyhow::Result<()> {
    let mut after = Cursor::default();
    loop {
        let page = organisations.list(&after, PAGE).await.context("the organisations cannot be read")?;
        for row in page.rows {
            let ended = row.synced_at.map_or_else(|| "-".to_owned(), Timestamp::to_rfc3339);
            let counts = [row.departments.to_string(), row.people.to_string()];
            let [departments, people] = &counts;
            let name = row.name.as_deref().unwrap_or("-");
            say(&[&row.corp_id, &row.app, departments, people, &ended, name].join("\t"))?;
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}
