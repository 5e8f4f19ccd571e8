//! Third-party apps, who has installed them, and their tokens.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::World;
use super::app::AppOnFile;
use crate::app::{App, LOOPBACK, permission};
use crate::clock::Millis;
use crate::control::ControlError;
use crate::organisation::Organisation;
use crate::suite::{CallbackCrypto, Customer, Suite, SuiteSummary};

/// A ticket is replaced when it is this old, in milliseconds.
const TICKET_LIFE: Millis = 5 * 3600 * 1000;
/// Life of a token, in seconds.
const TOKEN_LIFE_S: u64 = 7200;

/// Everything about third-party apps.
#[derive(Debug, Default)]
pub(super) struct Suites {
    /// By key.
    pub(super) all: BTreeMap<String, SuiteOnFile>,
    /// Tokens of the apps themselves: key and end.
    own_tokens: HashMap<String, (String, Millis)>,
    /// Tokens of customers: key, corp id and end.
    corp_tokens: HashMap<String, (String, String, Millis)>,
    pub(super) outbox: super::push::Outbox,
}

#[derive(Debug)]
pub(super) struct SuiteOnFile {
    pub(super) suite: Suite,
    /// Names it to itself in what is pushed.
    pub(super) id: u64,
    pub(super) ticket: String,
    ticket_at: Millis,
    /// By corp id.
    pub(super) customers: BTreeMap<String, Installed>,
}

#[derive(Debug)]
pub(super) struct Installed {
    /// The app as one of the organisation's.
    pub(super) app: App,
    pub(super) enabled: bool,
}

/// What a third-party app proves itself with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Credentials<'a> {
    pub(crate) key: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) ticket: &'a str,
}

/// The same in the old API, where the secret signs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) key: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) ticket: &'a str,
    pub(crate) signature: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuiteRefusal {
    Key,
    Secret,
    Signature,
    Ticket,
    Token,
    NotAuthorized,
}

/// A token and its life in seconds.
#[derive(Debug)]
pub(crate) struct SuiteToken {
    pub(crate) value: String,
    pub(crate) expires_in: u64,
}

/// What an organisation has agreed to.
#[derive(Debug)]
pub(crate) struct Agreed {
    pub(crate) corp_id: String,
    pub(crate) name: String,
    pub(crate) agent_id: u64,
    pub(crate) suite_key: String,
}

impl World {
    /// Registers a third-party app, or changes it, and checks its address.
    pub(crate) fn put_suite(&mut self, suite: Suite, now: Millis) -> Result<SuiteSummary, ControlError> {
        CallbackCrypto::new(&suite.token, &suite.aes_key, &suite.suite_key)
            .map_err(|error| ControlError::Invalid(error.to_string()))?;
        let key = suite.suite_key.clone();
        if key.is_empty() || (self.app(&key).is_some() && !self.suites.all.contains_key(&key)) {
            return Err(ControlError::Invalid("suite_key: is empty, or another app's".to_owned()));
        }
        let app = app_of(&suite, "", 0);
        self.apps.insert(key.clone(), AppOnFile::of_suite(app));
        if let Some(known) = self.suites.all.get_mut(&key) {
            known.suite = suite;
        } else {
            let (ticket, id) = (self.random.access_token(), self.random.agent_id());
            let customers = BTreeMap::new();
            let on_file = SuiteOnFile { suite, id, ticket, ticket_at: now, customers };
            self.suites.all.insert(key.clone(), on_file);
        }
        self.push_check(&key, now);
        self.push_ticket(&key, now);
        self.suite(&key)
    }

    pub(crate) fn suites(&self) -> Vec<SuiteSummary> {
        self.suites.all.values().map(SuiteOnFile::summary).collect()
    }

    pub(crate) fn suite(&self, key: &str) -> Result<SuiteSummary, ControlError> {
        self.suite_on_file(key).map(SuiteOnFile::summary)
    }

    pub(super) fn suite_on_file(&self, key: &str) -> Result<&SuiteOnFile, ControlError> {
        self.suites.all.get(key).ok_or_else(|| ControlError::UnknownSuite(key.to_owned()))
    }

    /// Replaces the ticket, and pushes the new one.
    pub(crate) fn renew_ticket(&mut self, key: &str, now: Millis) -> Result<SuiteSummary, ControlError> {
        let ticket = self.random.access_token();
        let suite = self.suites.all.get_mut(key).ok_or_else(|| ControlError::UnknownSuite(key.to_owned()))?;
        (suite.ticket, suite.ticket_at) = (ticket, now);
        self.push_ticket(key, now);
        self.suite(key)
    }

    /// Replaces the tickets that are too old.
    pub(crate) fn renew_old_tickets(&mut self, now: Millis) {
        let is_old = |suite: &SuiteOnFile| now >= suite.ticket_at.saturating_add(TICKET_LIFE);
        let old: Vec<String> =
            self.suites.all.values().filter(|suite| is_old(suite)).map(SuiteOnFile::key).collect();
        for key in old {
            drop(self.renew_ticket(&key, now));
        }
    }

    /// An administrator installs the app, or agrees anew.
    pub(crate) fn install(
        &mut self,
        key: &str,
        corp_id: &str,
        now: Millis,
    ) -> Result<Customer, ControlError> {
        super::check_corp_id("corp_id", corp_id)?;
        let agent_id = self.random.agent_id();
        let suite = self.suites.all.get_mut(key).ok_or_else(|| ControlError::UnknownSuite(key.to_owned()))?;
        let app = app_of(&suite.suite, corp_id, agent_id);
        let word = if let Some(known) = suite.customers.get_mut(corp_id) {
            known.enabled = true;
            "org_suite_change"
        } else {
            suite.customers.insert(corp_id.to_owned(), Installed { app, enabled: true });
            "org_suite_auth"
        };
        let customer = suite.customer(corp_id)?;
        self.push_authorization(key, corp_id, word, now);
        Ok(customer)
    }

    /// An administrator removes the app. Its tokens for the organisation are void.
    pub(crate) fn uninstall(&mut self, key: &str, corp_id: &str, now: Millis) -> Result<(), ControlError> {
        let suite = self.suites.all.get_mut(key).ok_or_else(|| ControlError::UnknownSuite(key.to_owned()))?;
        suite.customer(corp_id)?;
        suite.customers.remove(corp_id);
        self.suites.corp_tokens.retain(|_, (of, corp, _)| of != key || corp != corp_id);
        self.push_authorization(key, corp_id, "org_suite_relieve", now);
        Ok(())
    }

    /// An administrator switches the app on or off.
    pub(crate) fn switch(
        &mut self,
        key: &str,
        corp_id: &str,
        enabled: bool,
        now: Millis,
    ) -> Result<Customer, ControlError> {
        let suite = self.suites.all.get_mut(key).ok_or_else(|| ControlError::UnknownSuite(key.to_owned()))?;
        suite.customer(corp_id)?;
        if let Some(installed) = suite.customers.get_mut(corp_id) {
            installed.enabled = enabled;
        }
        let customer = suite.customer(corp_id)?;
        self.push_switch(key, &customer, now);
        Ok(customer)
    }

    /// Whether an app is of an organisation: its own, or a third-party app that it has installed.
    pub(crate) fn serves(&self, app: &App, corp_id: &str) -> bool {
        match self.suites.all.get(&app.client_id) {
            Some(suite) => suite.customers.get(corp_id).is_some_and(|installed| installed.enabled),
            None => app.corp_id == corp_id,
        }
    }

    /// Whether an app is many organisations'.
    pub(crate) fn is_suite(&self, client_id: &str) -> bool {
        self.suites.all.contains_key(client_id)
    }

    /// A token that speaks for the app itself.
    pub(crate) fn suite_token(
        &mut self,
        credentials: Credentials<'_>,
        now: Millis,
    ) -> Result<SuiteToken, SuiteRefusal> {
        self.check_suite(credentials, now)?;
        let value = self.random.access_token();
        let end = now.saturating_add(TOKEN_LIFE_S * 1000);
        self.suites.own_tokens.insert(value.clone(), (credentials.key.to_owned(), end));
        Ok(SuiteToken { value, expires_in: TOKEN_LIFE_S })
    }

    /// A token that speaks for the app in an organisation, another one each time.
    pub(crate) fn corp_token(
        &mut self,
        credentials: Credentials<'_>,
        corp_id: &str,
        now: Millis,
    ) -> Result<SuiteToken, SuiteRefusal> {
        self.check_suite(credentials, now)?;
        self.issue_corp_token(credentials.key, corp_id, now)
    }

    pub(crate) fn signed_corp_token(
        &mut self,
        signed: Signed<'_>,
        corp_id: &str,
        now: Millis,
    ) -> Result<SuiteToken, SuiteRefusal> {
        self.check_signed(signed, now)?;
        self.issue_corp_token(signed.key, corp_id, now)
    }

    pub(crate) fn agreed(&self, token: &str, corp_id: &str, now: Millis) -> Result<Agreed, SuiteRefusal> {
        let own = self.suites.own_tokens.get(token).filter(|(_, end)| now < *end);
        let (key, _) = own.ok_or(SuiteRefusal::Token)?;
        self.agreement(key, corp_id)
    }

    pub(crate) fn signed_agreed(
        &mut self,
        signed: Signed<'_>,
        corp_id: &str,
        now: Millis,
    ) -> Result<Agreed, SuiteRefusal> {
        self.check_signed(signed, now)?;
        self.agreement(signed.key, corp_id)
    }

    /// The app for which a token of a customer speaks.
    pub(super) fn app_of_corp_token(&self, token: &str, now: Millis) -> Option<&App> {
        let (key, corp_id, _) = self.suites.corp_tokens.get(token).filter(|(_, _, end)| now < *end)?;
        let installed = self.suites.all.get(key)?.customers.get(corp_id)?;
        installed.enabled.then_some(&installed.app)
    }

    fn issue_corp_token(
        &mut self,
        key: &str,
        corp_id: &str,
        now: Millis,
    ) -> Result<SuiteToken, SuiteRefusal> {
        self.agreement(key, corp_id)?;
        let value = self.random.access_token();
        let end = now.saturating_add(TOKEN_LIFE_S * 1000);
        self.suites.corp_tokens.insert(value.clone(), (key.to_owned(), corp_id.to_owned(), end));
        Ok(SuiteToken { value, expires_in: TOKEN_LIFE_S })
    }

    fn agreement(&self, key: &str, corp_id: &str) -> Result<Agreed, SuiteRefusal> {
        let suite = self.suites.all.get(key).ok_or(SuiteRefusal::Key)?;
        let installed = suite.customers.get(corp_id).filter(|installed| installed.enabled);
        let agent_id = installed.ok_or(SuiteRefusal::NotAuthorized)?.app.agent_id;
        let name = Organisation::find_corp(corp_id).map_or(corp_id, |organisation| organisation.name);
        let (corp_id, name) = (corp_id.to_owned(), name.to_owned());
        Ok(Agreed { corp_id, name, agent_id, suite_key: key.to_owned() })
    }

    fn check_suite(&mut self, credentials: Credentials<'_>, now: Millis) -> Result<(), SuiteRefusal> {
        self.renew_old_tickets(now);
        let suite = self.suites.all.get(credentials.key).ok_or(SuiteRefusal::Key)?;
        if suite.suite.suite_secret != credentials.secret {
            return Err(SuiteRefusal::Secret);
        }
        if suite.ticket == credentials.ticket { Ok(()) } else { Err(SuiteRefusal::Ticket) }
    }

    /// DingTalk's page 第三方应用接口签名计算方法.
    fn check_signed(&mut self, signed: Signed<'_>, now: Millis) -> Result<(), SuiteRefusal> {
        self.renew_old_tickets(now);
        let suite = self.suites.all.get(signed.key).ok_or(SuiteRefusal::Key)?;
        let mac = Hmac::<Sha256>::new_from_slice(suite.suite.suite_secret.as_bytes());
        let mut mac = mac.map_err(|_| SuiteRefusal::Signature)?;
        mac.update(format!("{}\n{}", signed.timestamp, signed.ticket).as_bytes());
        if STANDARD.encode(mac.finalize().into_bytes()) != signed.signature {
            return Err(SuiteRefusal::Signature);
        }
        if suite.ticket == signed.ticket { Ok(()) } else { Err(SuiteRefusal::Ticket) }
    }
}

impl SuiteOnFile {
    fn key(&self) -> String {
        self.suite.suite_key.clone()
    }

    fn summary(&self) -> SuiteSummary {
        let customer = |(corp_id, installed): (&String, &Installed)| Customer {
            corp_id: corp_id.clone(),
            agent_id: installed.app.agent_id,
            enabled: installed.enabled,
        };
        SuiteSummary {
            suite_key: self.key(),
            callback_url: self.suite.callback_url.clone(),
            ticket: self.ticket.clone(),
            customers: self.customers.iter().map(customer).collect(),
        }
    }

    pub(super) fn customer(&self, corp_id: &str) -> Result<Customer, ControlError> {
        let found = self.customers.get(corp_id);
        let found = found.map(|installed| Customer {
            corp_id: corp_id.to_owned(),
            agent_id: installed.app.agent_id,
            enabled: installed.enabled,
        });
        found.ok_or_else(|| ControlError::UnknownCustomer(corp_id.to_owned()))
    }
}

/// A third-party app as it is in an organisation.
fn app_of(suite: &Suite, corp_id: &str, agent_id: u64) -> App {
    App {
        client_id: suite.suite_key.clone(),
        secret: suite.suite_secret.clone(),
        agent_id,
        corp_id: corp_id.to_owned(),
        published: true,
        permissions: permission::ALL.map(str::to_owned).into(),
        redirect_urls: LOOPBACK.map(str::to_owned).into(),
        allow_ip: true,
        robot: true,
        visible_departments: vec![1],
    }
}
