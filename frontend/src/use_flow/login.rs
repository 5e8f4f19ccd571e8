//! What a login needs beside following its flow.

use std::rc::Rc;

use crate::dom::{address, window};
use dingtalk_qr_shared::{Door, ErrorCode, FlowState, FlowUpdate, LoginMethod, Session, SignedIn};

use super::answer::{Answer, present};
use super::driver::{Driver, Held};
use super::flow::Origin;
use super::options::{Greeting, Job, Login};
use super::proof;
use super::watch::{go_on, hear};
use super::workspace::{self, App};
use crate::api::{ApiError, LoginRequest};
use crate::phase::{Event, Failure};
use crate::poll::Heard;
use crate::resume::{Place, Resumed};
use crate::task::{Step, Task};
use crate::web_link::web_link;

impl Driver {
    /// Begins anew by another door.
    pub(super) fn switch(self: &Rc<Self>, method: LoginMethod) {
        if matches!(self.job, Job::Login(_)) {
            self.standing.method.set(Some(method));
            self.restart();
        }
    }

    /// On the backend's own origin a redirect needs no flow: the session's cookie is its result.
    pub(super) fn leaves_without_a_flow(&self) -> bool {
        self.standing.method.now() == Some(LoginMethod::Redirect) && self.api.is_same_origin()
    }

    pub(super) fn leave_for_dingtalk(&self) {
        let here = address("pathname") + &address("search");
        let Some(login) = self.login_request(&here) else { return };
        let url = self.api.redirect_url(login);
        self.apply(Event::Leave);
        self.resume.depart();
        drop(window().location().assign(&url));
    }

    /// Asks whether the way to DingTalk has led to a session.
    pub(super) fn look_for_session(self: &Rc<Self>) {
        self.apply(Event::Answered);
        self.recognise();
    }

    /// Returns whether the login may end at once.
    pub(super) fn recognises(&self) -> bool {
        matches!(&self.job, Job::Login(login) if login.greeting == Greeting::Recognise)
            && self.api.is_same_origin()
    }

    /// Ends the login if this browser has a session, and begins it otherwise.
    pub(super) fn recognise(self: &Rc<Self>) {
        let driver = Rc::clone(self);
        self.hold(Held::Task(Task::begin(Box::new(move || {
            Step::after(
                driver.api.ask_for_session(),
                Box::new(move |answer| {
                    match answer.and_then(|answer| answer.session()) {
                        Ok(Some(session)) => drop(driver.apply(Event::SignedIn(without_ticket(session)))),
                        Ok(None) | Err(_) => driver.take_up_or_begin(),
                    }
                    Step::End
                }),
            )
        }))));
    }

    /// Takes the proof that DingTalk's answer brought out of the address, for the panel whose flow it is.
    pub(super) fn pick_up_proof(&self) {
        if matches!(self.job, Job::Login(_)) {
            proof::pick_up();
        }
    }

    /// Goes on with a flow of the page before.
    pub(super) fn take_up(self: &Rc<Self>, resumed: Resumed) {
        let Resumed { begun, deadline, place } = resumed;
        self.resume.save(&begun, deadline, Place::Here);
        let started = begun.started;
        if let Some(method) = started.door.as_ref().and_then(method_of) {
            self.standing.method.set(Some(method));
        }
        self.follow(started, deadline, Origin::Resumed);
        // Only who was sent to DingTalk may bring something back: anything else is somebody else's login.
        if place == Place::DingTalk
            && let Some(proof) = proof::take()
        {
            self.answer(Answer::Proof(proof));
        }
    }

    /// Does what the door asks of the page. What it shows is the panel's business.
    pub(super) fn open(self: &Rc<Self>, door: &Door, origin: Origin) {
        match door {
            Door::Redirect { url } if origin == Origin::Begun => match web_link(url) {
                Some(url) => {
                    self.apply(Event::Leave);
                    drop(window().location().assign(url));
                }
                None => self.fail(Failure::from(ErrorCode::Unknown)),
            },
            Door::Workspace { client_id, corp_id, script_url } => {
                let app = App { client_id: client_id.clone(), corp_id: corp_id.clone() };
                let (driver, script_url) = (Rc::clone(self), script_url.clone());
                let done = Box::new(move |code| match code {
                    Ok(code) => driver.answer(Answer::Code(code)),
                    Err(failure) => driver.fail(Failure::Workspace(failure)),
                });
                self.hold(Held::Task(Task::begin(Box::new(move || workspace::code(app, &script_url, done)))));
            }
            Door::Qr | Door::Redirect { .. } | Door::Frame { .. } | Door::Unknown => {}
        }
    }

    fn answer(self: &Rc<Self>, answer: Answer) {
        self.apply(Event::Answered);
        let driver = Rc::clone(self);
        self.hold(Held::Task(Task::begin(Box::new(move || present(driver, answer)))));
    }

    pub(super) fn hold(&self, held: Held) {
        drop(self.door.replace(Some(held)));
    }

    /// Returns the name of the app of a registration.
    pub(super) fn app_name(&self) -> Option<&str> {
        if let Job::Registration { app_name } = &self.job { app_name.as_deref() } else { None }
    }

    /// Returns what to ask for, if this is a login.
    pub(super) fn login_request<'a>(&'a self, here: &'a str) -> Option<LoginRequest<'a>> {
        let Job::Login(Login { app, corp_id, .. }) = &self.job else { return None };
        let method = self.standing.method.now()?;
        let return_to = (method == LoginMethod::Redirect).then_some(here);
        Some(LoginRequest { method, app: app.as_deref(), corp_id: corp_id.as_deref(), return_to })
    }
}

/// Takes an answer about the flow in. On a page of the backend's origin a login ends with a session: exchanges the ticket
/// for it first. A ticket that is gone may have been exchanged by a request whose answer was lost.
pub(super) fn exchange(driver: Rc<Driver>, mut update: FlowUpdate, etag: Option<String>, asked: f64) -> Step {
    let FlowState::Authenticated(SignedIn { ticket, .. }) = &update.state else {
        return hear(driver, update, etag, asked);
    };
    if !driver.api.is_same_origin() {
        return hear(driver, update, etag, asked);
    }
    let answer = match ticket {
        Some(ticket) => driver.api.exchange(ticket),
        None => driver.api.ask_for_session(),
    };
    Step::after(
        answer,
        Box::new(move |answer| {
            update.state = match answer.and_then(|answer| answer.session()) {
                Ok(Some(session)) => FlowState::Authenticated(without_ticket(session)),
                Ok(None) => FlowState::Failed { code: ErrorCode::NotSignedIn },
                Err(ApiError::Problem { problem, .. }) => FlowState::Failed { code: problem.code },
                Err(ApiError::Unreachable | ApiError::Malformed) => {
                    return go_on(driver, Heard::Unreachable { retry_after: None });
                }
            };
            hear(driver, update, etag, asked)
        }),
    )
}

fn without_ticket(session: Session) -> SignedIn {
    SignedIn { identity: session.identity, ticket: None }
}

fn method_of(door: &Door) -> Option<LoginMethod> {
    match door {
        Door::Qr => Some(LoginMethod::Qr),
        Door::Redirect { .. } => Some(LoginMethod::Redirect),
        Door::Frame { .. } => Some(LoginMethod::Frame),
        Door::Workspace { .. } => Some(LoginMethod::Workspace),
        Door::Unknown => None,
    }
}
