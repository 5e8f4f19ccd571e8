use dingtalk_qr_shared::ErrorCode;

/// Says what went wrong and what to do about it.
#[expect(clippy::too_many_lines, reason = "one text for each code")]
pub(super) fn failure(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::AddressNotAllowed => {
            "DingTalk がこのサーバーを許可していません。管理者が開発者コンソールの「Security Settings」で、サーバーのアドレスをアプリの許可リストに追加する必要があります。"
        }
        ErrorCode::AlreadyRevealed => {
            "Client Secret はすでに表示されたか、表示できる時間が過ぎました。バックエンドには保存されています。"
        }
        ErrorCode::AppCredentialMissing => {
            "DingTalk は成功と応答しましたが、認証情報を提供しませんでした。開発者コンソールでアプリを探し、手動で入力してください。"
        }
        ErrorCode::AppNameTaken => "この名前は別のアプリで使われています。",
        ErrorCode::AppNotFound => "この名前のアプリはありません。",
        ErrorCode::ApprovalOutstanding => {
            "管理者がまだアプリを承認していません。認証情報は保存済みで、承認されると使えるようになります。"
        }
        ErrorCode::AuthorizationCodeInvalid => {
            "DingTalk がサインイン用コードを受け付けませんでした。コードは数分間、一度だけ有効です。もう一度サインインしてください。"
        }
        ErrorCode::BeginLacksDeviceCode
        | ErrorCode::BeginLacksVerificationUri
        | ErrorCode::InitLacksNonce => "DingTalk の応答が不完全でした。通常は 1 分ほどで解消します。",
        ErrorCode::CredentialsRejected => {
            "DingTalk がこの認証情報を受け付けません。Client ID と Client Secret を確認してください。"
        }
        ErrorCode::EmailDomainNotAllowed => {
            "お使いの DingTalk のメールアドレスでは、ここにサインインできません。このサイトの管理者に問い合わせてください。"
        }
        ErrorCode::EmbedTokenInvalid => {
            "このページからは開始できなくなりました。再読み込みするか、このウェブサイトの運用担当者に問い合わせてください。"
        }
        ErrorCode::ExternalIdTaken => "この外部 ID は別の人に割り当てられています。",
        ErrorCode::FlowNotFound => "このコードはサーバーに残っていません。",
        ErrorCode::ForbiddenOrigin => "このウェブサイトはこのサーバーを利用できません。",
        ErrorCode::ForeignOrganisation => {
            "サインイン時に選んだ組織は、ここでは許可されていません。もう一度サインインし、別の組織を選んでください。"
        }
        ErrorCode::InvalidRequest => "サーバーがリクエストを理解できませんでした。",
        ErrorCode::LoginConfigNotFound => {
            "この組織または名前に対応する DingTalk アプリが設定されていません。このサイトの管理者に問い合わせてください。"
        }
        ErrorCode::LoginEnded => {
            "このサインインは終了したか、別のスマートフォンで続行されています。最初からやり直してください。"
        }
        ErrorCode::LoginStateInvalid => {
            "DingTalk からの応答が、届くのが遅すぎたか、別のブラウザーウィンドウのものです。このウィンドウで最初からやり直してください。"
        }
        ErrorCode::NotAMember => {
            "このアプリを所有する組織のメンバーではありません。その組織のアカウントでサインインしてください。"
        }
        ErrorCode::NotInvited => {
            "ここにサインインできるのは招待された方だけです。このサイトの管理者に招待を依頼してください。"
        }
        ErrorCode::NotSignedIn => {
            "サインインしていないか、セッションが終了しています。もう一度サインインしてください。"
        }
        ErrorCode::NumberMismatch => {
            "スマートフォンで選んだ数字がここに表示された数字と異なるため、サインインは行われませんでした。もう一度試し、数字を見比べてください。"
        }
        ErrorCode::OperatorRequired => "この操作は、このサーバーの運用担当者だけが行えます。",
        ErrorCode::PermissionMissing => {
            "DingTalk アプリの権限が足りません。管理者が開発者コンソールで許可する必要があります。権限の名前はサーバーのログで確認できます。"
        }
        ErrorCode::ProfileIncomplete => {
            "DingTalk からご本人の情報が得られませんでした。管理者が開発者コンソールで、アプリによる個人プロフィールの読み取りを許可する必要があります。その後、もう一度お試しください。"
        }
        ErrorCode::SetupCodeInvalid => {
            "このセットアップリンクは使用済みです。バックエンドは次回の起動時に新しいリンクを表示します。"
        }
        ErrorCode::SignInRequired => "DingTalk の許可が終了しました。もう一度サインインしてください。",
        ErrorCode::SinkFailed => {
            "認証情報はバックエンドのストアに保存されましたが、別の場所にはまだ書き込めていません。バックエンドが再試行を続けます。"
        }
        ErrorCode::TicketInvalid => {
            "このサインインの証明は、使用済みか、発行から 1 分を過ぎています。もう一度サインインしてください。"
        }
        ErrorCode::TooManyFlows => "現在、開かれているコードが多すぎます。",
        ErrorCode::UpstreamBusy => "DingTalk が混み合っています。少し待ってから、もう一度お試しください。",
        ErrorCode::UpstreamRefused => "DingTalk がリクエストを拒否しました。",
        ErrorCode::UpstreamUnavailable => "現在、DingTalk に接続できません。",
        ErrorCode::UserNotFound => "この名前の人は登録されていません。",
        ErrorCode::VerificationUriRejected => {
            "DingTalk の応答に、DingTalk 以外のホストへのリンクが含まれていたため、表示しません。"
        }
        ErrorCode::WorkspaceCodeInvalid => {
            "DingTalk がワークスペース用コードを受け付けませんでした。コードは 5 分間、一度だけ有効です。DingTalk のワークスペースからアプリを開き直してください。"
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
        | ErrorCode::Unknown => "サーバーで問題が発生しました。",
    }
}
