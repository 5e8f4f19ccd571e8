//! What the administrator of an organisation sees.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Escaped, document};
use crate::organisation::Organisation;
use crate::registration::Registration;
use crate::routes::ADMIN_DECISION_PATH;

/// Lists the apps that wait for approval.
pub(crate) fn list<'a>(waiting: impl Iterator<Item = &'a Registration>) -> Response {
    let applications: String = waiting.map(application).collect();
    let list = if applications.is_empty() {
        r#"<p class="quiet">No app is waiting. <span lang="zh">暂无待审批的应用</span></p>"#.to_owned()
    } else {
        applications
    };
    let content = format!(
        r#"<h1>Apps waiting for approval</h1>
<p lang="zh">应用创建审批</p>
{list}"#
    );
    document(StatusCode::OK, "Administrator", &content)
}

fn application(registration: &Registration) -> String {
    let Some(steps) = registration.steps() else { return String::new() };
    let organisation = steps.organisation.and_then(Organisation::find);
    let name = organisation.map_or("Unnamed organisation", |organisation| organisation.name);
    let (code, client_id) = (Escaped(&registration.user_code), Escaped(&steps.client_id));
    format!(
        r#"<article>
<h2>OpenClaw</h2>
<p class="quiet">{name}<br>App <code>{client_id}</code><br>Code <code>{code}</code></p>
<form method="post" action="{ADMIN_DECISION_PATH}">
<input type="hidden" name="user_code" value="{code}">
<input type="text" name="reason" aria-label="Reason for refusing" placeholder="Reason, if you refuse 拒绝原因" autocomplete="off">
<div class="row">
<button name="decision" value="refuse">Refuse <span lang="zh">拒绝</span></button>
<button class="primary" name="decision" value="approve">Approve <span lang="zh">同意</span></button>
</div>
</form>
</article>
"#
    )
}
