//! The question that the person with the phone is asked.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Escaped, document};
use crate::organisation::{ExistingApp, ORGANISATIONS, Organisation};
use crate::registration::Registration;
use crate::routes::{PHONE_DECISION_PATH, PHONE_PATH};

const CLAW: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 21c-2-6-1-12 3-17M12 21c-1.5-6 0-12 3-17M18 21c-1-5 0-9 2-12"/></svg>"#;

/// The question: which organisation, and what to do.
pub(crate) fn question(registration: &Registration) -> Response {
    let organisations: String = ORGANISATIONS.iter().enumerate().map(organisation_choice).collect();
    let apps: String = ORGANISATIONS.iter().map(app_choices).collect();
    let code = Escaped(&registration.user_code);
    let asking = match registration.source.as_deref().filter(|_| registration.source_is_approved) {
        Some(source) => format!("for <code>{}</code>", Escaped(source)),
        None => String::new(),
    };
    let content = format!(
        r#"<header>
<div class="mark">{CLAW}</div>
<h1>OpenClaw</h1>
<p>wants a DingTalk app {asking} <span lang="zh">申请创建钉钉应用</span></p>
<p class="quiet">Code <code>{code}</code></p>
</header>
<form method="post" action="{PHONE_DECISION_PATH}">
<input type="hidden" name="user_code" value="{code}">
<fieldset>
<legend>Organisation <span lang="zh">选择组织</span></legend>
{organisations}</fieldset>
<button class="primary" name="decision" value="create">Create a new app <span lang="zh">一键创建</span></button>
<details>
<summary>Bind an existing app <span lang="zh">绑定已有应用</span></summary>
{apps}<button class="bind" name="decision" value="bind">Bind this app <span lang="zh">绑定</span></button>
</details>
<button class="plain" name="decision" value="refuse">Refuse <span lang="zh">拒绝</span></button>
</form>
<footer><a href="{PHONE_PATH}?user_code={code}&amp;account=none">Continue as an account without an organisation</a></footer>"#
    );
    document(StatusCode::OK, "OpenClaw", &content)
}

fn organisation_choice((index, organisation): (usize, &Organisation)) -> String {
    let Organisation { id, name, chinese_name, needs_approval, .. } = organisation;
    let checked = if index == 0 { " checked" } else { "" };
    let tag = if *needs_approval {
        r#"<small class="tag">needs administrator approval <span lang="zh">需管理员审批</span></small>"#
    } else {
        ""
    };
    format!(
        r#"<label class="choice"><input type="radio" name="organisation" value="{id}"{checked}><span>{name} <span lang="zh">{chinese_name}</span>{tag}</span></label>
"#
    )
}

fn app_choices(organisation: &Organisation) -> String {
    let id = organisation.id;
    let choices: String = organisation.apps().map(|app| app_choice(id, app)).collect();
    if choices.is_empty() {
        return format!(r#"<p class="of {id}">{} has no app yet.</p>"#, organisation.name);
    }
    choices
}

fn app_choice(organisation: &str, app: &ExistingApp) -> String {
    let ExistingApp { name, client_id, .. } = app;
    format!(
        r#"<label class="choice of {organisation}"><input type="radio" name="app" value="{client_id}"><span>{name}<small><code>{client_id}</code></small></span></label>
"#
    )
}

/// Asks for the code, for people who came by the link without one.
pub(crate) fn code_form() -> Response {
    let content = format!(
        r#"<header><div class="mark">{CLAW}</div><h1>OpenClaw</h1><p>Enter the code that your computer shows. <span lang="zh">请输入验证码</span></p></header>
<form method="get" action="{PHONE_PATH}">
<input type="text" name="user_code" aria-label="Code" placeholder="XXXX-XXXX-XXXX" autocomplete="off" autocapitalize="characters" required>
<button class="primary">Continue <span lang="zh">继续</span></button>
</form>"#
    );
    document(StatusCode::OK, "OpenClaw", &content)
}
