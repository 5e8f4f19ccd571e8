use dingtalk_qr::Language;

use super::settings::Place;

/// The texts of the pages around the panel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Texts {
    registration: About,
    login: About,
    pub(super) to_registration: &'static str,
    pub(super) to_login: &'static str,
    pub(super) link_used: &'static str,
    pub(super) link_unanswered: &'static str,
    pub(super) apps_title: &'static str,
    pub(super) apps_lead: &'static str,
    pub(super) app_verified: &'static str,
    pub(super) app_not_verified: &'static str,
    pub(super) use_app: &'static str,
    pub(super) make_another: &'static str,
    pub(super) app_not_used: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) again: &'static str,
    pub(super) still_signed_in: &'static str,
    pub(super) ticket_refused: &'static str,
}

/// What a page is for, and why to trust it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct About {
    pub(super) title: &'static str,
    pub(super) headline: &'static str,
    pub(super) lead: &'static str,
    pub(super) points: [(&'static str, &'static str); 3],
}

impl Texts {
    pub(super) fn of(language: Language) -> Self {
        if language == Language::ZhCn { ZH_CN } else { EN }
    }

    pub(super) fn about(self, place: Place) -> About {
        match place {
            Place::Registration => self.registration,
            Place::Login => self.login,
        }
    }
}

const EN: Texts = Texts {
    registration: About {
        title: "Create a DingTalk bot",
        headline: "A DingTalk bot in one scan",
        lead: "Scan, tap approve, done: the bot exists and its credentials are where they belong.",
        points: [
            ("No developer console", "DingTalk creates the app for you, in the organisation you choose."),
            (
                "The secret stays with the backend",
                "DingTalk gives it to the backend, which encrypts it at once.",
            ),
            ("Saved where your bot reads it", "In the store, and in the .env file of your bot."),
        ],
    },
    login: About {
        title: "Sign in with DingTalk",
        headline: "Sign in with DingTalk",
        lead: "DingTalk says who you are: no password, and nothing to install.",
        points: [
            ("You see who asks", "Before you go on, the phone shows which site and which browser it is for."),
            (
                "A code alone is of no use",
                "It takes the number on the screen in front of you, so nobody can forward one to you.",
            ),
            ("DingTalk's tokens stay on the server", "This browser gets a session cookie and nothing else."),
        ],
    },
    to_registration: "Create a bot",
    to_login: "Sign in",
    link_used: "This setup link has been used; the backend prints a new one at its next start.",
    link_unanswered: "The setup link could not be opened: the server does not answer. Reload the page to try again.",
    apps_title: "Use one of your bots?",
    apps_lead: "Every scan makes another app at DingTalk. These exist already:",
    app_verified: "accepted by DingTalk",
    app_not_verified: "not checked yet",
    use_app: "Use this one",
    make_another: "Make another",
    app_not_used: "The server could not use this app. Try again.",
    sign_out: "Sign out",
    again: "Sign in again",
    still_signed_in: "The server does not answer, so you are still signed in. Try again.",
    ticket_refused: "DingTalk knows you, but this site's server did not accept the sign-in. Try again, or ask its administrator.",
};

const ZH_CN: Texts = Texts {
    registration: About {
        title: "创建钉钉机器人",
        headline: "扫一次码，创建钉钉机器人",
        lead: "扫码、点击同意即可：机器人已创建，凭证已放到该放的位置。",
        points: [
            ("无需开发者后台", "钉钉会在你选择的组织中为你创建应用。"),
            ("密钥由后端保管", "由后端接收，并立即加密保存。"),
            ("保存到机器人读取的位置", "写入加密存储以及机器人的 .env 文件。"),
        ],
    },
    login: About {
        title: "钉钉登录",
        headline: "使用钉钉登录",
        lead: "由钉钉确认你的身份：无需密码，无需安装任何软件。",
        points: [
            ("看清是谁在请求", "继续之前，手机会显示请求登录的网站和浏览器。"),
            ("只有二维码没有用", "还需要你面前屏幕上的数字，转发的二维码没有用。"),
            ("钉钉令牌留在服务器", "浏览器只得到会话 Cookie。"),
        ],
    },
    to_registration: "创建机器人",
    to_login: "登录",
    link_used: "该设置链接已被使用，后端下次启动时会打印新的链接。",
    link_unanswered: "无法打开设置链接：服务器没有响应。请刷新页面重试。",
    apps_title: "使用已有的机器人？",
    apps_lead: "每扫一次码，钉钉就会新建一个应用。以下应用已存在：",
    app_verified: "钉钉已接受",
    app_not_verified: "尚未检查",
    use_app: "使用这个",
    make_another: "新建一个",
    app_not_used: "服务器无法使用该应用，请重试。",
    sign_out: "退出登录",
    again: "重新登录",
    still_signed_in: "服务器没有响应，你仍处于登录状态，请重试。",
    ticket_refused: "钉钉已确认你的身份，但本站服务器没有接受登录。请重试，或联系管理员。",
};
