use dingtalk_qr::{Api, DingTalkLogin, Language, Method};
use dingtalk_qr_shared::{LoginMethod, SignedIn};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::settings::Settings;
use super::texts::Texts;
use super::{notice, tag};

/// Whether this browser is signed in, as far as the page knows; the panel says who.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    Out,
    In,
    /// Signing out did not reach the backend.
    StillIn,
    /// This site's own server did not take the ticket.
    Refused,
}

#[derive(Clone, Copy)]
struct Page {
    settings: StoredValue<Settings>,
    language: RwSignal<Language>,
    standing: RwSignal<Standing>,
    /// Every change mounts a panel that begins anew.
    attempt: RwSignal<u32>,
}

/// The panel that signs in, and the button that signs out.
pub(super) fn card(settings: Settings, language: RwSignal<Language>, texts: Signal<Texts>) -> impl IntoView {
    // Elsewhere the session is the own server's.
    let has_session = Api::new(&settings.backend).is_same_origin();
    let page = Page {
        settings: StoredValue::new(settings),
        language,
        standing: RwSignal::new(Standing::Out),
        attempt: RwSignal::new(0),
    };
    let trouble = Signal::derive(move || match page.standing.get() {
        Standing::Out | Standing::In => "",
        Standing::StillIn => texts.get().still_signed_in,
        Standing::Refused => texts.get().ticket_refused,
    });
    let label = move || match page.standing.get() {
        Standing::In | Standing::StillIn if has_session => texts.get().sign_out,
        Standing::Refused => texts.get().again,
        Standing::Out | Standing::In | Standing::StillIn => "",
    };
    view! {
        {notice(trouble)}
        {move || login_panel(page, page.attempt.get())}
        <button type="button" class="page-button" on:click=move |_| leave(page)>{label}</button>
    }
}

fn login_panel(page: Page, attempt: u32) -> impl IntoView {
    let Settings { backend, app, corp_id, method, .. } = page.settings.get_value();
    let is_first = attempt == 0;
    // Whoever has just signed out is not signed in again without being asked.
    let user_agent = window().navigator().user_agent().unwrap_or_default();
    let is_silent = method.decide(&user_agent) == LoginMethod::Workspace;
    let method = if is_silent && !is_first { Method::Redirect } else { method };
    view! {
        <DingTalkLogin
            backend
            app
            corp_id
            method
            recognise=is_first
            lang=tag(page.language)
            on_authenticated=move |signed_in| welcome(page, signed_in)
        />
    }
}

/// Signs out if there is something to sign out of, and begins anew.
fn leave(page: Page) {
    let is_refused = page.standing.get_untracked() == Standing::Refused;
    let api = Api::new(&page.settings.with_value(|settings| settings.backend.clone()));
    spawn_local(async move {
        if !is_refused && api.sign_out().await.is_err() {
            return page.standing.set(Standing::StillIn);
        }
        page.standing.set(Standing::Out);
        page.attempt.update(|attempt| *attempt += 1);
    });
}

/// On a page of another origin the ticket is for this site's own server, if it has said where.
fn welcome(page: Page, signed_in: SignedIn) {
    let url = page.settings.with_value(|settings| settings.ticket_url.clone());
    let (Some(ticket), Some(url)) = (signed_in.ticket, url) else {
        return page.standing.set(Standing::In);
    };
    spawn_local(async move {
        let is_taken = Api::hand_over(&url, &ticket).await.is_ok();
        page.standing.set(if is_taken { Standing::In } else { Standing::Refused });
    });
}
