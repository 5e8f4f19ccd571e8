use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dingtalk_qr_shared::Sink;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::face::{End, Kind, News};
use super::screen::Check;
use super::trouble::Trouble;
use super::wizard::Wizard;
use super::{Destination, Manner, Options, Outcome, RegisterError, Report};
use crate::app::{EnvFile, env_lines};
use crate::causes::Causes;
use crate::secret::ClientSecret;

impl Wizard {
    /// Puts the credentials where they are wanted, and says where they are.
    pub(super) async fn hand_over(&mut self, news: &News) -> Result<Outcome, RegisterError> {
        let texts = self.face.texts;
        let written = match self.options.destination.clone() {
            Destination::File(path) => self.write(news, &path).await,
            Destination::Output | Destination::Store => Ok(None),
        };
        let file = written.as_ref().ok().and_then(Option::as_deref);
        let places = self.face.places(&news.app, self.source.folder(), file);
        self.screen.say(&self.face.kept(news, &places))?;
        let (file, outcome) = match written {
            Ok(file) => (file, Outcome::Saved),
            Err(trouble) => match self.write_elsewhere(news, &trouble).await? {
                Some(file) => (Some(file), Outcome::Saved),
                None => (None, Outcome::NotHandedOver),
            },
        };
        if file.is_some() && self.is_shadowed() {
            self.screen.say(&self.face.warning(texts.shadowed))?;
        }
        if file.is_some() && news.kind != Kind::Unapproved {
            self.screen.say(texts.next)?;
        }
        self.report(news, file.as_deref(), outcome).await
    }

    /// Writes the file, unless the engine has. `Err` says why it could not be.
    async fn write(&self, news: &News, path: &Path) -> Result<Option<PathBuf>, Unwritten> {
        let is_written = self.source.folder().is_some() && news.app.saved_to.contains(&Sink::EnvFile);
        if !is_written {
            let secret = self.source.secret(&news.app).await.map_err(Unwritten::NoSecret)?;
            write(path, &news.app.client_id, &secret)?;
        }
        Ok(Some(path.to_owned()))
    }

    /// Says that the file could not be written, and offers others until one can.
    async fn write_elsewhere(
        &mut self,
        news: &News,
        unwritten: &Unwritten,
    ) -> Result<Option<PathBuf>, RegisterError> {
        let texts = self.face.texts;
        self.say_unwritten(unwritten)?;
        self.screen.say(texts.still_kept)?;
        if matches!(unwritten, Unwritten::NoSecret(_)) || self.options.manner == Manner::Silent {
            return Ok(None);
        }
        let anything = Check { is_good: |_| true, otherwise: "" };
        loop {
            let answer = self.screen.text(texts.other_file, None, anything).await?;
            let Some(path) = answer.filter(|path| !path.trim().is_empty()) else { return Ok(None) };
            match self.write(news, Path::new(path.trim())).await {
                Ok(file) => {
                    self.screen.say(&(texts.written)(path.trim()))?;
                    return Ok(file);
                }
                Err(unwritten) => self.say_unwritten(&unwritten)?,
            }
        }
    }

    fn say_unwritten(&mut self, unwritten: &Unwritten) -> io::Result<()> {
        let text = match unwritten {
            Unwritten::NoSecret(trouble) => self.face.ended_badly(trouble),
            Unwritten::File { path, reason } => {
                let text = (self.face.texts.unwritten)(&path.display().to_string(), reason);
                self.face.warning(&text)
            }
        };
        self.screen.say(&text)
    }

    /// Whether the environment of the process has the last word about the app.
    fn is_shadowed(&self) -> bool {
        self.options.existing.as_ref().is_some_and(|existing| existing.file.is_none())
    }

    /// Writes to the standard output what was asked for.
    async fn report(
        &mut self,
        news: &News,
        file: Option<&Path>,
        outcome: Outcome,
    ) -> Result<Outcome, RegisterError> {
        let needs_secret =
            self.options.destination == Destination::Output || self.options.report == Report::JsonWithSecret;
        let secret = if needs_secret {
            match self.source.secret(&news.app).await {
                Ok(secret) => Some(secret),
                Err(trouble) => {
                    self.screen.say(&self.face.ended_badly(&trouble))?;
                    None
                }
            }
        } else {
            None
        };
        match (&self.options.destination, &secret) {
            (Destination::Output, Some(secret)) => {
                print(env_lines(&news.app.client_id, secret).trim_end())?;
            }
            (Destination::Output | Destination::Store | Destination::File(_), _) => {}
        }
        if self.options.report != Report::None {
            print(&Zeroizing::new(to_json(news, file, secret.as_ref()).to_string()))?;
        }
        Ok(if needs_secret && secret.is_none() { Outcome::NotHandedOver } else { outcome })
    }
}

/// The file could not be written.
enum Unwritten {
    /// The source does not hand the secret out.
    NoSecret(Trouble),
    /// The file itself.
    File { path: PathBuf, reason: String },
}

fn write(path: &Path, client_id: &str, client_secret: &ClientSecret) -> Result<(), Unwritten> {
    EnvFile::new(path.to_owned())
        .write(client_id, client_secret)
        .map_err(|error| Unwritten::File { path: path.to_owned(), reason: Causes(&error).to_string() })
}

fn to_json(news: &News, file: Option<&Path>, secret: Option<&ClientSecret>) -> Value {
    let status = match news.kind {
        Kind::Created => "created",
        Kind::Unapproved => "approval_pending",
        Kind::Entered => "entered",
    };
    let app = &news.app;
    let mut report = json!({
        "status": status,
        "app": app.app,
        "client_id": app.client_id,
        "hint": app.hint,
        "saved_to": app.saved_to,
        "verified": app.verified,
        "findings": app.findings,
    });
    if let Some(file) = file {
        report["env_file"] = json!(file);
    }
    if let Some(secret) = secret {
        report["client_secret"] = json!(secret.expose());
    }
    report
}

/// Tells a script that there are no new credentials.
pub(super) fn report_without(options: &Options, outcome: Outcome, end: Option<&End>) -> io::Result<()> {
    if options.report == Report::None {
        return Ok(());
    }
    let status = match outcome {
        Outcome::Saved | Outcome::Unchanged | Outcome::Configured => "unchanged",
        Outcome::Denied => "denied",
        Outcome::Expired => "expired",
        Outcome::Failed | Outcome::NotHandedOver => "failed",
        Outcome::Interrupted => "cancelled",
    };
    let mut report = json!({ "status": status });
    match end {
        Some(End::Trouble(Trouble::Told { code, .. })) => report["code"] = json!(code),
        Some(End::Denied(Some(reason))) => report["reason"] = json!(reason),
        Some(
            End::Denied(None)
            | End::Expired
            | End::Interrupted
            | End::Unanswered
            | End::Trouble(Trouble::Silent { .. }),
        )
        | None => {}
    }
    if let Some(existing) = options.existing.as_ref().filter(|_| status == "unchanged") {
        report["client_id"] = json!(existing.client_id);
    }
    print(&report.to_string())
}

/// Writes a line to the standard output, for a script.
fn print(line: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}
