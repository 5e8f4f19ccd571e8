mod failure;

use super::Text;
use failure::failure;

#[expect(clippy::too_many_lines, reason = "one line for each text")]
pub(super) fn text(text: Text) -> &'static str {
    match text {
        Text::Panel => "创建钉钉机器人",
        Text::Instruction => "使用钉钉扫码",
        Text::WhatHappens => "在你选择的组织中创建机器人",
        Text::QrLabel => "二维码：使用钉钉扫码创建机器人",
        Text::UserCode => "核对码",
        Text::TimeLeft => "剩余时间",
        Text::OneMinute => "二维码将在一分钟后失效。",
        Text::StillValid => "二维码还有 {time} 有效。",
        Text::Brand => "钉钉页面会显示“{brand}”，这是正常的。",
        Text::Twice => "请只扫一次：扫两次会创建两个应用。",
        Text::Warning => "如果不是你本人发起的操作，请不要同意。",
        Text::Simulated => "模拟环境：不会创建任何真实内容。",
        Text::SimulatedLink => "打开手机页面",
        Text::Starting => "正在准备二维码…",
        Text::Ready => "等待扫码",
        Text::Creating => "已同意，钉钉正在创建机器人…",
        Text::Approval => "等待管理员审批",
        Text::Created => "机器人已就绪",
        Text::Denied => "已拒绝",
        Text::Expired => "二维码已过期",
        Text::Cancelled => "已取消",
        Text::Failed => "操作未成功",
        Text::Operator => "仅限运维人员",
        Text::Reconnecting => "连接中断，正在重新连接…",
        Text::UpstreamReconnecting => "钉钉响应较慢，仍在尝试…",
        Text::Offline => "网络已断开，恢复后自动继续",
        Text::Paused => "标签页不可见，已暂停",
        Text::Copy => "复制",
        Text::Copied => "已复制",
        Text::CopyByHand => "浏览器不允许复制，请手动选择文本：",
        Text::CopyLink => "复制链接",
        Text::OpenLink => "或打开此链接",
        Text::OpenInDingtalk => "在钉钉中打开",
        Text::NewCode => "获取新的二维码",
        Text::Retry => "重试",
        Text::StartAgain => "重新开始",
        Text::Cancel => "取消",
        Text::ByHand => "手动填写",
        Text::Back => "返回二维码",
        Text::ApprovalBody => "应用已创建，凭证已经保存。组织管理员审批通过后即可使用，这里无需其他操作。",
        Text::ApprovalNote => {
            "请在钉钉管理后台（https://oa.dingtalk.com）审批新应用，Client ID 为 {clientId}。该应用是为我们的机器人创建的，正在等待管理员审批。"
        }
        Text::CopyNote => "复制给管理员的说明",
        Text::OpenConsole => "打开管理后台",
        Text::ClientId => "Client ID",
        Text::ClientSecret => "Client Secret",
        Text::SavedTo => "保存位置",
        Text::SinkStore => "后端加密存储",
        Text::SinkEnvFile => "机器人的 .env 文件",
        Text::SinkWebhook => "你自己的服务器",
        Text::SinkUnknown => "其他位置",
        Text::Verified => "钉钉已确认凭证有效。",
        Text::NotVerified => "已保存，尚未向钉钉验证。",
        Text::NextStep => "下一步：重启机器人，然后在钉钉中给它发一条消息。",
        Text::Another => "再创建一个",
        Text::Reveal => "显示密钥",
        Text::DownloadEnv => "下载 .env",
        Text::RevealOnce => "只显示一次，最多 30 秒，离开此窗口即隐藏。",
        Text::Revealed => "已取得 Client Secret，30 秒后或离开此窗口时消失。",
        Text::DeniedReason => "钉钉返回的说明：",
        Text::DeniedBody => "请求在手机上被拒绝，或被组织的管理员拒绝。",
        Text::ExpiredBody => "没有人在有效时间内同意，旧二维码在此已失效。",
        Text::CancelledBody => "该二维码在此已失效。如果刚刚已有人同意，应用会保留在后端存储中。",
        Text::OperatorBody => {
            "创建机器人和手动填写凭证仅限本服务器的运维人员。请打开后端启动时打印的设置链接，然后重试。"
        }
        Text::Unreachable => "服务器没有响应，请检查网络后重试。",
        Text::RetryAfter => "请在 {time}后重试。",
        Text::ManualTitle => "填写已有应用",
        Text::ManualBody => "两个值都在钉钉开发者后台的应用页面“凭证与基础信息”中。",
        Text::AppName => "名称（可选）",
        Text::AppNameHint => "最多 64 个字符：a–z、0–9、- 和 _",
        Text::Show => "显示",
        Text::Save => "保存",
        Text::Saving => "正在保存并验证…",
        Text::Required => "请填写此项。",
        Text::Invalid => "该值不被接受。",
        Text::LoginPanel => "钉钉登录",
        Text::LoginInstruction => "使用钉钉或相机扫码",
        Text::LoginWhatHappens => "登录此网站，之后需要确认一个数字",
        Text::LoginQrLabel => "二维码：使用钉钉或相机扫码登录",
        Text::LoginScannedInstruction => "请在手机上选择此数字",
        Text::LoginScannedWarning => "这个二维码是别人发给你的？请不要确认。",
        Text::LoginRedirectBody => "你将前往钉钉登录，然后回到此页面。",
        Text::LoginSimulated => "模拟环境：不会登录真实用户。",
        Text::LoginIdle => "你尚未登录",
        Text::LoginLeaving => "正在前往钉钉…",
        Text::LoginFramed => "等待你登录",
        Text::LoginScanned => "请在手机上选择 {number}",
        Text::LoginSigningIn => "正在通过钉钉登录…",
        Text::LoginAuthenticated => "已登录",
        Text::LoginExpired => "已超时",
        Text::LoginSignedInAs => "已以 {name} 的身份登录",
        Text::LoginOpenHere => "在此设备上打开",
        Text::LoginContinueHere => "在此设备上使用钉钉登录",
        Text::LoginContinueWith => "使用钉钉登录",
        Text::LoginUseQr => "改用二维码",
        Text::LoginDeniedBody => "登录被拒绝，未登录任何人。",
        Text::LoginExpiredBody => "没有人在有效时间内登录，请重新开始。",
        Text::LoginCancelledBody => "未登录任何人，旧二维码已失效。",
        Text::LoginCredentialsRejected => {
            "钉钉不接受本站的应用凭证。请管理员检查 AppKey 和 AppSecret，并确认应用已发布。"
        }
        Text::LoginWorkspaceDomain => {
            "你的组织没有使用此域名的钉钉应用。请管理员在开发者后台把此页面的地址设为应用首页地址。"
        }
        Text::LoginWorkspaceRefused => "钉钉没有返回免登码，请从钉钉工作台重新打开应用。",
        Text::LoginWorkspaceUnavailable => {
            "此处无法使用钉钉的脚本。请从钉钉工作台打开此页面，或改用其他方式登录。"
        }
        Text::Failure(code) => failure(code),
    }
}
