mod failure;

use super::Text;
use failure::failure;

#[expect(clippy::too_many_lines, reason = "one line for each text")]
pub(super) fn text(text: Text) -> &'static str {
    match text {
        Text::Panel => "Создание бота DingTalk",
        Text::Instruction => "Отсканируйте в DingTalk",
        Text::WhatHappens => "и создайте бота в выбранной организации",
        Text::QrLabel => "QR-код: отсканируйте его в DingTalk, чтобы создать бота",
        Text::UserCode => "Код",
        Text::TimeLeft => "Действует ещё",
        Text::OneMinute => "Код действует ещё одну минуту.",
        Text::StillValid => "Код ещё действует. Осталось: {time}.",
        Text::Brand => "На странице DingTalk будет указано «{brand}». Так и должно быть.",
        Text::Twice => "Сканируйте один раз: второе сканирование создаст ещё одно приложение.",
        Text::Warning => "Не подтверждайте, если это начали не вы.",
        Text::Simulated => "Симулятор: ничего настоящего не создаётся.",
        Text::SimulatedLink => "Открыть страницу телефона",
        Text::Starting => "Готовим код…",
        Text::Ready => "Ждём сканирования",
        Text::Creating => "Подтверждено. Создаём бота…",
        Text::Approval => "Ждём решения администратора",
        Text::Created => "Бот готов",
        Text::Denied => "Отклонено",
        Text::Expired => "Срок действия кода истёк",
        Text::Cancelled => "Отменено",
        Text::Failed => "Не получилось",
        Text::Operator => "Только для оператора",
        Text::Reconnecting => "Нет связи. Подключаемся снова…",
        Text::UpstreamReconnecting => "DingTalk медлит. Пробуем ещё…",
        Text::Offline => "Нет сети. Продолжим, когда появится.",
        Text::Paused => "Пауза, пока вкладка скрыта",
        Text::Copy => "Скопировать",
        Text::Copied => "Скопировано",
        Text::CopyByHand => "Браузер не разрешил копирование. Выделите текст:",
        Text::CopyLink => "Скопировать ссылку",
        Text::OpenLink => "или открыть эту ссылку",
        Text::OpenInDingtalk => "Открыть в DingTalk",
        Text::NewCode => "Получить новый код",
        Text::Retry => "Попробовать ещё раз",
        Text::StartAgain => "Начать заново",
        Text::Cancel => "Отменить",
        Text::ByHand => "Ввести вручную",
        Text::Back => "Вернуться к QR-коду",
        Text::ApprovalBody => {
            "Приложение создано, его учётные данные уже сохранены. Оно заработает, когда его одобрит администратор организации; больше здесь ничего делать не нужно."
        }
        Text::ApprovalNote => {
            "Пожалуйста, одобрите новое приложение DingTalk с Client ID {clientId} в консоли администратора DingTalk (https://oa.dingtalk.com). Оно создано для нашего бота и ждёт решения администратора."
        }
        Text::CopyNote => "Скопировать текст для администратора",
        Text::OpenConsole => "Открыть консоль администратора",
        Text::ClientId => "Client ID",
        Text::ClientSecret => "Client Secret",
        Text::SavedTo => "Где сохранено",
        Text::SinkStore => "зашифрованное хранилище бэкенда",
        Text::SinkEnvFile => "файл .env вашего бота",
        Text::SinkWebhook => "ваш сервер",
        Text::SinkUnknown => "другое место",
        Text::Verified => "DingTalk принимает эти учётные данные.",
        Text::NotVerified => "Сохранено, но ещё не проверено в DingTalk.",
        Text::NextStep => "Дальше: перезапустите бота и напишите ему в DingTalk.",
        Text::Another => "Создать ещё одного бота",
        Text::Reveal => "Показать секрет",
        Text::DownloadEnv => "Скачать .env",
        Text::RevealOnce => "Показывается один раз: на 30 секунд или пока вы не покинете это окно.",
        Text::Revealed => "Секрет получен. Он исчезнет через 30 секунд или когда вы покинете это окно.",
        Text::DeniedReason => "Пояснение от DingTalk:",
        Text::DeniedBody => "Запрос отклонён на телефоне или администратором организации.",
        Text::ExpiredBody => "Никто не подтвердил запрос вовремя. Старый код здесь больше не действует.",
        Text::CancelledBody => {
            "Этот код здесь больше не действует. Если его только что подтвердили, приложение останется в хранилище бэкенда."
        }
        Text::OperatorBody => {
            "Создавать бота и вводить учётные данные вручную может только оператор этого сервера. Откройте ссылку настройки, которую бэкенд вывел при запуске, и попробуйте ещё раз."
        }
        Text::Unreachable => "Сервер не отвечает. Проверьте подключение и попробуйте ещё раз.",
        Text::RetryAfter => "Повторить можно позже. Осталось: {time}.",
        Text::ManualTitle => "Существующее приложение",
        Text::ManualBody => {
            "Оба значения есть в консоли разработчика DingTalk, на странице приложения «Credentials & Basic Info»."
        }
        Text::AppName => "Имя (необязательно)",
        Text::AppNameHint => "До 64 символов: a–z, 0–9, - и _",
        Text::Show => "Показать",
        Text::Save => "Сохранить",
        Text::Saving => "Сохраняем и проверяем…",
        Text::Required => "Заполните это поле.",
        Text::Invalid => "Это значение не подходит.",
        Text::LoginPanel => "Вход через DingTalk",
        Text::LoginInstruction => "Отсканируйте в DingTalk или камерой",
        Text::LoginWhatHappens => "и войдите здесь, подтвердив число",
        Text::LoginQrLabel => "QR-код: отсканируйте его в DingTalk или камерой, чтобы войти",
        Text::LoginScannedInstruction => "Выберите это число на телефоне",
        Text::LoginScannedWarning => "Код вам показал кто-то другой? Не подтверждайте.",
        Text::LoginRedirectBody => "Вы войдёте на странице DingTalk и вернётесь сюда.",
        Text::LoginSimulated => "Симулятор: реальные люди здесь не входят.",
        Text::LoginIdle => "Вы ещё не вошли",
        Text::LoginLeaving => "Переходим в DingTalk…",
        Text::LoginFramed => "Ждём, когда вы войдёте",
        Text::LoginScanned => "Выберите {number} на телефоне",
        Text::LoginSigningIn => "Выполняем вход через DingTalk…",
        Text::LoginAuthenticated => "Вход выполнен",
        Text::LoginExpired => "Время вышло",
        Text::LoginSignedInAs => "Вы вошли как {name}",
        Text::LoginOpenHere => "Открыть на этом устройстве",
        Text::LoginContinueHere => "Войти через DingTalk на этом устройстве",
        Text::LoginContinueWith => "Продолжить через DingTalk",
        Text::LoginUseQr => "Войти по QR-коду",
        Text::LoginDeniedBody => "Вход отклонили, поэтому он не выполнен.",
        Text::LoginExpiredBody => "Никто не вошёл вовремя. Начните заново.",
        Text::LoginCancelledBody => "Вход не выполнен. Старый код больше не действует.",
        Text::LoginCredentialsRejected => {
            "DingTalk не принимает приложение этого сайта. Администратору нужно проверить AppKey и AppSecret приложения и убедиться, что оно опубликовано."
        }
        Text::LoginWorkspaceDomain => {
            "DingTalk не находит в вашей организации приложения для этого сайта. Администратору нужно указать адрес этой страницы как домашнюю страницу приложения в консоли разработчика."
        }
        Text::LoginWorkspaceRefused => {
            "DingTalk не выдал код рабочей области. Снова откройте приложение из рабочей области DingTalk."
        }
        Text::LoginWorkspaceUnavailable => {
            "Скрипт DingTalk здесь недоступен. Откройте эту страницу из рабочей области DingTalk или войдите другим способом."
        }
        Text::Failure(code) => failure(code),
    }
}
