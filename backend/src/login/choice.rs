//! With which app, and for which organisation. An app that one organisation owns is for that one; a third-party app is for each
//! that has installed it.

use super::{LoginError, Logins};
use crate::app::{Choice, LoginApp};

impl Logins {
    /// Finds the app that is meant. One that is many organisations' is for none of them unless one was named.
    pub(super) async fn choose(&self, choice: Choice<'_>) -> Result<LoginApp, LoginError> {
        let found = self.shared.apps.for_login(choice).await?;
        match choice {
            Choice::Default | Choice::Named(_) => found.ok_or(LoginError::NoApp),
            Choice::InOrganisation { corp_id, .. } => {
                self.for_organisation(found.ok_or(LoginError::NoApp)?, corp_id).await
            }
            Choice::OfOrganisation(corp_id) => match found {
                Some(app) => Ok(app),
                None => self.installed_by(corp_id).await,
            },
        }
    }

    async fn for_organisation(&self, app: LoginApp, corp_id: &str) -> Result<LoginApp, LoginError> {
        if self.is_of_many(&app) {
            let customer = self.in_organisation(&app, Some(corp_id)).await;
            return if matches!(customer, Err(LoginError::ForeignOrganisation)) {
                Err(LoginError::NoApp)
            } else {
                customer
            };
        }
        if app.corp_id.as_deref() == Some(corp_id) { Ok(app) } else { Err(LoginError::NoApp) }
    }
}

#[cfg(feature = "platform")]
impl Logins {
    /// Returns whether it is a third-party app.
    pub(super) fn is_of_many(&self, app: &LoginApp) -> bool {
        self.shared.accounts.suites().of_client(&app.client_id).is_some()
    }

    /// Makes a third-party app that of one of its customers; any other app stays what it is.
    pub(super) async fn in_organisation(
        &self,
        app: &LoginApp,
        corp_id: Option<&str>,
    ) -> Result<LoginApp, LoginError> {
        let Some(suite) = self.shared.accounts.suites().of_client(&app.client_id) else {
            return Ok(app.clone());
        };
        let corp_id = corp_id.ok_or(LoginError::ForeignOrganisation)?;
        let customer = self.shared.accounts.suites().authorized(suite, corp_id).await?;
        Ok(LoginApp { corp_id: Some(customer.corp_id), agent_id: customer.agent_id, ..app.clone() })
    }

    /// Finds the third-party app that an organisation has installed.
    async fn installed_by(&self, corp_id: &str) -> Result<LoginApp, LoginError> {
        let suite = self.shared.accounts.suites().of_organisation(corp_id).await?.ok_or(LoginError::NoApp)?;
        let app = self.shared.apps.for_login(Choice::Named(&suite.name)).await?.ok_or(LoginError::NoApp)?;
        self.in_organisation(&app, Some(corp_id)).await
    }
}

#[cfg(not(feature = "platform"))]
#[expect(clippy::unused_self, clippy::unused_async, reason = "there are no third-party apps in this build")]
impl Logins {
    /// Returns whether it is a third-party app.
    pub(super) fn is_of_many(&self, _: &LoginApp) -> bool {
        false
    }

    pub(super) async fn in_organisation(
        &self,
        app: &LoginApp,
        _: Option<&str>,
    ) -> Result<LoginApp, LoginError> {
        Ok(app.clone())
    }

    async fn installed_by(&self, _: &str) -> Result<LoginApp, LoginError> {
        Err(LoginError::NoApp)
    }
}
