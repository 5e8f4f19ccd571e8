//! Everything the simulated DingTalk remembers. No clock and no socket in here: time comes in as a parameter.

mod app;
mod authorization;
mod code;
mod device_flow;
mod directory;
mod mail;
mod phone;
mod push;
mod rate;
mod robot;
mod staff;
mod suite;
mod user_token;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::call::CallLog;
use crate::clock::Millis;
use crate::control::{ControlError, InApp, RegistrationSummary};
use crate::fault::{FaultList, FaultRule};
use crate::people::{self, Person};
use crate::random::Random;
use crate::registration::Registration;
use crate::settings::Settings;

pub(crate) use app::{AppRefusal, AppToken};
pub(crate) use authorization::{Choice, Stranger};
pub(crate) use code::{Purpose, check_corp_id};
pub(crate) use device_flow::{NONCE_LIFE_S, Refusal};
pub(crate) use directory::{DirectoryRefusal, Member};
pub(crate) use mail::{Notice, NoticeRefusal};
pub(crate) use phone::{ApprovalPlan, ChosenApp};
pub(crate) use robot::RobotRefusal;
pub(crate) use staff::{Department, MemberPage};
pub(crate) use suite::{Agreed, Credentials, Signed, SuiteRefusal, SuiteToken};
pub(crate) use user_token::{Profile, ProfileRefusal, Proof, TokenRefusal, UserToken, Whose};

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) faults: FaultList,
    pub(crate) calls: CallLog,
    pub(crate) random: Random,
    nonces: HashMap<String, device_flow::Nonce>,
    registrations: Vec<Registration>,
    by_device_code: HashMap<String, usize>,
    by_user_code: HashMap<String, usize>,
    /// By client id.
    apps: BTreeMap<String, app::AppOnFile>,
    /// By client id.
    tokens: app::Tokens,
    suites: suite::Suites,
    people: Vec<Person>,
    staffs: staff::Staffs,
    rate: rate::Rate,
    mail: mail::Mail,
    codes: HashMap<String, code::Code>,
    user_tokens: HashMap<String, user_token::Grant>,
    refresh_tokens: HashMap<String, user_token::Grant>,
    /// Client id and user id of those who said yes before.
    pub(crate) consents: HashSet<(String, String)>,
    /// Who uses the DingTalk app, for pages that open in it.
    pub(crate) in_app: Option<InApp>,
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
            suites: suite::Suites::default(),
            people: people::existing(),
            staffs: staff::staffs(),
            rate: rate::Rate::default(),
            mail: mail::Mail::default(),
            codes: HashMap::new(),
            user_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            consents: HashSet::new(),
            in_app: None,
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
