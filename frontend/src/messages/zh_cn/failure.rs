use dingtalk_qr_shared::ErrorCode;

/// Says what went wrong and what to do about it.
#[expect(clippy::too_many_lines, reason = "one text for each code")]
pub(super) fn failure(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::AddressNotAllowed => {
            "钉钉拒绝了该服务器的请求。请管理员在开发者后台应用的“安全设置”中，把服务器出口 IP 加入白名单。"
        }
        ErrorCode::AlreadyRevealed => "Client Secret 已显示过，或已超过可显示的时间，后端仍保存着它。",
        ErrorCode::AppCredentialMissing => {
            "钉钉返回成功，但没有给出凭证。请在开发者后台找到该应用，然后手动填写。"
        }
        ErrorCode::AppNameTaken => "该名称已被其他应用使用。",
        ErrorCode::AppNotFound => "没有该名称的应用。",
        ErrorCode::ApprovalOutstanding => "管理员尚未审批该应用。凭证已保存，审批通过后即可使用。",
        ErrorCode::AuthorizationCodeInvalid => {
            "钉钉不接受该登录码。登录码几分钟内有效且只能使用一次，请重新登录。"
        }
        ErrorCode::BeginLacksDeviceCode
        | ErrorCode::BeginLacksVerificationUri
        | ErrorCode::InitLacksNonce => "钉钉返回的内容不完整，通常一分钟内会恢复。",
        ErrorCode::CredentialsRejected => "钉钉不接受这组凭证，请检查 Client ID 和 Client Secret。",
        ErrorCode::EmailDomainNotAllowed => "你在钉钉的邮箱不在允许登录的范围内，请联系本站管理员。",
        ErrorCode::EmbedTokenInvalid => "本页面的许可已失效。请刷新页面，或联系本网站的运维人员。",
        ErrorCode::ExternalIdTaken => "该外部标识已属于其他人员。",
        ErrorCode::FlowNotFound => "服务器已没有该二维码的记录。",
        ErrorCode::ForbiddenOrigin => "该网站不能使用此服务器。",
        ErrorCode::ForeignOrganisation => "你登录时选择的组织不允许访问此处。请重新登录并选择其他组织。",
        ErrorCode::InvalidRequest => "服务器无法理解该请求。",
        ErrorCode::LoginConfigNotFound => "此处没有为该组织或名称配置钉钉应用，请联系本站管理员。",
        ErrorCode::LoginEnded => "本次登录已结束，或已在另一部手机上进行，请重新开始。",
        ErrorCode::LoginStateInvalid => "钉钉的应答已过期，或不属于此浏览器窗口。请在此窗口中重新开始。",
        ErrorCode::NotAMember => "你不是该应用所属组织的成员。请使用该组织的账号登录。",
        ErrorCode::NotInvited => "仅限受邀人员登录，请向本站管理员申请邀请。",
        ErrorCode::NotSignedIn => "你尚未登录，或会话已结束，请重新登录。",
        ErrorCode::NumberMismatch => "手机上选择的数字与此处显示的不一致，未登录任何人。请重试并核对数字。",
        ErrorCode::OperatorRequired => "仅限本服务器的运维人员操作。",
        ErrorCode::PermissionMissing => {
            "该钉钉应用缺少权限。请管理员在开发者后台授予，服务器日志中有具体权限名称。"
        }
        ErrorCode::ProfileIncomplete => {
            "钉钉没有返回你的身份信息。请管理员在开发者后台开通读取个人信息的权限，然后重试。"
        }
        ErrorCode::SetupCodeInvalid => "该设置链接已被使用。后端下次启动时会打印新的链接。",
        ErrorCode::SignInRequired => "钉钉授权已失效，请重新登录。",
        ErrorCode::SinkFailed => "凭证已保存在后端存储中，但另一处暂时无法写入，后端会继续尝试。",
        ErrorCode::TicketInvalid => "本次登录的凭据已使用，或已超过一分钟，请重新登录。",
        ErrorCode::TooManyFlows => "当前打开的二维码过多。",
        ErrorCode::UpstreamBusy => "钉钉繁忙，请稍后重试。",
        ErrorCode::UpstreamRefused => "钉钉拒绝了该请求。",
        ErrorCode::UpstreamUnavailable => "暂时无法连接钉钉。",
        ErrorCode::UserNotFound => "此处没有该人员。",
        ErrorCode::VerificationUriRejected => "钉钉返回的链接不属于钉钉域名，因此不予显示。",
        ErrorCode::WorkspaceCodeInvalid => {
            "钉钉不接受该工作台免登码。免登码五分钟内有效且只能使用一次，请从钉钉工作台重新打开应用。"
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
        | ErrorCode::Unknown => "服务器出现错误。",
    }
}
