//! Looks for what keeps an app from working, and says where in DingTalk's console it is put right.
//!
//! 1. The credentials: DingTalk gives an app token for them, or not. It does not say whether they are wrong or no version is
//!    published.
//! 2. The robot: a message to a person whom no organisation has, so that nobody is disturbed. Without the permission DingTalk
//!    names it. Whether the robot is switched on no call tells for sure, so any other no is [`Code::RobotUnconfirmed`].
//! 3. If somebody is named, a message to them, in the place of 2.
//! 4. The deliveries: whether one is outstanding.
//!
//! Of a third-party app the credentials alone: with its ticket, without which DingTalk gives it no token. Its robot speaks in
//! organisations that have installed it.

use crate::app::{Apps, SecretError};
use crate::causes::Causes;
use crate::dingtalk::{AppTokenClient, DingTalkError, Meaning, Receipt, RobotClient};
use crate::flow::Finding as Outstanding;
use crate::secret::{Token, random_id};
#[cfg(feature = "platform")]
use crate::suite::{Suite, SuiteError, Suites};

/// Where every step in the console begins (DingTalk's page 创建应用).
const CONSOLE: &str = "https://open-dev.dingtalk.com/fe/app#/corp/app";

/// What the person who is named in [`Doctor::examine`] reads.
const TEST_MESSAGE: &str = "dingtalk-qr: ✓";

/// Examines apps. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Doctor {
    apps: Apps,
    tokens: AppTokenClient,
    robot: RobotClient,
    #[cfg(feature = "platform")]
    suites: Suites,
}

/// What was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// The name of the app.
    pub app: String,
    /// Its client id.
    pub client_id: String,
    /// Whether DingTalk accepts the credentials; as it was before, if it could not be asked.
    pub is_verified: bool,
    /// What is wrong, most important first. Empty when all is well.
    pub findings: Vec<Code>,
}

/// One thing that may be wrong with an app. The names are stable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Code {
    /// DingTalk does not let this server in.
    AddressNotAllowed,
    /// DingTalk does not accept the credentials, or no version of the app is published.
    CredentialsRejected,
    /// The app may not let its robot speak.
    PermissionMissing,
    /// The person named has had too many messages.
    RecipientLimited,
    /// The organisation of the app has nobody of the id that was named.
    RecipientUnknown,
    /// DingTalk does not let the robot speak and does not say why in a way that is documented: it may be switched off.
    RobotUnconfirmed,
    /// One of the sinks does not have the credentials yet.
    SinkFailed,
    /// DingTalk has pushed no ticket that counts to a third-party app.
    SuiteTicketMissing,
    /// DingTalk is busy, cannot be reached, or answers nonsense.
    UpstreamUnavailable,
}

impl Code {
    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressNotAllowed => "address_not_allowed",
            Self::CredentialsRejected => "credentials_rejected",
            Self::PermissionMissing => "permission_missing",
            Self::RecipientLimited => "recipient_limited",
            Self::RecipientUnknown => "recipient_unknown",
            Self::RobotUnconfirmed => "robot_unconfirmed",
            Self::SinkFailed => "sink_failed",
            Self::SuiteTicketMissing => "suite_ticket_missing",
            Self::UpstreamUnavailable => "upstream_unavailable",
        }
    }

    /// Returns the page of DingTalk's console where it is put right, if it is put right there.
    pub fn console(self) -> Option<&'static str> {
        match self {
            Self::AddressNotAllowed
            | Self::CredentialsRejected
            | Self::PermissionMissing
            | Self::RobotUnconfirmed
            | Self::SuiteTicketMissing => Some(CONSOLE),
            Self::RecipientLimited
            | Self::RecipientUnknown
            | Self::SinkFailed
            | Self::UpstreamUnavailable => None,
        }
    }

    /// Says what to do, for an operator; steps in the console by the names that they have there.
    pub fn advice(self) -> &'static str {
        match self {
            Self::AddressNotAllowed => {
                "add the address of this server: 安全设置 (security settings), 服务器出口IP"
            }
            Self::CredentialsRejected => {
                "compare 凭证与基础信息 (credentials) and publish a version: 版本管理与发布; or wait for the administrator"
            }
            Self::PermissionMissing => {
                "grant qyapi_robot_sendmsg: 权限管理 (permissions), then publish a version"
            }
            Self::RecipientLimited => "try again later: this person has had too many messages",
            Self::RecipientUnknown => "name a member by the userid of the app's organisation",
            Self::RobotUnconfirmed => {
                "look whether 机器人 (robot) is added and switched on, then publish a version"
            }
            Self::SuiteTicketMissing => {
                "enter callback_url of GET /api/v1/suites: 数据推送 (SyncHTTP); DingTalk pushes a ticket within minutes"
            }
            Self::SinkFailed => "the log says why a sink cannot be written; it is tried again",
            Self::UpstreamUnavailable => "try again later; check the network and the proxy",
        }
    }
}

impl Doctor {
    /// Makes it.
    #[cfg(not(feature = "platform"))]
    pub fn new(apps: Apps, tokens: AppTokenClient, robot: RobotClient) -> Self {
        Self { apps, tokens, robot }
    }

    /// Makes it.
    #[cfg(feature = "platform")]
    pub fn new(apps: Apps, tokens: AppTokenClient, robot: RobotClient, suites: Suites) -> Self {
        Self { apps, tokens, robot, suites }
    }

    /// Returns the apps that it knows.
    pub fn apps(&self) -> &Apps {
        &self.apps
    }

    /// Examines an app. `message_to` is a person, by their id in the organisation, who gets a message.
    ///
    /// # Errors
    ///
    /// [`SecretError`]; `RowNotFound` if there is no app of this client id.
    pub async fn examine(&self, client_id: &str, message_to: Option<&str>) -> Result<Report, SecretError> {
        let secret = self.apps.reveal(client_id).await?;
        #[cfg(feature = "platform")]
        if let Some(suite) = self.suites.of_client(client_id) {
            let findings = self.examine_suite(suite).await?;
            return self.report(client_id, findings).await;
        }
        let mut findings = Vec::new();
        match self.tokens.token(client_id, &secret).await {
            Ok((token, _)) => {
                self.apps.note_verdict(client_id, true).await?;
                findings.extend(self.examine_robot(&token, client_id, message_to).await);
            }
            Err(error) => {
                let code = credentials_code(&error);
                tracing::warn!(error = %Causes(&error), app.client_id = client_id, "credentials are not accepted");
                if code == Code::CredentialsRejected {
                    self.apps.note_verdict(client_id, false).await?;
                }
                findings.push(code);
            }
        }
        self.report(client_id, findings).await
    }

    #[cfg(feature = "platform")]
    async fn examine_suite(&self, suite: &Suite) -> Result<Vec<Code>, SecretError> {
        let code = match self.suites.probe(suite).await {
            Ok(()) => {
                self.apps.note_verdict(&suite.client_id, true).await?;
                return Ok(Vec::new());
            }
            Err(SuiteError::Store(error)) => return Err(error.into()),
            Err(SuiteError::Sealed(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(error = %Causes(&error), app.client_id = suite.client_id, "the app gets no token");
                match error.said() {
                    Some(said) if said.meaning() != Meaning::TicketInvalid => credentials_code(said),
                    Some(_) | None => Code::SuiteTicketMissing,
                }
            }
        };
        if code == Code::CredentialsRejected {
            self.apps.note_verdict(&suite.client_id, false).await?;
        }
        Ok(vec![code])
    }

    /// Adds what is outstanding.
    async fn report(&self, client_id: &str, mut findings: Vec<Code>) -> Result<Report, SecretError> {
        let app = self.apps.describe(client_id).await?;
        if app.findings.contains(&Outstanding::SinkFailed) {
            findings.push(Code::SinkFailed);
        }
        Ok(Report { app: app.name, client_id: app.client_id, is_verified: app.is_verified, findings })
    }

    async fn examine_robot(&self, token: &Token, client_id: &str, message_to: Option<&str>) -> Option<Code> {
        // Random, so that nobody is called so.
        let nobody = format!("nobody-{}", random_id());
        let sent = self.robot.send(token, client_id, message_to.unwrap_or(&nobody), TEST_MESSAGE).await;
        match (sent, message_to) {
            (Ok(Receipt::Sent), _) | (Ok(Receipt::UnknownRecipient | Receipt::TooMany), None) => None,
            (Ok(Receipt::UnknownRecipient), Some(_)) => Some(Code::RecipientUnknown),
            (Ok(Receipt::TooMany), Some(_)) => Some(Code::RecipientLimited),
            (Err(error), _) => {
                tracing::warn!(error = %Causes(&error), app.client_id = client_id, "the robot may not speak");
                Some(robot_code(&error))
            }
        }
    }
}

fn credentials_code(error: &DingTalkError) -> Code {
    match error.meaning() {
        Meaning::AddressNotAllowed => Code::AddressNotAllowed,
        Meaning::Busy | Meaning::Unavailable => Code::UpstreamUnavailable,
        // Whatever the word: an app that is not published has none that is documented.
        Meaning::CodeInvalid
        | Meaning::CredentialsRejected
        | Meaning::Incomplete
        | Meaning::NoDepartment
        | Meaning::NotAMember
        | Meaning::NotAuthorized
        | Meaning::OutOfRange
        | Meaning::PermissionMissing
        | Meaning::Refused
        | Meaning::TicketInvalid
        | Meaning::TokenInvalid => Code::CredentialsRejected,
    }
}

fn robot_code(error: &DingTalkError) -> Code {
    match error.meaning() {
        Meaning::AddressNotAllowed => Code::AddressNotAllowed,
        Meaning::Busy | Meaning::Unavailable => Code::UpstreamUnavailable,
        Meaning::PermissionMissing => Code::PermissionMissing,
        Meaning::CodeInvalid
        | Meaning::CredentialsRejected
        | Meaning::Incomplete
        | Meaning::NoDepartment
        | Meaning::NotAMember
        | Meaning::NotAuthorized
        | Meaning::OutOfRange
        | Meaning::Refused
        | Meaning::TicketInvalid
        | Meaning::TokenInvalid => Code::RobotUnconfirmed,
    }
}
