use dingtalk_qr::{Api, DingTalkQr, Language};
use leptos::prelude::*;

use super::settings::Settings;
use super::setup::{Setup, use_setup_link};
use super::tag;
use super::texts::Texts;

/// The panel that creates a bot, once the setup link is exchanged.
pub(super) fn card(settings: Settings, language: RwSignal<Language>, texts: Signal<Texts>) -> impl IntoView {
    let setup = use_setup_link(Api::new(&settings.backend));
    let notice = move || match setup.get() {
        Setup::Opening | Setup::Done => None,
        Setup::Used => Some(texts.get().link_used),
        Setup::Unanswered => Some(texts.get().link_unanswered),
    };
    view! {
        {move || notice().map(|text| view! { <p class="page-notice" role="alert">{text}</p> })}
        {move || (setup.get() != Setup::Opening).then(|| view! {
            <DingTalkQr backend=settings.backend.clone() lang=tag(language) />
        })}
    }
}
