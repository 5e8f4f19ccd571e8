//! Asks DingTalk who it is.

use std::time::Duration;

use super::{LoginError, Logins};
use crate::account::AccountError;
use crate::app::LoginApp;
use crate::causes::Causes;
use crate::clock::Timestamp;
use crate::dingtalk::{DingTalkError, Meaning, Member, Profile, UserTokens};
use crate::identity::Arrival;
use crate::secret::{Presented, Token};
use crate::store::UserRow;

/// The pauses before a question that changes nothing is asked again.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// How long it is worth while to ask again.
const PATIENCE: Duration = Duration::from_secs(5);

impl Logins {
    /// Finds out who an authorization code stands for, and lets them in by the rules.
    pub(super) async fn identify(&self, app: &LoginApp, code: &Presented) -> Result<UserRow, LoginError> {
        let secret = self.shared.apps.exchange_secret(&app.client_id).await?;
        // Once: should the answer get lost, the code is spent, and another one is a tap away.
        let tokens = self.shared.oauth.exchange(&app.client_id, &secret, code).await?;
        self.check_organisation(app, tokens.corp_id.as_deref())?;
        let app = &self.in_organisation(app, tokens.corp_id.as_deref()).await?;
        let profile = patiently(|| self.shared.oauth.profile(&tokens.access)).await?;
        let member = self.membership(app, &profile.union_id).await?;
        let corp_id = tokens.corp_id.clone().or_else(|| app.corp_id.clone());
        let arrival = arrival(app, corp_id, profile, tokens, member);
        Ok(self.shared.people.admit(arrival).await?)
    }

    /// Asks DingTalk again who a person is, without them, and brings what is known of them up to date.
    ///
    /// # Errors
    ///
    /// [`LoginError::SignInRequired`] if DingTalk has given no permission for that, or it has ended; else as for a login.
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave the permission used.
    pub async fn refresh(&self, user: &UserRow) -> Result<UserRow, LoginError> {
        let app = self.shared.apps.login_app(&user.client_id).await?.ok_or(LoginError::NoApp)?;
        let app = self.in_organisation(&app, Some(&user.corp_id)).await?;
        let refresh =
            self.shared.people.refresh_token(user).ok().flatten().ok_or(LoginError::SignInRequired)?;
        let secret = self.shared.apps.exchange_secret(&app.client_id).await?;
        let tokens = match self.shared.oauth.refresh(&app.client_id, &secret, &refresh).await {
            Err(error) if matches!(error.meaning(), Meaning::CodeInvalid | Meaning::TokenInvalid) => {
                return Err(LoginError::SignInRequired);
            }
            other => other?,
        };
        // The one before is void, so the new one is kept whatever comes.
        self.shared.people.keep_refresh_token(user, tokens.refresh.as_ref()).await?;
        let profile = patiently(|| self.shared.oauth.profile(&tokens.access)).await?;
        if profile.union_id != user.union_id {
            return Err(LoginError::SignInRequired);
        }
        let member = self.membership(&app, &profile.union_id).await?;
        let corp_id = (!user.corp_id.is_empty()).then(|| user.corp_id.clone());
        let arrival = arrival(&app, corp_id, profile, tokens, member);
        Ok(self.shared.people.update(user, arrival).await?)
    }

    /// An app is its organisation's. DingTalk keeps others out as well, but does not promise it for every kind of app.
    fn check_organisation(&self, app: &LoginApp, corp_id: Option<&str>) -> Result<(), LoginError> {
        match (&app.corp_id, corp_id) {
            (Some(own), Some(chosen)) if own != chosen => Err(LoginError::ForeignOrganisation),
            // It was asked for, so it has to be told.
            (Some(_), None) => Err(LoginError::ForeignOrganisation),
            (None, None) if self.shared.settings.wants_corp || self.is_of_many(app) => {
                Err(LoginError::ForeignOrganisation)
            }
            (Some(_) | None, Some(_)) | (None, None) => Ok(()),
        }
    }

    /// Reads what the organisation knows of a person. That it does not know them is an error; that the app may not ask,
    /// or that nobody answers, leaves the record as it was.
    async fn membership(&self, app: &LoginApp, union_id: &str) -> Result<Option<Member>, LoginError> {
        let account = app.into();
        let found =
            self.shared.accounts.ask(&account, |token| async move { self.look_up(&token, union_id).await });
        match found.await {
            Ok(member) => Ok(Some(member)),
            Err(AccountError::DingTalk(error)) if error.meaning() == Meaning::NotAMember => Err(error.into()),
            Err(error) => {
                tracing::warn!(error = %Causes(&error), "member cannot be looked up");
                Ok(None)
            }
        }
    }

    pub(super) async fn look_up(&self, token: &Token, union_id: &str) -> Result<Member, DingTalkError> {
        let staff_id = patiently(|| self.shared.directory.staff_id(token, union_id)).await?;
        patiently(|| self.shared.directory.member(token, &staff_id)).await
    }

    /// Finds out who a workspace code stands for, and lets them in by the rules.
    pub(super) async fn identify_in_workspace(
        &self,
        app: &LoginApp,
        code: &Presented,
    ) -> Result<UserRow, LoginError> {
        let app = &self.in_organisation(app, app.corp_id.as_deref()).await?;
        let account = app.into();
        // A token that is not taken leaves the code good.
        let asked = self.shared.accounts.ask(&account, |token| async move {
            let user = self.shared.directory.workspace_user(&token, code).await?;
            Ok((user, token))
        });
        let (user, token) = asked.await?;
        let (member, is_member_known) =
            match patiently(|| self.shared.directory.member(&token, &user.staff_id)).await {
                Ok(member) => (member, true),
                Err(error) if error.meaning() == Meaning::NotAMember => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(error = %Causes(&error), "member cannot be read");
                    (Member { staff_id: user.staff_id.clone(), ..Member::default() }, false)
                }
            };
        let known = of_member(app, app.corp_id.clone(), user.union_id, Some(member));
        let arrival = Arrival { name: user.name, is_member_known, ..known };
        Ok(self.shared.people.admit(arrival).await?)
    }
}

fn arrival(
    app: &LoginApp,
    corp_id: Option<String>,
    profile: Profile,
    tokens: UserTokens,
    member: Option<Member>,
) -> Arrival {
    let known = of_member(app, corp_id, profile.union_id, member);
    Arrival {
        open_id: profile.open_id,
        // The organisation's name for somebody is one that colleagues recognise.
        name: known.name.or(profile.nick),
        profile_email: profile.email,
        mobile: known.mobile.or(profile.mobile),
        state_code: known.state_code.or(profile.state_code),
        avatar_url: known.avatar_url.or(profile.avatar_url),
        refresh_token: tokens.refresh,
        ..known
    }
}

fn of_member(app: &LoginApp, corp_id: Option<String>, union_id: String, member: Option<Member>) -> Arrival {
    let is_member_known = member.is_some();
    let member = member.unwrap_or_default();
    Arrival {
        is_member_known,
        profile_email: None,
        client_id: app.client_id.clone(),
        corp_id,
        union_id,
        open_id: None,
        staff_id: is_member_known.then_some(member.staff_id),
        name: member.name,
        email: member.email,
        mobile: member.mobile,
        state_code: member.state_code,
        job_number: member.job_number,
        hired_at: member.hired_at.map(Timestamp::from_millis),
        avatar_url: member.avatar_url,
        refresh_token: None,
    }
}

/// Asks again what can be asked again, when DingTalk is busy or silent.
async fn patiently<T, F: Future<Output = Result<T, DingTalkError>>>(
    ask: impl Fn() -> F,
) -> Result<T, DingTalkError> {
    let began = tokio::time::Instant::now();
    for pause in PAUSES {
        match ask().await {
            // Somebody waits in front of a blank page meanwhile.
            Err(error) if began.elapsed() > PATIENCE => return Err(error),
            Err(error) if matches!(error.meaning(), Meaning::Busy | Meaning::Unavailable) => {
                tokio::time::sleep(pause).await;
            }
            other => return other,
        }
    }
    ask().await
}
