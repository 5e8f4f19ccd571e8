use dingtalk_qr_shared::{ErrorCode, Sink};

macro_rules! codes {
    ($($code:ident $name:literal,)+) => {
        /// Returns the name on the wire.
        pub(crate) fn error_code_name(code: ErrorCode) -> &'static str {
            match code {
                $(ErrorCode::$code => $name,)+
                // Of routes for programs only: no page hears them, so their names are not in the module.
                ErrorCode::AgentIdMissing
                | ErrorCode::CustomerNotFound
                | ErrorCode::DepartmentNotFound
                | ErrorCode::IdempotencyKeyReused
                | ErrorCode::MemberNotFound
                | ErrorCode::MessageNotFound
                | ErrorCode::OrganisationNotFound
                | ErrorCode::OrganisationUnknown
                | ErrorCode::RecipientsNotFound
                | ErrorCode::SuiteNotFound
                | ErrorCode::SuiteTicketMissing
                | ErrorCode::Unknown => "unknown",
            }
        }

        /// Every code that a page may hear.
        pub(crate) const ERROR_CODES: &[ErrorCode] = &[$(ErrorCode::$code,)+ ErrorCode::Unknown];
    };
}

codes! {
    AddressNotAllowed "address_not_allowed",
    AlreadyRevealed "already_revealed",
    AppConfigured "app_configured",
    AppCredentialMissing "app_credential_missing",
    AppNameTaken "app_name_taken",
    AppNotFound "app_not_found",
    ApprovalOutstanding "approval_outstanding",
    AuthorizationCodeInvalid "authorization_code_invalid",
    BeginLacksDeviceCode "begin_lacks_device_code",
    BeginLacksVerificationUri "begin_lacks_verification_uri",
    CredentialsRejected "credentials_rejected",
    EmailDomainNotAllowed "email_domain_not_allowed",
    EmbedTokenInvalid "embed_token_invalid",
    ExternalIdTaken "external_id_taken",
    FlowNotFound "flow_not_found",
    ForbiddenOrigin "forbidden_origin",
    ForeignOrganisation "foreign_organisation",
    InitLacksNonce "init_lacks_nonce",
    InsufficientScope "insufficient_scope",
    Internal "internal",
    InvalidRequest "invalid_request",
    LoginConfigNotFound "login_config_not_found",
    LoginEnded "login_ended",
    LoginStateInvalid "login_state_invalid",
    MethodNotAllowed "method_not_allowed",
    NotAMember "not_a_member",
    NotFound "not_found",
    NotInvited "not_invited",
    NotSignedIn "not_signed_in",
    NumberMismatch "number_mismatch",
    OperatorRequired "operator_required",
    PayloadTooLarge "payload_too_large",
    PermissionMissing "permission_missing",
    ProfileIncomplete "profile_incomplete",
    RequestHeaderTooLarge "request_header_too_large",
    SetupCodeInvalid "setup_code_invalid",
    SignInRequired "sign_in_required",
    SinkFailed "sink_failed",
    TicketInvalid "ticket_invalid",
    TooManyFlows "too_many_flows",
    UnsupportedMediaType "unsupported_media_type",
    UpstreamBusy "upstream_busy",
    UpstreamRefused "upstream_refused",
    UpstreamUnavailable "upstream_unavailable",
    UserNotFound "user_not_found",
    VerificationUriRejected "verification_uri_rejected",
    WorkspaceCodeInvalid "workspace_code_invalid",
}

/// The place of what a page does not know, behind the last that it may hear.
#[cfg(any(feature = "element", test))]
pub(crate) const UNKNOWN_CODE: u32 = ErrorCode::WorkspaceCodeInvalid as u32 + 1;

/// Returns the code of this name. Searched for in a list: a `match` would compare name by name in code.
pub(crate) fn error_code(name: &str) -> ErrorCode {
    let found = ERROR_CODES.iter().find(|code| error_code_name(**code) == name);
    found.copied().unwrap_or(ErrorCode::Unknown)
}

pub(super) fn sink(name: &str) -> Sink {
    match name {
        "store" => Sink::Store,
        "env_file" => Sink::EnvFile,
        "webhook" => Sink::Webhook,
        _ => Sink::Unknown,
    }
}
