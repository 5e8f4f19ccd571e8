use dingtalk_qr::{Api, DingTalkQr, Language};
use leptos::prelude::*;

use super::apps::instead_of;
use super::settings::Settings;
use super::setup::{Setup, use_setup_link};
use super::texts::Texts;
use super::{notice, tag};

/// The panel that creates a bot, once the setup link is exchanged.
pub(super) fn card(settings: Settings, language: RwSignal<Language>, texts: Signal<Texts>) -> impl IntoView {
    let setup = use_setup_link(Api::new(&settings.backend));
    let trouble = Signal::derive(move || match setup.get() {
        Setup::Opening | Setup::Done => "",
        Setup::Used => texts.get().link_used,
        Setup::Unanswered => texts.get().link_unanswered,
    });
    view! {
        {notice(trouble)}
        {move || (setup.get() != Setup::Opening).then(|| {
            let backend = settings.backend.clone();
            let another = move || view! { <DingTalkQr backend=backend.clone() lang=tag(language) /> };
            instead_of(settings.backend.clone(), language, texts, another)
        })}
    }
}
