use serde::{Deserialize, Serialize};

/// The body of every error answer: RFC 9457, `application/problem+json`, with a stable [`ErrorCode`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// Always `about:blank` (RFC 9457 §4.2.1): the code says more than a link would.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words, for developers. The texts for people live in the widget.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong.
    pub code: ErrorCode,
    /// The field of the request that is at fault, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Finds the request in the backend's log; the same as the header `x-request-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Every way in which something ends badly. The names are stable; new ones may be added.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// DingTalk does not let this server in: its address is missing from the app's allow-list.
    AddressNotAllowed,
    /// The secret has been shown already, or the time to show it is over. The backend has it all the same.
    AlreadyRevealed,
    /// The configuration of the backend has the app, and would bring it back.
    AppConfigured,
    /// DingTalk said that the app was created but did not hand out both credentials.
    AppCredentialMissing,
    /// Another app already has this name.
    AppNameTaken,
    /// No app has this name.
    AppNotFound,
    /// The organisation's administrator had not approved the app when the code ended. The credentials are stored.
    ApprovalOutstanding,
    /// DingTalk does not know the authorization code: used, too old, or a workspace code.
    AuthorizationCodeInvalid,
    /// DingTalk began a registration without a device code.
    BeginLacksDeviceCode,
    /// DingTalk began a registration without a link to scan.
    BeginLacksVerificationUri,
    /// DingTalk does not accept the credentials.
    CredentialsRejected,
    /// The person's address is outside of `ALLOWED_DOMAINS`.
    EmailDomainNotAllowed,
    /// The embed token is wrong, too old, of another page, or for another app: the page has to get a new one.
    EmbedTokenInvalid,
    /// Another person has this external id.
    ExternalIdTaken,
    /// The flow does not exist, has been swept, or belongs to somebody else.
    FlowNotFound,
    /// Pages of this origin may not do this.
    ForbiddenOrigin,
    /// The person signed in for an organisation that may not come in.
    ForeignOrganisation,
    /// DingTalk answered the first step of a registration without a nonce.
    InitLacksNonce,
    /// The API key may not do this: it lacks a scope, which the header `WWW-Authenticate` names.
    InsufficientScope,
    /// The backend failed. Its log knows more under the request id.
    Internal,
    /// The request cannot be understood; `field` says where.
    InvalidRequest,
    /// No app is configured for this organisation or name, or none at all.
    LoginConfigNotFound,
    /// The login is over, or has been taken up by another phone.
    LoginEnded,
    /// The `state` of an answer from DingTalk is unknown, used, too old, or of another browser.
    LoginStateInvalid,
    /// The route exists, but not with this method.
    MethodNotAllowed,
    /// The person is not a member of the organisation that owns the app.
    NotAMember,
    /// There is no such route.
    NotFound,
    /// Only invited people may come in, and this one is not.
    NotInvited,
    /// There is no session, or it has ended.
    NotSignedIn,
    /// The number picked on the phone was not the one on the page.
    NumberMismatch,
    /// Only an operator may do this: open the setup link, or send an API key.
    OperatorRequired,
    /// The request body is too large.
    PayloadTooLarge,
    /// The app lacks a permission; the log names it, where DingTalk does.
    PermissionMissing,
    /// DingTalk did not say who the person is: the profile has no `unionId`.
    ProfileIncomplete,
    /// A header of the request is too large.
    RequestHeaderTooLarge,
    /// The setup link is wrong or has been used.
    SetupCodeInvalid,
    /// DingTalk's permission to ask about the person has ended: they have to sign in again.
    SignInRequired,
    /// The credentials are stored, but one of the other places could not be written yet.
    SinkFailed,
    /// The ticket is unknown, used, or older than 60 s.
    TicketInvalid,
    /// Too many live flows; try again after `Retry-After` seconds.
    TooManyFlows,
    /// The request body must be `application/json`.
    UnsupportedMediaType,
    /// DingTalk is busy or the app is over one of its rate limits.
    UpstreamBusy,
    /// DingTalk refused a call.
    UpstreamRefused,
    /// DingTalk cannot be reached, or answers nonsense.
    UpstreamUnavailable,
    /// No person has this id.
    UserNotFound,
    /// The link that DingTalk wants scanned is not https on one of DingTalk's hosts.
    VerificationUriRejected,
    /// DingTalk does not know the workspace code: used, older than five minutes, of another organisation, or an
    /// authorization code.
    WorkspaceCodeInvalid,
    // Behind here what routes for programs answer: no page hears it, and the widget does not know it.
    /// A work notice needs the app's id in the organisation: `PATCH /api/v1/apps/{name}`, `DINGTALK_AGENT_ID`, or `agent_id` in
    /// `APPS_FILE`, says it.
    AgentIdMissing,
    /// The organisation has not installed the third-party app, or has switched it off.
    CustomerNotFound,
    /// The organisation has no department of this id, or the app may not see it.
    DepartmentNotFound,
    /// Another message has this idempotency key.
    IdempotencyKeyReused,
    /// The organisation has no member of this id, or the app may not see them.
    MemberNotFound,
    /// There is no such message, or it is another key's.
    MessageNotFound,
    /// The organisation is not kept: nobody has brought it up to date yet.
    OrganisationNotFound,
    /// It is not known which organisation owns the app: `DINGTALK_CORP_ID`, or `corp_id` in `APPS_FILE`, says it.
    OrganisationUnknown,
    /// Of the recipients that a message names nobody is known.
    RecipientsNotFound,
    /// No third-party app has this name.
    SuiteNotFound,
    /// DingTalk has pushed no ticket to the third-party app yet, so that it cannot speak for anybody.
    SuiteTicketMissing,
    /// A code that this version of the crate does not know.
    #[serde(other)]
    Unknown,
}
