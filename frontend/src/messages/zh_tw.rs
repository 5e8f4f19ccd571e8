mod failure;

use super::Text;
use failure::failure;

#[expect(clippy::too_many_lines, reason = "one line for each text")]
pub(super) fn text(text: Text) -> &'static str {
    match text {
        Text::Panel => "建立釘釘機器人",
        Text::Instruction => "使用釘釘掃描",
        Text::WhatHappens => "在您選擇的組織中建立機器人",
        Text::QrLabel => "QR Code：使用釘釘掃描即可建立機器人",
        Text::UserCode => "核對碼",
        Text::TimeLeft => "剩餘時間",
        Text::OneMinute => "QR Code 將在一分鐘後失效。",
        Text::StillValid => "QR Code 的有效時間還剩 {time}。",
        Text::Brand => "釘釘的頁面會顯示「{brand}」，這是正常的。",
        Text::Twice => "請只掃描一次：掃描兩次會建立兩個應用程式。",
        Text::Warning => "如果不是您本人發起的操作，請不要同意。",
        Text::Simulated => "模擬環境：不會建立任何真實內容。",
        Text::SimulatedLink => "開啟手機頁面",
        Text::Starting => "正在準備 QR Code…",
        Text::Ready => "等待掃描",
        Text::Creating => "已同意，正在建立機器人…",
        Text::Approval => "等待管理員核准",
        Text::Created => "機器人已就緒",
        Text::Denied => "已拒絕",
        Text::Expired => "QR Code 已過期",
        Text::Cancelled => "已取消",
        Text::Failed => "操作未成功",
        Text::Operator => "僅限維運人員",
        Text::Reconnecting => "連線中斷，正在重新連線…",
        Text::UpstreamReconnecting => "釘釘回應較慢，仍在嘗試…",
        Text::Offline => "網路已中斷，恢復後會自動繼續",
        Text::Paused => "分頁未顯示，已暫停",
        Text::Copy => "複製",
        Text::Copied => "已複製",
        Text::CopyByHand => "瀏覽器不允許複製，請自行選取文字：",
        Text::CopyLink => "複製連結",
        Text::OpenLink => "或開啟此連結",
        Text::OpenInDingtalk => "在釘釘中開啟",
        Text::NewCode => "取得新的 QR Code",
        Text::Retry => "再試一次",
        Text::StartAgain => "重新開始",
        Text::Cancel => "取消",
        Text::ByHand => "手動填寫",
        Text::Back => "返回 QR Code",
        Text::ApprovalBody => {
            "應用程式已建立，憑證也已儲存。組織的管理員核准後即可使用，您不需要在這裡進行其他操作。"
        }
        Text::ApprovalNote => {
            "請在釘釘管理後台（https://oa.dingtalk.com）核准新的釘釘應用程式，Client ID 為 {clientId}。這個應用程式是為我們的機器人建立的，正在等待管理員核准。"
        }
        Text::CopyNote => "複製給管理員的說明",
        Text::OpenConsole => "開啟管理後台",
        Text::ClientId => "Client ID",
        Text::ClientSecret => "Client Secret",
        Text::SavedTo => "儲存位置",
        Text::SinkStore => "後端的加密儲存區",
        Text::SinkEnvFile => "機器人的 .env 檔案",
        Text::SinkWebhook => "您自己的伺服器",
        Text::SinkUnknown => "其他位置",
        Text::Verified => "釘釘已確認憑證有效。",
        Text::NotVerified => "已儲存，但尚未向釘釘驗證。",
        Text::NextStep => "下一步：重新啟動機器人，然後在釘釘中傳訊息給它。",
        Text::Another => "再建立一個",
        Text::Reveal => "顯示密鑰",
        Text::DownloadEnv => "下載 .env",
        Text::RevealOnce => "只顯示一次，最多 30 秒，離開此視窗即隱藏。",
        Text::Revealed => "已取得 Client Secret，30 秒後或離開此視窗時消失。",
        Text::DeniedReason => "釘釘提供的說明：",
        Text::DeniedBody => "請求在手機上遭到拒絕，或遭組織的管理員拒絕。",
        Text::ExpiredBody => "沒有人在有效時間內同意，舊的 QR Code 在此已失效。",
        Text::CancelledBody => {
            "這個 QR Code 在此已失效。如果剛才已有人同意，應用程式會保留在後端的儲存區中。"
        }
        Text::OperatorBody => {
            "只有此伺服器的維運人員可以建立機器人和手動填寫憑證。請開啟後端啟動時顯示的設定連結，然後再試一次。"
        }
        Text::Unreachable => "伺服器沒有回應，請檢查網路連線後再試一次。",
        Text::RetryAfter => "請在 {time}後再試。",
        Text::ManualTitle => "填寫現有的應用程式",
        Text::ManualBody => {
            "這兩個值都在釘釘開發者後台的應用程式頁面「凭证与基础信息」（憑證與基本資訊）中。"
        }
        Text::AppName => "名稱（選填）",
        Text::AppNameHint => "最多 64 個字元：a–z、0–9、- 和 _",
        Text::Show => "顯示",
        Text::Save => "儲存",
        Text::Saving => "正在儲存並驗證…",
        Text::Required => "請填寫此欄位。",
        Text::Invalid => "無法接受這個值。",
        Text::LoginPanel => "使用釘釘登入",
        Text::LoginInstruction => "使用釘釘或相機掃描",
        Text::LoginWhatHappens => "在此登入，之後需要確認一個數字",
        Text::LoginQrLabel => "QR Code：使用釘釘或相機掃描即可登入",
        Text::LoginScannedInstruction => "請在手機上選擇此數字",
        Text::LoginScannedWarning => "這個 QR Code 是別人出示給您的？請不要確認。",
        Text::LoginRedirectBody => "您將前往釘釘登入，然後回到此頁面。",
        Text::LoginSimulated => "模擬環境：不會有真實使用者登入。",
        Text::LoginIdle => "您尚未登入",
        Text::LoginLeaving => "正在前往釘釘…",
        Text::LoginFramed => "等待您登入",
        Text::LoginScanned => "請在手機上選擇 {number}",
        Text::LoginSigningIn => "正在使用釘釘登入…",
        Text::LoginAuthenticated => "已登入",
        Text::LoginExpired => "已逾時",
        Text::LoginSignedInAs => "您已以 {name} 的身分登入",
        Text::LoginOpenHere => "在此裝置上開啟",
        Text::LoginContinueHere => "在此裝置上使用釘釘繼續",
        Text::LoginContinueWith => "使用釘釘繼續",
        Text::LoginUseQr => "改用 QR Code",
        Text::LoginDeniedBody => "登入遭到拒絕，因此沒有任何人登入。",
        Text::LoginExpiredBody => "沒有人在有效時間內登入，請重新開始。",
        Text::LoginCancelledBody => "沒有任何人登入，舊的 QR Code 已失效。",
        Text::LoginCredentialsRejected => {
            "釘釘不接受此網站的應用程式。請管理員檢查 AppKey 和 AppSecret，並確認應用程式已發布。"
        }
        Text::LoginWorkspaceDomain => {
            "釘釘在您的組織中找不到此網站的應用程式。請管理員在開發者後台將此頁面的網址設為應用程式首頁網址。"
        }
        Text::LoginWorkspaceRefused => "釘釘沒有提供免登授權碼，請從釘釘工作台重新開啟應用程式。",
        Text::LoginWorkspaceUnavailable => {
            "這裡無法使用釘釘的指令碼。請從釘釘工作台開啟此頁面，或改用其他方式登入。"
        }
        Text::Failure(code) => failure(code),
    }
}
