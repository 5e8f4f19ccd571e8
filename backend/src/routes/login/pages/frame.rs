//! The page that holds DingTalk's own login page for a widget of another origin.
//!
//! DingTalk's page posts its answer only to a parent of the origin of the `redirect_uri`, which is the backend's:
//!
//! 1. The widget frames this page and tells it, once it says that it is ready, flow and poll token.
//! 2. The script asks `POST /api/v1/logins/{flow_id}/authorization` for the address of DingTalk's page and frames that.
//! 3. DingTalk's page posts its code. It goes to `POST /api/v1/logins/{flow_id}/code` and nowhere else.
//! 4. The widget learns the end as always, by asking for its flow.

use maud::html;

use super::Language;
use super::layout::{Head, Theme, document_with_script};

/// What the frame's script has to know.
#[derive(Clone, Copy, Debug)]
pub(in crate::routes) struct Frame<'a> {
    /// The absolute base of the API, such as `https://host/prefix`.
    pub(in crate::routes) api: &'a str,
    /// The origin of DingTalk's login page.
    pub(in crate::routes) login_origin: &'a str,
    /// The origins of the pages that may frame this one.
    pub(in crate::routes) parents: &'a [String],
    /// The colours of the panel around it.
    pub(in crate::routes) theme: Option<Theme>,
}

/// Returns the frame page as an HTML document. `base` is the path below which the router is nested.
pub(in crate::routes) fn render_frame(frame: &Frame<'_>, language: Language, base: &str) -> String {
    let texts = &language.texts().frame;
    let main = html! {
        main .frame data-page="frame" data-state="opening"
            data-api=(frame.api) data-login-origin=(frame.login_origin) data-parents=(frame.parents.join(" "))
            data-text-alone=(texts.alone) data-text-opening=(texts.opening) data-text-sending=(texts.sending)
            data-text-signed-in=(texts.signed_in) data-text-failed=(texts.failed)
            data-text-refused=(texts.refused) data-text-unreachable=(texts.unreachable)
            data-text-title=(texts.title) {
            p role="status" { (texts.opening) }
            button .strong type="button" hidden { (language.texts().try_again) }
            noscript { p { (texts.no_script) } }
        }
    };
    let head = Head { language, base, title: texts.title, theme: frame.theme };
    document_with_script(&head, "/embed/frame.js", &main).into_string()
}
