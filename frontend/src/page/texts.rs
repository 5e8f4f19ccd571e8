use dingtalk_qr::Language;

/// The texts of the page around the panel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Texts {
    pub(super) headline: &'static str,
    pub(super) lead: &'static str,
    pub(super) points: [(&'static str, &'static str); 3],
    pub(super) link_used: &'static str,
    pub(super) link_unanswered: &'static str,
}

impl Texts {
    pub(super) fn of(language: Language) -> Self {
        if language == Language::ZhCn { ZH_CN } else { EN }
    }
}

const EN: Texts = Texts {
    headline: "A DingTalk bot in one scan",
    lead: "Scan, tap approve, done: the bot exists and its credentials are where they belong.",
    points: [
        ("No developer console", "DingTalk creates the app for you, in the organisation you choose."),
        ("The secret never reaches this browser", "The backend receives it and encrypts it at once."),
        ("Saved where your bot reads it", "In the store, and in the .env file of your bot."),
    ],
    link_used: "This setup link has been used; the backend prints a new one at its next start.",
    link_unanswered: "The setup link could not be opened: the server does not answer. Reload the page to try again.",
};

const ZH_CN: Texts = Texts {
    headline: "扫一次码，创建钉钉机器人",
    lead: "扫码、点击同意即可：机器人已创建，凭证已放到该放的位置。",
    points: [
        ("无需开发者后台", "钉钉会在你选择的组织中为你创建应用。"),
        ("密钥不会到达浏览器", "由后端接收，并立即加密保存。"),
        ("保存到机器人读取的位置", "写入加密存储以及机器人的 .env 文件。"),
    ],
    link_used: "该设置链接已被使用，后端下次启动时会打印新的链接。",
    link_unanswered: "无法打开设置链接：服务器没有响应。请刷新页面重试。",
};
