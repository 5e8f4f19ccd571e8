//! The wizard in the terminal: a scan, or two lines entered by hand, and a bot has its credentials.
//!
//! 1. [`register`] asks whether credentials that are there already should be replaced, and for the method.
//! 2. It opens its [`Source`]: the flow engine in this process, or a backend elsewhere.
//! 3. A scan: the source begins a flow, the terminal shows its code and link, and follows it (`follow`).
//! 4. What goes wrong is told, and another code or manual entry is offered; where nobody can be asked, the [`Outcome`] tells.
//! 5. The credentials are in the store before they are shown, and handed over (`handover`): to a file, or to a script.
//!
//! `face` says everything and touches no terminal; `screen` is the terminal and says nothing of its own.

mod code;
mod face;
mod follow;
mod handover;
mod interrupts;
mod language;
mod outcome;
mod screen;
mod source;
mod texts;
mod trouble;
mod wizard;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::AppName;
use crate::clock::Clock;
use crate::config::Drawing;
use crate::state::OpenError;
use face::{Face, Ink};
use screen::{Consent, Screen};
use wizard::Wizard;

pub use language::{Language, UnknownLanguage};
pub use outcome::Outcome;
pub use source::{Here, Source, There, ThereError};

/// What the wizard is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which language it speaks.
    pub language: Language,
    /// What may be drawn.
    pub drawing: Drawing,
    /// Whether it may ask.
    pub manner: Manner,
    /// How the credentials come.
    pub method: Option<Method>,
    /// What the store calls the app; its client id if there is none.
    pub name: Option<AppName>,
    /// Where the credentials go beside the store.
    pub destination: Destination,
    /// What it writes to the standard output at its end.
    pub report: Report,
    /// The app that is set already, if its credentials would be replaced.
    pub existing: Option<Existing>,
}

/// Whether the wizard may ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// A person is there.
    Interactive,
    /// Nobody is there.
    Silent,
}

/// How the credentials come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// DingTalk makes an app when somebody scans a code.
    Scan,
    /// A person enters those of an app that exists.
    Manual,
}

/// Where the credentials go beside the store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Destination {
    /// Nowhere.
    Store,
    /// Into a `.env` file.
    File(PathBuf),
    /// To the standard output, as the lines of such a file.
    Output,
}

/// What is written to the standard output at the end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Report {
    /// Nothing: a person has read it all.
    None,
    /// A JSON object without the secret.
    Json,
    /// A JSON object with the secret.
    JsonWithSecret,
}

/// An app that is set already.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Existing {
    /// Its client id.
    pub client_id: String,
    /// The file that sets it; `None` for the environment of the process.
    pub file: Option<PathBuf>,
    /// What was said about it.
    pub replace: Replace,
}

/// What was said about an app that is set already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Replace {
    /// It has to be asked.
    Ask,
    /// It may be replaced.
    Yes,
}

/// The wizard cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// There is no source.
    #[error("the store cannot be used")]
    Open(#[source] OpenError),
    /// The terminal, or the standard output, cannot be used.
    #[error("the terminal cannot be used")]
    Terminal(#[from] io::Error),
}

/// Runs the wizard. `open` is awaited once it is certain that there is something to do.
///
/// # Errors
///
/// [`RegisterError`]. Everything that goes wrong between the wizard and DingTalk is an [`Outcome`] instead.
pub async fn register(
    options: Options,
    clock: Arc<dyn Clock>,
    open: impl Future<Output = Result<Source, OpenError>>,
) -> Result<Outcome, RegisterError> {
    let mut screen = Screen::new(options.drawing);
    let ink = if screen.drawing() == Drawing::Rich { Ink::Colours } else { Ink::Plain };
    let face = Face { texts: options.language.texts(), ink };
    let is_talking = options.manner == Manner::Interactive;
    if is_talking {
        screen.say(&face.title())?;
    }
    if let Some(outcome) = keep_existing(&options, face, &mut screen).await? {
        handover::report_without(&options, outcome, None)?;
        return Ok(outcome);
    }
    let method = match options.method {
        Some(method) => method,
        None if !is_talking => Method::Scan,
        None => match screen.choose(face.texts.choose, vec![face.texts.by_qr, face.texts.by_hand]).await? {
            Some(0) => Method::Scan,
            Some(_) => Method::Manual,
            None => {
                handover::report_without(&options, Outcome::Interrupted, None)?;
                return Ok(Outcome::Interrupted);
            }
        },
    };
    let source = open.await.map_err(RegisterError::Open)?;
    Wizard::new(options, clock, face, screen, source).run(method).await
}

/// Asks about credentials that are there already; `Some` if they stay.
async fn keep_existing(
    options: &Options,
    face: Face,
    screen: &mut Screen,
) -> Result<Option<Outcome>, RegisterError> {
    let Some(existing) = &options.existing else { return Ok(None) };
    let texts = face.texts;
    screen.say(&face.configured(&existing.client_id, existing.file.as_deref()))?;
    let answer = match (existing.replace, options.manner) {
        (Replace::Yes, _) => Some(Consent::Yes),
        (Replace::Ask, Manner::Interactive) => screen.confirm(texts.reconfigure).await?,
        (Replace::Ask, Manner::Silent) => {
            screen.say(texts.needs_yes)?;
            return Ok(Some(Outcome::Configured));
        }
    };
    match answer {
        Some(Consent::Yes) => Ok(None),
        Some(Consent::No) => {
            screen.say(texts.unchanged)?;
            Ok(Some(Outcome::Unchanged))
        }
        None => Ok(Some(Outcome::Interrupted)),
    }
}
