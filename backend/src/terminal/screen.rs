//! The terminal: lines, one line that changes, and questions. All of it on the standard error, for the standard output is
//! what scripts read.

use std::io::{self, Write as _};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use inquire::error::InquireResult;
use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};

use super::code::Size;
use crate::config::Drawing;

/// How often something that waits says so where no line can change.
const REMINDER: Duration = Duration::from_mins(1);

/// The terminal of a person, or a file.
#[derive(Debug)]
pub(super) struct Screen {
    term: Term,
    drawing: Drawing,
    spinner: Option<ProgressBar>,
    /// What was said last while waiting, and how much time was left then.
    reminded: Option<(String, Duration)>,
}

/// Which texts can be taken, and what is said of the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    pub(super) is_good: fn(&str) -> bool,
    pub(super) otherwise: &'static str,
}

impl Screen {
    pub(super) fn new(drawing: Drawing) -> Self {
        Self { term: Term::stderr(), drawing, spinner: None, reminded: None }
    }

    /// Returns whether it is a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        self.term.is_term()
    }

    /// Returns what may be drawn.
    pub(super) fn drawing(&self) -> Drawing {
        if self.is_terminal() { self.drawing } else { Drawing::Dumb }
    }

    /// Returns the room for a code above the line that changes.
    pub(super) fn room(&self) -> Option<Size> {
        let (rows, columns) = self.term.size_checked()?;
        Some(Size { columns: columns.into(), rows: usize::from(rows).saturating_sub(1) })
    }

    /// Writes lines.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.rest();
        writeln!(self.term, "{text}")
    }

    /// Says what is waited for, and for how long yet: in a line that changes, else now and then.
    pub(super) fn wait(&mut self, standing: &str, left: Option<(Duration, &str)>) -> io::Result<()> {
        let text = left.map_or_else(|| standing.to_owned(), |(_, text)| format!("{standing} · {text}"));
        if self.drawing() != Drawing::Dumb {
            self.spinner.get_or_insert_with(spinner).set_message(text);
            return Ok(());
        }
        let left = left.map_or(Duration::MAX, |(left, _)| left);
        let is_known = self
            .reminded
            .as_ref()
            .is_some_and(|(known, then)| known == standing && then.saturating_sub(left) < REMINDER);
        if is_known {
            return Ok(());
        }
        self.reminded = Some((standing.to_owned(), left));
        writeln!(self.term, "{text}")
    }

    /// Takes the line that changes away.
    pub(super) fn rest(&mut self) {
        self.reminded = None;
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }

    /// Asks for one of several; `None` if nobody wants to answer.
    pub(super) async fn choose(
        &mut self,
        question: &'static str,
        options: Vec<&'static str>,
    ) -> Answer<usize> {
        let config = self.config();
        let prompt = move || {
            let select = Select::new(question, options).without_help_message().with_render_config(config);
            select.raw_prompt().map(|option| option.index)
        };
        self.ask(prompt).await
    }

    /// Asks for yes or no; no is the default.
    pub(super) async fn confirm(&mut self, question: &'static str) -> Answer<Consent> {
        let config = self.config();
        let prompt = move || Confirm::new(question).with_default(false).with_render_config(config).prompt();
        let answer = self.ask(prompt).await?;
        Ok(answer.map(|is_yes| if is_yes { Consent::Yes } else { Consent::No }))
    }

    /// Asks for a text that everybody may see.
    pub(super) async fn text(
        &mut self,
        question: &'static str,
        help: Option<&'static str>,
        check: Check,
    ) -> Answer<String> {
        let config = self.config();
        let prompt = move || {
            let mut text = Text::new(question).with_render_config(config).with_validator(validator(check));
            text.help_message = help;
            text.prompt()
        };
        self.ask(prompt).await
    }

    /// Asks for a text that nobody may see.
    pub(super) async fn secret(&mut self, question: &'static str, check: Check) -> Answer<String> {
        let config = self.config();
        let prompt = move || {
            let password = Password::new(question).without_confirmation().with_render_config(config);
            password.with_display_mode(PasswordDisplayMode::Masked).with_validator(validator(check)).prompt()
        };
        self.ask(prompt).await
    }

    fn config(&self) -> RenderConfig<'static> {
        match self.drawing() {
            Drawing::Rich => RenderConfig::default_colored(),
            Drawing::Colourless | Drawing::Dumb => RenderConfig::empty(),
        }
    }

    /// Runs a prompt, which blocks and takes Ctrl-C as a key.
    async fn ask<T: Send + 'static>(
        &mut self,
        prompt: impl FnOnce() -> InquireResult<T> + Send + 'static,
    ) -> Answer<T> {
        self.rest();
        match tokio::task::spawn_blocking(prompt).await {
            Ok(Ok(answer)) => Ok(Some(answer)),
            Ok(Err(InquireError::OperationCanceled | InquireError::OperationInterrupted)) => Ok(None),
            Ok(Err(error)) => Err(io::Error::other(error)),
            Err(panicked) => Err(io::Error::other(panicked)),
        }
    }
}

/// An answer; `None` if nobody wants to give one.
pub(super) type Answer<T> = io::Result<Option<T>>;

/// Yes or no.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Consent {
    Yes,
    No,
}

fn validator(
    check: Check,
) -> impl Fn(&str) -> Result<Validation, inquire::CustomUserError> + Clone + 'static {
    move |text| {
        let is_good = (check.is_good)(text);
        Ok(if is_good { Validation::Valid } else { Validation::Invalid(check.otherwise.into()) })
    }
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {wide_msg}").expect("the template is right");
    let spinner = ProgressBar::new_spinner().with_style(style);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}
