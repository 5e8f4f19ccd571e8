use std::future::Future;
use std::rc::Rc;

use crate::dom::address;
use dingtalk_qr_shared::LoginMethod;
use js_sys::Promise;
use wasm_bindgen::JsValue;

use crate::method::{Method, user_agent, workspace_corp_id};
use crate::phase::Phase;
#[cfg(any(feature = "leptos", not(feature = "element")))]
use crate::resume;
use crate::task::{Boxed, Settled};

/// How [`use_flow`](super::use_flow()) begins its flow.
#[non_exhaustive]
pub struct FlowOptions {
    /// Base URL of the backend; empty for the page's own origin.
    pub backend: String,
    /// What the flow is for.
    pub job: Job,
    /// How often an expired code is replaced without a press of the button, while somebody looks at the page.
    pub auto_refresh: u32,
    /// Where the page gets embed tokens from.
    pub(crate) token: Option<TokenSource>,
    /// Hears of every phase.
    pub(crate) on_phase: Option<PhaseListener>,
    /// The place in `sessionStorage`, where somebody else has claimed it.
    pub(crate) place: Option<String>,
    /// A flow that somebody else is beginning for this panel, and the idempotency key to go on with if nothing comes.
    pub(crate) taken_over: Option<(Promise, String)>,
}

/// Gives an embed token, a fresh one at each call, or something that is none; an error where the one who knows does not answer.
pub(crate) type TokenSource = Rc<dyn Fn() -> Boxed<'static, Settled>>;

pub(crate) type PhaseListener = Rc<dyn Fn(Phase)>;

/// What a flow is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Job {
    /// To create an app.
    Registration {
        /// The name under which the backend keeps it.
        app_name: Option<String>,
    },
    /// To sign a person in.
    Login(Login),
}

/// How a person signs in.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Login {
    /// Which door is offered first.
    pub method: Method,
    /// The name of the app to sign in with; the backend's default without one.
    pub app: Option<String>,
    /// The organisation whose app to sign in with, in place of its name; without either, inside DingTalk the page's own
    /// `?corpid=`.
    pub corp_id: Option<String>,
    /// What happens to somebody who is signed in already.
    pub greeting: Greeting,
}

/// What happens to somebody who is signed in already, on a page of the backend's own origin.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Greeting {
    /// They are asked to sign in again.
    #[default]
    Ask,
    /// The login ends at once with who they are.
    Recognise,
}

impl FlowOptions {
    /// Returns options for a registration at the backend at `backend`.
    #[must_use]
    pub fn new(backend: impl Into<String>) -> Self {
        Self::of(backend.into(), Job::Registration { app_name: None })
    }

    /// Returns options for a login at the backend at `backend`.
    #[must_use]
    pub fn login(backend: impl Into<String>, login: Login) -> Self {
        Self::of(backend.into(), Job::Login(login))
    }

    pub(crate) fn of(backend: String, job: Job) -> Self {
        Self { backend, job, auto_refresh: 0, token: None, on_phase: None, place: None, taken_over: None }
    }

    /// Replaces an expired code up to `times` by itself, while somebody looks at the page.
    #[must_use]
    pub fn auto_refresh(self, times: u32) -> Self {
        Self { auto_refresh: times, ..self }
    }

    /// Begins registrations with an embed token of the embedder's own server (`POST /api/v1/embed-tokens`), which a
    /// page of another origin needs. `source` is asked before every start; nothing counts as "without a token".
    #[must_use]
    pub fn token<F>(self, source: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Option<String>> + 'static,
    {
        let source: TokenSource = Rc::new(move || {
            let token = source();
            Box::pin(async { Ok(token.await.map_or(JsValue::UNDEFINED, Into::into)) })
        });
        Self { token: Some(source), ..self }
    }

    /// Calls `listener` with every phase, after the panel has taken it in.
    #[must_use]
    pub fn on_phase(self, listener: impl Fn(Phase) + 'static) -> Self {
        Self { on_phase: Some(Rc::new(listener)), ..self }
    }

    /// Names the app of a registration.
    #[must_use]
    pub fn app_name(self, name: Option<String>) -> Self {
        let app_name = given(name);
        Self { job: Job::Registration { app_name }, ..self }
    }
}

impl std::fmt::Debug for FlowOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlowOptions")
            .field("backend", &self.backend)
            .field("job", &self.job)
            .field("auto_refresh", &self.auto_refresh)
            .finish_non_exhaustive()
    }
}

impl Login {
    /// Chooses the door that is offered first.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Chooses the app by its name.
    #[must_use]
    pub fn app(self, app: Option<String>) -> Self {
        Self { app: given(app), ..self }
    }

    /// Chooses what happens to somebody who is signed in already.
    #[must_use]
    pub fn greeting(self, greeting: Greeting) -> Self {
        Self { greeting, ..self }
    }

    /// Chooses the app by its organisation.
    #[must_use]
    pub fn corp_id(self, corp_id: Option<String>) -> Self {
        Self { corp_id: given(corp_id), ..self }
    }
}

impl Job {
    /// Takes from the browser what the page left open.
    pub(super) fn resolve(self) -> Self {
        match self {
            Self::Registration { .. } => self,
            Self::Login(login) => {
                let query = address("search");
                let of_page = || workspace_corp_id(&user_agent(), &query).filter(|_| login.app.is_none());
                let corp_id = login.corp_id.or_else(of_page);
                Self::Login(Login { corp_id, ..login })
            }
        }
    }

    /// Returns the place of this job in `sessionStorage`.
    #[cfg(any(feature = "leptos", not(feature = "element")))]
    pub(super) fn place(&self, backend: &str) -> String {
        match self {
            Self::Registration { app_name } => resume::registration(backend, app_name.as_deref()),
            Self::Login(Login { method, app, corp_id, .. }) => {
                resume::login(backend, method.decide(&user_agent()), app.as_deref(), corp_id.as_deref())
            }
        }
    }

    /// Returns the door that is offered first, if this is a login.
    pub(super) fn method(&self) -> Option<LoginMethod> {
        match self {
            Self::Registration { .. } => None,
            Self::Login(login) => Some(login.method.decide(&user_agent())),
        }
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
