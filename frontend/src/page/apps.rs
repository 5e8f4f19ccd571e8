use dingtalk_qr::wire::KnownApp;
use dingtalk_qr::{Api, Language, Panel, Phase, UseFlow};
use dingtalk_qr_shared::AppSaved;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::notice;
use super::texts::Texts;

/// Whether another app is to be made.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Choice {
    /// The backend is asked which apps exist.
    Asking,
    Among(Vec<KnownApp>),
    /// One of them is in use now.
    Used(AppSaved),
    Another,
}

#[derive(Clone, Copy)]
struct Offer {
    backend: StoredValue<String>,
    texts: Signal<Texts>,
    choice: RwSignal<Choice>,
    has_failed: RwSignal<bool>,
}

/// Offers the apps that exist to whoever may list them, and shows `another` when none is taken.
pub(super) fn instead_of<V: IntoView + 'static>(
    backend: String,
    language: RwSignal<Language>,
    texts: Signal<Texts>,
    another: impl Fn() -> V + Send + Sync + 'static,
) -> impl IntoView {
    let is_begun = has_kept_flow();
    let choice = RwSignal::new(if is_begun { Choice::Another } else { Choice::Asking });
    let offer = Offer { backend: StoredValue::new(backend), texts, choice, has_failed: RwSignal::new(false) };
    if !is_begun {
        spawn_local(async move {
            let apps = offer.api().apps().await.unwrap_or_default();
            choice.try_set(if apps.is_empty() { Choice::Another } else { Choice::Among(apps) });
        });
    }
    move || match choice.get() {
        Choice::Asking => ().into_any(),
        Choice::Among(apps) => list(offer, apps).into_any(),
        Choice::Used(app) => {
            let flow = UseFlow::still(Phase::Created(app)).on_start(move || choice.set(Choice::Another));
            view! { <Panel flow language=language /> }.into_any()
        }
        Choice::Another => another().into_any(),
    }
}

fn list(offer: Offer, apps: Vec<KnownApp>) -> impl IntoView {
    let Offer { texts, choice, has_failed, .. } = offer;
    let trouble = Signal::derive(move || if has_failed.get() { texts.get().app_not_used } else { "" });
    let apps: Vec<_> = apps.into_iter().map(|app| entry(offer, app)).collect();
    view! {
        <section class="page-apps">
            <h2>{move || texts.get().apps_title}</h2>
            <p>{move || texts.get().apps_lead}</p>
            <ul>{apps}</ul>
            {notice(trouble)}
            <button type="button" class="page-button" on:click=move |_| choice.set(Choice::Another)>
                {move || texts.get().make_another}
            </button>
        </section>
    }
}

fn entry(offer: Offer, app: KnownApp) -> impl IntoView {
    let texts = offer.texts;
    let (title, client_id, hint, verified) = (
        app.title.clone().unwrap_or_else(|| app.name.clone()),
        app.client_id.clone(),
        app.hint.clone(),
        app.verified,
    );
    let state = move || if verified { texts.get().app_verified } else { texts.get().app_not_verified };
    let label = {
        let title = title.clone();
        move || format!("{}: {title}", texts.get().use_app)
    };
    view! {
        <li>
            <b dir="auto">{title}</b>
            <code dir="auto">{client_id}</code>
            <code dir="auto">{hint}</code>
            <span>{state}</span>
            <button type="button" class="page-button" aria-label=label on:click=move |_| offer.take(app.clone())>
                {move || texts.get().use_app}
            </button>
        </li>
    }
}

impl Offer {
    fn api(self) -> Api {
        Api::new(&self.backend.get_value())
    }

    /// Uses an app in place of a new one.
    fn take(self, app: KnownApp) {
        self.has_failed.set(false);
        spawn_local(async move {
            match self.api().claim(&app).await {
                Ok(saved) => drop(self.choice.try_set(Choice::Used(saved))),
                Err(_) => drop(self.has_failed.try_set(true)),
            }
        });
    }
}

/// A tab that has begun goes on after a reload.
fn has_kept_flow() -> bool {
    let Ok(Some(storage)) = window().session_storage() else { return false };
    let keys = (0..storage.length().unwrap_or_default()).filter_map(|index| storage.key(index).ok()?);
    keys.into_iter().any(|key| key.starts_with("dingtalk-qr:"))
}
