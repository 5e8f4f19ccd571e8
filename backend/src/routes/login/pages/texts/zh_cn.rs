use maud::html;

use super::{FrameTexts, Said, Texts, Troubles};

pub(in super::super) static TEXTS: Texts = Texts {
    ask_title: "要在另一块屏幕上登录吗？",
    ask: |site| html! { (site) " 请求确认你的身份。目前尚未进行任何操作。" },
    ask_warning: "只有在你本人打开了另一块屏幕上的登录页面时，才可以继续。如果二维码是别人发给你或出示给你的，请不要继续，否则对方将以你的身份登录。",
    ask_next: "接下来钉钉会请你授权，然后请你核对另一块屏幕上的数字。",
    go_on: "使用钉钉继续",
    deny: "不是我本人操作",

    who_asks: "请求来源",
    site: "网站",
    app: "应用",
    browser: "浏览器",
    address: "网络地址",
    begun_at: "请求时间",

    confirm_title: "请确认身份和屏幕",
    confirm: |site, name| html! { "要以 " (name) " 的身份登录 " (site) " 吗？" },
    which_number: "另一块屏幕上显示的是哪个数字？",
    deny_number: "都不是，或不是我本人操作",
    confirm_warning: "请不要选择别人告诉你或发给你的数字。请亲自查看另一块屏幕：坐在屏幕前的人将以你的身份登录。",

    done_title: "已完成",
    done: |site, name| html! { "已以 " (name) " 的身份登录 " (site) "。" },
    done_next: "请回到另一块屏幕，此页面可以关闭。",
    denied_title: "未登录任何人",
    denied: |site| html! { "你已拒绝登录 " (site) "，该二维码已失效。" },
    denied_next: "如果不是你发起的登录，可能有人想冒用你的身份。请告诉管理员是谁给了你这个二维码。此页面可以关闭。",
    turned_back: |site| html! { "你在钉钉中拒绝了授权，没有登录 " (site) "。" },
    wrong_number_title: "数字不一致",
    wrong_number: |site| html! { "为了安全起见，未登录 " (site) "，该二维码已失效。" },
    wrong_number_next: "如需重新登录，请在另一块屏幕上获取新的二维码并扫描。如果二维码是别人出示或发给你的，请不要再试：对方可能想冒用你的身份登录。",
    over_title: "二维码已失效",
    over: "二维码只能使用一次，且几分钟后失效。这个二维码已过期、已被使用，或已被另一部手机扫描。",
    over_next: "请在另一块屏幕上获取新的二维码，然后重新扫描。",

    for_administrator: "给管理员",
    try_again: "重试",
    code: "错误码",
    reference: "请求编号",
    troubles: TROUBLES,
    frame: FrameTexts {
        no_script: "在此处使用钉钉登录需要启用 JavaScript。",
        title: "使用钉钉登录",
        alone: "此页面只能在你要登录的页面中使用。",
        opening: "正在打开钉钉…",
        sending: "正在登录…",
        signed_in: "已登录，请稍候…",
        failed: "钉钉未能完成登录。",
        refused: "登录未成功。",
        unreachable: "服务器没有响应，请检查网络。",
    },
};

const TROUBLES: Troubles = Troubles {
    address_not_allowed: Said {
        title: "钉钉不允许此服务器访问",
        happened: "该钉钉应用只接受指定的网络地址，而此服务器的地址不在其中。",
        person: "你的账号没有问题，请将此页面出示给管理员。",
        administrator: Some("请在开发者后台的“安全设置”中，将此服务器的出口 IP 加入“服务器出口 IP”白名单。"),
    },
    authorization_code_invalid: Said {
        title: "登录授权码无效",
        happened: "钉钉不接受此登录授权码。钉钉登录页给出的授权码只在几分钟内有效，且只能使用一次；页面在钉钉客户端内获取的免登授权码不能代替它。",
        person: "请重新登录，过程中不要刷新页面。",
        administrator: Some(
            "如果每次都失败：传到此处的必须是登录页给出的授权码（authCode），而不是 requestAuthCode 返回的免登授权码。另请检查应用的重定向 URL。",
        ),
    },
    credentials_rejected: Said {
        title: "钉钉不接受此应用",
        happened: "应用的凭证不正确，或应用尚未发布任何版本。",
        person: "你的账号没有问题，请将此页面出示给管理员。",
        administrator: Some(
            "请核对开发者后台中的 AppKey（Client ID）和 AppSecret（Client Secret）与此服务器上的是否一致，并确认应用已发布版本。",
        ),
    },
    email_domain_not_allowed: Said {
        title: "你的邮箱不在允许范围内",
        happened: "钉钉已确认你的身份，但你的邮箱域名不能在此登录。",
        person: "请使用带有单位邮箱的账号登录，或联系管理员。",
        administrator: Some("允许的邮箱域名由此服务器的配置项 ALLOWED_DOMAINS 指定。"),
    },
    foreign_organisation: Said {
        title: "该组织不能在此登录",
        happened: "你在钉钉中选择的组织不在允许范围内。",
        person: "请重新登录并选择其他组织，或联系管理员。",
        administrator: Some("允许的组织由此服务器的配置项 ALLOWED_CORP_IDS 指定。"),
    },
    login_config_not_found: Said {
        title: "尚未配置登录",
        happened: "此服务器上没有该组织或该名称对应的钉钉应用。",
        person: "请将此页面出示给管理员。",
        administrator: Some("请在此服务器上注册应用或填写应用凭证，并检查页面所用的应用名称或 CorpId。"),
    },
    login_ended: Said {
        title: "本次登录已结束",
        happened: "登录已过期、已完成，或已由另一部手机接手。",
        person: "请在你要登录的屏幕上重新开始。",
        administrator: None,
    },
    login_state_invalid: Said {
        title: "登录不是从这里开始的",
        happened: "钉钉返回的结果属于另一个浏览器、已被使用过，或到达得太晚。",
        person: "请重新登录，全程使用同一个浏览器，并允许 Cookie。",
        administrator: Some(
            "如果所有人都无法登录：开发者后台中的重定向 URL 必须与此服务器的公网地址完全一致。",
        ),
    },
    not_a_member: Said {
        title: "你不是该组织的成员",
        happened: "你的钉钉账号不属于此应用所在的组织。",
        person: "请使用你在该组织中的账号登录，或请管理员将你加入组织。",
        administrator: Some("请将此人加入组织的通讯录，并检查应用的可使用范围。"),
    },
    not_invited: Said {
        title: "你还没有收到邀请",
        happened: "钉钉已确认你的身份，但只有受邀人员才能在此登录。",
        person: "请向管理员申请邀请，收到后再次登录即可。",
        administrator: None,
    },
    number_mismatch: Said {
        title: "两边的数字不同",
        happened: "手机上选择的数字与屏幕上显示的不同。为了安全起见，未登录任何人。",
        person: "请用新的二维码重新开始，但前提是登录页面由你本人打开。",
        administrator: None,
    },
    permission_missing: Said {
        title: "应用缺少权限",
        happened: "钉钉不允许该应用读取你的身份信息。",
        person: "你的账号没有问题，请将此页面出示给管理员。",
        administrator: Some(
            "请在开发者后台的“权限管理”中开通 Contact.User.Read（通讯录个人信息读权限），并发布应用版本。缺少的权限可在此服务器的日志中查到。",
        ),
    },
    profile_incomplete: Said {
        title: "钉钉没有返回你的身份",
        happened: "返回的个人信息中缺少用于识别你的标识。",
        person: "请重试。如果仍然失败，请将此页面出示给管理员。",
        administrator: Some(
            "返回结果中没有 unionId。请检查应用是否已开通 Contact.User.Read 权限并发布版本。",
        ),
    },
    too_many_flows: Said {
        title: "当前登录人数过多",
        happened: "此服务器暂时无法处理更多登录。",
        person: "请稍等一分钟再试。",
        administrator: None,
    },
    upstream_busy: Said {
        title: "钉钉繁忙",
        happened: "钉钉暂时不接受更多请求。",
        person: "请稍等一分钟再试。",
        administrator: Some("如果经常出现，请在开发者后台检查应用的调用频率限制。"),
    },
    upstream_refused: Said {
        title: "钉钉拒绝了登录",
        happened: "钉钉有响应，但没有允许登录继续进行。",
        person: "请重试。如果仍然失败，请将此页面出示给管理员。",
        administrator: Some(
            "可按下方的请求编号在此服务器的日志中查看钉钉给出的原因。请在开发者后台检查重定向 URL、权限和已发布的版本。",
        ),
    },
    upstream_unavailable: Said {
        title: "无法连接钉钉",
        happened: "此服务器没有收到钉钉的有效响应。",
        person: "你的账号没有问题，请稍等一分钟再试。",
        administrator: Some("如果一直如此，请检查此服务器的外网连接：代理、防火墙和域名解析。"),
    },
    workspace_code_invalid: Said {
        title: "免登授权码无效",
        happened: "钉钉不接受此免登授权码。免登授权码由页面在钉钉客户端内获取，有效期为 5 分钟，只能使用一次，且仅限所属组织；钉钉登录页给出的授权码不能代替它。",
        person: "请关闭此页面，然后从钉钉工作台重新打开。",
        administrator: Some(
            "如果每次都失败：免登授权码必须由 requestAuthCode 使用此应用的 CorpId 和 Client ID 获取。另请检查应用首页地址。",
        ),
    },
    other: Said {
        title: "操作未成功",
        happened: "过程中出现了错误，你尚未登录。",
        person: "请重试。如果仍然失败，请将此页面出示给管理员。",
        administrator: Some("可按下方的请求编号在此服务器的日志中查看详情。"),
    },
};
