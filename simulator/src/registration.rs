//! One registration from `begin` to its end.
//!
//! 1. `begin` makes it [`Status::Waiting`].
//! 2. The phone approves (with a list of steps), refuses, or nothing happens until the code expires.
//! 3. Steps pass by simulated time, or one per poll when they take no time.
//! 4. When the last step is [`Status::Approving`], the administrator's verdict is one more step.

use crate::clock::Millis;
use crate::status::Status;

#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) source: Option<String>,
    pub(crate) source_is_approved: bool,
    pub(crate) expires_at: Millis,
    pub(crate) polls: Polls,
    pub(crate) progress: Progress,
    pub(crate) secret_was_seen: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Polls {
    pub(crate) count: u64,
    pub(crate) last: Option<Millis>,
    pub(crate) min_gap_ms: Option<u64>,
}

#[derive(Debug)]
pub(crate) enum Progress {
    Waiting,
    Approved(Steps),
    Denied { reason: String },
}

#[derive(Debug)]
pub(crate) struct Steps {
    pub(crate) client_id: String,
    pub(crate) organisation: Option<&'static str>,
    /// Never empty.
    pub(crate) statuses: Vec<Status>,
    pub(crate) step_s: u64,
    pub(crate) approved_at: Millis,
    pub(crate) polled: usize,
    pub(crate) verdict: Option<Verdict>,
}

#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    Approved,
    Denied { reason: String },
}

impl Registration {
    /// What a poll at this moment answers.
    pub(crate) fn status(&self, now: Millis) -> Status {
        if now >= self.expires_at { Status::Expired } else { self.status_of_app(now) }
    }

    /// Like [`Self::status`], but an app lives on when the code that made it expires.
    pub(crate) fn status_of_app(&self, now: Millis) -> Status {
        match &self.progress {
            Progress::Waiting => Status::Waiting,
            Progress::Approved(steps) => steps.status(now),
            Progress::Denied { .. } => Status::Fail,
        }
    }

    pub(crate) fn count_poll(&mut self, now: Millis) {
        let gap = self.polls.last.map(|last| now.saturating_sub(last));
        self.polls.min_gap_ms = self.polls.min_gap_ms.into_iter().chain(gap).min();
        self.polls.last = Some(now);
        self.polls.count += 1;
        if let Progress::Approved(steps) = &mut self.progress {
            steps.polled = steps.polled.saturating_add(1);
        }
    }

    pub(crate) fn fail_reason(&self) -> Option<&str> {
        match &self.progress {
            Progress::Denied { reason }
            | Progress::Approved(Steps { verdict: Some(Verdict::Denied { reason }), .. }) => Some(reason),
            Progress::Waiting | Progress::Approved(_) => None,
        }
    }

    pub(crate) fn steps(&self) -> Option<&Steps> {
        match &self.progress {
            Progress::Approved(steps) => Some(steps),
            Progress::Waiting | Progress::Denied { .. } => None,
        }
    }

    pub(crate) fn waits_for_administrator(&self) -> bool {
        self.steps().is_some_and(|steps| steps.ends_in_approval() && steps.verdict.is_none())
    }
}

impl Steps {
    pub(crate) fn status(&self, now: Millis) -> Status {
        let passed = self.passed(now);
        match (self.statuses.get(passed), &self.verdict) {
            (Some(status), None) => status.clone(),
            (Some(status), Some(_)) if !self.verdict_is_due(passed) => status.clone(),
            (_, Some(Verdict::Approved)) => Status::Success,
            (_, Some(Verdict::Denied { .. })) => Status::Fail,
            (None, None) => self.statuses.last().cloned().unwrap_or(Status::Success),
        }
    }

    /// Whether the credentials work at DingTalk's token endpoints.
    pub(crate) fn app_is_live(&self, now: Millis) -> bool {
        match &self.verdict {
            Some(verdict) => matches!(verdict, Verdict::Approved),
            None => self.statuses.iter().take(self.passed(now) + 1).any(|s| s.meaning() == Status::Success),
        }
    }

    fn ends_in_approval(&self) -> bool {
        self.statuses.last().is_some_and(|status| status.meaning() == Status::Approving)
    }

    /// How many steps are over.
    fn passed(&self, now: Millis) -> usize {
        let elapsed_s = now.saturating_sub(self.approved_at) / 1000;
        match elapsed_s.checked_div(self.step_s) {
            Some(steps) => usize::try_from(steps).unwrap_or(usize::MAX),
            None => self.polled,
        }
    }

    /// By the clock, an administrator's verdict counts at once; poll by poll, the last step is seen first.
    fn verdict_is_due(&self, passed: usize) -> bool {
        let last = self.statuses.len().saturating_sub(1);
        if self.step_s == 0 { passed > last } else { passed >= last }
    }
}

#[cfg(test)]
mod tests {
    use super::{Polls, Progress, Registration, Status, Steps, Verdict};

    const APPROVED_AT: u64 = 1_000_000;

    fn steps(words: &[&str], step_s: u64) -> Steps {
        Steps {
            client_id: "ding0000000000000000".to_owned(),
            organisation: None,
            statuses: words.iter().map(|word| Status::from((*word).to_owned())).collect(),
            step_s,
            approved_at: APPROVED_AT,
            polled: 0,
            verdict: None,
        }
    }

    fn registration(progress: Progress) -> Registration {
        Registration {
            device_code: String::new(),
            user_code: String::new(),
            source: None,
            source_is_approved: false,
            expires_at: APPROVED_AT + 7_200_000,
            polls: Polls::default(),
            progress,
            secret_was_seen: false,
        }
    }

    fn poll(registration: &mut Registration, now: u64) -> String {
        let status = registration.status(now).to_string();
        registration.count_poll(now);
        status
    }

    #[track_caller]
    fn check_by_clock(steps: &Steps, after_ms: u64, expected: &Status) {
        assert_eq!(steps.status(APPROVED_AT + after_ms), *expected, "after {after_ms} ms");
    }

    #[test]
    fn timed_steps_follow_the_clock() {
        let steps = steps(&["CREATING", "PUBLISHING", "SUCCESS"], 1);

        check_by_clock(&steps, 0, &Status::Creating);
        check_by_clock(&steps, 999, &Status::Creating);
        check_by_clock(&steps, 1000, &Status::Publishing);
        check_by_clock(&steps, 2000, &Status::Success);
        check_by_clock(&steps, 86_400_000, &Status::Success);
    }

    #[test]
    fn steps_without_time_pass_one_per_poll() {
        let mut registration =
            registration(Progress::Approved(steps(&["CREATING", "SUCCESS", "WAITING"], 0)));

        let seen = [(); 4].map(|()| poll(&mut registration, APPROVED_AT));

        assert_eq!(seen, ["CREATING", "SUCCESS", "WAITING", "WAITING"]);
    }

    #[test]
    fn a_verdict_counts_at_once_when_approval_is_reached_by_the_clock() {
        let mut steps = steps(&["CREATING", "APPROVING"], 1);
        steps.verdict = Some(Verdict::Approved);

        check_by_clock(&steps, 999, &Status::Creating);
        check_by_clock(&steps, 1000, &Status::Success);
    }

    #[test]
    fn an_early_verdict_waits_until_a_poll_has_seen_the_approval_step() {
        let mut steps = steps(&["CREATING", "APPROVING"], 0);
        steps.verdict = Some(Verdict::Denied { reason: "no".to_owned() });
        let mut registration = registration(Progress::Approved(steps));

        let seen = [(); 3].map(|()| poll(&mut registration, APPROVED_AT));

        assert_eq!(seen, ["CREATING", "APPROVING", "FAIL"]);
        assert_eq!(registration.fail_reason(), Some("no"));
    }

    #[test]
    fn an_old_code_is_expired_whatever_became_of_it() {
        let registration = registration(Progress::Approved(steps(&["SUCCESS"], 1)));

        assert_eq!(registration.status(registration.expires_at - 1), Status::Success);
        assert_eq!(registration.status(registration.expires_at), Status::Expired);
        assert_eq!(registration.status_of_app(registration.expires_at), Status::Success);
    }

    #[test]
    fn the_smallest_gap_between_two_polls_is_kept() {
        let mut registration = registration(Progress::Waiting);

        for now in [0, 5000, 7000, 60_000] {
            registration.count_poll(now);
        }

        assert_eq!((registration.polls.count, registration.polls.min_gap_ms), (4, Some(2000)));
    }

    #[test]
    fn an_app_is_live_once_success_was_reached() {
        let steps = steps(&["APPROVING", "SUCCESS", "WAITING"], 1);

        assert!(!steps.app_is_live(APPROVED_AT));
        assert!(steps.app_is_live(APPROVED_AT + 1000));
        assert!(steps.app_is_live(APPROVED_AT + 2000));
    }
}
