use dingtalk_qr_shared::{ErrorCode, Sink};

pub(crate) fn error_code(name: &str) -> ErrorCode {
    match name {
        "address_not_allowed" => ErrorCode::AddressNotAllowed,
        "app_credential_missing" => ErrorCode::AppCredentialMissing,
        "app_name_taken" => ErrorCode::AppNameTaken,
        "app_not_found" => ErrorCode::AppNotFound,
        "approval_outstanding" => ErrorCode::ApprovalOutstanding,
        "authorization_code_invalid" => ErrorCode::AuthorizationCodeInvalid,
        "begin_lacks_device_code" => ErrorCode::BeginLacksDeviceCode,
        "begin_lacks_verification_uri" => ErrorCode::BeginLacksVerificationUri,
        "credentials_rejected" => ErrorCode::CredentialsRejected,
        "email_domain_not_allowed" => ErrorCode::EmailDomainNotAllowed,
        "embed_token_invalid" => ErrorCode::EmbedTokenInvalid,
        "external_id_taken" => ErrorCode::ExternalIdTaken,
        "flow_not_found" => ErrorCode::FlowNotFound,
        "forbidden_origin" => ErrorCode::ForbiddenOrigin,
        "foreign_organisation" => ErrorCode::ForeignOrganisation,
        "init_lacks_nonce" => ErrorCode::InitLacksNonce,
        "internal" => ErrorCode::Internal,
        "invalid_request" => ErrorCode::InvalidRequest,
        "login_config_not_found" => ErrorCode::LoginConfigNotFound,
        "login_ended" => ErrorCode::LoginEnded,
        "login_state_invalid" => ErrorCode::LoginStateInvalid,
        "method_not_allowed" => ErrorCode::MethodNotAllowed,
        "not_a_member" => ErrorCode::NotAMember,
        "not_found" => ErrorCode::NotFound,
        "not_invited" => ErrorCode::NotInvited,
        "not_signed_in" => ErrorCode::NotSignedIn,
        "number_mismatch" => ErrorCode::NumberMismatch,
        "operator_required" => ErrorCode::OperatorRequired,
        "payload_too_large" => ErrorCode::PayloadTooLarge,
        "permission_missing" => ErrorCode::PermissionMissing,
        "profile_incomplete" => ErrorCode::ProfileIncomplete,
        "request_header_too_large" => ErrorCode::RequestHeaderTooLarge,
        "setup_code_invalid" => ErrorCode::SetupCodeInvalid,
        "sign_in_required" => ErrorCode::SignInRequired,
        "sink_failed" => ErrorCode::SinkFailed,
        "ticket_invalid" => ErrorCode::TicketInvalid,
        "too_many_flows" => ErrorCode::TooManyFlows,
        "unsupported_media_type" => ErrorCode::UnsupportedMediaType,
        "upstream_busy" => ErrorCode::UpstreamBusy,
        "upstream_refused" => ErrorCode::UpstreamRefused,
        "upstream_unavailable" => ErrorCode::UpstreamUnavailable,
        "user_not_found" => ErrorCode::UserNotFound,
        "verification_uri_rejected" => ErrorCode::VerificationUriRejected,
        "workspace_code_invalid" => ErrorCode::WorkspaceCodeInvalid,
        _ => ErrorCode::Unknown,
    }
}

pub(super) fn sink(name: &str) -> Sink {
    match name {
        "store" => Sink::Store,
        "env_file" => Sink::EnvFile,
        _ => Sink::Unknown,
    }
}
