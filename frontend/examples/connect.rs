//! A page of leptos that creates a bot and signs people in: `trunk serve` it with an `index.html` that has
//! `frontend/src/style.css`, and a backend at the same origin.

use std::borrow::Cow;

use dingtalk_qr::{DingTalkLogin, DingTalkQr, Language, Phase, Text};
use dingtalk_qr_shared::{AppSaved, SignedIn};
use leptos::prelude::*;

fn main() {
    leptos::mount::mount_to_body(|| view! { <Connect /> });
}

/// First who it is, then their bot.
#[component]
fn Connect() -> impl IntoView {
    let person = RwSignal::new(None::<SignedIn>);
    let app = RwSignal::new(None::<AppSaved>);
    let welcome = move |signed_in| person.set(Some(signed_in));
    let connected = move |saved| app.set(Some(saved));
    let ended = |phase: Phase| leptos::logging::log!("nobody scanned: {phase:?}");
    view! {
        {move || match (person.get(), app.get()) {
            (None, _) => view! { <DingTalkLogin recognise=true on_authenticated=welcome /> }.into_any(),
            (Some(_), None) => {
                view! { <DingTalkQr app_name="support-bot" overrides=words on_created=connected on_ended=ended /> }
                    .into_any()
            }
            (Some(person), Some(app)) => {
                view! { <p>{person.identity.name} ": " <code>{app.client_id}</code></p> }.into_any()
            }
        }}
    }
}

/// One text of our own.
fn words(text: Text, language: Language) -> Option<Cow<'static, str>> {
    match (text, language) {
        (Text::NextStep, Language::En) => Some("Next: open the dashboard.".into()),
        _ => None,
    }
}
