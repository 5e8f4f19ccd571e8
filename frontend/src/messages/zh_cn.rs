mod failure;
mod login;

use super::Messages;
use failure::failure;

pub(super) static MESSAGES: Messages = Messages {
    panel: "创建钉钉机器人",
    instruction: "使用钉钉扫码",
    what_happens: "在你选择的组织中创建机器人",
    qr_label: "二维码：使用钉钉扫码创建机器人",
    user_code: "验证码",
    time_left: "有效时间",
    one_minute: "二维码将在一分钟后失效。",
    brand: |brand| format!("钉钉页面会显示“{brand}”，这是正常的。"),
    twice: "请只扫一次：扫两次会创建两个应用。",
    warning: "如果不是你本人发起的操作，请不要同意。",
    simulated: "模拟环境：不会创建任何真实内容。",
    simulated_link: "打开手机页面",

    starting: "正在准备二维码…",
    ready: "等待扫码",
    creating: "已同意，钉钉正在创建机器人…",
    approval: "等待管理员审批",
    created: "机器人已就绪",
    denied: "已拒绝",
    expired: "二维码已过期",
    cancelled: "已取消",
    failed: "操作未成功",
    operator: "仅限运维人员",
    reconnecting: "连接中断，正在重新连接…",
    upstream_reconnecting: "钉钉响应较慢，仍在尝试…",
    offline: "网络已断开，恢复后自动继续",
    paused: "标签页不可见，已暂停",

    copy: "复制",
    copied: "已复制",
    copy_by_hand: "浏览器不允许复制，请手动选择文本：",
    copy_link: "复制链接",
    open_link: "或打开此链接",
    open_in_dingtalk: "在钉钉中打开",
    new_code: "获取新的二维码",
    retry: "重试",
    start_again: "重新开始",
    cancel: "取消",
    by_hand: "手动填写",
    back: "返回二维码",

    approval_body: "应用已创建，凭证已经保存。组织管理员审批通过后即可使用，这里无需其他操作。",
    approval_note: |client_id| {
        format!(
            "请在钉钉管理后台（https://oa.dingtalk.com）审批新应用，Client ID 为 {client_id}。该应用是为我们的机器人创建的，正在等待管理员审批。"
        )
    },
    copy_note: "复制给管理员的说明",

    client_id: "Client ID",
    client_secret: "Client Secret",
    saved_to: "保存位置",
    sink_store: "后端加密存储",
    sink_env_file: "机器人的 .env 文件",
    sink_unknown: "其他位置",
    verified: "钉钉已确认凭证有效。",
    not_verified: "已保存，尚未向钉钉验证。",
    next_step: "下一步：重启机器人，然后在钉钉中给它发一条消息。",
    another: "再创建一个",

    denied_reason: "钉钉返回的说明：",
    denied_body: "请求在手机上被拒绝，或被组织的管理员拒绝。",
    expired_body: "没有人在有效时间内同意，旧二维码在此已失效。",
    cancelled_body: "该二维码在此已失效。如果刚刚已有人同意，应用会保留在后端存储中。",
    operator_body: "创建机器人和手动填写凭证仅限本服务器的运维人员。请打开后端启动时打印的设置链接，然后重试。",
    unreachable: "服务器没有响应，请检查网络后重试。",
    failure,
    retry_after: |seconds| format!("请在 {seconds} 秒后重试。"),

    manual_title: "填写已有应用",
    manual_body: "两个值都在钉钉开发者后台的应用页面“凭证与基础信息”中。",
    app_name: "名称（可选）",
    app_name_hint: "最多 64 个字符：a–z、0–9、- 和 _",
    show: "显示",
    save: "保存",
    saving: "正在保存并验证…",
    required: "请填写此项。",
    invalid: "该值不被接受。",

    login: login::MESSAGES,
};
