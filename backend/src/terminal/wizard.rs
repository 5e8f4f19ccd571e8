use std::sync::Arc;

use dingtalk_qr_shared::{ErrorCode, FlowStarted, FlowState};

use super::code;
use super::face::{Beside, End, Face, Kind, News};
use super::interrupts::Interrupts;
use super::screen::{Check, Consent, Screen};
use super::source::{Entered, Source};
use super::trouble::Trouble;
use super::{Manner, Method, Options, Outcome, RegisterError, handover};
use crate::client_id::ClientId;
use crate::clock::Clock;
use crate::config::Drawing;
use crate::secret::ClientSecret;

/// The wizard at work.
pub(super) struct Wizard {
    pub(super) options: Options,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) face: Face,
    pub(super) screen: Screen,
    pub(super) source: Source,
    pub(super) interrupts: Interrupts,
}

/// How one attempt ended.
pub(super) type Attempt = Result<Result<News, End>, RegisterError>;

impl Wizard {
    pub(super) fn new(
        options: Options,
        clock: Arc<dyn Clock>,
        face: Face,
        screen: Screen,
        source: Source,
    ) -> Self {
        Self { options, clock, face, screen, source, interrupts: Interrupts::listen() }
    }

    /// Attempts until there are credentials, or nobody wants to go on.
    pub(super) async fn run(mut self, method: Method) -> Result<Outcome, RegisterError> {
        let outcome = self.attempt(method).await?;
        if self.screen.drawing() != Drawing::Dumb {
            self.screen.wait(self.face.texts.ending, None)?;
        }
        tokio::select! {
            () = self.source.end() => {}
            () = self.interrupts.next() => {}
        }
        self.screen.rest();
        Ok(outcome)
    }

    async fn attempt(&mut self, mut method: Method) -> Result<Outcome, RegisterError> {
        loop {
            let attempt = match method {
                Method::Scan => self.scan().await?,
                Method::Manual => self.enter().await?,
            };
            let end = match attempt {
                Ok(news) => return self.hand_over(&news).await,
                Err(end) => end,
            };
            self.screen.say(&self.face.ended(&end))?;
            let next = match self.options.manner {
                Manner::Interactive => self.choose_next(&end).await?,
                Manner::Silent => Next::Quit(end.outcome()),
            };
            match next {
                Next::Attempt(next) => method = next,
                Next::Quit(outcome) => {
                    handover::report_without(&self.options, outcome, Some(&end))?;
                    return Ok(outcome);
                }
            }
        }
    }

    /// Offers what there is instead.
    async fn choose_next(&mut self, end: &End) -> Result<Next, RegisterError> {
        let texts = self.face.texts;
        let (again, manual) = ((texts.again, Method::Scan), (texts.manually, Method::Manual));
        let offers = match end {
            End::Expired => [again, manual],
            End::Denied(_) | End::Interrupted | End::Unanswered | End::Trouble(_) => [manual, again],
        };
        let names = offers.iter().map(|(name, _)| *name).chain([texts.quit]).collect();
        Ok(match self.screen.choose(texts.what_next, names).await? {
            Some(index) => match offers.get(index) {
                Some((_, method)) => Next::Attempt(*method),
                None => Next::Quit(end.outcome()),
            },
            None => Next::Quit(Outcome::Interrupted),
        })
    }

    async fn scan(&mut self) -> Attempt {
        self.interrupts.forget();
        self.screen.wait(self.face.texts.preparing, None)?;
        let begun = tokio::select! {
            begun = self.source.begin(self.options.name.as_ref()) => begun,
            () = self.interrupts.next() => return Ok(Err(End::Interrupted)),
        };
        match begun {
            Ok(flow) => {
                self.invite(&flow)?;
                self.follow(&flow).await
            }
            Err(trouble) => Ok(Err(End::Trouble(trouble))),
        }
    }

    /// Shows the link and, where it can be drawn, the code.
    fn invite(&mut self, flow: &FlowStarted) -> Result<(), RegisterError> {
        let link = flow.qr.as_ref().map_or("", |qr| &qr.text);
        let drawing = match self.screen.drawing() {
            Drawing::Rich => self.screen.room().and_then(|room| code::draw(link, room)),
            Drawing::Colourless | Drawing::Dumb => None,
        };
        let beside = match (&drawing, self.screen.drawing()) {
            (Some(_), _) => Beside::Code,
            (None, Drawing::Rich) => Beside::NoRoom,
            (None, Drawing::Colourless | Drawing::Dumb) => Beside::Nothing,
        };
        self.screen.say(&self.face.invitation(flow, beside))?;
        if let Some(drawing) = drawing {
            self.screen.say(drawing.trim_end_matches('\n'))?;
        }
        Ok(())
    }

    /// Makes of the end of a flow what there is to tell.
    pub(super) async fn conclude(&self, state: FlowState) -> Result<News, End> {
        match state {
            FlowState::Created(app) => Ok(News { kind: Kind::Created, app }),
            FlowState::ApprovalPending { client_id } => {
                let app = self.source.saved(&client_id).await.map_err(End::Trouble)?;
                Ok(News { kind: Kind::Unapproved, app })
            }
            FlowState::Denied { reason } => Err(End::Denied(reason)),
            FlowState::Expired => Err(End::Expired),
            FlowState::Failed { code } => Err(End::Trouble(Trouble::of_code(code))),
            FlowState::Cancelled
            | FlowState::Pending
            | FlowState::Scanned { .. }
            | FlowState::Creating
            | FlowState::Authenticated(_)
            | FlowState::Unknown => Err(End::Interrupted),
        }
    }

    async fn enter(&mut self) -> Attempt {
        loop {
            let Some(entered) = self.ask_for_credentials().await? else { return Ok(Err(End::Unanswered)) };
            self.screen.wait(self.face.texts.saving, None)?;
            let app = match self.source.enter(self.options.name.as_ref(), &entered).await {
                Ok(app) => app,
                Err(trouble) => return Ok(Err(End::Trouble(trouble))),
            };
            if app.findings.contains(&ErrorCode::CredentialsRejected) {
                self.screen.say(&self.face.warning(self.face.texts.credentials_rejected))?;
                if self.screen.confirm(self.face.texts.enter_again).await? == Some(Consent::Yes) {
                    continue;
                }
            }
            return Ok(Ok(News { kind: Kind::Entered, app }));
        }
    }

    async fn ask_for_credentials(&mut self) -> Result<Option<Entered>, RegisterError> {
        let texts = self.face.texts;
        let is_id = Check { is_good: |text| client_id(text).is_some(), otherwise: texts.bad_client_id };
        let is_secret =
            Check { is_good: |text| client_secret(text).is_some(), otherwise: texts.bad_client_secret };
        let Some(id) = self.screen.text(texts.client_id, Some(texts.console), is_id).await? else {
            return Ok(None);
        };
        let Some(secret) = self.screen.secret(texts.client_secret, is_secret).await? else { return Ok(None) };
        let credentials = client_id(&id).zip(ClientSecret::try_from(secret).ok());
        Ok(credentials.map(|(client_id, client_secret)| Entered { client_id, client_secret }))
    }
}

/// What comes after an attempt without credentials.
enum Next {
    Attempt(Method),
    Quit(Outcome),
}

fn client_id(text: &str) -> Option<ClientId> {
    ClientId::try_from(text.to_owned()).ok()
}

fn client_secret(text: &str) -> Option<ClientSecret> {
    ClientSecret::try_from(text.to_owned()).ok()
}
