//! What happens next, decided without a clock, a socket or a store.

use std::time::Duration;

use super::driver::{Step, Unheard};
use super::status::Status;
use crate::clock::Timestamp;
use crate::store::FlowRow;

/// How long the far side may be silent before a flow fails.
const PATIENCE: Duration = Duration::from_mins(2);

/// Time between two questions when nobody watches, or none is awaited any more.
const SLOW: Duration = Duration::from_secs(30);

/// Longest time between two questions while the far side is silent, unless it asks for more.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Longest wait that the far side may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(5);

/// How long a page may be away before its flow counts as given up.
const LEAVING: Duration = Duration::from_secs(10);

/// The course of one flow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Course {
    /// Where it stands.
    pub status: Status,
    /// Until when the page shows the code.
    pub shown_until: Timestamp,
    /// Until when the handle lives.
    pub handle_until: Timestamp,
    /// The time between two questions; `None` if the far side tells by itself.
    pub interval: Option<Duration>,
    /// Whether the far side has nothing more to say.
    pub is_settled: bool,
    asked_at: Timestamp,
    silence: Option<Silence>,
    /// Whether the store does not answer. Known to this process only.
    is_stalled: bool,
    leave_at: Option<Timestamp>,
}

/// The far side does not answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Silence {
    since: Timestamp,
    questions: u32,
    retry_after: Duration,
}

/// Whether a page is there to see the answer soon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attendance {
    /// One waits right now.
    Watched,
    /// One was here within the last minute.
    Recent,
    /// None.
    Unattended,
}

/// What to do now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Turn {
    /// Ask the far side.
    Ask,
    /// The handle is dead: let the driver say how it ends.
    Conclude,
    /// Nothing before this moment.
    WaitUntil(Timestamp),
    /// Nothing any more.
    Rest,
}

impl Course {
    /// Begins at `now`; the first question is due after one interval.
    pub(super) fn new(
        status: Status,
        shown_until: Timestamp,
        handle_until: Timestamp,
        interval: Option<Duration>,
        now: Timestamp,
    ) -> Self {
        Self {
            is_settled: false,
            status,
            shown_until,
            handle_until,
            interval,
            asked_at: now,
            silence: None,
            is_stalled: false,
            leave_at: None,
        }
    }

    /// Takes a flow from the store at `now`; `None` if its status cannot be read.
    pub(super) fn load(row: &FlowRow, now: Timestamp) -> Option<Self> {
        let interval =
            u64::try_from(row.interval_ms).ok().filter(|millis| *millis > 0).map(Duration::from_millis);
        let mut course = Self::new(Status::Pending, row.shown_until, row.handle_until, interval, now);
        course.catch_up(row).then_some(course)
    }

    /// Takes over what another process has stored. Returns `false` if that cannot be read.
    pub(super) fn catch_up(&mut self, row: &FlowRow) -> bool {
        let Ok(status) = serde_json::from_str(&row.status) else {
            tracing::error!(flow.id = row.id, "stored flow cannot be read");
            return false;
        };
        self.status = status;
        self.is_settled = row.handle.is_none();
        self.leave_at = row.leave_at;
        self.is_stalled = false;
        true
    }

    /// Moves the next question back by a part of the interval, so that many flows are not asked about at the same moment.
    pub(super) fn postpone(&mut self, part: u32, parts: u32) {
        if let Some(interval) = self.interval {
            self.asked_at = self.asked_at + interval * part / parts.max(1);
        }
    }

    /// Takes over whether the far side is silent, for a process that does not ask it.
    pub(super) fn hear_of_silence(&mut self, is_silent: bool, now: Timestamp) {
        self.silence = is_silent.then_some(Silence { since: now, questions: 1, retry_after: Duration::ZERO });
    }

    /// Returns whether a page waits for the result.
    pub(super) fn is_awaited(&self) -> bool {
        !self.status.is_ended()
    }

    /// Returns whether the far side or the store is silent and the page still hopes.
    pub(super) fn is_reconnecting(&self) -> bool {
        (self.silence.is_some() || self.is_stalled) && self.is_awaited()
    }

    /// Returns whether the far side is silent and the page still hopes.
    pub(super) fn is_silent(&self) -> bool {
        self.silence.is_some() && self.is_awaited()
    }

    /// Notes whether the store answers, and returns whether that is new.
    pub(super) fn stall(&mut self, is_stalled: bool) -> bool {
        std::mem::replace(&mut self.is_stalled, is_stalled) != is_stalled
    }

    /// Returns the end of what the page waits for.
    pub(super) fn deadline(&self) -> Timestamp {
        match self.status {
            Status::Pending | Status::Scanned { .. } => self.shown_until.min(self.handle_until),
            Status::Creating | Status::ApprovalPending { .. } => self.handle_until,
            Status::Created(_)
            | Status::Authenticated(_)
            | Status::Denied { .. }
            | Status::Expired
            | Status::Cancelled
            | Status::Failed { .. } => Timestamp::default(),
        }
    }

    /// Lets what is due by time alone happen, and says what to do.
    pub(super) fn turn(&mut self, now: Timestamp, attendance: Attendance) -> Turn {
        self.expire(now);
        if self.leave_at.is_some_and(|leave_at| leave_at <= now) {
            self.leave_at = None;
            if attendance != Attendance::Watched {
                self.cancel();
            }
        }
        if self.is_settled {
            return Turn::Rest;
        }
        let Some(interval) = self.interval else {
            return if self.handle_until <= now {
                Turn::Conclude
            } else {
                Turn::WaitUntil(self.earliest(self.handle_until))
            };
        };
        let question = self.next_question(interval, attendance);
        if self.handle_until <= now {
            let has_failed = self.asked_at >= self.handle_until;
            return if has_failed && question > now { Turn::WaitUntil(question) } else { Turn::Conclude };
        }
        if question <= now { Turn::Ask } else { Turn::WaitUntil(self.earliest(question)) }
    }

    /// Ends what nobody confirmed in time.
    pub(super) fn expire(&mut self, now: Timestamp) {
        if self.is_unconfirmed() && self.shown_until <= now {
            self.status = Status::Expired;
            self.settle_if_told();
        }
    }

    fn is_unconfirmed(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Scanned { .. })
    }

    /// A far side that is not asked has nothing to say about a flow that has ended.
    fn settle_if_told(&mut self) {
        self.is_settled |= self.interval.is_none() && self.status.is_ended();
    }

    fn next_question(&self, interval: Duration, attendance: Attendance) -> Timestamp {
        let pace = match attendance {
            Attendance::Watched | Attendance::Recent if self.is_awaited() => interval,
            Attendance::Watched | Attendance::Recent | Attendance::Unattended => interval.max(SLOW),
        };
        let Some(silence) = self.silence else { return self.asked_at + pace };
        let doublings = silence.questions.min(8);
        let backoff = (interval * 2_u32.pow(doublings)).min(LONGEST_BACKOFF).max(pace);
        let next = self.asked_at + backoff.max(silence.retry_after);
        if self.is_awaited() {
            // The last chance comes exactly when patience ends, not somewhere behind it.
            let last_chance = silence.since + PATIENCE;
            if self.asked_at < last_chance { next.min(last_chance) } else { next }
        } else {
            next
        }
    }

    fn earliest(&self, question: Timestamp) -> Timestamp {
        let mut earliest = question.min(self.handle_until);
        if self.is_unconfirmed() {
            earliest = earliest.min(self.shown_until);
        }
        self.leave_at.map_or(earliest, |leave_at| earliest.min(leave_at))
    }

    /// Takes in an answer.
    pub(super) fn hear(&mut self, step: Step, now: Timestamp) {
        self.asked_at = now;
        self.silence = None;
        self.is_settled = match &step {
            Step::Pending | Step::Scanned { .. } | Step::Creating | Step::ApprovalPending { .. } => false,
            Step::Created(_)
            | Step::Authenticated(_)
            | Step::Denied { .. }
            | Step::Expired
            | Step::Failed(_) => true,
        };
        if self.status.is_ended() {
            self.settle_if_told();
            return;
        }
        self.status = match (step, &self.status) {
            // Never backwards: what the person has done stays done.
            (Step::Pending, status) | (Step::Creating, status @ Status::ApprovalPending { .. }) => {
                status.clone()
            }
            (Step::Scanned { number }, _) => Status::Scanned { number },
            (Step::Authenticated(person), _) => Status::Authenticated(person),
            (Step::Creating, _) => Status::Creating,
            (Step::ApprovalPending { client_id }, _) => Status::ApprovalPending { client_id },
            (Step::Created(app), _) => Status::Created(app),
            (Step::Denied { reason }, _) => Status::Denied { reason },
            (Step::Expired, _) => Status::Expired,
            (Step::Failed(failure), _) => Status::Failed { failure },
        };
    }

    /// Takes in that there was no answer.
    pub(super) fn hear_nothing(&mut self, unheard: Unheard, now: Timestamp) {
        self.asked_at = now;
        let retry_after = unheard.retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        let silence = match self.silence {
            None => Silence { since: now, questions: 1, retry_after },
            Some(silence) => {
                Silence { questions: silence.questions.saturating_add(1), retry_after, ..silence }
            }
        };
        self.silence = Some(silence);
        let is_out_of_patience = now.since(silence.since) >= PATIENCE;
        match self.status {
            Status::Pending | Status::Scanned { .. } | Status::Creating if is_out_of_patience => {
                self.status = Status::Failed { failure: unheard.failure };
            }
            // Under approval the credentials are kept already: silence takes nothing away.
            Status::Pending
            | Status::Scanned { .. }
            | Status::Creating
            | Status::ApprovalPending { .. }
            | Status::Created(_)
            | Status::Authenticated(_)
            | Status::Denied { .. }
            | Status::Expired
            | Status::Cancelled
            | Status::Failed { .. } => {}
        }
    }

    /// Gives up on the page's behalf. Too late once somebody has approved: he wants the app, page or no page.
    pub(super) fn cancel(&mut self) {
        if self.is_unconfirmed() {
            self.status = Status::Cancelled;
            self.settle_if_told();
        }
    }

    /// Gives up unless the page comes back soon.
    pub(super) fn leave(&mut self, now: Timestamp) {
        self.leave_at = Some(now + LEAVING);
    }

    /// Returns when it gives up unless the page comes back.
    pub(super) fn leave_at(&self) -> Option<Timestamp> {
        self.leave_at
    }

    /// The page is back.
    pub(super) fn stay(&mut self) {
        self.leave_at = None;
    }

    /// Takes over that the page left or came back between `before` and `newer`.
    pub(super) fn adopt_presence(&mut self, before: &Self, newer: &Self) {
        if before.leave_at != newer.leave_at {
            self.leave_at = newer.leave_at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::status::Failure;
    use super::*;

    const UNAVAILABLE: Unheard = Unheard { failure: Failure::UpstreamUnavailable, retry_after: None };

    #[test]
    fn a_watched_flow_is_asked_about_every_interval() {
        let mut course = course();

        assert_eq!(course.turn(at(4), Attendance::Recent), Turn::WaitUntil(at(5)));
        assert_eq!(course.turn(at(5), Attendance::Recent), Turn::Ask);
        course.hear(Step::Pending, at(5));
        assert_eq!(course.turn(at(5), Attendance::Recent), Turn::WaitUntil(at(10)));
    }

    #[test]
    fn an_unwatched_flow_is_asked_about_every_30_seconds() {
        assert_eq!(course().turn(at(5), Attendance::Unattended), Turn::WaitUntil(at(30)));
    }

    #[test]
    fn a_code_that_was_shown_long_enough_expires_but_stays_watched() {
        let mut course = course();
        course.hear(Step::Pending, at(599));

        assert_eq!(course.turn(at(600), Attendance::Recent), Turn::WaitUntil(at(629)));
        assert_eq!(course.status, Status::Expired);
    }

    #[test]
    fn a_late_success_settles_without_telling_the_page() {
        let mut course = course();
        course.cancel();
        course.hear(Step::Created(app()), at(700));

        assert_eq!((course.status.clone(), course.is_settled), (Status::Cancelled, true));
        assert_eq!(course.turn(at(701), Attendance::Recent), Turn::Rest);
    }

    #[test]
    fn silence_of_119_seconds_is_survived() {
        let mut course = course();
        let failed_at = fail_until(&mut course, at(5), at(5 + 119));

        assert_eq!(course.status, Status::Pending);
        assert!(course.is_reconnecting());
        assert_eq!(next(&mut course, failed_at), at(5 + 120));
        course.hear(Step::Pending, at(5 + 120));
        assert!(!course.is_reconnecting());
    }

    #[test]
    fn silence_of_121_seconds_is_not() {
        let mut course = course();
        fail_until(&mut course, at(5), at(5 + 121));

        assert_eq!(course.status, Status::Failed { failure: Failure::UpstreamUnavailable });
        assert!(!course.is_settled, "the code may still be approved, and that must not be lost");
    }

    #[test]
    fn any_good_answer_opens_a_new_window() {
        let mut course = course();
        fail_until(&mut course, at(5), at(100));
        course.hear(Step::Pending, at(101));
        fail_until(&mut course, at(106), at(106 + 119));

        assert_eq!(course.status, Status::Pending);
    }

    #[test]
    fn silence_backs_off() {
        let mut course = course();
        let mut waits = Vec::new();
        let mut now = at(0);
        for _ in 0..4 {
            course.hear_nothing(UNAVAILABLE, now);
            let then = next(&mut course, now);
            waits.push(then.since(now).as_secs());
            now = then;
        }

        assert_eq!(waits, [10, 20, 30, 30]);
    }

    #[test]
    fn the_far_side_may_ask_for_more_patience_within_bounds() {
        let mut course = course();
        course.cancel();
        course.hear_nothing(Unheard { retry_after: Some(Duration::from_secs(90)), ..UNAVAILABLE }, at(5));
        assert_eq!(next(&mut course, at(5)), at(95));

        course.hear_nothing(Unheard { retry_after: Some(Duration::from_hours(9)), ..UNAVAILABLE }, at(95));
        assert_eq!(next(&mut course, at(95)), at(95 + 300));
    }

    #[test]
    fn silence_under_approval_ends_nothing() {
        let mut course = course();
        course.hear(Step::ApprovalPending { client_id: "ding1".into() }, at(5));
        fail_until(&mut course, at(10), at(400));

        assert_eq!(course.status, Status::ApprovalPending { client_id: "ding1".into() });
    }

    #[test]
    fn nothing_goes_backwards() {
        let mut course = course();
        course.hear(Step::Creating, at(5));
        course.hear(Step::Pending, at(10));
        assert_eq!(course.status, Status::Creating);

        course.hear(Step::ApprovalPending { client_id: "ding1".into() }, at(15));
        course.hear(Step::Creating, at(20));
        assert_eq!(course.status, Status::ApprovalPending { client_id: "ding1".into() });
    }

    #[test]
    fn somebody_who_approved_may_take_longer_than_the_code_is_shown() {
        let mut course = course();
        course.hear(Step::Creating, at(599));

        course.turn(at(601), Attendance::Recent);
        assert_eq!(course.status, Status::Creating);
    }

    #[test]
    fn a_dead_handle_is_concluded() {
        assert_eq!(course().turn(at(7200), Attendance::Recent), Turn::Conclude);
    }

    #[test]
    fn a_conclusion_that_fails_is_tried_again_later() {
        let mut course = course();
        course.hear(Step::ApprovalPending { client_id: "ding1".into() }, at(7000));
        course.hear_nothing(UNAVAILABLE, at(7200));

        assert_eq!(course.turn(at(7200), Attendance::Recent), Turn::WaitUntil(at(7210)));
        assert_eq!(course.turn(at(7210), Attendance::Recent), Turn::Conclude);
    }

    #[test]
    fn a_page_that_leaves_and_returns_keeps_its_flow() {
        let mut course = course();
        course.leave(at(1));
        course.stay();

        course.turn(at(20), Attendance::Recent);
        assert_eq!(course.status, Status::Pending);
    }

    #[test]
    fn a_page_that_leaves_for_good_cancels() {
        let mut course = course();
        course.leave(at(1));

        assert_eq!(course.turn(at(2), Attendance::Recent), Turn::WaitUntil(at(5)));
        course.hear(Step::Pending, at(8));
        assert_eq!(course.turn(at(8), Attendance::Recent), Turn::WaitUntil(at(11)));
        course.turn(at(11), Attendance::Recent);
        assert_eq!(course.status, Status::Cancelled);
    }

    #[test]
    fn a_page_that_leaves_takes_nothing_from_another() {
        let mut course = course();
        course.leave(at(1));

        course.turn(at(11), Attendance::Watched);
        assert_eq!(course.status, Status::Pending);
    }

    #[test]
    fn nothing_is_cancelled_after_the_approval() {
        let mut course = course();
        course.hear(Step::Creating, at(5));
        course.cancel();
        course.leave(at(6));

        course.turn(at(60), Attendance::Unattended);
        assert_eq!(course.status, Status::Creating);
    }

    #[test]
    fn a_far_side_that_tells_is_never_asked() {
        let mut course = told();

        assert_eq!(course.turn(at(1), Attendance::Watched), Turn::WaitUntil(at(300)));
        course.hear(Step::Scanned { number: 47 }, at(100));
        assert_eq!(course.turn(at(100), Attendance::Watched), Turn::WaitUntil(at(300)));
        assert_eq!(course.turn(at(300), Attendance::Watched), Turn::Rest);
        assert_eq!((course.status.clone(), course.is_settled), (Status::Expired, true));
    }

    #[test]
    fn what_is_told_too_late_changes_nothing() {
        let mut course = told();
        course.cancel();
        course.hear(Step::Denied { reason: None }, at(10));

        assert_eq!((course.status.clone(), course.is_settled), (Status::Cancelled, true));
    }

    fn told() -> Course {
        Course::new(Status::Pending, at(300), at(300), None, at(0))
    }

    fn course() -> Course {
        Course::new(Status::Pending, at(600), at(7200), Some(Duration::from_secs(5)), at(0))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1000)
    }

    fn app() -> crate::flow::CreatedApp {
        crate::flow::CreatedApp {
            name: "bot".into(),
            client_id: "ding1".into(),
            hint: String::new(),
            saved_to: Vec::new(),
            is_verified: true,
            findings: Vec::new(),
        }
    }

    /// Lets every question from `first` until `end` fail and returns when the last one was.
    fn fail_until(course: &mut Course, first: Timestamp, end: Timestamp) -> Timestamp {
        let mut now = first;
        loop {
            course.hear_nothing(UNAVAILABLE, now);
            let then = next(course, now);
            if then > end || course.status.is_ended() {
                return now;
            }
            now = then;
        }
    }

    #[track_caller]
    fn next(course: &mut Course, now: Timestamp) -> Timestamp {
        match course.turn(now, Attendance::Recent) {
            Turn::WaitUntil(then) => then,
            other @ (Turn::Ask | Turn::Conclude | Turn::Rest) => panic!("{other:?}"),
        }
    }
}
