use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dingtalk_qr_shared::{AppSaved, FlowStarted, FlowState, FlowUpdate};
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::{Flow, Origin, deadline_in, now, seconds_until};
use super::watch::{begin, watch};
use crate::api::{Api, Ticket};
use crate::connection::{Link, Presence};
use crate::listener::Listener;
use crate::phase::{Event, Phase, Prompt};
use crate::resume::Resume;
use crate::task::Task;

/// After the deadline the backend has this long to say how it ended, before our own clock decides.
const GRACE_MILLIS: f64 = 4000.0;

/// Owns all that runs for one panel. At most one task runs: the one that begins the flow, or the one that watches it.
pub(super) struct Driver {
    pub(super) api: Api,
    pub(super) app_name: Option<String>,
    pub(super) phase: ArcRwSignal<Phase>,
    pub(super) link: ArcRwSignal<Link>,
    pub(super) seconds_left: ArcRwSignal<Option<u32>>,
    pub(super) lifetime: ArcRwSignal<u32>,
    pub(super) flow: RefCell<Option<Flow>>,
    /// Kept until the backend has answered, so that a repeated attempt does not make a second code.
    pub(super) idempotency_key: RefCell<Option<String>>,
    resume: Resume,
    task: RefCell<Option<Task>>,
    ticker: RefCell<Option<Interval>>,
    listeners: RefCell<Vec<Listener>>,
}

impl Driver {
    pub(super) fn new(api: Api, app_name: Option<String>) -> Rc<Self> {
        let resume = Resume::new(api.base(), app_name.as_deref());
        Rc::new(Self {
            api,
            app_name,
            phase: ArcRwSignal::new(Phase::Starting),
            link: ArcRwSignal::new(Link::default()),
            seconds_left: ArcRwSignal::new(None),
            lifetime: ArcRwSignal::new(0),
            flow: RefCell::default(),
            idempotency_key: RefCell::default(),
            resume,
            task: RefCell::default(),
            ticker: RefCell::default(),
            listeners: RefCell::default(),
        })
    }

    pub(super) fn mount(self: &Rc<Self>) {
        self.listen();
        match self.resume.load(now()) {
            Some(resumed) => self.follow(resumed.started, resumed.deadline, Origin::Resumed),
            None => self.begin(),
        }
    }

    pub(super) fn unmount(&self) {
        self.listeners.take();
        self.give_up();
        self.stop();
    }

    pub(super) fn restart(self: &Rc<Self>) {
        self.give_up();
        self.settle();
        self.apply(Event::Start);
        self.begin();
    }

    pub(super) fn cancel(self: &Rc<Self>) {
        self.give_up();
        self.apply(Event::Cancelled);
    }

    pub(super) fn saved(self: &Rc<Self>, app: AppSaved) {
        self.give_up();
        self.apply(Event::Saved(app));
    }

    /// Takes a new flow in.
    pub(super) fn begun(self: &Rc<Self>, started: FlowStarted) {
        let deadline = deadline_in(started.expires_in);
        self.idempotency_key.take();
        self.resume.save(&started, deadline);
        self.follow(started, deadline, Origin::Begun);
    }

    /// Takes an answer about the flow in; returns whether it said anything different.
    pub(super) fn hear(self: &Rc<Self>, update: FlowUpdate, etag: Option<String>) -> bool {
        if self.is_unconfirmed() && matches!(update.state, FlowState::Cancelled | FlowState::Expired) {
            self.restart();
            return false;
        }
        let changed = match self.flow.borrow_mut().as_mut() {
            Some(flow) => {
                let deadline = deadline_in(update.expires_in);
                // Both clocks are rounded to seconds; following every answer would make the countdown jump.
                if (deadline - flow.deadline).abs() > 2000.0 {
                    flow.deadline = deadline;
                }
                flow.hear(&update, etag)
            }
            None => false,
        };
        self.set_link(|link| link.upstream_answers = !update.reconnecting);
        self.apply(Event::Updated(update.state));
        changed
    }

    /// The backend does not know the flow.
    pub(super) fn vanished(self: &Rc<Self>) {
        if self.is_unconfirmed() {
            self.restart();
        } else {
            self.apply(Event::Vanished);
        }
    }

    /// A code that ended while the page was away is replaced without a word: nobody was looking at it.
    fn is_unconfirmed(&self) -> bool {
        self.flow.borrow().as_ref().is_some_and(Flow::is_unconfirmed)
    }

    /// Moves the phase; the end of the flow ends all that ran for it.
    pub(super) fn apply(&self, event: Event) {
        let next = self.phase.get_untracked().next(event);
        let ended = !next.is_live();
        if next != self.phase.get_untracked() {
            self.phase.set(next);
        }
        if ended {
            self.settle();
        }
    }

    pub(super) fn set_link(&self, change: impl FnOnce(&mut Link)) {
        let mut link = self.link.get_untracked();
        change(&mut link);
        if link != self.link.get_untracked() {
            self.link.set(link);
        }
    }

    fn begin(self: &Rc<Self>) {
        self.set_link(|link| *link = Link { backend_answers: true, upstream_answers: true, ..*link });
        self.run();
    }

    fn follow(self: &Rc<Self>, started: FlowStarted, deadline: f64, origin: Origin) {
        let prompt = Arc::new(Prompt::from(&started));
        let state = started.state.clone();
        self.lifetime.set(started.expires_in);
        self.flow.replace(Some(Flow::new(started, deadline, origin)));
        self.apply(Event::Started(prompt, state));
        if self.phase.get_untracked().is_watched() {
            self.tick();
            let driver = Rc::clone(self);
            self.ticker.replace(Some(Interval::new(1000, move || driver.tick())));
            self.run();
        }
    }

    /// Runs what the phase needs, or nothing while the page cannot or should not ask. Ends what ran before.
    fn run(self: &Rc<Self>) {
        let phase = self.phase.get_untracked();
        let task = if !self.link.get_untracked().may_ask() {
            None
        } else if phase.is_watched() {
            Some(Task::spawn(watch(Rc::clone(self))))
        } else if phase.is_live() {
            Some(Task::spawn(begin(Rc::clone(self))))
        } else {
            None
        };
        drop(self.task.replace(task));
    }

    fn tick(&self) {
        let Some(deadline) = self.flow.borrow().as_ref().map(|flow| flow.deadline) else { return };
        let left = Some(seconds_until(deadline));
        if left != self.seconds_left.get_untracked() {
            self.seconds_left.set(left);
        }
        if deadline + GRACE_MILLIS < now() {
            self.apply(Event::DeadlinePassed);
        }
    }

    /// Tells the backend that nobody waits any more.
    fn give_up(&self) {
        self.idempotency_key.take();
        if let Some(flow) = self.flow.take() {
            let api = self.api.clone();
            spawn_local(async move { drop(api.cancel(flow.ticket()).await) });
        }
    }

    /// Tells the backend that the page may be gone for good; the flow stays resumable.
    fn leave(&self) {
        let mut flow = self.flow.borrow_mut();
        let Some(flow) = flow.as_mut() else { return };
        flow.left();
        let (api, id, poll_token) = (self.api.clone(), flow.id.clone(), flow.poll_token.clone());
        spawn_local(async move {
            let ticket = Ticket { flow_id: &id, poll_token: &poll_token };
            drop(api.leave(ticket).await);
        });
    }

    fn settle(&self) {
        self.stop();
        self.seconds_left.set(None);
    }

    /// Ends all that runs for the flow.
    fn stop(&self) {
        drop(self.task.take());
        drop(self.ticker.take());
        self.flow.take();
        self.resume.forget();
    }

    fn listen(self: &Rc<Self>) {
        let look = |driver: &Rc<Self>| {
            let page = if !window().navigator().on_line() {
                Presence::Offline
            } else if document().hidden() {
                Presence::Hidden
            } else {
                Presence::Present
            };
            driver.set_link(|link| link.page = page);
        };
        look(self);
        // `visibilitychange` happens at the document and bubbles to the window.
        let mut listeners: Vec<_> = ["online", "offline", "visibilitychange", "pageshow"]
            .map(|event| {
                let driver = Rc::clone(self);
                Listener::new(event, move || {
                    look(&driver);
                    driver.run();
                })
            })
            .into();
        let driver = Rc::clone(self);
        listeners.push(Listener::new("pagehide", move || driver.leave()));
        self.listeners.replace(listeners);
    }
}
