//! The finished panel.

use dingtalk_qr_shared::AppSaved;
use leptos::prelude::*;

use crate::api::Api;
use crate::messages::Language;
use crate::panel::Panel;
use crate::phase::Phase;
use crate::use_flow::{FlowOptions, use_flow};

/// Shows a DingTalk QR whose scan creates a bot, and follows it until the bot's credentials are stored.
///
/// Unmounting gives a live flow up; a reload of the page goes on with it.
#[component]
pub fn DingTalkQr(
    /// Base URL of the backend; empty, the default, for the page's own origin.
    #[prop(optional, into)]
    backend: String,
    /// The name under which the backend keeps the app: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
    #[prop(optional, into)]
    app_name: Option<String>,
    /// BCP 47 tag of the language; the document's, else the browser's, by default.
    #[prop(optional, into)]
    lang: MaybeProp<String>,
    /// `auto`, `light` or `dark`.
    #[prop(optional, into)]
    theme: MaybeProp<String>,
    /// Called once with the app when its credentials are stored.
    #[prop(optional, into)]
    on_created: Option<Callback<AppSaved>>,
    /// Called with the last phase when the flow ended without an app.
    #[prop(optional, into)]
    on_ended: Option<Callback<Phase>>,
    /// Called with every phase.
    #[prop(optional, into)]
    on_state: Option<Callback<Phase>>,
) -> impl IntoView {
    let api = Api::new(&backend);
    let flow = use_flow(FlowOptions::new(backend).app_name(app_name));
    let language =
        Memo::new(move |_| lang.get().map_or_else(Language::of_page, |tag| Language::from_tag(&tag)));

    Effect::new(move |_| report(flow.phase.get(), on_created, on_ended, on_state));

    view! { <Panel flow api language theme /> }
}

fn report(
    phase: Phase,
    on_created: Option<Callback<AppSaved>>,
    on_ended: Option<Callback<Phase>>,
    on_state: Option<Callback<Phase>>,
) {
    if let Some(on_state) = on_state {
        on_state.run(phase.clone());
    }
    match (phase, on_created, on_ended) {
        (Phase::Created(app), Some(on_created), _) => on_created.run(app),
        (Phase::Created(_), None, _) => {}
        (ended, _, Some(on_ended)) if !ended.is_live() => on_ended.run(ended),
        _ => {}
    }
}
