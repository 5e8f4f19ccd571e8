use dingtalk_qr_shared::{ErrorCode, Sink};

pub(super) fn error_code(name: &str) -> ErrorCode {
    match name {
        "app_credential_missing" => ErrorCode::AppCredentialMissing,
        "app_name_taken" => ErrorCode::AppNameTaken,
        "app_not_found" => ErrorCode::AppNotFound,
        "approval_outstanding" => ErrorCode::ApprovalOutstanding,
        "begin_lacks_device_code" => ErrorCode::BeginLacksDeviceCode,
        "begin_lacks_verification_uri" => ErrorCode::BeginLacksVerificationUri,
        "credentials_rejected" => ErrorCode::CredentialsRejected,
        "flow_not_found" => ErrorCode::FlowNotFound,
        "forbidden_origin" => ErrorCode::ForbiddenOrigin,
        "init_lacks_nonce" => ErrorCode::InitLacksNonce,
        "internal" => ErrorCode::Internal,
        "invalid_request" => ErrorCode::InvalidRequest,
        "method_not_allowed" => ErrorCode::MethodNotAllowed,
        "not_found" => ErrorCode::NotFound,
        "operator_required" => ErrorCode::OperatorRequired,
        "payload_too_large" => ErrorCode::PayloadTooLarge,
        "request_header_too_large" => ErrorCode::RequestHeaderTooLarge,
        "setup_code_invalid" => ErrorCode::SetupCodeInvalid,
        "sink_failed" => ErrorCode::SinkFailed,
        "too_many_flows" => ErrorCode::TooManyFlows,
        "unsupported_media_type" => ErrorCode::UnsupportedMediaType,
        "upstream_refused" => ErrorCode::UpstreamRefused,
        "upstream_unavailable" => ErrorCode::UpstreamUnavailable,
        "verification_uri_rejected" => ErrorCode::VerificationUriRejected,
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
