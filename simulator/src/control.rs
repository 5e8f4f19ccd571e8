//! The controls: what tests do to the simulated world, over HTTP and in process alike.

mod error;
mod login;
mod messages;
mod organisations;
mod suite;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::clock::{ClockReading, Millis, SimulatedClock};
use crate::fault::FaultRule;
use crate::registration::Registration;
use crate::settings::{Settings, SettingsPatch};
use crate::status::Status;
use crate::world::{ApprovalPlan, ChosenApp, World};

pub use error::ControlError;
pub use login::InApp;
pub use messages::{MessageKind, SentMessage};
pub use organisations::{Filling, OrganisationSize, Placement};

/// A handle on a simulated world; clones share it. Each method is one call of the control API.
#[derive(Clone)]
pub struct Control(Arc<Shared>);

struct Shared {
    public_url: String,
    seed: Option<u64>,
    settings_at_start: Settings,
    clock: SimulatedClock,
    world: Mutex<World>,
}

/// One registration: a row of `GET /_sim/registrations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistrationSummary {
    /// Code that the client polls with.
    pub device_code: String,
    /// Code that the phone shows.
    pub user_code: String,
    /// What a poll at this moment answers.
    pub status: Status,
    /// Polls that reached the registration; those that a fault answered are not among them.
    pub polls: u64,
    /// Smallest gap between two polls in simulated milliseconds; `None` before the second poll.
    pub min_gap_ms: Option<u64>,
    /// `source` given to `init`.
    pub source: Option<String>,
    /// The app, from the approval on.
    pub client_id: Option<String>,
}

impl RegistrationSummary {
    pub(crate) fn new(registration: &Registration, now: Millis) -> Self {
        Self {
            device_code: registration.device_code.clone(),
            user_code: registration.user_code.clone(),
            status: registration.status(now),
            polls: registration.polls.count,
            min_gap_ms: registration.polls.min_gap_ms,
            source: registration.source.clone(),
            client_id: registration.steps().map(|steps| steps.client_id.clone()),
        }
    }
}

/// How an approval goes on: the body of `POST /_sim/registrations/{user_code}/approve`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approval {
    /// Statuses in order, the last one for good. Default: `CREATING`, `PUBLISHING`, `SUCCESS`.
    pub steps: Option<Vec<Status>>,
    /// Simulated seconds per step. 0, the default, lets each poll see one step.
    pub step_s: u64,
    /// Ends the steps in `APPROVING` in place of `SUCCESS`, until the administrator decides.
    pub admin_approval: bool,
}

impl Approval {
    fn statuses(self) -> Result<Vec<Status>, ControlError> {
        let default = || vec![Status::Creating, Status::Publishing, Status::Success];
        let mut statuses = self.steps.unwrap_or_else(default);
        if statuses.is_empty() {
            return Err(ControlError::Invalid("steps: must name at least one status".to_owned()));
        }
        if self.admin_approval && statuses.last() != Some(&Status::Approving) {
            statuses.pop_if(|status| *status == Status::Success);
            statuses.push(Status::Approving);
        }
        Ok(statuses)
    }
}

impl Control {
    pub(crate) fn new(
        public_url: String,
        seed: Option<u64>,
        settings: Settings,
        faults: Vec<FaultRule>,
    ) -> Result<Self, ControlError> {
        faults.iter().try_for_each(FaultRule::check)?;
        let world = World::new(settings.clone(), seed, faults);
        Ok(Self(Arc::new(Shared {
            public_url,
            seed,
            settings_at_start: settings,
            clock: SimulatedClock::start(),
            world: Mutex::new(world),
        })))
    }

    /// Empties the world: no registration, no fault, no call; real time; the settings of the start.
    pub fn reset(&self) {
        self.0.clock.reset();
        *self.world() = World::new(self.0.settings_at_start.clone(), self.0.seed, Vec::new());
    }

    /// Moves simulated time forward.
    pub fn advance(&self, by: Duration) -> ClockReading {
        self.0.clock.advance(by);
        self.clock()
    }

    /// Reads simulated time.
    pub fn clock(&self) -> ClockReading {
        self.0.clock.reading()
    }

    /// Lists the registrations, oldest first.
    pub fn registrations(&self) -> Vec<RegistrationSummary> {
        let now = self.now();
        self.world().registrations().iter().map(|found| RegistrationSummary::new(found, now)).collect()
    }

    /// Approves on the phone, with a new app.
    ///
    /// # Errors
    ///
    /// The code is unknown, was decided before or has expired; or the steps are empty.
    pub fn approve(&self, user_code: &str, approval: Approval) -> Result<RegistrationSummary, ControlError> {
        let step_s = approval.step_s;
        let statuses = approval.statuses()?;
        let plan = ApprovalPlan { app: ChosenApp::New, organisation: None, statuses, step_s };
        self.change(user_code, |world, now| world.approve(user_code, plan, now))
    }

    /// Refuses on the phone. Without a reason, DingTalk's own sample is given.
    ///
    /// # Errors
    ///
    /// The code is unknown, was decided before or has expired.
    pub fn deny(&self, user_code: &str, reason: Option<String>) -> Result<RegistrationSummary, ControlError> {
        self.change(user_code, |world, now| world.deny(user_code, reason, now))
    }

    /// Ends a device code before its time.
    ///
    /// # Errors
    ///
    /// The code is unknown, or the registration has ended.
    pub fn expire(&self, user_code: &str) -> Result<RegistrationSummary, ControlError> {
        self.change(user_code, |world, now| world.expire(user_code, now))
    }

    /// Lets the new app in, as the organisation's administrator.
    ///
    /// # Errors
    ///
    /// The code is unknown, or its app does not wait for an administrator.
    pub fn admin_approve(&self, user_code: &str) -> Result<RegistrationSummary, ControlError> {
        self.change(user_code, |world, now| world.admin_approve(user_code, now))
    }

    /// Turns the new app away, as the organisation's administrator.
    ///
    /// # Errors
    ///
    /// The code is unknown, or its app does not wait for an administrator.
    pub fn admin_deny(
        &self,
        user_code: &str,
        reason: Option<String>,
    ) -> Result<RegistrationSummary, ControlError> {
        self.change(user_code, |world, now| world.admin_deny(user_code, reason, now))
    }

    /// Adds a fault behind those that are waiting.
    ///
    /// # Errors
    ///
    /// The rule's path is no path, its fault is empty, or two parts of it exclude each other.
    pub fn add_fault(&self, rule: FaultRule) -> Result<FaultRule, ControlError> {
        rule.check()?;
        self.world().faults.push(rule.clone());
        Ok(rule)
    }

    /// Lists the faults that are waiting, with the times they have left.
    pub fn faults(&self) -> Vec<FaultRule> {
        self.world().faults.to_vec()
    }

    /// Removes every fault.
    pub fn clear_faults(&self) {
        self.world().faults.clear();
    }

    /// Lists the newest 10 000 calls that reached the DingTalk side, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.world().calls.to_vec()
    }

    /// Counts the calls that reached the DingTalk side, by path.
    pub fn call_counts(&self) -> BTreeMap<String, u64> {
        self.world().calls.counts().clone()
    }

    /// Reads the settings.
    pub fn settings(&self) -> Settings {
        self.world().settings.clone()
    }

    /// Changes some settings, for the calls that follow.
    pub fn change_settings(&self, patch: SettingsPatch) -> Settings {
        let mut world = self.world();
        world.settings.change(patch);
        world.settings.clone()
    }

    pub(crate) fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// A path becomes a URL of the simulator; anything else stays.
    pub(crate) fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.public_url()) } else { url.to_owned() }
    }

    pub(crate) fn now(&self) -> Millis {
        self.0.clock.now()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(
        &self,
        user_code: &str,
        act: impl FnOnce(&mut World, Millis) -> Result<(), ControlError>,
    ) -> Result<RegistrationSummary, ControlError> {
        let now = self.now();
        let mut world = self.world();
        act(&mut world, now)?;
        world.summary(user_code, now)
    }
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("public_url", &self.0.public_url).finish_non_exhaustive()
    }
}
