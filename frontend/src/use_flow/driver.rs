use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use dingtalk_qr_shared::{AppSaved, Door, FlowStarted, FlowState, FlowUpdate, LoginMethod};
use gloo_timers::callback::Timeout;
use js_sys::Promise;

use super::flow::{Flow, Origin, deadline_in, now, seconds_until};
use super::options::{FlowOptions, Job, PhaseListener, TokenSource};
use super::standing::Standing;
use super::watch::{begin, watch};
use crate::api::{Answer, Api, Ticket};
use crate::connection::{Link, Presence};
use crate::listener::Listener;
use crate::phase::{Event, Failure, Phase, Prompt};
use crate::resume::{Kept, Place, Resume};
use crate::task::{Step, Task, queue_microtask};
use crate::wire::Begun;

/// After the deadline the backend has this long to say how it ended, before our own clock decides.
const GRACE_MILLIS: f64 = 4000.0;

/// Owns all that runs for one panel. At most one task runs: the one that begins the flow, or the one that watches it;
/// beside it what the door of a login needs.
pub(super) struct Driver {
    pub(super) api: Api,
    pub(super) job: Job,
    pub(super) standing: Rc<Standing>,
    pub(super) flow: RefCell<Option<Flow>>,
    /// What proves that the flow that has ended was this page's.
    ended: RefCell<Option<Ticket>>,
    /// Kept until the backend has answered, whoever begins again meanwhile, so that a repeated attempt does not make a
    /// second code.
    pub(super) idempotency_key: RefCell<Option<String>>,
    /// What somebody else has begun for this panel, until it is there.
    pub(super) taken_over: RefCell<Option<Promise>>,
    pub(super) token: Option<TokenSource>,
    on_phase: Option<PhaseListener>,
    refreshes_left: Cell<u32>,
    pub(super) resume: Resume,
    pub(super) listeners: RefCell<Vec<Listener>>,
    pub(super) door: RefCell<Option<Held>>,
    task: RefCell<Option<Task>>,
    ticker: RefCell<Option<Timeout>>,
}

/// What the door of a login needs while its flow lives.
#[expect(dead_code, reason = "held for their Drop")]
pub(super) enum Held {
    Task(Task),
    Listener(Listener),
}

impl Driver {
    pub(super) fn new(options: FlowOptions) -> Rc<Self> {
        let FlowOptions { backend, job, place, taken_over, token, on_phase, auto_refresh } = options;
        let api = Api::new(&backend);
        let job = job.resolve();
        #[cfg(any(feature = "leptos", not(feature = "element")))]
        let resume = place.map_or_else(|| Resume::claim(&job.place(api.base())), Resume::at);
        #[cfg(all(feature = "element", not(feature = "leptos")))]
        let resume = Resume::at(place.unwrap_or_default());
        let (taken_over, idempotency_key) = taken_over.unzip();
        Rc::new(Self {
            standing: Rc::new(Standing::new(Phase::Starting, job.method())),
            api,
            job,
            flow: RefCell::default(),
            ended: RefCell::default(),
            taken_over: RefCell::new(taken_over),
            idempotency_key: RefCell::new(idempotency_key),
            token,
            on_phase,
            refreshes_left: Cell::new(auto_refresh),
            resume,
            listeners: RefCell::default(),
            door: RefCell::default(),
            task: RefCell::default(),
            ticker: RefCell::default(),
        })
    }

    pub(super) fn mount(self: &Rc<Self>) {
        self.report(Phase::Starting);
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
        if self.standing.method.now() == Some(LoginMethod::Redirect) {
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
    pub(super) fn begun(self: &Rc<Self>, begun: Begun) {
        let deadline = deadline_in(begun.started.expires_in);
        self.idempotency_key.take();
        match begun.started.door {
            Some(Door::Redirect { .. }) => self.resume.save(&begun, deadline, Place::DingTalk),
            // Its code comes within a second; a reload asks for another.
            Some(Door::Workspace { .. }) => {}
            None | Some(Door::Qr | Door::Frame { .. } | Door::Unknown) => {
                self.resume.save(&begun, deadline, Place::Here);
            }
        }
        self.follow(begun.started, deadline, Origin::Begun);
    }

    /// Takes an answer about the flow in; returns whether it said anything different.
    pub(super) fn hear(self: &Rc<Self>, update: FlowUpdate, etag: Option<String>) -> bool {
        if self.is_unconfirmed() && matches!(update.state, FlowState::Cancelled | FlowState::Expired) {
            self.renew();
            return false;
        }
        if let Some(flow) = self.flow.borrow_mut().as_mut() {
            let deadline = deadline_in(update.expires_in);
            // Both clocks are rounded to seconds; following every answer would make the countdown jump.
            if (deadline - flow.deadline).abs() > 2000.0 {
                flow.deadline = deadline;
            }
            flow.hear(etag);
        }
        let link_changed = self.set_link(|link| link.upstream_answers = !update.reconnecting);
        let changed = self.apply(Event::Updated(update.state)) || link_changed;
        self.refresh();
        changed
    }

    /// Replaces an expired code by itself, a few times, while somebody looks at it.
    fn refresh(self: &Rc<Self>) {
        let left = self.refreshes_left.get();
        let is_over = self.standing.phase.peek(|phase| matches!(phase, Phase::Expired(_)));
        if is_over && left > 0 && self.standing.link.peek(|link| link.page == Presence::Present) {
            self.refreshes_left.set(left - 1);
            self.renew();
        }
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
    ///
    /// Returns whether it is another one.
    pub(super) fn apply(&self, event: Event) -> bool {
        let next = self.phase().next(event);
        let ended = !next.is_live();
        let changed = !self.standing.phase.peek(|phase| phase.is_same(&next));
        if changed {
            self.standing.phase.put(next.clone());
            self.report(next);
        }
        if ended {
            self.settle();
        }
        changed
    }

    /// Returns what proves that the flow is this page's.
    pub(super) fn ticket(&self) -> Option<Ticket> {
        self.flow.borrow().as_ref().map(|flow| flow.ticket.clone())
    }

    /// Returns where the secret of the app that the flow has made is asked for, and the token for it.
    pub(super) fn offer(&self) -> Option<(String, String)> {
        let ended = self.ended.borrow();
        ended.as_ref().map(|ticket| (self.api.credentials_url(ticket), ticket.poll_token.clone()))
    }

    pub(super) fn phase(&self) -> Phase {
        self.standing.phase.now()
    }

    /// Listeners hear of it after all is in order: they may do anything, unmounting the panel included.
    fn report(&self, phase: Phase) {
        if let Some(on_phase) = self.on_phase.clone() {
            queue_microtask(Box::new(move || on_phase(phase)));
        }
    }

    /// Returns whether anything is different.
    pub(super) fn set_link(&self, change: impl FnOnce(&mut Link)) -> bool {
        let mut link = self.standing.link.now();
        change(&mut link);
        self.standing.link.set(link)
    }

    pub(super) fn follow(self: &Rc<Self>, mut started: FlowStarted, deadline: f64, origin: Origin) {
        let state = mem::replace(&mut started.state, FlowState::Pending);
        self.standing.lifetime.set(started.expires_in);
        self.flow.replace(Some(Flow::new(&started, deadline, origin)));
        let prompt = Arc::new(Prompt::from(started));
        self.apply(Event::Started(Arc::clone(&prompt), state));
        if self.standing.phase.peek(Phase::is_watched) {
            self.tick();
            self.run();
            if let Some(door) = &prompt.door {
                self.open(door, origin);
            }
        }
    }

    /// Runs what the phase needs, or nothing while the page cannot or should not ask. Ends what ran before.
    pub(super) fn run(self: &Rc<Self>) {
        let (is_watched, is_starting) =
            self.standing.phase.peek(|phase| (phase.is_watched(), matches!(phase, Phase::Starting)));
        let task = if !self.standing.link.now().may_ask() {
            None
        } else if is_watched {
            Some(self.begin_task(watch))
        } else if is_starting && self.door.borrow().is_none() {
            Some(self.begin_task(begin))
        } else {
            None
        };
        drop(self.task.replace(task));
    }

    fn begin_task(self: &Rc<Self>, first: fn(Rc<Self>) -> Step) -> Task {
        let driver = Rc::clone(self);
        Task::begin(Box::new(move || first(driver)))
    }

    fn tick(self: &Rc<Self>) {
        let Some(deadline) = self.flow.borrow().as_ref().map(|flow| flow.deadline) else { return };
        self.standing.seconds_left.set(Some(seconds_until(deadline)));
        if deadline + GRACE_MILLIS < now() {
            self.apply(Event::DeadlinePassed);
            self.refresh();
        } else {
            let driver = Rc::clone(self);
            drop(self.ticker.replace(Some(Timeout::new(1000, move || driver.tick()))));
        }
    }

    /// Tells the backend that nobody waits any more.
    fn give_up(&self) {
        if let Some(flow) = self.flow.take() {
            send(self.api.cancel(&flow.ticket));
        }
    }

    fn settle(&self) {
        self.stop();
        self.standing.seconds_left.set(None);
    }

    /// Ends all that runs for the flow.
    fn stop(&self) {
        drop(self.task.take());
        drop(self.door.take());
        drop(self.ticker.take());
        if let Some(flow) = self.flow.take() {
            self.ended.replace(Some(flow.ticket));
        }
        self.resume.forget();
    }
}

/// Sends what nobody waits for an answer to.
pub(super) fn send(call: Answer) {
    Step::after(call, Box::new(|_| Step::End)).run();
}
