//! What the wizard says, as text. Nothing here touches a terminal.

use std::path::Path;
use std::time::Duration;

use console::Style;
use dingtalk_qr_shared::{AppSaved, ErrorCode, FlowStarted, FlowState, FlowUpdate, Sink};

use super::outcome::Outcome;
use super::texts::Texts;
use super::trouble::Trouble;

/// The texts of a language, with or without colours.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) texts: &'static Texts,
    pub(super) ink: Ink,
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ink {
    Colours,
    Plain,
}

/// What stands beside the link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Beside {
    /// The code.
    Code,
    /// Nothing: the code has no room.
    NoRoom,
    /// Nothing: codes cannot be drawn.
    Nothing,
}

/// Whether the backend answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Connection {
    Up,
    Down,
}

/// An app whose credentials are kept.
#[derive(Debug)]
pub(super) struct News {
    pub(super) kind: Kind,
    pub(super) app: AppSaved,
}

/// How the credentials came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// By a scan.
    Created,
    /// By a scan, and an administrator has to approve the app.
    Unapproved,
    /// By hand.
    Entered,
}

/// An end without credentials.
#[derive(Debug)]
pub(super) enum End {
    /// Refused.
    Denied(Option<String>),
    /// Nobody approved in time.
    Expired,
    /// Ctrl-C, and the code was given up.
    Interrupted,
    /// Ctrl-C, in the place of an answer.
    Unanswered,
    /// Something does not work.
    Trouble(Trouble),
}

impl End {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Denied(_) => Outcome::Denied,
            Self::Expired => Outcome::Expired,
            Self::Interrupted | Self::Unanswered => Outcome::Interrupted,
            Self::Trouble(_) => Outcome::Failed,
        }
    }
}

impl Face {
    pub(super) fn title(&self) -> String {
        format!("\n{}\n", self.styled(&format!("─── {} ───", self.texts.title), &Style::new().bold()))
    }

    /// Says what is set already, and where.
    pub(super) fn configured(&self, client_id: &str, place: Option<&Path>) -> String {
        let place =
            place.map_or_else(|| self.texts.environment.to_owned(), |path| path.display().to_string());
        (self.texts.configured)(&plain(client_id), &plain(&place))
    }

    /// Says what to do with the code or the link, and what will happen.
    pub(super) fn invitation(&self, flow: &FlowStarted, beside: Beside) -> String {
        let texts = self.texts;
        let what = if beside == Beside::Code { texts.scan } else { texts.open };
        let mut lines = vec![String::new(), self.styled(what, &Style::new().bold())];
        lines.extend(flow.brand.as_deref().map(|brand| (texts.brand)(&plain(brand))));
        lines.push(texts.twice.to_owned());
        lines.extend(flow.simulated.then(|| texts.simulated.to_owned()));
        lines.extend((beside == Beside::NoRoom).then(|| texts.too_small.to_owned()));
        lines.push(String::new());
        let link = plain(flow.qr.as_ref().map_or("", |qr| &qr.text));
        lines.push(if beside == Beside::Code { format!("{} {link}", texts.link) } else { link });
        lines.extend(flow.user_code.as_deref().map(|code| format!("{} {}", texts.user_code, plain(code))));
        lines.join("\n") + "\n"
    }

    /// Says where a flow stands.
    pub(super) fn standing(&self, update: &FlowUpdate, connection: Connection) -> &'static str {
        if connection == Connection::Down {
            return self.texts.disconnected;
        }
        if update.reconnecting {
            return self.texts.reconnecting;
        }
        match update.state {
            FlowState::Creating => self.texts.creating,
            FlowState::ApprovalPending { .. } => self.texts.approval,
            FlowState::Pending
            | FlowState::Scanned { .. }
            | FlowState::Created(_)
            | FlowState::Authenticated(_)
            | FlowState::Denied { .. }
            | FlowState::Expired
            | FlowState::Cancelled
            | FlowState::Failed { .. }
            | FlowState::Unknown => self.texts.waiting,
        }
    }

    /// Says how long that may go on, and what Ctrl-C does.
    pub(super) fn prospect(&self, state: &FlowState, left: Duration) -> String {
        let texts = self.texts;
        match state {
            FlowState::ApprovalPending { .. } => texts.leave_saved.to_owned(),
            FlowState::Creating => texts.leave.to_owned(),
            FlowState::Pending
            | FlowState::Scanned { .. }
            | FlowState::Created(_)
            | FlowState::Authenticated(_)
            | FlowState::Denied { .. }
            | FlowState::Expired
            | FlowState::Cancelled
            | FlowState::Failed { .. }
            | FlowState::Unknown => format!("{} · {}", (texts.left)(&clock(left)), texts.leave),
        }
    }

    /// Says that the credentials are kept, and where.
    pub(super) fn kept(&self, news: &News, places: &str) -> String {
        let texts = self.texts;
        let heading = match news.kind {
            Kind::Created => texts.created,
            Kind::Unapproved => texts.created_unapproved,
            Kind::Entered => texts.entered,
        };
        let mut lines = vec![
            format!("{} {heading}", self.styled("✓", &Style::new().green().bold())),
            format!("  {} {}", texts.shown_client_id, plain(&news.app.client_id)),
            format!("  {} {}", texts.shown_client_secret, plain(&news.app.hint)),
            format!("  {} {places}", texts.saved_in),
        ];
        lines.extend(news.app.verified.then(|| format!("  {}", texts.verified)));
        let is_told = |code: &&ErrorCode| **code != ErrorCode::SinkFailed;
        lines.extend(news.app.findings.iter().filter(is_told).map(|code| self.warning(texts.failure(*code))));
        lines.extend((news.kind == Kind::Unapproved).then(|| format!("  {}", texts.approval_next)));
        lines.join("\n") + "\n"
    }

    /// Lists where the credentials are. `folder` is that of a store on this machine, `file` what was written here.
    pub(super) fn places(&self, app: &AppSaved, folder: Option<&Path>, file: Option<&Path>) -> String {
        let texts = self.texts;
        let shown = |path: &Path| plain(&path.display().to_string());
        let mut places: Vec<String> = Vec::new();
        for sink in &app.saved_to {
            match (sink, folder) {
                (Sink::Store, Some(folder)) => places.push((texts.in_store)(&shown(folder))),
                (Sink::Store, None) => places.push(texts.in_remote_store.to_owned()),
                (Sink::EnvFile, None) => places.push(texts.in_remote_file.to_owned()),
                (Sink::Webhook, _) => places.push(texts.in_webhook.to_owned()),
                (Sink::EnvFile, Some(_)) | (Sink::Unknown, _) => {}
            }
        }
        places.extend(file.map(shown));
        places.join(texts.and)
    }

    /// Says how it ended, and why.
    pub(super) fn ended(&self, end: &End) -> String {
        let texts = self.texts;
        let (heading, rest) = match end {
            End::Denied(reason) => {
                (texts.denied, reason.iter().map(|reason| (texts.reason)(&plain(reason))).collect())
            }
            End::Expired => (texts.expired, Vec::new()),
            End::Interrupted => (texts.cancelled, vec![texts.late.to_owned()]),
            End::Unanswered => (texts.unanswered, Vec::new()),
            End::Trouble(trouble) => return self.ended_badly(trouble),
        };
        self.end(heading, rest)
    }

    /// Says what does not work.
    pub(super) fn ended_badly(&self, trouble: &Trouble) -> String {
        let (heading, rest) = match trouble {
            Trouble::Told { code, detail, retry_after } => {
                let mut rest: Vec<_> = detail.iter().map(|detail| format!("({})", plain(detail))).collect();
                rest.extend(retry_after.map(|after| (self.texts.retry_after)(&clock(after))));
                (self.texts.failure(*code), rest)
            }
            Trouble::Silent { detail } => (self.texts.silent, vec![format!("({})", plain(detail))]),
        };
        self.end(heading, rest)
    }

    fn end(&self, heading: &str, mut rest: Vec<String>) -> String {
        rest.insert(0, format!("{} {heading}", self.styled("✗", &Style::new().red().bold())));
        rest.join("\n  ") + "\n"
    }

    /// Says that something is not as it should be.
    pub(super) fn warning(&self, text: &str) -> String {
        format!("{} {text}", self.styled("!", &Style::new().yellow().bold()))
    }

    fn styled(&self, text: &str, style: &Style) -> String {
        style.clone().force_styling(self.ink == Ink::Colours).apply_to(text).to_string()
    }
}

/// Takes out what could move the cursor, change colours or turn the order of letters round: the text is from outside.
pub(super) fn plain(text: &str) -> String {
    let is_plain = |character: &char| {
        !character.is_control()
            && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(is_plain).collect()
}

/// Writes a time as a clock does, rounded up.
fn clock(time: Duration) -> String {
    let seconds = time.as_millis().div_ceil(1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests;
