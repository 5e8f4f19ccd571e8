use maud::html;

use super::{FrameTexts, Said, Texts, Troubles};

pub(in super::super) static TEXTS: Texts = Texts {
    ask_title: "別の画面でサインインしますか？",
    ask: |site| html! { (site) " が本人確認を求めています。まだ何も行われていません。" },
    ask_warning: "別の画面のサインインページをご自身で開いた場合にのみ続行してください。コードを誰かから送られたり見せられたりした場合は、続行しないでください。相手があなたとしてサインインしてしまいます。",
    ask_next: "次に DingTalk で許可を求められ、その後、別の画面の数字を確認します。",
    go_on: "DingTalk で続行",
    deny: "自分ではありません",

    who_asks: "リクエスト元",
    site: "サイト",
    app: "アプリ",
    browser: "ブラウザー",
    address: "ネットワークアドレス",
    begun_at: "リクエスト日時",

    confirm_title: "ご本人と画面の確認",
    confirm: |site, name| html! { (name) " として " (site) " にサインインしますか？" },
    which_number: "別の画面に表示されている数字はどれですか？",
    deny_number: "該当なし、または自分ではありません",
    confirm_warning: "誰かから伝えられた数字や送られてきた数字は選ばないでください。必ずご自身で別の画面を確認してください。その画面の前にいる人が、あなたとしてサインインします。",

    done_title: "完了しました",
    done: |site, name| html! { (name) " として " (site) " にサインインしました。" },
    done_next: "別の画面にお戻りください。このページは閉じてかまいません。",
    denied_title: "サインインは行われませんでした",
    denied: |site| html! { (site) " へのサインインを拒否しました。このコードはもう使えません。" },
    denied_next: "ご自身で始めたものでなければ、誰かがあなたになりすまそうとした可能性があります。誰からコードを受け取ったかを管理者に知らせてください。このページは閉じてかまいません。",
    turned_back: |site| html! { "DingTalk で許可しなかったため、" (site) " にはサインインしていません。" },
    wrong_number_title: "数字が一致しませんでした",
    wrong_number: |site| html! { "安全のため、" (site) " へのサインインは行われませんでした。このコードはもう使えません。" },
    wrong_number_next: "やり直すには、別の画面で新しいコードを表示して読み取ってください。コードを誰かから見せられたり送られたりした場合は、やり直さないでください。相手があなたとしてサインインしようとしている可能性があります。",
    over_title: "このコードは使えません",
    over: "コードが使えるのは一度だけで、数分間で無効になります。このコードは期限切れか、使用済みか、別のスマートフォンで読み取られています。",
    over_next: "別の画面で新しいコードを表示し、読み取ってください。",

    for_administrator: "管理者の方へ",
    try_again: "もう一度試す",
    code: "エラーコード",
    reference: "リクエスト ID",
    troubles: TROUBLES,
    frame: FrameTexts {
        no_script: "ここで DingTalk を使ってサインインするには JavaScript が必要です。",
        title: "DingTalk でサインイン",
        alone: "このページは、サインイン先のページの中でのみ使えます。",
        opening: "DingTalk を開いています…",
        sending: "サインインしています…",
        signed_in: "サインインしました。お待ちください…",
        failed: "DingTalk でサインインできませんでした。",
        refused: "サインインできませんでした。",
        unreachable: "サーバーから応答がありません。接続を確認してください。",
    },
};

const TROUBLES: Troubles = Troubles {
    address_not_allowed: Said {
        title: "DingTalk がこのサーバーを許可していません",
        happened: "この DingTalk アプリは特定のネットワークアドレスのみを受け付けますが、このサーバーのアドレスは登録されていません。",
        person: "お使いのアカウントに問題はありません。このページを管理者に見せてください。",
        administrator: Some(
            "開発者コンソールの「安全设置」（セキュリティ設定）で、このサーバーの送信元 IP を「服务器出口IP」に追加してください。",
        ),
    },
    authorization_code_invalid: Said {
        title: "サインイン用コードが無効です",
        happened: "DingTalk がサインイン用コードを受け付けませんでした。DingTalk のサインインページが発行するコードは数分間、一度だけ有効です。DingTalk アプリ内のページが取得するワークスペース用コードを代わりに使うことはできません。",
        person: "途中でページを再読み込みせずに、最初からやり直してください。",
        administrator: Some(
            "毎回失敗する場合は、requestAuthCode のコードではなく、サインインページのコード（authCode）が渡されているか確認してください。アプリのリダイレクト URL も確認してください。",
        ),
    },
    credentials_rejected: Said {
        title: "DingTalk がこのアプリを受け付けません",
        happened: "アプリの認証情報が正しくないか、アプリのバージョンが公開されていません。",
        person: "お使いのアカウントに問題はありません。このページを管理者に見せてください。",
        administrator: Some(
            "開発者コンソールの AppKey（Client ID）と AppSecret（Client Secret）がこのサーバーの設定と一致するか確認し、アプリのバージョンを公開してください。",
        ),
    },
    email_domain_not_allowed: Said {
        title: "このメールアドレスは許可されていません",
        happened: "DingTalk でご本人と確認できましたが、お使いのドメインのアドレスではサインインできません。",
        person: "組織のメールアドレスを持つアカウントでサインインするか、管理者に問い合わせてください。",
        administrator: Some("許可するドメインは、このサーバーの設定 ALLOWED_DOMAINS で指定します。"),
    },
    foreign_organisation: Said {
        title: "この組織ではサインインできません",
        happened: "DingTalk で選択した組織は、ここでは許可されていません。",
        person: "やり直して別の組織を選ぶか、管理者に問い合わせてください。",
        administrator: Some("許可する組織は、このサーバーの設定 ALLOWED_CORP_IDS で指定します。"),
    },
    login_config_not_found: Said {
        title: "サインインがまだ設定されていません",
        happened: "この組織または名前に対応する DingTalk アプリが、このサーバーにありません。",
        person: "このページを管理者に見せてください。",
        administrator: Some(
            "このサーバーでアプリを登録するか認証情報を入力し、ページが指定するアプリ名または CorpId を確認してください。",
        ),
    },
    login_ended: Said {
        title: "このサインインは終了しています",
        happened: "期限が切れたか、すでに完了したか、別のスマートフォンで続行されています。",
        person: "サインインしたい画面で、最初からやり直してください。",
        administrator: None,
    },
    login_state_invalid: Said {
        title: "ここで始めたサインインではありません",
        happened: "DingTalk からの応答が、別のブラウザーのものか、使用済みか、届くのが遅すぎました。",
        person: "同じブラウザーのまま、最初からやり直してください。Cookie を許可する必要があります。",
        administrator: Some(
            "誰もサインインできない場合は、開発者コンソールのリダイレクト URL がこのサーバーの公開アドレスと完全に一致しているか確認してください。",
        ),
    },
    not_a_member: Said {
        title: "組織のメンバーではありません",
        happened: "お使いの DingTalk アカウントは、このアプリを所有する組織に属していません。",
        person: "この組織で使っているアカウントでサインインするか、組織への追加を管理者に依頼してください。",
        administrator: Some("この方を組織の連絡先に追加し、アプリの利用範囲を確認してください。"),
    },
    not_invited: Said {
        title: "まだ招待されていません",
        happened: "DingTalk でご本人と確認できましたが、ここにサインインできるのは招待された方だけです。",
        person: "管理者に招待を依頼し、招待されたらもう一度サインインしてください。",
        administrator: None,
    },
    number_mismatch: Said {
        title: "数字が違っていました",
        happened: "スマートフォンで選んだ数字が、画面の数字と異なっていました。安全のため、サインインは行われませんでした。",
        person: "サインインページをご自身で開いた場合にのみ、新しいコードでやり直してください。",
        administrator: None,
    },
    permission_missing: Said {
        title: "アプリの権限が足りません",
        happened: "このアプリは、DingTalk でご本人の情報を読み取ることを許可されていません。",
        person: "お使いのアカウントに問題はありません。このページを管理者に見せてください。",
        administrator: Some(
            "開発者コンソールの「权限管理」（権限管理）で Contact.User.Read を許可し、アプリのバージョンを公開してください。不足している権限はこのサーバーのログで確認できます。",
        ),
    },
    profile_incomplete: Said {
        title: "DingTalk からご本人の情報が得られません",
        happened: "受け取ったプロフィールに、ご本人を識別する情報がありませんでした。",
        person: "もう一度お試しください。解決しない場合は、このページを管理者に見せてください。",
        administrator: Some(
            "応答に unionId がありません。アプリに Contact.User.Read の権限があり、バージョンが公開されているか確認してください。",
        ),
    },
    too_many_flows: Said {
        title: "サインインが混み合っています",
        happened: "このサーバーは現在、これ以上のサインインを受け付けられません。",
        person: "1 分ほど待ってから、もう一度お試しください。",
        administrator: None,
    },
    upstream_busy: Said {
        title: "DingTalk が混み合っています",
        happened: "DingTalk は現在、これ以上のリクエストを受け付けていません。",
        person: "1 分ほど待ってから、もう一度お試しください。",
        administrator: Some("頻繁に起こる場合は、開発者コンソールでアプリの呼び出し制限を確認してください。"),
    },
    upstream_refused: Said {
        title: "DingTalk がサインインを拒否しました",
        happened: "DingTalk から応答がありましたが、サインインの続行は認められませんでした。",
        person: "もう一度お試しください。解決しない場合は、このページを管理者に見せてください。",
        administrator: Some(
            "DingTalk が示した理由は、このサーバーのログで下記のリクエスト ID から確認できます。開発者コンソールでリダイレクト URL、権限、公開済みバージョンを確認してください。",
        ),
    },
    upstream_unavailable: Said {
        title: "DingTalk に接続できません",
        happened: "このサーバーは DingTalk から有効な応答を受け取れません。",
        person: "お使いのアカウントに問題はありません。1 分ほど待ってから、もう一度お試しください。",
        administrator: Some(
            "続く場合は、このサーバーからインターネットへの接続（プロキシ、ファイアウォール、名前解決）を確認してください。",
        ),
    },
    workspace_code_invalid: Said {
        title: "ワークスペース用コードが無効です",
        happened: "DingTalk がワークスペース用コードを受け付けませんでした。DingTalk アプリ内のページが取得するこのコードは、5 分間、一度だけ、その組織内でのみ有効です。DingTalk のサインインページが発行するコードを代わりに使うことはできません。",
        person: "このページを閉じ、DingTalk のワークスペースから開き直してください。",
        administrator: Some(
            "毎回失敗する場合は、このアプリの CorpId と Client ID を指定した requestAuthCode でコードを取得しているか確認してください。アプリのホームページのアドレスも確認してください。",
        ),
    },
    other: Said {
        title: "うまくいきませんでした",
        happened: "途中で問題が発生しました。サインインは行われていません。",
        person: "もう一度お試しください。解決しない場合は、このページを管理者に見せてください。",
        administrator: Some("詳細は、このサーバーのログで下記のリクエスト ID から確認できます。"),
    },
};
