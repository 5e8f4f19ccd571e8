use dingtalk_qr_shared::LoginMethod;
use leptos::prelude::window;

use crate::method::{Method, workspace_corp_id};
use crate::resume::Resume;

/// How [`use_flow`](super::use_flow()) begins its flow.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FlowOptions {
    /// Base URL of the backend; empty for the page's own origin.
    pub backend: String,
    /// What the flow is for.
    pub job: Job,
}

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
        Self { backend: backend.into(), job: Job::Registration { app_name: None } }
    }

    /// Returns options for a login at the backend at `backend`.
    #[must_use]
    pub fn login(backend: impl Into<String>, login: Login) -> Self {
        Self { backend: backend.into(), job: Job::Login(login) }
    }

    /// Names the app of a registration.
    #[must_use]
    pub fn app_name(self, name: Option<String>) -> Self {
        let app_name = given(name);
        Self { job: Job::Registration { app_name }, ..self }
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
                let query = window().location().search().unwrap_or_default();
                let of_page = || workspace_corp_id(&user_agent(), &query).filter(|_| login.app.is_none());
                let corp_id = login.corp_id.or_else(of_page);
                Self::Login(Login { corp_id, ..login })
            }
        }
    }

    /// Returns the place of this job in `sessionStorage`.
    pub(super) fn resume(&self, backend: &str) -> Resume {
        match self {
            Self::Registration { app_name } => Resume::of_registration(backend, app_name.as_deref()),
            Self::Login(Login { method, app, corp_id, .. }) => {
                Resume::of_login(backend, method.decide(&user_agent()), app.as_deref(), corp_id.as_deref())
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

fn user_agent() -> String {
    window().navigator().user_agent().unwrap_or_default()
}
