use dingtalk_qr_shared::ErrorCode;

/// Says what went wrong and what to do about it.
#[expect(clippy::too_many_lines, reason = "one text for each code")]
pub(super) fn failure(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::AddressNotAllowed => {
            "DingTalk не пускает этот сервер. Администратору нужно добавить адрес сервера в список разрешённых для приложения: консоль разработчика, «Security Settings»."
        }
        ErrorCode::AlreadyRevealed => {
            "Client Secret уже был показан, или время показа истекло. На сервере он сохранён."
        }
        ErrorCode::AppCredentialMissing => {
            "DingTalk сообщил об успехе, но не выдал учётные данные. Найдите приложение в консоли разработчика и введите их вручную."
        }
        ErrorCode::AppNameTaken => "Это имя уже занято другим приложением.",
        ErrorCode::AppNotFound => "Приложения с таким именем нет.",
        ErrorCode::ApprovalOutstanding => {
            "Администратор ещё не одобрил приложение. Учётные данные сохранены и заработают после одобрения."
        }
        ErrorCode::AuthorizationCodeInvalid => {
            "DingTalk не принял код входа. Он действует несколько минут и только один раз; войдите ещё раз."
        }
        ErrorCode::BeginLacksDeviceCode
        | ErrorCode::BeginLacksVerificationUri
        | ErrorCode::InitLacksNonce => "DingTalk прислал неполный ответ. Обычно это проходит за минуту.",
        ErrorCode::CredentialsRejected => {
            "DingTalk не принимает эти учётные данные. Проверьте Client ID и Client Secret."
        }
        ErrorCode::EmailDomainNotAllowed => {
            "С вашим адресом почты в DingTalk войти сюда нельзя. Обратитесь к администратору этого сайта."
        }
        ErrorCode::EmbedTokenInvalid => {
            "Разрешение этой страницы больше не действует. Обновите её или обратитесь к оператору этого сайта."
        }
        ErrorCode::ExternalIdTaken => "Этот внешний идентификатор уже есть у другого человека.",
        ErrorCode::FlowNotFound => "Этого кода на сервере больше нет.",
        ErrorCode::ForbiddenOrigin => "Этому сайту не разрешено обращаться к этому серверу.",
        ErrorCode::ForeignOrganisation => {
            "Организации, которую вы выбрали при входе, доступ сюда не разрешён. Войдите ещё раз и выберите другую организацию."
        }
        ErrorCode::InvalidRequest => "Сервер не понял запрос.",
        ErrorCode::LoginConfigNotFound => {
            "Для этой организации или имени здесь не настроено приложение DingTalk. Обратитесь к администратору этого сайта."
        }
        ErrorCode::LoginEnded => "Этот вход завершён или продолжен на другом телефоне. Начните заново.",
        ErrorCode::LoginStateInvalid => {
            "Ответ DingTalk пришёл слишком поздно или относится к другому окну браузера. Начните заново в этом окне."
        }
        ErrorCode::NotAMember => {
            "Вы не состоите в организации, которой принадлежит это приложение. Войдите с учётной записью этой организации."
        }
        ErrorCode::NotInvited => {
            "Войти сюда могут только приглашённые. Попросите администратора этого сайта о приглашении."
        }
        ErrorCode::NotSignedIn => "Вы не вошли, или ваш сеанс завершён. Войдите ещё раз.",
        ErrorCode::NumberMismatch => {
            "На телефоне выбрано не то число, которое показано здесь, поэтому вход не выполнен. Попробуйте ещё раз и сверьте числа."
        }
        ErrorCode::OperatorRequired => "Это может делать только оператор этого сервера.",
        ErrorCode::PermissionMissing => {
            "Приложению DingTalk не хватает разрешения. Администратору нужно выдать его в консоли разработчика; какое именно, указано в журнале сервера."
        }
        ErrorCode::ProfileIncomplete => {
            "DingTalk не сообщил, кто вы. Администратору нужно разрешить приложению чтение личных профилей в консоли разработчика; затем попробуйте ещё раз."
        }
        ErrorCode::SetupCodeInvalid => {
            "Эта ссылка настройки уже использована. При следующем запуске бэкенд выведет новую."
        }
        ErrorCode::SignInRequired => "Разрешение DingTalk больше не действует. Войдите ещё раз.",
        ErrorCode::SinkFailed => {
            "Учётные данные есть в хранилище бэкенда, но записать их в другое место пока не удалось. Бэкенд продолжает попытки."
        }
        ErrorCode::TicketInvalid => {
            "Подтверждение этого входа уже использовано или получено больше минуты назад. Войдите ещё раз."
        }
        ErrorCode::TooManyFlows => "Сейчас открыто слишком много кодов.",
        ErrorCode::UpstreamBusy => "DingTalk перегружен. Подождите немного и попробуйте ещё раз.",
        ErrorCode::UpstreamRefused => "DingTalk отклонил запрос.",
        ErrorCode::UpstreamUnavailable => "Сейчас DingTalk недоступен.",
        ErrorCode::UserNotFound => "Здесь нет человека с таким именем.",
        ErrorCode::VerificationUriRejected => {
            "Ссылка в ответе DingTalk ведёт на чужой сервер, поэтому она не показана."
        }
        ErrorCode::WorkspaceCodeInvalid => {
            "DingTalk не принял код рабочей области. Он действует пять минут и только один раз; снова откройте приложение из рабочей области DingTalk."
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
        | ErrorCode::Unknown => "На сервере произошла ошибка.",
    }
}
