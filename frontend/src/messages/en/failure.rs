use dingtalk_qr_shared::ErrorCode;

/// Says what went wrong and what to do about it.
#[expect(clippy::too_many_lines, reason = "one text for each code")]
pub(super) fn failure(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::AddressNotAllowed => {
            "DingTalk does not let this server in. An administrator has to add the server's address to the app's allow-list, under “Security Settings” in the developer console."
        }
        ErrorCode::AlreadyRevealed => {
            "The client secret has been shown already, or it is too late for that. The backend has kept it."
        }
        ErrorCode::AppCredentialMissing => {
            "DingTalk reported success but did not hand out the credentials. Look for the app in the developer console and enter it by hand."
        }
        ErrorCode::AppNameTaken => "Another app already has this name.",
        ErrorCode::AppNotFound => "There is no app of this name.",
        ErrorCode::ApprovalOutstanding => {
            "The administrator has not approved the app yet. Its credentials are saved and work once that happens."
        }
        ErrorCode::AuthorizationCodeInvalid => {
            "DingTalk did not accept the sign-in code. It is valid for a few minutes and only once; please sign in again."
        }
        ErrorCode::BeginLacksDeviceCode
        | ErrorCode::BeginLacksVerificationUri
        | ErrorCode::InitLacksNonce => "DingTalk's answer was incomplete. This is usually over in a minute.",
        ErrorCode::CredentialsRejected => {
            "DingTalk does not accept these credentials. Check the client ID and the client secret."
        }
        ErrorCode::EmailDomainNotAllowed => {
            "Your e-mail address at DingTalk is not one of those that may sign in here. Ask the administrator of this site."
        }
        ErrorCode::EmbedTokenInvalid => {
            "This page may no longer begin here. Reload it, or ask the operator of this website."
        }
        ErrorCode::ExternalIdTaken => "Another person has this external id already.",
        ErrorCode::FlowNotFound => "The server no longer knows this code.",
        ErrorCode::ForbiddenOrigin => "This website may not use this server.",
        ErrorCode::ForeignOrganisation => {
            "You signed in for an organisation that may not come in here. Sign in again and choose another organisation."
        }
        ErrorCode::InvalidRequest => "The server did not understand the request.",
        ErrorCode::LoginConfigNotFound => {
            "No DingTalk app is set up here for this organisation or name. Ask the administrator of this site."
        }
        ErrorCode::LoginEnded => {
            "This sign-in is over, or another phone has taken it up. Please start again."
        }
        ErrorCode::LoginStateInvalid => {
            "DingTalk's answer came too late, or belongs to another browser window. Please start again in this one."
        }
        ErrorCode::NotAMember => {
            "You are not a member of the organisation that this app belongs to. Sign in with an account of that organisation."
        }
        ErrorCode::NotInvited => {
            "Only invited people may sign in here. Ask the administrator of this site for an invitation."
        }
        ErrorCode::NotSignedIn => "You are not signed in, or your session has ended. Please sign in again.",
        ErrorCode::NumberMismatch => {
            "The number picked on the phone was not the one shown here, so nobody was signed in. Try again and compare the numbers."
        }
        ErrorCode::OperatorRequired => "Only the operator of this server may do this.",
        ErrorCode::PermissionMissing => {
            "The DingTalk app lacks a permission. An administrator has to grant it in the developer console; the server's log names it."
        }
        ErrorCode::ProfileIncomplete => {
            "DingTalk did not say who you are. An administrator has to let the app read personal profiles in the developer console; then try again."
        }
        ErrorCode::SetupCodeInvalid => {
            "This setup link has been used. The backend prints a new one at its next start."
        }
        ErrorCode::SignInRequired => "DingTalk's permission has ended. Please sign in again.",
        ErrorCode::SinkFailed => {
            "The credentials are in the backend's store, but another place could not be written yet. The backend keeps trying."
        }
        ErrorCode::TicketInvalid => {
            "The proof of this sign-in has been used or is older than a minute. Please sign in again."
        }
        ErrorCode::TooManyFlows => "Too many codes are open at the moment.",
        ErrorCode::UpstreamBusy => "DingTalk is busy. Wait a moment, then try again.",
        ErrorCode::UpstreamRefused => "DingTalk refused the request.",
        ErrorCode::UpstreamUnavailable => "DingTalk cannot be reached at the moment.",
        ErrorCode::UserNotFound => "Nobody of this name is known here.",
        ErrorCode::VerificationUriRejected => {
            "DingTalk's answer held a link to a host that is not DingTalk's, so it is not shown."
        }
        ErrorCode::WorkspaceCodeInvalid => {
            "DingTalk did not accept the workspace code. It is valid for five minutes and only once; open the app in DingTalk's workspace again."
        }
        ErrorCode::AgentIdMissing
        | ErrorCode::AppConfigured
        | ErrorCode::CustomerNotFound
        | ErrorCode::DepartmentNotFound
        | ErrorCode::IdempotencyKeyReused
        | ErrorCode::InsufficientScope
        | ErrorCode::Internal
        | ErrorCode::MemberNotFound
        | ErrorCode::MessageNotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::NotFound
        | ErrorCode::OrganisationNotFound
        | ErrorCode::OrganisationUnknown
        | ErrorCode::SuiteNotFound
        | ErrorCode::SuiteTicketMissing
        | ErrorCode::PayloadTooLarge
        | ErrorCode::RecipientsNotFound
        | ErrorCode::RequestHeaderTooLarge
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::Unknown => "Something went wrong on the server.",
    }
}
