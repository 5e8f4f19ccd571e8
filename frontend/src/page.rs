mod apps;
#[cfg(feature = "gallery")]
mod gallery;
mod login;
mod registration;
mod settings;
mod setup;
mod texts;

use dingtalk_qr::Language;
use leptos::prelude::*;
use settings::{Place, Settings};
use texts::Texts;

/// What the address asks for.
pub(crate) fn page() -> AnyView {
    #[cfg(feature = "gallery")]
    if gallery::is_asked_for() {
        return gallery::page().into_any();
    }
    around_the_panel().into_any()
}

/// What this is, the panel, and why to trust it.
fn around_the_panel() -> impl IntoView {
    let settings = Settings::read();
    let place = settings.place;
    // A site that signs its own people in has no use for bots.
    let is_of_a_site = settings.ticket_url.is_some();
    let language = RwSignal::new(Language::of_browser());
    let texts = Signal::derive(move || Texts::of(language.get()));
    let about = move || texts.get().about(place);
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            drop(root.set_attribute("lang", language.get().tag()));
        }
        document().set_title(about().title);
    });
    let panel = match place {
        Place::Registration => registration::card(settings, language, texts).into_any(),
        Place::Login => login::card(settings, language, texts).into_any(),
    };
    view! {
        <header class="page-header">
            <span class="page-wordmark">"dingtalk-qr"</span>
            <nav class="page-nav">{(!is_of_a_site).then(|| other_page(place, texts))}</nav>
            {language_toggle(language)}
        </header>
        <main class="page-main" aria-label=move || about().headline>
            <div class="page-intro">
                <h1>{move || about().headline}</h1>
                <p class="page-lead">{move || about().lead}</p>
                <ul class="page-points">
                    {move || about().points.map(|(title, text)| view! { <li><b>{title}</b> <span>{text}</span></li> })}
                </ul>
            </div>
            <div class="page-card">{panel}</div>
        </main>
    }
}

fn other_page(place: Place, texts: Signal<Texts>) -> impl IntoView {
    let (address, label): (_, fn(Texts) -> &'static str) = match place {
        Place::Registration => ("/login", |texts| texts.to_login),
        Place::Login => ("/", |texts| texts.to_registration),
    };
    view! { <a class="page-link" href=address>{move || label(texts.get())}</a> }
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

/// Says what went wrong; empty while nothing has.
fn notice(text: Signal<&'static str>) -> impl IntoView {
    view! { <p class="page-notice" role="alert">{move || text.get()}</p> }
}

/// Returns the tag of the language, for a panel.
fn tag(language: RwSignal<Language>) -> Signal<Option<String>> {
    Signal::derive(move || Some(language.get().tag().to_owned()))
}
