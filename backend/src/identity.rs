//! The people who have signed in, and who may.
//!
//! A person is keyed by organisation and union id. An address or a phone number never makes two people one.

mod binding;
mod email;
mod policy;

use std::fmt;
use std::sync::Arc;

use crate::clock::{Clock, Timestamp};
use crate::flow::Person;
use crate::secret::{OpenError, Sealer, Token, random_id};
use crate::store::{Address, InvitationRow, Newcomers, Store, UserRow};

pub use binding::{BindError, Binding, Change};
pub use email::Email;
pub use policy::{Policy, Refusal};

/// Knows the people. Cheap to clone.
#[derive(Clone, Debug)]
pub struct People {
    clock: Arc<dyn Clock>,
    store: Store,
    sealer: Arc<Sealer>,
    policy: Arc<Policy>,
}

/// Somebody of whom DingTalk has said who it is.
#[derive(Clone)]
pub struct Arrival {
    /// The app with which they signed in.
    pub client_id: String,
    /// The organisation, where DingTalk told.
    pub corp_id: Option<String>,
    /// Names them at DingTalk; not empty.
    pub union_id: String,
    /// Names them to the app.
    pub open_id: Option<String>,
    /// Names them in the organisation.
    pub staff_id: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// The address that the organisation has.
    pub email: Option<String>,
    /// The address that the person has written into their profile.
    pub profile_email: Option<String>,
    /// Whether the organisation could be asked. If not, a known person keeps the address that it gave before.
    pub is_member_known: bool,
    /// Their number.
    pub mobile: Option<String>,
    /// The country code of the number.
    pub state_code: Option<String>,
    /// Their number in the organisation.
    pub job_number: Option<String>,
    /// When they were hired.
    pub hired_at: Option<Timestamp>,
    /// Their picture.
    pub avatar_url: Option<String>,
    /// Gets a token that speaks for them.
    pub refresh_token: Option<Token>,
}

impl Arrival {
    fn address(&self) -> Email {
        Email::of(self.email.as_deref(), self.profile_email.as_deref(), &self.union_id)
    }

    fn address_use(&self) -> Address {
        if self.is_member_known { Address::New } else { Address::OfNewcomers }
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Somebody cannot come in.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// The rules keep them out.
    #[error("the person may not come in: {0}")]
    Refused(Refusal),
    /// The database failed.
    #[error("the person could not be stored")]
    Store(#[from] sqlx::Error),
}

impl People {
    /// Makes it.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sealer: Arc<Sealer>, policy: Policy) -> Self {
        Self { clock, store, sealer, policy: Arc::new(policy) }
    }

    /// Lets a person in by the rules: adds them, or brings what is known of them up to date.
    ///
    /// # Errors
    ///
    /// [`AdmitError`]; nothing was stored then.
    pub async fn admit(&self, arrival: Arrival) -> Result<UserRow, AdmitError> {
        let email = arrival.address();
        self.policy.check(arrival.corp_id.as_deref(), &email).map_err(AdmitError::Refused)?;
        let newcomers = self.policy.newcomers(&email);
        let row = self.row(&arrival, &email);
        let admitted = self.store.admit_user(&row, newcomers, arrival.address_use()).await?;
        admitted.ok_or(AdmitError::Refused(Refusal::NotInvited))
    }

    /// Brings what is known of a person up to date, by the rules. They have not come in by that.
    ///
    /// # Errors
    ///
    /// [`AdmitError`]; nothing was stored then.
    pub async fn update(&self, user: &UserRow, arrival: Arrival) -> Result<UserRow, AdmitError> {
        let email = arrival.address();
        self.policy.check(arrival.corp_id.as_deref(), &email).map_err(AdmitError::Refused)?;
        let row = UserRow { signed_in_at: user.signed_in_at, ..self.row(&arrival, &email) };
        let updated = self.store.admit_user(&row, Newcomers::Welcome, arrival.address_use()).await?;
        updated.ok_or(AdmitError::Refused(Refusal::NotInvited))
    }

    /// Keeps what gets the next token for a person.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn keep_refresh_token(&self, user: &UserRow, token: Option<&Token>) -> sqlx::Result<()> {
        let place = refresh_place(&user.corp_id, &user.union_id);
        let sealed = token.map(|token| self.sealer.seal(&place, token.expose()));
        self.store.set_refresh_token(&user.id, sealed.as_ref()).await
    }

    fn row(&self, arrival: &Arrival, email: &Email) -> UserRow {
        let now = self.clock.now();
        let corp_id = arrival.corp_id.clone().unwrap_or_default();
        let place = refresh_place(&corp_id, &arrival.union_id);
        let refresh_token =
            arrival.refresh_token.as_ref().map(|token| self.sealer.seal(&place, token.expose()));
        UserRow {
            id: random_id(),
            corp_id,
            union_id: arrival.union_id.clone(),
            open_id: arrival.open_id.clone(),
            staff_id: arrival.staff_id.clone(),
            name: arrival.name.clone().unwrap_or_else(|| email.as_str().to_owned()),
            email: email.as_str().to_owned(),
            is_email_made_up: email.is_made_up(),
            mobile: arrival.mobile.clone(),
            state_code: arrival.state_code.clone(),
            job_number: arrival.job_number.clone(),
            hired_at: arrival.hired_at,
            avatar_url: arrival.avatar_url.clone().filter(|url| url.starts_with("https://")),
            is_admin: self.policy.is_admin(email),
            external_id: None,
            extension: "{}".to_owned(),
            client_id: arrival.client_id.clone(),
            refresh_token,
            created_at: now,
            signed_in_at: now,
        }
    }

    /// Finds a person.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn user(&self, id: &str) -> sqlx::Result<Option<UserRow>> {
        self.store.user(id).await
    }

    /// Finds the person whom the embedder calls so.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn user_by_external_id(&self, external_id: &str) -> sqlx::Result<Option<UserRow>> {
        self.store.user_by_external_id(external_id).await
    }

    /// Opens what gets a new token for a person; `None` if DingTalk gave none.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn refresh_token(&self, user: &UserRow) -> Result<Option<Token>, OpenError> {
        let place = refresh_place(&user.corp_id, &user.union_id);
        let open =
            |sealed| self.sealer.open(&place, sealed).map(|token| Token::new(token.as_str().to_owned()));
        user.refresh_token.as_ref().map(open).transpose()
    }

    /// Invites a person by address or union id, or returns the invitation that they have.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn invite(&self, email: Option<&Email>, union_id: Option<&str>) -> sqlx::Result<InvitationRow> {
        let invitation = InvitationRow {
            id: random_id(),
            email: email.map(|email| email.as_str().to_owned()),
            union_id: union_id.map(str::to_owned),
            created_at: self.clock.now(),
        };
        self.store.insert_invitation(&invitation).await
    }

    /// Lists the invitations that nobody has used.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn invitations(&self) -> sqlx::Result<Vec<InvitationRow>> {
        self.store.invitations().await
    }

    /// Takes an invitation back. Returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn uninvite(&self, id: &str) -> sqlx::Result<bool> {
        self.store.delete_invitation(id).await
    }
}

/// What a page may know of a person.
impl From<UserRow> for Person {
    fn from(user: UserRow) -> Self {
        Self {
            user_id: user.id,
            name: user.name,
            email: user.email,
            avatar_url: user.avatar_url,
            corp_id: (!user.corp_id.is_empty()).then_some(user.corp_id),
            is_admin: user.is_admin,
        }
    }
}

fn refresh_place(corp_id: &str, union_id: &str) -> String {
    format!("users/{corp_id}/{union_id}")
}
