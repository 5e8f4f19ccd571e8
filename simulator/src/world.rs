//! Everything the simulated DingTalk remembers. No clock and no socket in here: time comes in as a parameter.

mod app;
mod device_flow;
mod phone;

use std::collections::HashMap;

use crate::call::CallLog;
use crate::clock::Millis;
use crate::control::{ControlError, RegistrationSummary};
use crate::fault::{FaultList, FaultRule};
use crate::random::Random;
use crate::registration::Registration;
use crate::settings::Settings;

pub(crate) use app::AppRefusal;
pub(crate) use device_flow::{NONCE_LIFE_S, Refusal};
pub(crate) use phone::{ApprovalPlan, ChosenApp};

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) faults: FaultList,
    pub(crate) calls: CallLog,
    pub(crate) random: Random,
    nonces: HashMap<String, device_flow::Nonce>,
    registrations: Vec<Registration>,
    by_device_code: HashMap<String, usize>,
    by_user_code: HashMap<String, usize>,
    apps: HashMap<String, app::App>,
    tokens: HashMap<String, app::TokenOnFile>,
}

impl World {
    pub(crate) fn new(settings: Settings, seed: Option<u64>, faults: Vec<FaultRule>) -> Self {
        Self {
            settings,
            faults: FaultList::new(faults),
            calls: CallLog::default(),
            random: Random::new(seed),
            nonces: HashMap::new(),
            registrations: Vec::new(),
            by_device_code: HashMap::new(),
            by_user_code: HashMap::new(),
            apps: app::existing(),
            tokens: HashMap::new(),
        }
    }

    pub(crate) fn registrations(&self) -> &[Registration] {
        &self.registrations
    }

    pub(crate) fn registration(&self, user_code: &str) -> Option<&Registration> {
        self.by_user_code.get(user_code).and_then(|&index| self.registrations.get(index))
    }

    pub(crate) fn summary(&self, user_code: &str, now: Millis) -> Result<RegistrationSummary, ControlError> {
        let unknown = || ControlError::UnknownUserCode(user_code.to_owned());
        self.registration(user_code).map(|found| RegistrationSummary::new(found, now)).ok_or_else(unknown)
    }

    fn registration_mut(&mut self, user_code: &str) -> Result<&mut Registration, ControlError> {
        let index = self.by_user_code.get(user_code).copied();
        index
            .and_then(|index| self.registrations.get_mut(index))
            .ok_or_else(|| ControlError::UnknownUserCode(user_code.to_owned()))
    }
}
