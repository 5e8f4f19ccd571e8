use maud::html;

use super::{FrameTexts, Said, Texts, Troubles};

pub(in super::super) static TEXTS: Texts = Texts {
    ask_title: "要在另一個螢幕上登入嗎？",
    ask: |site| html! { (site) " 想確認您的身分。目前尚未進行任何操作。" },
    ask_warning: "只有在您本人開啟了另一個螢幕上的登入頁面時，才可以繼續。如果 QR Code 是別人傳給您或出示給您的，請不要繼續，否則對方會以您的身分登入。",
    ask_next: "接下來釘釘會請您授權，然後請您核對另一個螢幕上的數字。",
    go_on: "使用釘釘繼續",
    deny: "不是我本人",

    who_asks: "請求來源",
    site: "網站",
    app: "應用程式",
    browser: "瀏覽器",
    address: "網路位址",
    begun_at: "請求時間",

    confirm_title: "請確認身分與螢幕",
    confirm: |site, name| html! { "要以 " (name) " 的身分登入 " (site) " 嗎？" },
    which_number: "另一個螢幕顯示的是哪個數字？",
    deny_number: "都不是，或不是我本人",
    confirm_warning: "請不要選擇別人告訴您或傳給您的數字。請親自查看另一個螢幕：坐在螢幕前的人會以您的身分登入。",

    done_title: "完成",
    done: |site, name| html! { "已以 " (name) " 的身分登入 " (site) "。" },
    done_next: "請回到另一個螢幕，此頁面可以關閉。",
    denied_title: "沒有任何人登入",
    denied: |site| html! { "您已拒絕登入 " (site) "，此 QR Code 已失效。" },
    denied_next: "如果登入不是由您發起，可能有人想冒用您的身分。請告訴管理員是誰給了您這個 QR Code。此頁面可以關閉。",
    turned_back: |site| html! { "您在釘釘中拒絕了授權，並未登入 " (site) "。" },
    wrong_number_title: "數字不一致",
    wrong_number: |site| html! { "為了安全起見，並未登入 " (site) "，此 QR Code 已失效。" },
    wrong_number_next: "如需重新登入，請在另一個螢幕上取得新的 QR Code 並掃描。如果 QR Code 是別人出示或傳給您的，請不要再試：對方可能想冒用您的身分登入。",
    over_title: "QR Code 已失效",
    over: "QR Code 只能使用一次，而且幾分鐘後就會失效。這個 QR Code 已過期、已被使用，或已由另一支手機掃描。",
    over_next: "請在另一個螢幕上取得新的 QR Code，然後重新掃描。",

    for_administrator: "給管理員",
    try_again: "再試一次",
    code: "錯誤代碼",
    reference: "請求編號",
    troubles: TROUBLES,
    frame: FrameTexts {
        no_script: "在此使用釘釘登入需要啟用 JavaScript。",
        title: "使用釘釘登入",
        alone: "此頁面只能在您要登入的頁面中使用。",
        opening: "正在開啟釘釘…",
        sending: "正在登入…",
        signed_in: "已登入，請稍候…",
        failed: "釘釘未能完成登入。",
        refused: "登入未成功。",
        unreachable: "伺服器沒有回應，請檢查網路連線。",
    },
};

const TROUBLES: Troubles = Troubles {
    address_not_allowed: Said {
        title: "釘釘不允許此伺服器存取",
        happened: "這個釘釘應用程式只接受指定的網路位址，而此伺服器的位址不在其中。",
        person: "您的帳號沒有問題，請將此頁面出示給管理員。",
        administrator: Some(
            "請在開發者後台的「安全设置」（安全設定）中，將此伺服器的對外 IP 加入「服务器出口IP」允許清單。",
        ),
    },
    authorization_code_invalid: Said {
        title: "登入授權碼無效",
        happened: "釘釘不接受此登入授權碼。釘釘登入頁提供的授權碼只在幾分鐘內有效，而且只能使用一次；頁面在釘釘用戶端內取得的免登授權碼不能代替它。",
        person: "請重新登入，過程中不要重新整理頁面。",
        administrator: Some(
            "如果每次都失敗：傳到這裡的必須是登入頁提供的授權碼（authCode），而不是 requestAuthCode 傳回的免登授權碼。另請檢查應用程式的重新導向 URL。",
        ),
    },
    credentials_rejected: Said {
        title: "釘釘不接受此應用程式",
        happened: "應用程式的憑證不正確，或尚未發布任何版本。",
        person: "您的帳號沒有問題，請將此頁面出示給管理員。",
        administrator: Some(
            "請核對開發者後台的 AppKey（Client ID）和 AppSecret（Client Secret）與此伺服器上的是否一致，並確認應用程式已發布版本。",
        ),
    },
    email_domain_not_allowed: Said {
        title: "您的電子郵件不在允許範圍內",
        happened: "釘釘已確認您的身分，但您的電子郵件網域不能在此登入。",
        person: "請使用具有公司電子郵件的帳號登入，或聯絡管理員。",
        administrator: Some("允許的網域由此伺服器的設定 ALLOWED_DOMAINS 指定。"),
    },
    foreign_organisation: Said {
        title: "此組織不能在此登入",
        happened: "您在釘釘中選擇的組織不在允許範圍內。",
        person: "請重新登入並選擇其他組織，或聯絡管理員。",
        administrator: Some("允許的組織由此伺服器的設定 ALLOWED_CORP_IDS 指定。"),
    },
    login_config_not_found: Said {
        title: "尚未設定登入",
        happened: "此伺服器上沒有這個組織或名稱對應的釘釘應用程式。",
        person: "請將此頁面出示給管理員。",
        administrator: Some(
            "請在此伺服器上註冊應用程式或填寫其憑證，並檢查頁面使用的應用程式名稱或 CorpId。",
        ),
    },
    login_ended: Said {
        title: "這次登入已結束",
        happened: "登入已過期、已完成，或已由另一支手機接手。",
        person: "請在您要登入的螢幕上重新開始。",
        administrator: None,
    },
    login_state_invalid: Said {
        title: "登入不是從這裡開始的",
        happened: "釘釘傳回的結果屬於另一個瀏覽器、已被使用過，或太晚送達。",
        person: "請重新登入，全程使用同一個瀏覽器，並允許 Cookie。",
        administrator: Some(
            "如果所有人都無法登入：開發者後台的重新導向 URL 必須與此伺服器的公開位址完全一致。",
        ),
    },
    not_a_member: Said {
        title: "您不是此組織的成員",
        happened: "您的釘釘帳號不屬於此應用程式所在的組織。",
        person: "請使用您在此組織中的帳號登入，或請管理員將您加入組織。",
        administrator: Some("請將此人加入組織的通訊錄，並檢查應用程式的可使用範圍。"),
    },
    not_invited: Said {
        title: "您還沒有收到邀請",
        happened: "釘釘已確認您的身分，但只有受邀者才能在此登入。",
        person: "請向管理員索取邀請，收到後再次登入即可。",
        administrator: None,
    },
    number_mismatch: Said {
        title: "兩邊的數字不同",
        happened: "手機上選擇的數字與螢幕上顯示的不同。為了安全起見，沒有任何人登入。",
        person: "請用新的 QR Code 重新開始，但前提是登入頁面由您本人開啟。",
        administrator: None,
    },
    permission_missing: Said {
        title: "應用程式缺少權限",
        happened: "釘釘不允許此應用程式讀取您的身分資訊。",
        person: "您的帳號沒有問題，請將此頁面出示給管理員。",
        administrator: Some(
            "請在開發者後台的「权限管理」（權限管理）中開通 Contact.User.Read，並發布應用程式版本。缺少的權限可在此伺服器的記錄檔中查到。",
        ),
    },
    profile_incomplete: Said {
        title: "釘釘沒有提供您的身分",
        happened: "傳回的個人資料缺少用來識別您的識別碼。",
        person: "請再試一次。如果仍然失敗，請將此頁面出示給管理員。",
        administrator: Some(
            "傳回的結果中沒有 unionId。請檢查應用程式是否已開通 Contact.User.Read 權限並發布版本。",
        ),
    },
    too_many_flows: Said {
        title: "目前登入人數過多",
        happened: "此伺服器暫時無法處理更多登入。",
        person: "請稍候一分鐘再試。",
        administrator: None,
    },
    upstream_busy: Said {
        title: "釘釘忙碌中",
        happened: "釘釘暫時不接受更多請求。",
        person: "請稍候一分鐘再試。",
        administrator: Some("如果經常發生，請在開發者後台檢查應用程式的呼叫頻率限制。"),
    },
    upstream_refused: Said {
        title: "釘釘拒絕了登入",
        happened: "釘釘有回應，但沒有允許登入繼續進行。",
        person: "請再試一次。如果仍然失敗，請將此頁面出示給管理員。",
        administrator: Some(
            "可依下方的請求編號在此伺服器的記錄檔中查看釘釘提供的原因。請在開發者後台檢查重新導向 URL、權限和已發布的版本。",
        ),
    },
    upstream_unavailable: Said {
        title: "無法連線到釘釘",
        happened: "此伺服器沒有收到釘釘的有效回應。",
        person: "您的帳號沒有問題，請稍候一分鐘再試。",
        administrator: Some("如果持續發生，請檢查此伺服器的對外連線：Proxy、防火牆和網域名稱解析。"),
    },
    workspace_code_invalid: Said {
        title: "免登授權碼無效",
        happened: "釘釘不接受此免登授權碼。免登授權碼由頁面在釘釘用戶端內取得，有效期限為 5 分鐘，只能使用一次，而且僅限所屬組織；釘釘登入頁提供的授權碼不能代替它。",
        person: "請關閉此頁面，然後從釘釘工作台重新開啟。",
        administrator: Some(
            "如果每次都失敗：免登授權碼必須由 requestAuthCode 使用此應用程式的 CorpId 和 Client ID 取得。另請檢查應用程式首頁網址。",
        ),
    },
    other: Said {
        title: "操作未成功",
        happened: "過程中發生錯誤，您尚未登入。",
        person: "請再試一次。如果仍然失敗，請將此頁面出示給管理員。",
        administrator: Some("可依下方的請求編號在此伺服器的記錄檔中查看詳情。"),
    },
};
