use std::fmt;
use std::time::Duration;

use super::wire::Fault;
use crate::http::{BODY_LIMIT, LIST_LIMIT};

/// The call that failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// `POST /app/registration/init`.
    Init,
    /// `POST /app/registration/begin`.
    Begin,
    /// `POST /app/registration/poll`.
    Poll,
    /// `POST /v1.0/oauth2/accessToken`.
    AppToken,
    /// `POST /v1.0/oauth2/userAccessToken`.
    UserToken,
    /// `GET /v1.0/contact/users/me`.
    Profile,
    /// `POST /topapi/v2/user/getuserinfo`.
    WorkspaceUser,
    /// `POST /topapi/user/getbyunionid`.
    UserByUnionId,
    /// `POST /topapi/v2/user/get`.
    Member,
    /// `POST /topapi/v2/user/getbymobile`.
    UserByMobile,
    /// `GET /auth/scopes`.
    Range,
    /// `POST /topapi/v2/department/get`.
    Department,
    /// `POST /topapi/v2/department/listsub`.
    SubDepartments,
    /// `POST /topapi/v2/user/list`.
    Members,
    /// `POST /topapi/user/listid`.
    StaffIds,
    /// `POST /v1.0/robot/oToMessages/batchSend`.
    RobotMessage,
    /// `GET /v1.0/robot/oToMessages/readStatus`.
    RobotRead,
    /// `POST /v1.0/robot/otoMessages/batchRecall`.
    RobotRecall,
    /// `POST /v1.0/robot/groupMessages/send`.
    GroupMessage,
    /// `POST /v1.0/robot/groupMessages/recall`.
    GroupRecall,
    /// `POST /topapi/message/corpconversation/asyncsend_v2`.
    Notice,
    /// `POST /topapi/message/corpconversation/sendbytemplate`.
    TemplateNotice,
    /// `POST /topapi/message/corpconversation/getsendprogress`.
    NoticeProgress,
    /// `POST /topapi/message/corpconversation/getsendresult`.
    NoticeResult,
    /// `POST /topapi/message/corpconversation/recall`.
    NoticeRecall,
    /// `POST /v1.0/oauth2/suiteAccessToken`.
    SuiteToken,
    /// `POST /v1.0/oauth2/corpAccessToken`, `POST /service/get_corp_token`.
    CorpToken,
    /// `GET /v1.0/oauth2/apps/authInfo`, `POST /service/get_auth_info`.
    SuiteAuthorization,
    /// What DingTalk pushes by itself.
    Push,
}

impl Step {
    /// Returns how many bytes an answer may have.
    pub(super) fn body_limit(self) -> usize {
        match self {
            Self::Range | Self::SubDepartments | Self::Members | Self::StaffIds | Self::NoticeResult => {
                LIST_LIMIT
            }
            Self::Init
            | Self::Begin
            | Self::Poll
            | Self::AppToken
            | Self::UserToken
            | Self::Profile
            | Self::WorkspaceUser
            | Self::UserByUnionId
            | Self::Member
            | Self::UserByMobile
            | Self::Department
            | Self::RobotMessage
            | Self::RobotRead
            | Self::RobotRecall
            | Self::GroupMessage
            | Self::GroupRecall
            | Self::Notice
            | Self::TemplateNotice
            | Self::NoticeProgress
            | Self::NoticeRecall
            | Self::SuiteToken
            | Self::CorpToken
            | Self::SuiteAuthorization
            | Self::Push => BODY_LIMIT,
        }
    }

    /// Returns the name, for a metric.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Begin => "begin",
            Self::Poll => "poll",
            Self::AppToken => "app_token",
            Self::UserToken => "user_token",
            Self::Profile => "profile",
            Self::WorkspaceUser => "workspace_user",
            Self::UserByUnionId => "user_by_union_id",
            Self::Member => "member",
            Self::UserByMobile => "user_by_mobile",
            Self::Range => "range",
            Self::Department => "department",
            Self::SubDepartments => "sub_departments",
            Self::Members => "members",
            Self::StaffIds => "staff_ids",
            Self::RobotMessage => "robot_message",
            Self::RobotRead => "robot_read",
            Self::RobotRecall => "robot_recall",
            Self::GroupMessage => "group_message",
            Self::GroupRecall => "group_recall",
            Self::Notice => "notice",
            Self::TemplateNotice => "template_notice",
            Self::NoticeProgress => "notice_progress",
            Self::NoticeResult => "notice_result",
            Self::NoticeRecall => "notice_recall",
            Self::SuiteToken => "suite_token",
            Self::CorpToken => "corp_token",
            Self::SuiteAuthorization => "suite_authorization",
            Self::Push => "push",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init",
            Self::Begin => "begin",
            Self::Poll => "poll",
            Self::AppToken => "app token",
            Self::UserToken => "user token",
            Self::Profile => "profile",
            Self::WorkspaceUser => "workspace user",
            Self::UserByUnionId => "user by union id",
            Self::Member => "member",
            Self::UserByMobile => "user by mobile",
            Self::Range => "range",
            Self::Department => "department",
            Self::SubDepartments => "sub-departments",
            Self::Members => "members",
            Self::StaffIds => "staff ids",
            Self::RobotMessage => "robot message",
            Self::RobotRead => "robot read",
            Self::RobotRecall => "robot recall",
            Self::GroupMessage => "group message",
            Self::GroupRecall => "group recall",
            Self::Notice => "notice",
            Self::TemplateNotice => "template notice",
            Self::NoticeProgress => "notice progress",
            Self::NoticeResult => "notice result",
            Self::NoticeRecall => "notice recall",
            Self::SuiteToken => "suite token",
            Self::CorpToken => "corp token",
            Self::SuiteAuthorization => "suite authorization",
            Self::Push => "push",
        })
    }
}

/// A call to DingTalk failed. The message names the step, never a URL or what stood in a body.
#[derive(Debug, thiserror::Error)]
pub enum DingTalkError {
    /// The answer cannot be had: no connection, time out, broken off.
    #[error("{step} got no answer")]
    Unreachable {
        /// The call.
        step: Step,
        /// What the HTTP client says, without the URL.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is an HTTP error.
    #[error("{step} got HTTP {status}")]
    Http {
        /// The call.
        step: Step,
        /// The status.
        status: u16,
        /// How long DingTalk asks to wait.
        retry_after: Option<Duration>,
    },
    /// The new API says no, in its own envelope.
    #[error("{step} got HTTP {status} {code}{}", needed(.scopes))]
    Api {
        /// The call.
        step: Step,
        /// The status.
        status: u16,
        /// DingTalk's word for it.
        code: Word,
        /// The permissions that would be needed.
        scopes: Vec<Word>,
        /// How long DingTalk asks to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is not a JSON object, or larger than the limit.
    #[error("{step} got an answer that cannot be read: {fault}")]
    Unreadable {
        /// The call.
        step: Step,
        /// Why.
        fault: Fault,
    },
    /// DingTalk says no.
    #[error("{step} was refused: {refusal}")]
    Refused {
        /// The call.
        step: Step,
        /// How.
        refusal: Refusal,
    },
    /// A field is missing, empty or not a string.
    #[error("{step} lacks {field}")]
    Lacks {
        /// The call.
        step: Step,
        /// The field's name.
        field: &'static str,
    },
    /// The link to scan is not https on one of DingTalk's hosts.
    #[error("begin has a verification URI that is not https on an allowed host")]
    VerificationUri,
}

impl DingTalkError {
    /// Returns whether DingTalk answered and said no, in a way that time alone does not change.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => matches!(refusal, Refusal::Errcode(_)),
            Self::Http { status, .. } | Self::Api { status, .. } => {
                (400..500).contains(status) && *status != 429
            }
            Self::Unreachable { .. }
            | Self::Unreadable { .. }
            | Self::Lacks { .. }
            | Self::VerificationUri => false,
        }
    }

    /// Returns whether DingTalk may have done what it was asked to, although the call failed.
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Unreachable { source, .. } => !source.is_connect(),
            Self::Http { status, .. } | Self::Api { status, .. } => *status >= 500,
            Self::Unreadable { .. } | Self::Lacks { .. } => true,
            Self::Refused { refusal, .. } => *refusal == Refusal::Failed,
            Self::VerificationUri => false,
        }
    }

    /// Returns how long DingTalk asks to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } | Self::Api { retry_after, .. } => *retry_after,
            Self::Refused { refusal: Refusal::Banned { wait }, .. } => Some(*wait),
            Self::Unreachable { .. }
            | Self::Unreadable { .. }
            | Self::Refused { .. }
            | Self::Lacks { .. }
            | Self::VerificationUri => None,
        }
    }
}

impl DingTalkError {
    /// Returns of what class it is, for a metric.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Unreachable { source, .. } if source.is_timeout() => "timeout",
            Self::Unreachable { .. } => "unreachable",
            Self::Unreadable { .. } => "unreadable",
            Self::Lacks { .. } | Self::VerificationUri => "incomplete",
            Self::Http { .. } | Self::Api { .. } | Self::Refused { .. } => match self.meaning() {
                Meaning::Busy => "busy",
                Meaning::Unavailable => "server_error",
                Meaning::AddressNotAllowed
                | Meaning::CodeInvalid
                | Meaning::CredentialsRejected
                | Meaning::Incomplete
                | Meaning::NoDepartment
                | Meaning::NotAMember
                | Meaning::NotAuthorized
                | Meaning::OutOfRange
                | Meaning::PermissionMissing
                | Meaning::Refused
                | Meaning::TicketInvalid
                | Meaning::TokenInvalid => "refused",
            },
        }
    }
}

/// What a failed call means for whoever waits for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Meaning {
    /// This server's address is not among those that the app allows.
    AddressNotAllowed,
    /// Busy, or over a limit.
    Busy,
    /// The code is unknown, used, too old, or of another kind.
    CodeInvalid,
    /// The app's credentials are wrong, or it is not published.
    CredentialsRejected,
    /// The profile does not say who the person is.
    Incomplete,
    /// There is no such department.
    NoDepartment,
    /// The person is not a member of the app's organisation.
    NotAMember,
    /// The organisation has not installed the third-party app.
    NotAuthorized,
    /// The person or the department is there, but outside of what the app may see.
    OutOfRange,
    /// The app lacks a permission.
    PermissionMissing,
    /// No, for another reason.
    Refused,
    /// The ticket of the third-party app is unknown, or there is a newer one.
    TicketInvalid,
    /// The token is unknown or too old.
    TokenInvalid,
    /// No answer, or nonsense.
    Unavailable,
}

impl DingTalkError {
    /// Returns the call that failed.
    pub fn step(&self) -> Step {
        match self {
            Self::Unreachable { step, .. }
            | Self::Http { step, .. }
            | Self::Api { step, .. }
            | Self::Unreadable { step, .. }
            | Self::Refused { step, .. }
            | Self::Lacks { step, .. } => *step,
            Self::VerificationUri => Step::Begin,
        }
    }

    /// Returns what the error means (DingTalk's page 全局错误码 for the old API, the pages of the calls for the new one).
    pub fn meaning(&self) -> Meaning {
        match self {
            Self::Api { status, code, .. } => code.meaning(*status),
            Self::Refused { refusal: Refusal::Busy | Refusal::Banned { .. }, .. }
            | Self::Http { status: 429, .. } => Meaning::Busy,
            Self::Refused { refusal: Refusal::Failed, .. } => Meaning::Unavailable,
            Self::Refused {
                step: Step::CorpToken | Step::SuiteAuthorization,
                refusal: Refusal::Errcode(errcode),
            } => suite_errcode_meaning(*errcode),
            Self::Refused { refusal: Refusal::Errcode(errcode), .. } => errcode_meaning(*errcode),
            Self::Lacks { field: "unionId" | "unionid", .. } => Meaning::Incomplete,
            Self::Http { status: 400..=499, .. } | Self::VerificationUri => Meaning::Refused,
            Self::Http { .. } | Self::Unreachable { .. } | Self::Unreadable { .. } | Self::Lacks { .. } => {
                Meaning::Unavailable
            }
        }
    }
}

fn errcode_meaning(errcode: Option<i64>) -> Meaning {
    match errcode {
        Some(40078 | 40079 | 40087 | 40091 | 41026) => Meaning::CodeInvalid,
        Some(40014 | 42001) => Meaning::TokenInvalid,
        Some(40089 | 40096) => Meaning::CredentialsRejected,
        Some(60011) => Meaning::PermissionMissing,
        Some(60020) => Meaning::AddressNotAllowed,
        Some(60121 | 33012) => Meaning::NotAMember,
        Some(60003) => Meaning::NoDepartment,
        // Observed, not documented.
        Some(50002 | 50004) => Meaning::OutOfRange,
        Some(_) | None => Meaning::Refused,
    }
}

/// The old API has numbers of its own for calls in the name of a third-party app, some of which mean something else elsewhere.
fn suite_errcode_meaning(errcode: Option<i64>) -> Meaning {
    match errcode {
        Some(40082 | 40083 | 40089) => Meaning::CredentialsRejected,
        Some(40080 | 40085) => Meaning::TicketInvalid,
        Some(40079 | 40084 | 40088 | 40090) => Meaning::NotAuthorized,
        other => errcode_meaning(other),
    }
}

/// A word of DingTalk's, such as an error code or the name of a permission: text from outside, of plain characters only
/// and short, so that it may stand in a log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Word(String);

impl Word {
    /// Takes what is plain of a text.
    pub(super) fn of(text: &str) -> Self {
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
        Self(text.chars().filter(is_plain).take(80).collect())
    }

    fn meaning(&self, status: u16) -> Meaning {
        match self.0.as_str() {
            "invalidClientIdOrSecret" | "invalidSuiteKey" | "invalid.client" | "unauthorized.client" => {
                Meaning::CredentialsRejected
            }
            "invalidAuthInfo" => Meaning::NotAuthorized,
            "invalidParameter.authCode.notFound" => Meaning::CodeInvalid,
            "invalidSuiteTicket" => Meaning::TicketInvalid,
            "InvalidAuthentication" => Meaning::TokenInvalid,
            "Forbidden.AccessDenied.AccessTokenPermissionDenied" => Meaning::PermissionMissing,
            "Forbidden.AccessDenied.IpNotInWhiteList" => Meaning::AddressNotAllowed,
            code if code.starts_with("Forbidden.AccessDenied.QpsLimit") => Meaning::Busy,
            _ if status == 429 => Meaning::Busy,
            _ if status >= 500 => Meaning::Unavailable,
            _ => Meaning::Refused,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn needed(scopes: &[Word]) -> String {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.0.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(", which needs {}", names.join(" ")) }
}

/// How DingTalk says no.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// Busy or over a rate limit (`errcode` -1, 90002; of work notices 143103, 143104, 143203, 143204); worth another try.
    Busy,
    /// This address is shut out for a while (DingTalk's page 调用频率限制).
    Banned {
        /// For how long.
        wait: Duration,
    },
    /// DingTalk failed (`errcode` 500), and may have done it all the same.
    Failed,
    /// Any other `errcode`; `None` if it is not a number.
    Errcode(Option<i64>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("busy"),
            Self::Banned { .. } => f.write_str("this address is shut out for a while"),
            Self::Failed => f.write_str("DingTalk failed"),
            Self::Errcode(Some(errcode)) => write!(f, "errcode {errcode}"),
            Self::Errcode(None) => f.write_str("errcode is not a number"),
        }
    }
}
