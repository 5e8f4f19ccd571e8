use dingtalk_qr::{Api, Connection, DingTalkLogin, Language, Method, Panel, Phase, UseFlow};
use dingtalk_qr_shared::{LoginMethod, SignedIn};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::settings::Settings;
use super::tag;
use super::texts::Texts;

/// Whether this browser is signed in, as far as the page knows.
#[derive(Clone, Debug, PartialEq)]
enum Standing {
    /// The backend is being asked.
    Looking,
    Out,
    /// It was signed in already when the page was opened.
    In(SignedIn),
    /// It has just signed in; the panel says so.
    Welcomed,
    /// It has signed in, but this site's own server did not take the ticket.
    Refused,
}

type Notice = fn(Texts) -> &'static str;

#[derive(Clone, Copy)]
struct Page {
    settings: StoredValue<Settings>,
    language: RwSignal<Language>,
    texts: Signal<Texts>,
    standing: RwSignal<Standing>,
    notice: RwSignal<Option<Notice>>,
    /// Which door the panel offers first.
    method: RwSignal<Method>,
    /// Every change mounts a panel that begins anew.
    attempt: RwSignal<u32>,
}

/// The panel that signs in, or who is signed in.
pub(super) fn card(settings: Settings, language: RwSignal<Language>, texts: Signal<Texts>) -> impl IntoView {
    let api = Api::new(&settings.backend);
    let has_session = api.is_same_origin();
    let page = Page {
        language,
        texts,
        standing: RwSignal::new(if has_session { Standing::Looking } else { Standing::Out }),
        notice: RwSignal::new(None),
        method: RwSignal::new(settings.method),
        attempt: RwSignal::new(0),
        settings: StoredValue::new(settings),
    };
    if has_session {
        spawn_local(look(page, api));
    }
    let is_open = Memo::new(move |_| {
        matches!(page.standing.get(), Standing::Out | Standing::Welcomed | Standing::Refused)
    });
    let known =
        move || if let Standing::In(signed_in) = page.standing.get() { Some(signed_in) } else { None };
    let foot = move || match page.standing.get() {
        Standing::In(_) | Standing::Welcomed if has_session => Some(sign_out_button(page).into_any()),
        Standing::Refused => Some(again_button(page).into_any()),
        Standing::Looking | Standing::Out | Standing::In(_) | Standing::Welcomed => None,
    };
    view! {
        {move || page.notice.get().map(|text| view! {
            <p class="page-notice" role="alert">{move || text(texts.get())}</p>
        })}
        {move || {
            page.attempt.track();
            is_open.get().then(|| login_panel(page))
        }}
        {move || known().map(|signed_in| known_person(page, signed_in))}
        {foot}
    }
}

fn login_panel(page: Page) -> impl IntoView {
    let Settings { backend, app, corp_id, .. } = page.settings.get_value();
    view! {
        <DingTalkLogin
            backend
            app
            corp_id
            method=page.method.get_untracked()
            lang=tag(page.language)
            on_authenticated=move |signed_in| welcome(page, signed_in)
        />
    }
}

/// The face of a login that has ended well, without a login.
fn known_person(page: Page, signed_in: SignedIn) -> impl IntoView {
    let phase = Signal::stored(Phase::Authenticated(signed_in));
    let flow = UseFlow::still(phase, Signal::stored(Connection::Online), Signal::stored(None));
    view! { <Panel flow=flow.by(LoginMethod::Qr) api=Api::default() language=page.language /> }
}

fn sign_out_button(page: Page) -> impl IntoView {
    let sign_out = move |_| {
        let api = Api::new(&page.settings.with_value(|settings| settings.backend.clone()));
        spawn_local(async move {
            let outcome = api.sign_out().await;
            page.notice.set(outcome.is_err().then_some(|texts| texts.still_signed_in));
            if outcome.is_ok() {
                start_over(page);
            }
        });
    };
    view! {
        <button type="button" class="page-button" on:click=sign_out>
            {move || page.texts.get().sign_out}
        </button>
    }
}

fn again_button(page: Page) -> impl IntoView {
    let again = move |_| {
        page.notice.set(None);
        start_over(page);
    };
    view! {
        <button type="button" class="page-button" on:click=again>{move || page.texts.get().again}</button>
    }
}

/// Shows a panel that begins anew, but signs nobody in without being asked.
fn start_over(page: Page) {
    let user_agent = window().navigator().user_agent().unwrap_or_default();
    if page.method.get_untracked().decide(&user_agent) == LoginMethod::Workspace {
        page.method.set(Method::Redirect);
    }
    page.attempt.update(|attempt| *attempt += 1);
    page.standing.set(Standing::Out);
}

async fn look(page: Page, api: Api) {
    let standing = match api.session().await {
        Ok(session) => Standing::In(SignedIn { identity: session.identity, ticket: None }),
        Err(_) => Standing::Out,
    };
    page.standing.set(standing);
}

/// On a page of another origin the ticket is for this site's own server, if it has said where.
fn welcome(page: Page, signed_in: SignedIn) {
    let url = page.settings.with_value(|settings| settings.ticket_url.clone());
    let (Some(ticket), Some(url)) = (signed_in.ticket, url) else {
        return page.standing.set(Standing::Welcomed);
    };
    spawn_local(async move {
        let outcome = Api::hand_over(&url, &ticket).await;
        page.notice.set(outcome.is_err().then_some(|texts| texts.ticket_refused));
        page.standing.set(if outcome.is_ok() { Standing::Welcomed } else { Standing::Refused });
    });
}
