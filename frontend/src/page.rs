mod setup;
mod texts;

use dingtalk_qr::{Api, DingTalkQr, Language};
use leptos::prelude::*;
use setup::{Setup, use_setup_link};
use texts::Texts;

/// The page: what this is, the panel, and why to trust it.
pub(crate) fn page() -> impl IntoView {
    let language = RwSignal::new(Language::of_browser());
    let texts = Signal::derive(move || Texts::of(language.get()));
    let setup = use_setup_link(Api::default());
    let notice = move || match setup.get() {
        Setup::Opening | Setup::Done => None,
        Setup::Used => Some(texts.get().link_used),
        Setup::Unanswered => Some(texts.get().link_unanswered),
    };
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            drop(root.set_attribute("lang", language.get().tag()));
        }
    });
    view! {
        <header class="page-header">
            <span class="page-wordmark">"dingtalk-qr"</span>
            {language_toggle(language)}
        </header>
        <main class="page-main">
            <div class="page-intro">
                <h1>{move || texts.get().headline}</h1>
                <p class="page-lead">{move || texts.get().lead}</p>
                <ul class="page-points">
                    {move || texts.get().points.map(|(title, text)| view! { <li><b>{title}</b> <span>{text}</span></li> })}
                </ul>
            </div>
            <div class="page-card">
                {move || notice().map(|text| view! { <p class="page-notice" role="alert">{text}</p> })}
                {move || (setup.get() != Setup::Opening).then(|| view! {
                    <DingTalkQr lang=Signal::derive(move || Some(language.get().tag().to_owned())) />
                })}
            </div>
        </main>
    }
}

fn language_toggle(language: RwSignal<Language>) -> impl IntoView {
    let option = move |choice: Language, label: &'static str| {
        view! {
            <button
                type="button"
                lang=choice.tag()
                aria-pressed=move || (language.get() == choice).to_string()
                on:click=move |_| language.set(choice)
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="page-languages" role="group" aria-label="Language / 语言">
            {option(Language::En, "en")} {option(Language::ZhCn, "中文")}
        </div>
    }
}
