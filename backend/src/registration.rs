//! The registration driver: a scan creates a DingTalk app, and its credentials are kept before anyone hears of it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;
use zeroize::Zeroizing;

use crate::app::{AppName, Apps, Keep, Origin};
use crate::causes::Causes;
use crate::dingtalk::{Credentials, DingTalkError, Poll, RegistrationClient};
use crate::flow::{CreatedApp, Driver, Failure, Finding, NewFlow, Question, Step, Unheard};
use crate::secret::DeviceCode;
use crate::telemetry::{self, Timer};

/// The longest pause before credentials that could not be stored are stored again. Shorter than a question's turn, so that
/// another process which takes the flow over finds them.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often the store may say that the credentials contradict others. Once or twice it is another process that took the
/// same name in the same moment.
const MOST_CONTRADICTIONS: u32 = 5;

/// Drives registrations. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Registration {
    client: RegistrationClient,
    apps: Apps,
}

/// What is stored with a registration, without secrets.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Subject {
    /// What to scan.
    pub verification_uri_complete: String,
    /// What DingTalk's page shows.
    pub user_code: String,
    /// The name that the app should have.
    pub app_name: Option<String>,
}

impl Registration {
    /// Names the kind of flow.
    pub const KIND: &'static str = "registration";

    /// Makes the driver.
    pub fn new(client: RegistrationClient, apps: Apps) -> Self {
        Self { client, apps }
    }

    /// Begins a registration at DingTalk.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`] names the step.
    pub async fn begin(&self, app_name: Option<AppName>) -> Result<NewFlow, DingTalkError> {
        let begun = self.client.begin().await?;
        let subject = Subject {
            verification_uri_complete: begun.verification_uri_complete,
            user_code: begun.user_code,
            app_name: app_name.map(|name| name.as_str().to_owned()),
        };
        Ok(NewFlow {
            handle: Zeroizing::new(begun.device_code.expose().to_owned()),
            subject: serde_json::to_string(&subject).unwrap_or_default(),
            expires_in: begun.expires_in,
            interval: Some(begun.interval),
        })
    }

    async fn ask(&self, question: Question<'_>) -> Result<Step, Unheard> {
        let device_code = DeviceCode::new(question.handle.as_str().to_owned());
        let poll = self.client.poll(&device_code).await.map_err(|error| {
            tracing::warn!(error = %Causes(&error), flow.id = %question.flow_id, "poll failed");
            unheard(&error)
        })?;
        let read = Timer::start();
        tracing::debug!(flow.id = %question.flow_id, poll = %poll, "polled");
        match poll {
            Poll::Pending { unknown_status } => {
                if let Some(word) = unknown_status {
                    telemetry::unknown_status();
                    tracing::warn!(flow.id = %question.flow_id, status = word, "unknown status taken as pending");
                }
                Ok(Step::Pending)
            }
            Poll::Creating => Ok(Step::Creating),
            Poll::ApprovalPending(Some(credentials)) => {
                self.approval_pending(&question, &credentials, read).await
            }
            // Handed out once already, perhaps.
            Poll::ApprovalPending(None) => self.kept(&question).await.map(|kept| match kept {
                Some(client_id) => Step::ApprovalPending { client_id },
                None => Step::Creating,
            }),
            Poll::Succeeded(Some(credentials)) => {
                self.keep(&question, &credentials, read).await?;
                self.created(&question, credentials.client_id.as_str()).await
            }
            Poll::Succeeded(None) => match self.kept(&question).await? {
                Some(client_id) => self.created(&question, &client_id).await,
                None if question.is_in_doubt => Ok(Step::Creating),
                None => Ok(Step::Failed(Failure::AppCredentialMissing)),
            },
            Poll::Denied { reason } => Ok(Step::Denied { reason }),
            Poll::Expired => self.finish(question).await,
        }
    }

    /// Ends a registration whose device code is dead: well, if credentials came before.
    async fn finish(&self, question: Question<'_>) -> Result<Step, Unheard> {
        let Some(client_id) = self.kept(&question).await? else { return Ok(Step::Expired) };
        let step = self.created(&question, &client_id).await?;
        Ok(match step {
            Step::Created(app) if !app.is_verified => Step::Created(with_outstanding_approval(app)),
            Step::Created(_)
            | Step::Authenticated(_)
            | Step::Pending
            | Step::Scanned { .. }
            | Step::Creating
            | Step::ApprovalPending { .. }
            | Step::Denied { .. }
            | Step::Expired
            | Step::Failed(_) => step,
        })
    }

    async fn approval_pending(
        &self,
        question: &Question<'_>,
        credentials: &Credentials,
        read: Timer,
    ) -> Result<Step, Unheard> {
        let client_id = credentials.client_id.as_str();
        // They come again with every poll. If the store cannot say whether it has them, they are kept once more.
        if !self.kept(question).await.is_ok_and(|kept| kept.as_deref() == Some(client_id)) {
            self.keep(question, credentials, read).await?;
            self.apps.deliver_now(client_id).await;
        }
        Ok(Step::ApprovalPending { client_id: client_id.to_owned() })
    }

    /// Keeps credentials that were `read` a moment ago.
    async fn keep(
        &self,
        question: &Question<'_>,
        credentials: &Credentials,
        read: Timer,
    ) -> Result<(), Unheard> {
        let subject: Option<Subject> = serde_json::from_str(question.subject).ok();
        let name = subject.and_then(|subject| AppName::try_from(subject.app_name?).ok());
        let origin = if (question.is_awaited)() {
            Origin::Awaited(question.flow_id)
        } else {
            Origin::Late(question.flow_id)
        };
        let keep = Keep {
            name: name.as_ref(),
            client_id: &credentials.client_id,
            client_secret: &credentials.client_secret,
            origin,
        };
        // DingTalk may hand the credentials out only once: while this process lives, it tries to keep them.
        let mut pause = Duration::from_millis(50);
        let mut contradictions = 0;
        while let Err(error) = self.apps.keep(&keep).await {
            contradictions += u32::from(is_contradiction(&error));
            if contradictions > MOST_CONTRADICTIONS {
                return Err(unstored(question, &error));
            }
            tracing::error!(error = %Causes(&error), flow.id = %question.flow_id, "credentials cannot be kept yet");
            (question.stall)();
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        telemetry::kept(read);
        Ok(())
    }

    async fn created(&self, question: &Question<'_>, client_id: &str) -> Result<Step, Unheard> {
        self.apps.settle(client_id).await.map(Step::Created).map_err(|error| unstored(question, &error))
    }

    /// Returns the client id of the app that this registration has made already.
    async fn kept(&self, question: &Question<'_>) -> Result<Option<String>, Unheard> {
        let app = self.apps.of_flow(question.flow_id).await.map_err(|error| unstored(question, &error))?;
        Ok(app.map(|app| app.client_id))
    }
}

impl Driver for Registration {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn method(&self, _: &str) -> &'static str {
        "qr"
    }

    fn poll<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Step, Unheard>> {
        let span = tracing::debug_span!("flow turn", flow.id = %question.flow_id, flow.kind = Self::KIND);
        Box::pin(self.ask(question).instrument(span))
    }

    fn conclude<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Step, Unheard>> {
        let span = tracing::debug_span!("flow turn", flow.id = %question.flow_id, flow.kind = Self::KIND);
        Box::pin(self.finish(question).instrument(span))
    }
}

/// Makes the driver ready for the engine.
impl From<Registration> for Arc<dyn Driver> {
    fn from(registration: Registration) -> Self {
        Arc::new(registration)
    }
}

fn with_outstanding_approval(mut app: CreatedApp) -> CreatedApp {
    app.findings.retain(|finding| *finding != Finding::CredentialsRejected);
    app.findings.insert(0, Finding::ApprovalOutstanding);
    app
}

fn unheard(error: &DingTalkError) -> Unheard {
    let failure = if error.is_refusal() { Failure::UpstreamRefused } else { Failure::UpstreamUnavailable };
    Unheard { failure, retry_after: error.retry_after() }
}

/// What was heard could not be kept. The flow must not go on as if it had been.
fn unstored(question: &Question<'_>, error: &sqlx::Error) -> Unheard {
    tracing::error!(error = %Causes(error), flow.id = %question.flow_id, "store failed");
    Unheard { failure: Failure::UpstreamUnavailable, retry_after: None }
}

fn is_contradiction(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
