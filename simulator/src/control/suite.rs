//! The controls of third-party apps.

use std::time::Duration;

use super::{Control, ControlError};
use crate::suite::pusher::Letter;
use crate::suite::{Customer, Push, PushSummary, Suite, SuiteSummary};

impl Control {
    /// Registers a third-party app, or changes one: checks its address and pushes its ticket.
    ///
    /// # Errors
    ///
    /// The key is another app's, or the AES key is none.
    pub fn put_suite(&self, suite: Suite) -> Result<SuiteSummary, ControlError> {
        let now = self.now();
        self.world().put_suite(suite, now)
    }

    /// Lists the third-party apps, by key.
    pub fn suites(&self) -> Vec<SuiteSummary> {
        self.world().suites()
    }

    /// Returns a third-party app.
    ///
    /// # Errors
    ///
    /// There is none of this key.
    pub fn suite(&self, suite_key: &str) -> Result<SuiteSummary, ControlError> {
        self.world().suite(suite_key)
    }

    /// Replaces the ticket, as happens every five hours, and pushes the new one.
    ///
    /// # Errors
    ///
    /// There is no third-party app of this key.
    pub fn renew_ticket(&self, suite_key: &str) -> Result<SuiteSummary, ControlError> {
        let now = self.now();
        self.world().renew_ticket(suite_key, now)
    }

    /// Installs a third-party app in an organisation, or agrees to it anew, and pushes that.
    ///
    /// # Errors
    ///
    /// There is no third-party app of this key, or no such organisation.
    pub fn install(&self, suite_key: &str, corp_id: &str) -> Result<Customer, ControlError> {
        let now = self.now();
        self.world().install(suite_key, corp_id, now)
    }

    /// Removes a third-party app from an organisation, and pushes that.
    ///
    /// # Errors
    ///
    /// There is no third-party app of this key, or the organisation has not installed it.
    pub fn uninstall(&self, suite_key: &str, corp_id: &str) -> Result<(), ControlError> {
        let now = self.now();
        self.world().uninstall(suite_key, corp_id, now)
    }

    /// Switches a third-party app on or off in an organisation, and pushes that.
    ///
    /// # Errors
    ///
    /// There is no third-party app of this key, or the organisation has not installed it.
    pub fn switch(&self, suite_key: &str, corp_id: &str, enabled: bool) -> Result<Customer, ControlError> {
        let now = self.now();
        self.world().switch(suite_key, corp_id, enabled, now)
    }

    /// Pushes anything.
    ///
    /// # Errors
    ///
    /// There is no third-party app of this key, or what is to be pushed cannot be.
    pub fn push(&self, suite_key: &str, push: Push) -> Result<(), ControlError> {
        let now = self.now();
        self.world().push(suite_key, push, now)
    }

    /// Lists what was and is to be pushed, oldest first.
    ///
    /// # Errors
    ///
    /// There is no third-party app of this key.
    pub fn pushes(&self, suite_key: &str) -> Result<Vec<PushSummary>, ControlError> {
        self.world().pushes(suite_key)
    }

    /// Waits until everything is pushed that is due at this moment of simulated time.
    pub async fn pushed(&self) {
        while self.has_due_pushes() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn has_due_pushes(&self) -> bool {
        let now = self.now();
        let mut world = self.world();
        world.renew_old_tickets(now);
        world.has_due_pushes(now)
    }

    pub(crate) fn due_letters(&self) -> Vec<Letter> {
        let now = self.now();
        self.world().due_letters(now)
    }

    pub(crate) fn settle_letter(&self, id: u64, outcome: Result<(), String>) {
        let now = self.now();
        self.world().settle_letter(id, outcome, now);
    }
}
