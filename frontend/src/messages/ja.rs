mod failure;

use super::Text;
use failure::failure;

#[expect(clippy::too_many_lines, reason = "one line for each text")]
pub(super) fn text(text: Text) -> &'static str {
    match text {
        Text::Panel => "DingTalk ボットの作成",
        Text::Instruction => "DingTalk で読み取る",
        Text::WhatHappens => "選んだ組織にボットを作成します",
        Text::QrLabel => "QR コード：DingTalk で読み取ってボットを作成",
        Text::UserCode => "コード",
        Text::TimeLeft => "残り時間",
        Text::OneMinute => "コードはあと 1 分で無効になります。",
        Text::StillValid => "コードはあと {time}有効です。",
        Text::Brand => "DingTalk の画面には「{brand}」と表示されます。これは正常です。",
        Text::Twice => "読み取りは一度だけにしてください。二度読み取ると、アプリが 2 つ作成されます。",
        Text::Warning => "ご自身で始めた操作でなければ、承認しないでください。",
        Text::Simulated => "シミュレーター：実際には何も作成されません。",
        Text::SimulatedLink => "スマートフォンのページを開く",
        Text::Starting => "コードを準備しています…",
        Text::Ready => "読み取り待ち",
        Text::Creating => "承認済み。ボットを作成しています…",
        Text::Approval => "管理者の承認待ち",
        Text::Created => "ボットの準備ができました",
        Text::Denied => "拒否されました",
        Text::Expired => "コードの期限が切れました",
        Text::Cancelled => "キャンセルされました",
        Text::Failed => "うまくいきませんでした",
        Text::Operator => "運用担当者専用",
        Text::Reconnecting => "接続が切れました。再接続中…",
        Text::UpstreamReconnecting => "DingTalk の応答待ち。再試行中…",
        Text::Offline => "オフライン。接続が戻ると再開します。",
        Text::Paused => "タブが非表示のため一時停止中",
        Text::Copy => "コピー",
        Text::Copied => "コピーしました",
        Text::CopyByHand => "ブラウザーでコピーが許可されませんでした。テキストを選択してください：",
        Text::CopyLink => "リンクをコピー",
        Text::OpenLink => "またはこのリンクを開く",
        Text::OpenInDingtalk => "DingTalk で開く",
        Text::NewCode => "新しいコードを表示",
        Text::Retry => "もう一度試す",
        Text::StartAgain => "最初からやり直す",
        Text::Cancel => "キャンセル",
        Text::ByHand => "手動で入力",
        Text::Back => "QR コードに戻る",
        Text::ApprovalBody => {
            "アプリは作成され、認証情報も保存されています。組織の管理者が承認すると使えるようになります。ここで行う操作はほかにありません。"
        }
        Text::ApprovalNote => {
            "DingTalk 管理コンソール（https://oa.dingtalk.com）で、Client ID が {clientId} の新しい DingTalk アプリを承認してください。このアプリは当方のボット用に作成したもので、管理者の承認待ちです。"
        }
        Text::CopyNote => "管理者への文面をコピー",
        Text::OpenConsole => "管理コンソールを開く",
        Text::ClientId => "Client ID",
        Text::ClientSecret => "Client Secret",
        Text::SavedTo => "保存先",
        Text::SinkStore => "バックエンドの暗号化ストア",
        Text::SinkEnvFile => "ボットの .env ファイル",
        Text::SinkWebhook => "お使いのサーバー",
        Text::SinkUnknown => "その他の場所",
        Text::Verified => "この認証情報は DingTalk で有効です。",
        Text::NotVerified => "保存しましたが、DingTalk ではまだ確認していません。",
        Text::NextStep => "次の手順：ボットを再起動し、DingTalk でメッセージを送ってください。",
        Text::Another => "もう 1 つ作成",
        Text::Reveal => "表示する",
        Text::DownloadEnv => ".env をダウンロード",
        Text::RevealOnce => "表示は一度だけです。30 秒後、またはこのウィンドウを離れると消えます。",
        Text::Revealed => "Client Secret を取得しました。30 秒後、またはこのウィンドウを離れると消えます。",
        Text::DeniedReason => "DingTalk からの説明：",
        Text::DeniedBody => "スマートフォンで、または組織の管理者によって、リクエストが拒否されました。",
        Text::ExpiredBody => "時間内に承認されませんでした。古いコードはここではもう使えません。",
        Text::CancelledBody => {
            "このコードはここではもう使えません。直前に承認されていた場合、アプリはバックエンドのストアに残ります。"
        }
        Text::OperatorBody => {
            "ボットの作成と認証情報の手動入力は、このサーバーの運用担当者だけが行えます。バックエンドが起動時に表示したセットアップリンクを開いてから、もう一度お試しください。"
        }
        Text::Unreachable => "サーバーから応答がありません。接続を確認して、もう一度お試しください。",
        Text::RetryAfter => "{time}後にもう一度試せます。",
        Text::ManualTitle => "既存のアプリの情報を入力",
        Text::ManualBody => {
            "どちらの値も、DingTalk の開発者コンソールにあるアプリのページ「Credentials & Basic Info」で確認できます。"
        }
        Text::AppName => "名前（任意）",
        Text::AppNameHint => "a–z、0–9、-、_ を 64 文字まで",
        Text::Show => "表示",
        Text::Save => "保存",
        Text::Saving => "保存して確認しています…",
        Text::Required => "入力してください。",
        Text::Invalid => "この値は使用できません。",
        Text::LoginPanel => "DingTalk でサインイン",
        Text::LoginInstruction => "DingTalk かカメラで読み取る",
        Text::LoginWhatHappens => "数字を確認してここにサインイン",
        Text::LoginQrLabel => "QR コード：DingTalk かカメラで読み取ってサインイン",
        Text::LoginScannedInstruction => "スマートフォンでこの数字を選択",
        Text::LoginScannedWarning => "誰かに見せられたコードの場合は、確認しないでください。",
        Text::LoginRedirectBody => "DingTalk でサインインしてから、このページに戻ります。",
        Text::LoginSimulated => "シミュレーター：実在の人はサインインしません。",
        Text::LoginIdle => "まだサインインしていません",
        Text::LoginLeaving => "DingTalk に移動しています…",
        Text::LoginFramed => "サインイン待ち",
        Text::LoginScanned => "スマートフォンで {number} を選択",
        Text::LoginSigningIn => "DingTalk でサインインしています…",
        Text::LoginAuthenticated => "サインインしました",
        Text::LoginExpired => "時間切れです",
        Text::LoginSignedInAs => "{name} としてサインインしています",
        Text::LoginOpenHere => "このデバイスで開く",
        Text::LoginContinueHere => "このデバイスで DingTalk に進む",
        Text::LoginContinueWith => "DingTalk で続行",
        Text::LoginUseQr => "代わりに QR コードを使う",
        Text::LoginDeniedBody => "拒否されたため、サインインは行われませんでした。",
        Text::LoginExpiredBody => "時間内にサインインが行われませんでした。最初からやり直してください。",
        Text::LoginCancelledBody => "サインインは行われませんでした。古いコードはもう使えません。",
        Text::LoginCredentialsRejected => {
            "DingTalk がこのサイトのアプリを受け付けません。管理者が AppKey と AppSecret を確認し、アプリが公開されているか確認する必要があります。"
        }
        Text::LoginWorkspaceDomain => {
            "このサイト用の DingTalk アプリが、お使いの組織に見つかりません。管理者が開発者コンソールで、このページのアドレスをアプリのホームページに設定する必要があります。"
        }
        Text::LoginWorkspaceRefused => {
            "DingTalk からワークスペース用コードを取得できませんでした。DingTalk のワークスペースからアプリを開き直してください。"
        }
        Text::LoginWorkspaceUnavailable => {
            "ここでは DingTalk のスクリプトを利用できません。DingTalk のワークスペースからこのページを開くか、別の方法でサインインしてください。"
        }
        Text::Failure(code) => failure(code),
    }
}
