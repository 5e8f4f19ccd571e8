use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use dingtalk_qr_backend::app::AppQuery;
use dingtalk_qr_backend::doctor::{Doctor, Report};
use dingtalk_qr_backend::{Config, SystemClock, open_doctor};
use serde_json::{Value, json};

use super::say;

/// How the program ends when it has found something.
const FOUND: u8 = 3;

/// How many apps are read at once.
const PAGE: u32 = 50;

#[derive(Debug, Args)]
pub(super) struct Command {
    /// The name of one app; every app if it is left out
    app: Option<String>,
    /// Sends a message to this person, by their userid in the organisation of the app
    #[arg(long, value_name = "USERID", requires = "app")]
    message_to: Option<String>,
    /// Prints a JSON array
    #[arg(long)]
    json: bool,
}

impl Command {
    /// Examines, prints, and says by its code whether something was found.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let doctor = open_doctor(config, Arc::new(SystemClock)).await?;
        let mut reports = Vec::new();
        for client_id in self.client_ids(&doctor).await? {
            let report = doctor.examine(&client_id, self.message_to.as_deref()).await;
            reports.push(report.with_context(|| format!("the app {client_id} cannot be examined"))?);
        }
        if self.json {
            say(&serde_json::to_string_pretty(&reports.iter().map(to_json).collect::<Vec<_>>())?)?;
        } else {
            reports.iter().try_for_each(print)?;
        }
        let is_well = reports.iter().all(|report| report.findings.is_empty());
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }

    async fn client_ids(&self, doctor: &Doctor) -> anyhow::Result<Vec<String>> {
        if let Some(name) = &self.app {
            let Some(app) = doctor.apps().named(name).await? else { bail!("there is no app called {name}") };
            return Ok(vec![app.client_id]);
        }
        let mut client_ids = Vec::new();
        let mut query = AppQuery { after: None, is_for_use: false, limit: PAGE };
        loop {
            let page = doctor.apps().page(&query).await?;
            client_ids.extend(page.apps.into_iter().map(|overview| overview.app.client_id));
            if page.next.is_none() {
                return Ok(client_ids);
            }
            query.after = page.next;
        }
    }
}

fn print(report: &Report) -> anyhow::Result<()> {
    if report.findings.is_empty() {
        return say(&format!("{}: all is well", report.app));
    }
    report.findings.iter().try_for_each(|code| {
        let page = code.console().map_or_else(String::new, |console| format!(" ({console})"));
        say(&format!("{}: {}: {}{page}", report.app, code.as_str(), code.advice()))
    })
}

fn to_json(report: &Report) -> Value {
    let findings = report
        .findings
        .iter()
        .map(|code| json!({ "code": code.as_str(), "advice": code.advice(), "console": code.console() }));
    json!({
        "app": report.app,
        "client_id": report.client_id,
        "verified": report.is_verified,
        "findings": findings.collect::<Vec<_>>(),
    })
}
