use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Messages, To};
use crate::account::Account;
use crate::store::{NewRecipient, UserRow};

/// Somebody as a message named them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Named {
    /// The field that did, such as `to.external_ids`.
    pub field: String,
    /// The id.
    pub id: String,
}

/// Somebody whom a message names and who does not get it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unresolved {
    /// Who.
    #[serde(flatten)]
    pub named: Named,
    /// Why.
    pub why: Why,
}

/// Why somebody does not get a message.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nobody is called so.
    Unknown,
    /// They are of another organisation than the app.
    OtherOrganisation,
    /// It is not known what the organisation calls them.
    NotAMember,
}

/// Who gets a message, and who does not.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) people: Vec<NewRecipient>,
    pub(super) departments: Vec<i64>,
    pub(super) unresolved: Vec<Unresolved>,
    pub(super) duplicates: Vec<Named>,
    seen: HashSet<String>,
}

impl Messages {
    /// Finds the people who are named.
    pub(super) async fn resolve(&self, account: &Account, to: &To) -> sqlx::Result<Found> {
        let store = &self.shared.parts.store;
        let mut found = Found::default();
        for id in &to.staff_ids {
            let recipient = NewRecipient { staff_id: id.clone(), user_id: None, external_id: None };
            found.add(named("to.staff_ids", id), recipient);
        }
        for id in &to.user_ids {
            let user = store.user(id).await?;
            found.add_user(named("to.user_ids", id), account, user, |user| (Some(user.id), None));
        }
        for id in &to.external_ids {
            let user = store.user_by_external_id(id).await?;
            found.add_user(named("to.external_ids", id), account, user, |user| {
                (Some(user.id), user.external_id)
            });
        }
        let mut departments = HashSet::new();
        for id in &to.department_ids {
            if departments.insert(*id) {
                found.departments.push(*id);
            } else {
                found.duplicates.push(named("to.department_ids", &id.to_string()));
            }
        }
        if !found.unresolved.is_empty() {
            tracing::warn!(recipients = found.unresolved.len(), "some recipients of a message are nobody");
        }
        Ok(found)
    }
}

impl Found {
    /// Returns whether nobody of those who are named gets anything.
    pub(super) fn is_nobody(&self, to: &To) -> bool {
        self.people.is_empty() && self.departments.is_empty() && !to.is_one_audience()
    }

    fn add(&mut self, named: Named, recipient: NewRecipient) {
        if self.seen.insert(recipient.staff_id.clone()) {
            self.people.push(recipient);
        } else {
            self.duplicates.push(named);
        }
    }

    fn add_user(
        &mut self,
        named: Named,
        account: &Account,
        user: Option<UserRow>,
        ids: impl Fn(UserRow) -> (Option<String>, Option<String>),
    ) {
        let why = match &user {
            None => Why::Unknown,
            Some(user) if !is_of(account, user) => Why::OtherOrganisation,
            Some(_) => Why::NotAMember,
        };
        let user = user.filter(|user| is_of(account, user));
        match user.and_then(|user| Some((user.staff_id.clone()?, user))) {
            Some((staff_id, user)) => {
                let (user_id, external_id) = ids(user);
                self.add(named, NewRecipient { staff_id, user_id, external_id });
            }
            None => self.unresolved.push(Unresolved { named, why }),
        }
    }
}

/// An id means something in its own organisation only.
fn is_of(account: &Account, user: &UserRow) -> bool {
    match &account.corp_id {
        Some(corp_id) => user.corp_id == *corp_id,
        None => user.client_id == account.client_id,
    }
}

fn named(field: &str, id: &str) -> Named {
    Named { field: field.to_owned(), id: id.to_owned() }
}
