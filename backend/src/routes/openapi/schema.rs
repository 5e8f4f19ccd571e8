//! The shapes of the wire types, for the description only. The types themselves are in `shared`, which has serde and
//! nothing else; a test holds the two together.

#![expect(dead_code, reason = "only the derived schemas are used")]

mod login;

use utoipa::ToSchema;

#[cfg(feature = "login")]
pub(in crate::routes) use login::{
    Authorization, CodePresented, LoginConfig, ProofPresented, Session, StartLogin, TicketPresented,
};
pub(in crate::routes) use login::{Door, SignedIn};

/// Asks for a registration.
#[derive(ToSchema)]
pub(in crate::routes) struct StartRegistration {
    /// The name under which the backend keeps the app. Without it the app is kept under its client id.
    #[schema(pattern = "^[a-z0-9_-]{1,64}$", nullable = false)]
    app_name: Option<String>,
    /// Chosen by the page. The same key from the same caller gives the same flow for as long as that lives.
    #[schema(pattern = "^[!-~]{16,128}$", nullable = false)]
    idempotency_key: Option<String>,
}

/// A flow has begun.
#[derive(ToSchema)]
pub(in crate::routes) struct FlowStarted {
    /// Names the flow.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$")]
    flow_id: String,
    /// Proves that this page began the flow.
    poll_token: String,
    /// What to scan: for a registration, and for a login by `qr`.
    #[schema(nullable = false)]
    qr: Option<Qr>,
    /// The code that DingTalk's page shows; opaque. For a registration.
    #[schema(example = "MUEU-DEKR-5TN3", nullable = false)]
    user_code: Option<String>,
    /// How the person signs in; for a login.
    #[schema(nullable = false)]
    door: Option<Door>,
    /// Seconds for which the code is honoured.
    expires_in: u32,
    /// Seconds between two questions of the backend to DingTalk.
    interval: u32,
    /// The brand that DingTalk's page will show.
    #[schema(nullable = false)]
    brand: Option<String>,
    /// `true` when a simulator plays DingTalk.
    #[schema(nullable = false)]
    simulated: Option<bool>,
    state: FlowState,
}

/// A QR code.
#[derive(ToSchema)]
pub(in crate::routes) struct Qr {
    /// The encoded text: a link.
    text: String,
    /// Modules on a side, without the quiet zone.
    size: u32,
    /// The dark modules as SVG path data in module units.
    path: String,
}

/// The answer to "how does the flow stand?".
#[derive(ToSchema)]
pub(in crate::routes) struct FlowUpdate {
    #[schema(inline)]
    #[serde(flatten)]
    state: FlowState,
    /// Seconds left until the code expires.
    expires_in: u32,
    /// `true` while DingTalk cannot be reached.
    #[schema(nullable = false)]
    reconnecting: Option<bool>,
}

/// Where a flow stands, in the order of life.
#[derive(ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(in crate::routes) enum FlowState {
    /// Waiting for somebody to scan and approve.
    Pending,
    /// A phone has opened the login. It may go on once its person picks this number out of three.
    Scanned {
        #[schema(minimum = 10, maximum = 99)]
        number: u8,
    },
    /// Approved; DingTalk is at work.
    Creating,
    /// The app exists; an administrator has to approve it.
    ApprovalPending { client_id: String },
    /// The app exists and its credentials are where they belong.
    Created(AppSaved),
    /// Somebody has signed in.
    Authenticated(SignedIn),
    /// Refused. The reason is text from outside.
    Denied {
        #[schema(nullable = false)]
        reason: Option<String>,
    },
    /// Nobody approved in time.
    Expired,
    /// Given up by the page.
    Cancelled,
    /// Ended by an error.
    Failed { code: ErrorCode },
}

/// Exchanges the setup link for an operator session.
#[derive(ToSchema)]
pub(in crate::routes) struct StartOperatorSession {
    /// What follows `#setup=` in the link.
    setup_code: String,
}

/// Credentials that somebody enters by hand.
#[derive(ToSchema)]
pub(in crate::routes) struct AddApp {
    /// The name under which the backend keeps the app.
    #[schema(pattern = "^[a-z0-9_-]{1,64}$")]
    name: Option<String>,
    /// The app's client id.
    #[schema(pattern = "^[A-Za-z0-9._-]{1,128}$")]
    client_id: String,
    /// The app's client secret.
    #[schema(write_only, format = Password)]
    client_secret: String,
}

/// An app whose credentials are kept.
#[derive(ToSchema)]
pub(in crate::routes) struct AppSaved {
    /// The name under which the backend keeps the app.
    app: String,
    /// The app's client id.
    client_id: String,
    /// The first characters of the secret, then dots.
    hint: String,
    /// Where the credentials are.
    saved_to: Vec<Sink>,
    /// Whether DingTalk accepted the credentials when they were tried.
    verified: bool,
    /// What is wrong or outstanding, most important first.
    #[schema(nullable = false)]
    findings: Option<Vec<ErrorCode>>,
    /// `true` when this page may ask for the secret, once.
    #[schema(nullable = false)]
    revealable: Option<bool>,
}

/// The apps, newest first; a page of them.
#[derive(ToSchema)]
pub(in crate::routes) struct AppList {
    apps: Vec<AppEntry>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// One app of the list.
#[derive(ToSchema)]
pub(in crate::routes) struct AppEntry {
    /// The name under which the backend keeps the app.
    app: String,
    /// The app's client id.
    client_id: String,
    /// The first characters of the secret, then dots.
    hint: String,
    /// Whether DingTalk accepted the credentials when they were tried.
    verified: bool,
    /// `false` for an app whose approval came after its page was gone.
    claimed: bool,
    /// `true` for an app that the backend's configuration names.
    #[schema(nullable = false)]
    configured: Option<bool>,
    /// Where the credentials are.
    saved_to: Vec<Sink>,
    /// What is outstanding, most important first.
    #[schema(nullable = false)]
    findings: Option<Vec<ErrorCode>>,
    /// What people call it.
    #[schema(nullable = false)]
    title: Option<String>,
    /// The organisation that owns it.
    #[schema(nullable = false)]
    corp_id: Option<String>,
    /// Its id in the organisation.
    #[schema(nullable = false)]
    agent_id: Option<i64>,
    /// Seconds since the backend has it.
    age: u64,
    /// How far its way to each sink is; only where one app is read.
    #[schema(nullable = false)]
    deliveries: Option<Vec<AppDelivery>>,
}

/// The credentials of an app, in clear.
#[derive(ToSchema)]
pub(in crate::routes) struct RevealedCredentials {
    /// The app's client id.
    client_id: String,
    /// The app's client secret.
    #[schema(read_only, format = Password)]
    client_secret: String,
}

/// A place where the credentials of an app go.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum Sink {
    Store,
    EnvFile,
    Webhook,
}

/// How far the way of an app to one sink is.
#[derive(ToSchema)]
pub(in crate::routes) struct AppDelivery {
    sink: Sink,
    state: DeliveryState,
    /// The id of the message, the same in every attempt: `webhook-id`.
    id: String,
    /// How often it was tried, since it was queued or made again by an operator.
    attempts: u32,
    /// Seconds until it is tried again; only while it is pending.
    #[schema(nullable = false)]
    next_attempt_in: Option<u32>,
    /// Why the last attempt failed, in a word; `http_500` for instance.
    #[schema(nullable = false)]
    last_error: Option<String>,
}

/// How far a delivery is.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum DeliveryState {
    Pending,
    Delivered,
    Dropped,
    Dead,
}

/// Every error answer (RFC 9457).
#[derive(ToSchema)]
pub(in crate::routes) struct Problem {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    kind: String,
    /// The HTTP status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    code: ErrorCode,
    /// The field of the request that is at fault.
    #[schema(nullable = false)]
    field: Option<String>,
    /// Finds the request in the backend's log.
    #[schema(nullable = false)]
    request_id: Option<String>,
}

/// Every way in which something ends badly.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum ErrorCode {
    AddressNotAllowed,
    AgentIdMissing,
    AlreadyRevealed,
    AppConfigured,
    AppCredentialMissing,
    AppNameTaken,
    AppNotFound,
    ApprovalOutstanding,
    AuthorizationCodeInvalid,
    BeginLacksDeviceCode,
    BeginLacksVerificationUri,
    CredentialsRejected,
    CustomerNotFound,
    DepartmentNotFound,
    EmailDomainNotAllowed,
    EmbedTokenInvalid,
    ExternalIdTaken,
    FlowNotFound,
    ForbiddenOrigin,
    ForeignOrganisation,
    IdempotencyKeyReused,
    InitLacksNonce,
    InsufficientScope,
    Internal,
    InvalidRequest,
    LoginConfigNotFound,
    LoginEnded,
    LoginStateInvalid,
    MemberNotFound,
    MessageNotFound,
    MethodNotAllowed,
    NotAMember,
    NotFound,
    NotInvited,
    NotSignedIn,
    NumberMismatch,
    OperatorRequired,
    OrganisationNotFound,
    OrganisationUnknown,
    PayloadTooLarge,
    PermissionMissing,
    ProfileIncomplete,
    RecipientsNotFound,
    RequestHeaderTooLarge,
    SetupCodeInvalid,
    SignInRequired,
    SinkFailed,
    SuiteNotFound,
    SuiteTicketMissing,
    TicketInvalid,
    TooManyFlows,
    UnsupportedMediaType,
    UpstreamBusy,
    UpstreamRefused,
    UpstreamUnavailable,
    UserNotFound,
    VerificationUriRejected,
    WorkspaceCodeInvalid,
}
