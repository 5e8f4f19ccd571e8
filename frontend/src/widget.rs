//! The finished panels.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use dingtalk_qr_shared::{AppSaved, SignedIn};
use js_sys::Reflect;
use leptos::prelude::*;
use reactive_graph::diagnostics::SpecialNonReactiveZone;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::el::{Rendered, render};
use crate::messages::{Language, Text, Texts};
use crate::method::Method;
use crate::panel::{Cx, Look, panel, theme as theme_of};
use crate::phase::Phase;
use crate::use_flow::{FlowOptions, Greeting, Login, UseFlow, use_flow};

/// Texts in place of the panel's own: nothing for a text that may stay. A text with a value names it in braces, as the
/// English one does: `{name}`.
pub type Overrides = fn(Text, Language) -> Option<Cow<'static, str>>;

/// Gives an embed token, in a future.
pub type Tokens = fn() -> Pin<Box<dyn Future<Output = Option<String>>>>;

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
    /// Where a page of another origin than the backend's gets its embed tokens from, before every start.
    #[prop(optional)]
    token: Option<Tokens>,
    /// How often an expired code is replaced without a press of its button, while somebody looks at the page.
    #[prop(optional)]
    auto_refresh: u32,
    /// Texts in place of the panel's own.
    #[prop(optional)]
    overrides: Option<Overrides>,
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
    let options = FlowOptions::new(backend).app_name(app_name).auto_refresh(auto_refresh);
    let options = match token {
        Some(token) => options.token(token),
        None => options,
    };
    let reports = Reports { created: on_created, authenticated: None, ended: on_ended, state: on_state };
    widget(options, Looks { lang, theme, overrides }, reports)
}

/// Signs a person in with DingTalk: by a QR code, by going to DingTalk and back, in a frame, or inside of DingTalk's
/// workspace.
///
/// Unmounting gives a live login up; a reload of the page goes on with it.
///
/// # Security
///
/// On a page of the backend's own origin the login ends with a session of this browser. On any other page it ends with a
/// ticket: give it to your own server, which redeems it at the backend. Do not believe the identity without that.
#[component]
pub fn DingTalkLogin(
    /// Base URL of the backend; empty, the default, for the page's own origin.
    #[prop(optional, into)]
    backend: String,
    /// The name of the app to sign in with; the backend's default without one.
    #[prop(optional, into)]
    app: Option<String>,
    /// The organisation whose app to sign in with, in place of `app`; without either, inside DingTalk the page's own
    /// `?corpid=`.
    #[prop(optional, into)]
    corp_id: Option<String>,
    /// Which door is offered first.
    #[prop(optional)]
    method: Method,
    /// Names whoever this browser has signed in already, and asks only others; on pages of the backend's own origin.
    #[prop(optional)]
    recognise: bool,
    /// How often an expired code is replaced without a press of its button, while somebody looks at the page.
    #[prop(optional)]
    auto_refresh: u32,
    /// Texts in place of the panel's own.
    #[prop(optional)]
    overrides: Option<Overrides>,
    /// BCP 47 tag of the language; the document's, else the browser's, by default.
    #[prop(optional, into)]
    lang: MaybeProp<String>,
    /// `auto`, `light` or `dark`.
    #[prop(optional, into)]
    theme: MaybeProp<String>,
    /// Called once with who has signed in, and with the ticket on a page of another origin.
    #[prop(optional, into)]
    on_authenticated: Option<Callback<SignedIn>>,
    /// Called with the last phase when the flow ended without anybody.
    #[prop(optional, into)]
    on_ended: Option<Callback<Phase>>,
    /// Called with every phase.
    #[prop(optional, into)]
    on_state: Option<Callback<Phase>>,
) -> impl IntoView {
    let greeting = if recognise { Greeting::Recognise } else { Greeting::Ask };
    let login = Login::default().method(method).app(app).corp_id(corp_id).greeting(greeting);
    let reports =
        Reports { created: None, authenticated: on_authenticated, ended: on_ended, state: on_state };
    let options = FlowOptions::login(backend, login).auto_refresh(auto_refresh);
    widget(options, Looks { lang, theme, overrides }, reports)
}

/// Shows `flow`: the face of [`DingTalkQr`](crate::DingTalkQr), for a flow of your own.
#[component]
pub fn Panel(
    /// What to show.
    flow: UseFlow,
    /// The language of the texts.
    #[prop(into)]
    language: Signal<Language>,
    /// Texts in place of the panel's own.
    #[prop(optional)]
    overrides: Option<Overrides>,
    /// `auto`, `light` or `dark`.
    #[prop(optional, into)]
    theme: MaybeProp<String>,
) -> impl IntoView {
    let texts = move || {
        let language = language.get();
        let texts = Texts::from(language);
        match overrides {
            Some(overrides) => texts.with(move |text| overrides(text, language)),
            None => texts,
        }
    };
    let look = Look {
        texts: Box::new(texts),
        lang: Box::new(move || language.get().tag().into()),
        theme: Box::new(move || theme.get().as_deref().and_then(theme_of)),
        reveal: Box::new(move |offer| reveal(&offer, texts)),
    };
    let cx = Cx::new(flow.parts(), look);
    let root = NodeRef::new();
    let rendered: StoredValue<Option<Rendered>, _> = StoredValue::new_local(None);
    root.on_load(move |root: web_sys::HtmlDivElement| rendered.set_value(Some(render(&root, panel(cx)))));
    view! { <div class="dtqr-root" node_ref=root></div> }
}

#[wasm_bindgen(module = "/src/panel/reveal.js")]
extern "C" {
    fn open(offer: &JsValue);
}

/// Offers a secret, with the texts of the moment.
fn reveal(offer: &JsValue, texts: impl Fn() -> Texts + 'static) {
    let say = move |key: String| {
        // It asks when it needs a text, and follows the panel's language by itself.
        let _untracked = SpecialNonReactiveZone::enter();
        Text::all().find(|text| text.key() == key).map(|text| texts().get(text).into_owned())
    };
    let say = Closure::<dyn Fn(String) -> Option<String>>::new(say).into_js_value();
    drop(Reflect::set(offer, &"say".into(), &say));
    open(offer);
}

/// What comes out of a panel.
struct Reports {
    created: Option<Callback<AppSaved>>,
    authenticated: Option<Callback<SignedIn>>,
    ended: Option<Callback<Phase>>,
    state: Option<Callback<Phase>>,
}

/// How a panel is to look.
#[derive(Clone, Copy)]
struct Looks {
    lang: MaybeProp<String>,
    theme: MaybeProp<String>,
    overrides: Option<Overrides>,
}

fn widget(options: FlowOptions, looks: Looks, reports: Reports) -> impl IntoView {
    let Looks { lang, theme, overrides } = looks;
    let flow = use_flow(options.on_phase(move |phase| reports.tell(phase)));
    let language =
        Memo::new(move |_| lang.get().map_or_else(Language::of_page, |tag| Language::from_tag(&tag)));
    let overrides = overrides.unwrap_or(|_, _| None);
    view! { <Panel flow language theme overrides /> }
}

impl Reports {
    fn tell(&self, phase: Phase) {
        run(self.state, phase.clone());
        let is_ended = phase.is_ended();
        match (phase, self.created, self.authenticated) {
            (Phase::Created(app), created, _) => run(created, app),
            (Phase::Authenticated(signed_in), _, authenticated) => run(authenticated, signed_in),
            (phase, ..) if is_ended => run(self.ended, phase),
            _ => {}
        }
    }
}

/// Calls it, unless the page that gave it is gone.
fn run<T: 'static>(callback: Option<Callback<T>>, value: T) {
    if let Some(callback) = callback {
        callback.try_run(value);
    }
}
