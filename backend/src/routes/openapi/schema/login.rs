use utoipa::ToSchema;

/// Asks for a login.
#[derive(ToSchema)]
pub(in crate::routes) struct StartLogin {
    method: LoginMethod,
    /// The name of the app to sign in with. Without it, and without `corp_id`, the default.
    app: Option<String>,
    /// The organisation whose app to sign in with (DingTalk's `corpId`).
    corp_id: Option<String>,
    /// For `redirect`: where the browser goes afterwards, on the origin of the page that asks.
    return_to: Option<String>,
}

/// By which door a person comes in.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum LoginMethod {
    Qr,
    Redirect,
    Frame,
    Workspace,
}

/// What the page does so that the person can sign in.
#[derive(ToSchema)]
#[serde(tag = "method", rename_all = "snake_case")]
pub(in crate::routes) enum Door {
    /// Show the code in `qr`; on the phone itself, open its link.
    Qr,
    /// Go to this address of the backend.
    Redirect { url: String },
    /// Frame this page of the backend and give it the flow when it asks.
    Frame { url: String },
    /// Ask DingTalk's script for a code.
    Workspace { client_id: String, corp_id: String, script_url: String },
}

/// Who has signed in, as far as a page needs to know.
#[derive(ToSchema)]
pub(in crate::routes) struct Identity {
    /// Names the person here; stable.
    user_id: String,
    /// What DingTalk calls them.
    name: String,
    /// Their address at DingTalk, else `{unionId}@dingtalk.local`.
    email: String,
    /// Their picture, an https link.
    #[schema(nullable = false)]
    avatar_url: Option<String>,
    /// The organisation in which they signed in, where DingTalk told.
    #[schema(nullable = false)]
    corp_id: Option<String>,
    /// Whether `ADMIN_EMAILS` names them.
    #[schema(nullable = false)]
    admin: Option<bool>,
}

/// Somebody has signed in.
#[derive(ToSchema)]
pub(in crate::routes) struct SignedIn {
    identity: Identity,
    /// Good once, within 60 s of the login: for `POST /api/v1/session`, or for the embedder's server.
    #[schema(nullable = false)]
    ticket: Option<String>,
}

/// Gives a ticket in.
#[derive(ToSchema)]
pub(in crate::routes) struct TicketPresented {
    ticket: String,
}

/// The session of this browser.
#[derive(ToSchema)]
pub(in crate::routes) struct Session {
    identity: Identity,
    /// Seconds until it ends by itself.
    expires_in: u32,
}

/// A code that DingTalk gave to the page or to the frame.
#[derive(ToSchema)]
pub(in crate::routes) struct CodePresented {
    code: Option<String>,
    /// DingTalk's word for why there is none; from the frame.
    error: Option<String>,
    /// What came with it; from the frame.
    state: Option<String>,
}

/// What the browser brought back.
#[derive(ToSchema)]
pub(in crate::routes) struct ProofPresented {
    /// What follows `#dingtalk-qr-proof=` in the address.
    proof: String,
}

/// Where DingTalk's page is.
#[derive(ToSchema)]
pub(in crate::routes) struct Authorization {
    url: String,
}

/// What a page may know of an app before anybody has signed in.
#[derive(ToSchema)]
pub(in crate::routes) struct LoginConfig {
    client_id: String,
}
