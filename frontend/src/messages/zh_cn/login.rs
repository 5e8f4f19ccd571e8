use crate::messages::LoginMessages;

pub(super) const MESSAGES: LoginMessages = LoginMessages {
    panel: "钉钉登录",
    instruction: "使用钉钉或相机扫码",
    what_happens: "登录此网站，之后需要确认一个数字",
    qr_label: "二维码：使用钉钉或相机扫码登录",
    scanned_instruction: "请在手机上选择此数字",
    scanned_warning: "这个二维码是别人发给你的？请不要确认。",
    redirect_body: "你将前往钉钉登录，然后回到此页面。",
    simulated: "模拟环境：不会登录真实用户。",

    idle: "你尚未登录",
    leaving: "正在前往钉钉…",
    framed: "等待你登录",
    scanned: |number| format!("请在手机上选择 {number}"),
    signing_in: "正在通过钉钉登录…",
    authenticated: "已登录",
    expired: "已超时",
    signed_in_as: |name| format!("你已登录为 {name}"),

    open_here: "在此设备上打开",
    continue_here: "在此设备上使用钉钉登录",
    continue_with: "使用钉钉登录",
    use_qr: "改用二维码",

    denied_body: "登录被拒绝，未登录任何人。",
    expired_body: "没有人在有效时间内登录，请重新开始。",
    cancelled_body: "未登录任何人，旧二维码已失效。",
    credentials_rejected: "钉钉不接受本站的应用凭证。请管理员检查 AppKey 和 AppSecret，并确认应用已发布。",
    workspace_domain: "你的组织没有使用此域名的钉钉应用。请管理员在开发者后台把此页面的地址设为应用首页地址。",
    workspace_refused: "钉钉没有返回免登码，请从钉钉工作台重新打开应用。",
    workspace_unavailable: "此处无法使用钉钉的脚本。请从钉钉工作台打开此页面，或改用其他方式登录。",
};
