//! What people do: the person with the phone, the administrator, and time.

use super::World;
use crate::clock::Millis;
use crate::control::ControlError;
use crate::organisation::{ExistingApp, Organisation};
use crate::registration::{Progress, Registration, Steps, Verdict};
use crate::status::Status;

/// DingTalk's own sample of a `fail_reason`.
const REFUSED: &str = "用户拒绝授权";
const REFUSED_BY_ADMINISTRATOR: &str = "管理员拒绝了应用创建申请";

/// An approval with nothing left open.
#[derive(Debug)]
pub(crate) struct ApprovalPlan {
    pub(crate) app: ChosenApp,
    pub(crate) organisation: Option<&'static Organisation>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) step_s: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum ChosenApp {
    New,
    Existing(&'static ExistingApp),
}

impl World {
    pub(crate) fn approve(
        &mut self,
        user_code: &str,
        plan: ApprovalPlan,
        now: Millis,
    ) -> Result<(), ControlError> {
        check_is_undecided(self.registration_mut(user_code)?, now)?;
        let client_id = match plan.app {
            ChosenApp::New => self.create_app(user_code, plan.organisation),
            ChosenApp::Existing(app) => app.client_id.to_owned(),
        };
        self.registration_mut(user_code)?.progress = Progress::Approved(Steps {
            client_id,
            organisation: plan.organisation.map(|organisation| organisation.id),
            statuses: plan.statuses,
            step_s: plan.step_s,
            approved_at: now,
            polled: 0,
            verdict: None,
        });
        Ok(())
    }

    pub(crate) fn deny(
        &mut self,
        user_code: &str,
        reason: Option<String>,
        now: Millis,
    ) -> Result<(), ControlError> {
        let registration = self.registration_mut(user_code)?;
        check_is_undecided(registration, now)?;
        registration.progress = Progress::Denied { reason: reason.unwrap_or_else(|| REFUSED.to_owned()) };
        Ok(())
    }

    pub(crate) fn expire(&mut self, user_code: &str, now: Millis) -> Result<(), ControlError> {
        let registration = self.registration_mut(user_code)?;
        let status = registration.status(now);
        if status.is_final() {
            return Err(conflict(registration, &status));
        }
        registration.expires_at = now;
        Ok(())
    }

    pub(crate) fn admin_approve(&mut self, user_code: &str, now: Millis) -> Result<(), ControlError> {
        self.decide_as_administrator(user_code, Verdict::Approved, now)
    }

    pub(crate) fn admin_deny(
        &mut self,
        user_code: &str,
        reason: Option<String>,
        now: Millis,
    ) -> Result<(), ControlError> {
        let reason = reason.unwrap_or_else(|| REFUSED_BY_ADMINISTRATOR.to_owned());
        self.decide_as_administrator(user_code, Verdict::Denied { reason }, now)
    }

    fn decide_as_administrator(
        &mut self,
        user_code: &str,
        verdict: Verdict,
        now: Millis,
    ) -> Result<(), ControlError> {
        let registration = self.registration_mut(user_code)?;
        let status = registration.status_of_app(now);
        let refusal = conflict(registration, &status);
        let waits = registration.waits_for_administrator();
        match &mut registration.progress {
            Progress::Approved(steps) if waits => steps.verdict = Some(verdict),
            Progress::Waiting | Progress::Approved(_) | Progress::Denied { .. } => return Err(refusal),
        }
        Ok(())
    }
}

fn check_is_undecided(registration: &Registration, now: Millis) -> Result<(), ControlError> {
    let status = registration.status(now);
    let is_undecided = matches!(registration.progress, Progress::Waiting) && status == Status::Waiting;
    if is_undecided { Ok(()) } else { Err(conflict(registration, &status)) }
}

fn conflict(registration: &Registration, status: &Status) -> ControlError {
    ControlError::Conflict { user_code: registration.user_code.clone(), status: status.clone() }
}
