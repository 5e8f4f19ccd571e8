//! The people who have signed in, and who may.
//!
//! A person is keyed by organisation and union id. An address or a phone number never makes two people one.

mod email;
mod policy;

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::clock::{Clock, Timestamp};
use crate::flow::Person;
use crate::secret::{OpenError, Sealer, Token, random_id};
use crate::store::{InvitationRow, Newcomers, Store, UserRow};

pub use email::Email;
pub use policy::{Policy, Refusal};

/// Longest external id, in characters.
const LONGEST_EXTERNAL_ID: usize = 128;

/// Most bytes of an extension.
const LARGEST_EXTENSION: usize = 8 * 1024;

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
    /// The address that DingTalk has.
    pub email: Option<String>,
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

/// What an embedder asks to keep with a person cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// There is no such person.
    #[error("no such person")]
    NotFound,
    /// The external id is empty, too long, or has control characters in it.
    #[error("the external id is not 1 to {LONGEST_EXTERNAL_ID} characters")]
    ExternalId,
    /// Another person has the external id.
    #[error("the external id is another person's")]
    Taken,
    /// The extension is too large.
    #[error("the extension has more than {LARGEST_EXTENSION} bytes")]
    Extension,
    /// The database failed.
    #[error("the person could not be stored")]
    Store(#[from] sqlx::Error),
}

/// What becomes of a value.
#[derive(Debug, Default)]
pub enum Change {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes.
    Remove,
    /// It becomes this.
    Set(String),
}

/// What an embedder asks to keep with a person. What is `None` stays as it is.
#[derive(Debug, Default)]
pub struct Binding {
    /// His own id of the person.
    pub external_id: Change,
    /// Members to put into the extension; null takes one away (RFC 7396, one level deep).
    pub extension: Option<Map<String, Value>>,
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
        let email = Email::of(arrival.email.as_deref(), &arrival.union_id);
        self.policy.check(arrival.corp_id.as_deref(), &email).map_err(AdmitError::Refused)?;
        let newcomers = self.policy.newcomers(&email);
        let row = self.row(&arrival, &email);
        let admitted = self.store.admit_user(&row, newcomers).await?;
        admitted.ok_or(AdmitError::Refused(Refusal::NotInvited))
    }

    /// Brings what is known of a person up to date, by the rules. They have not come in by that.
    ///
    /// # Errors
    ///
    /// [`AdmitError`]; nothing was stored then.
    pub async fn update(&self, user: &UserRow, arrival: Arrival) -> Result<UserRow, AdmitError> {
        let email = Email::of(arrival.email.as_deref(), &arrival.union_id);
        self.policy.check(arrival.corp_id.as_deref(), &email).map_err(AdmitError::Refused)?;
        let row = UserRow { signed_in_at: user.signed_in_at, ..self.row(&arrival, &email) };
        let updated = self.store.admit_user(&row, Newcomers::Welcome).await?;
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

    /// Keeps something of the embedder's with a person.
    ///
    /// # Errors
    ///
    /// [`BindError`]; nothing was changed then.
    pub async fn bind(&self, id: &str, binding: Binding) -> Result<UserRow, BindError> {
        let user = self.store.user(id).await?.ok_or(BindError::NotFound)?;
        let external_id = match binding.external_id {
            Change::Keep => user.external_id,
            Change::Remove => None,
            Change::Set(id) => Some(id),
        };
        if external_id.as_deref().is_some_and(|id| !is_external_id(id)) {
            return Err(BindError::ExternalId);
        }
        let extension = merged(&user.extension, binding.extension.unwrap_or_default());
        if extension.len() > LARGEST_EXTENSION {
            return Err(BindError::Extension);
        }
        match self.store.bind_user(id, external_id.as_deref(), &extension, self.clock.now()).await {
            Ok(row) => row.ok_or(BindError::NotFound),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(BindError::Taken),
            Err(error) => Err(error.into()),
        }
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

fn is_external_id(id: &str) -> bool {
    (1..=LONGEST_EXTERNAL_ID).contains(&id.chars().count()) && !id.chars().any(char::is_control)
}

fn merged(extension: &str, patch: Map<String, Value>) -> String {
    let mut members: Map<String, Value> = serde_json::from_str(extension).unwrap_or_default();
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    Value::Object(members).to_string()
}
