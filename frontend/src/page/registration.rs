use dingtalk_qr::{Api, DingTalkQr, Language};
use leptos::prelude::*;

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
        {move || (setup.get() != Setup::Opening).then(|| view! {
            <DingTalkQr backend=settings.backend.clone() lang=tag(language) />
        })}
    }
}
