use dingtalk_qr_shared::ErrorCode;

/// Says what went wrong and what to do about it.
#[expect(clippy::too_many_lines, reason = "one text for each code")]
pub(super) fn failure(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::AddressNotAllowed => {
            "釘釘不允許此伺服器存取。請管理員在開發者後台應用程式的「安全设置」（安全設定）中，將此伺服器的對外 IP 加入允許清單。"
        }
        ErrorCode::AlreadyRevealed => "Client Secret 已顯示過，或已超過可顯示的時間，後端仍保存著它。",
        ErrorCode::AppCredentialMissing => {
            "釘釘回報成功，但沒有提供憑證。請在開發者後台找到該應用程式，然後手動填寫。"
        }
        ErrorCode::AppNameTaken => "此名稱已由其他應用程式使用。",
        ErrorCode::AppNotFound => "沒有這個名稱的應用程式。",
        ErrorCode::ApprovalOutstanding => "管理員尚未核准此應用程式。憑證已儲存，核准後即可使用。",
        ErrorCode::AuthorizationCodeInvalid => {
            "釘釘不接受此登入授權碼。登入授權碼只在幾分鐘內有效，而且只能使用一次，請重新登入。"
        }
        ErrorCode::BeginLacksDeviceCode
        | ErrorCode::BeginLacksVerificationUri
        | ErrorCode::InitLacksNonce => "釘釘傳回的內容不完整，通常一分鐘內就會恢復。",
        ErrorCode::CredentialsRejected => "釘釘不接受這組憑證，請檢查 Client ID 和 Client Secret。",
        ErrorCode::EmailDomainNotAllowed => {
            "您在釘釘的電子郵件地址不在允許登入的範圍內，請聯絡此網站的管理員。"
        }
        ErrorCode::EmbedTokenInvalid => "此頁面的許可已失效。請重新整理頁面，或聯絡此網站的維運人員。",
        ErrorCode::ExternalIdTaken => "此外部識別碼已屬於其他人。",
        ErrorCode::FlowNotFound => "伺服器上已沒有這個 QR Code 的紀錄。",
        ErrorCode::ForbiddenOrigin => "此網站不能使用這台伺服器。",
        ErrorCode::ForeignOrganisation => "您登入時選擇的組織不能在此登入。請重新登入並選擇其他組織。",
        ErrorCode::InvalidRequest => "伺服器無法理解此請求。",
        ErrorCode::LoginConfigNotFound => "這裡沒有為此組織或名稱設定釘釘應用程式，請聯絡此網站的管理員。",
        ErrorCode::LoginEnded => "這次登入已結束，或已由另一支手機接手，請重新開始。",
        ErrorCode::LoginStateInvalid => "釘釘的回應太晚送達，或屬於另一個瀏覽器視窗。請在此視窗中重新開始。",
        ErrorCode::NotAMember => "您不是此應用程式所屬組織的成員。請使用該組織的帳號登入。",
        ErrorCode::NotInvited => "只有受邀者才能在此登入，請向此網站的管理員索取邀請。",
        ErrorCode::NotSignedIn => "您尚未登入，或工作階段已結束，請重新登入。",
        ErrorCode::NumberMismatch => {
            "手機上選擇的數字與這裡顯示的不同，因此沒有任何人登入。請再試一次並核對數字。"
        }
        ErrorCode::OperatorRequired => "只有此伺服器的維運人員可以進行這項操作。",
        ErrorCode::PermissionMissing => {
            "此釘釘應用程式缺少權限。請管理員在開發者後台開通，權限名稱可在伺服器的記錄檔中查到。"
        }
        ErrorCode::ProfileIncomplete => {
            "釘釘沒有提供您的身分。請管理員在開發者後台允許應用程式讀取個人資訊，然後再試一次。"
        }
        ErrorCode::SetupCodeInvalid => "此設定連結已使用過。後端下次啟動時會顯示新的連結。",
        ErrorCode::SignInRequired => "釘釘的授權已失效，請重新登入。",
        ErrorCode::SinkFailed => "憑證已儲存在後端，但另一個位置暫時無法寫入，後端會繼續嘗試。",
        ErrorCode::TicketInvalid => "這次登入的證明已使用過，或已超過一分鐘，請重新登入。",
        ErrorCode::TooManyFlows => "目前開啟的 QR Code 過多。",
        ErrorCode::UpstreamBusy => "釘釘忙碌中，請稍候再試。",
        ErrorCode::UpstreamRefused => "釘釘拒絕了此請求。",
        ErrorCode::UpstreamUnavailable => "目前無法連線到釘釘。",
        ErrorCode::UserNotFound => "這裡沒有這個人。",
        ErrorCode::VerificationUriRejected => "釘釘傳回的連結指向不屬於釘釘的主機，因此不予顯示。",
        ErrorCode::WorkspaceCodeInvalid => {
            "釘釘不接受此免登授權碼。免登授權碼的有效期限為五分鐘，而且只能使用一次，請從釘釘工作台重新開啟應用程式。"
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
        | ErrorCode::Unknown => "伺服器發生錯誤。",
    }
}
