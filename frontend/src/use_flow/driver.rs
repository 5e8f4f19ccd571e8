use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dingtalk_qr_shared::{AppSaved, Door, FlowStarted, FlowState, FlowUpdate, LoginMethod};
use gloo_timers::callback::Interval;
use leptos::prelude::*;

use super::flow::{Flow, Origin, deadline_in, now, seconds_until};
use super::options::Job;
use super::watch::{begin, watch};
use crate::api::Api;
use crate::connection::Link;
use crate::listener::Listener;
use crate::phase::{Event, Failure, Phase, Prompt};
use crate::resume::{Kept, Place, Resume};
use crate::task::{Task, spawn};

/// After the deadline the backend has this long to say how it ended, before our own clock decides.
const GRACE_MILLIS: f64 = 4000.0;

/// Owns all that runs for one panel. At most one task runs: the one that begins the flow, or the one that watches it;
/// beside it what the door of a login needs.
pub(super) struct Driver {
    pub(super) api: Api,
    pub(super) job: Job,
    pub(super) phase: ArcRwSignal<Phase>,
    pub(super) link: ArcRwSignal<Link>,
    pub(super) seconds_left: ArcRwSignal<Option<u32>>,
    pub(super) lifetime: ArcRwSignal<u32>,
    pub(super) method: ArcRwSignal<Option<LoginMethod>>,
    pub(super) flow: RefCell<Option<Flow>>,
    /// Kept until the backend has answered, so that a repeated attempt does not make a second code.
    pub(super) idempotency_key: RefCell<Option<String>>,
    pub(super) resume: Resume,
    pub(super) listeners: RefCell<Vec<Listener>>,
    pub(super) door: RefCell<Option<Held>>,
    task: RefCell<Option<Task>>,
    ticker: RefCell<Option<Interval>>,
}

/// What the door of a login needs while its flow lives.
#[expect(dead_code, reason = "held for their Drop")]
pub(super) enum Held {
    Task(Task),
    Listener(Listener),
}

impl Driver {
    pub(super) fn new(api: Api, job: Job) -> Rc<Self> {
        let resume = job.resume(api.base());
        let method = ArcRwSignal::new(job.method());
        Rc::new(Self {
            api,
            job,
            phase: ArcRwSignal::new(Phase::Starting),
            link: ArcRwSignal::new(Link::default()),
            seconds_left: ArcRwSignal::new(None),
            lifetime: ArcRwSignal::new(0),
            method,
            flow: RefCell::default(),
            idempotency_key: RefCell::default(),
            resume,
            listeners: RefCell::default(),
            door: RefCell::default(),
            task: RefCell::default(),
            ticker: RefCell::default(),
        })
    }

    pub(super) fn mount(self: &Rc<Self>) {
        self.listen();
        self.pick_up_proof();
        match self.resume.load(now()) {
            Some(Kept::Departure) => self.look_for_session(),
            _ if self.recognises() => self.recognise(),
            _ => self.take_up_or_begin(),
        }
    }

    pub(super) fn take_up_or_begin(self: &Rc<Self>) {
        match self.resume.load(now()) {
            Some(Kept::Flow(resumed)) => self.take_up(*resumed),
            Some(Kept::Departure) | None => self.renew(),
        }
    }

    pub(super) fn unmount(&self) {
        self.listeners.take();
        self.give_up();
        self.stop();
    }

    /// Begins because the user wants to.
    pub(super) fn restart(self: &Rc<Self>) {
        self.give_up();
        self.settle();
        if self.leaves_without_a_flow() {
            return self.leave_for_dingtalk();
        }
        self.apply(Event::Start);
        self.set_link(|link| *link = Link { backend_answers: true, upstream_answers: true, ..*link });
        self.run();
    }

    /// Begins by itself, unless that would take the user away from the page.
    pub(super) fn renew(self: &Rc<Self>) {
        if self.method.get_untracked() == Some(LoginMethod::Redirect) {
            self.give_up();
            self.apply(Event::Rest);
        } else {
            self.restart();
        }
    }

    pub(super) fn cancel(self: &Rc<Self>) {
        self.give_up();
        self.apply(Event::Cancelled);
    }

    pub(super) fn saved(self: &Rc<Self>, app: AppSaved) {
        self.give_up();
        self.apply(Event::Saved(app));
    }

    /// Ends the flow for a reason that the backend does not know.
    pub(super) fn fail(&self, failure: Failure) {
        self.give_up();
        self.apply(Event::StartFailed(failure));
    }

    /// Takes a new flow in.
    pub(super) fn begun(self: &Rc<Self>, started: FlowStarted) {
        let deadline = deadline_in(started.expires_in);
        self.idempotency_key.take();
        match started.door {
            Some(Door::Redirect { .. }) => self.resume.save(&started, deadline, Place::DingTalk),
            // Its code comes within a second; a reload asks for another.
            Some(Door::Workspace { .. }) => {}
            None | Some(Door::Qr | Door::Frame { .. } | Door::Unknown) => {
                self.resume.save(&started, deadline, Place::Here);
            }
        }
        self.follow(started, deadline, Origin::Begun);
    }

    /// Takes an answer about the flow in; returns whether it said anything different.
    pub(super) fn hear(self: &Rc<Self>, update: FlowUpdate, etag: Option<String>) -> bool {
        if self.is_unconfirmed() && matches!(update.state, FlowState::Cancelled | FlowState::Expired) {
            self.renew();
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
            self.renew();
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

    pub(super) fn follow(self: &Rc<Self>, started: FlowStarted, deadline: f64, origin: Origin) {
        let prompt = Arc::new(Prompt::from(&started));
        let state = started.state.clone();
        self.lifetime.set(started.expires_in);
        self.flow.replace(Some(Flow::new(started, deadline, origin)));
        self.apply(Event::Started(Arc::clone(&prompt), state));
        if self.phase.get_untracked().is_watched() {
            self.tick();
            let driver = Rc::clone(self);
            self.ticker.replace(Some(Interval::new(1000, move || driver.tick())));
            self.run();
            if let Some(door) = &prompt.door {
                self.open(door, origin);
            }
        }
    }

    /// Runs what the phase needs, or nothing while the page cannot or should not ask. Ends what ran before.
    pub(super) fn run(self: &Rc<Self>) {
        let phase = self.phase.get_untracked();
        let task = if !self.link.get_untracked().may_ask() {
            None
        } else if phase.is_watched() {
            Some(Task::spawn(watch(Rc::clone(self))))
        } else if phase == Phase::Starting && self.door.borrow().is_none() {
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
            spawn(async move { drop(api.cancel(flow.ticket()).await) });
        }
    }

    fn settle(&self) {
        self.stop();
        self.seconds_left.set(None);
    }

    /// Ends all that runs for the flow.
    fn stop(&self) {
        drop(self.task.take());
        drop(self.door.take());
        drop(self.ticker.take());
        self.flow.take();
        self.resume.forget();
    }
}
