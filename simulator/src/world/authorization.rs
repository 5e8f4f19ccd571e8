//! Who may sign in to which app, and in which organisation.

use super::World;
use crate::app::App;
use crate::clock::Millis;
use crate::people::Person;

/// Which of a person's organisations can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The scope has no `corpid`: none is chosen.
    Nothing,
    /// Any of them.
    Any,
    /// Those that the person administers (`org_type=management`).
    Managed,
    /// This one only (`corpId`).
    Given(String),
}

/// Why somebody cannot sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// A member of other organisations than the app's.
    Outsider,
    /// No member of the organisation that the link gives.
    NoMember,
    /// Administrator of no organisation.
    NoAdministrator,
}

impl World {
    /// The app, if people can sign in to it at all.
    pub(crate) fn app_to_sign_in_to(&self, client_id: &str, now: Millis) -> Option<&App> {
        self.check_is_live(client_id, now).ok()?;
        self.app(client_id)
    }

    /// Corp ids that the person has a choice of; empty where none is chosen.
    pub(crate) fn organisations_to_choose(
        &self,
        app: &App,
        person: &Person,
        choice: &Choice,
    ) -> Result<Vec<String>, Stranger> {
        let is_served = person.organisations.iter().any(|corp_id| self.serves(app, corp_id));
        if !self.settings.foreign_members_pass && !is_served {
            return Err(Stranger::Outsider);
        }
        match choice {
            Choice::Nothing => Ok(Vec::new()),
            Choice::Any => Ok(person.organisations.clone()),
            Choice::Managed if person.administers.is_empty() => Err(Stranger::NoAdministrator),
            Choice::Managed => Ok(person.administers.clone()),
            Choice::Given(corp_id) if person.is_member_of(corp_id) => Ok(vec![corp_id.clone()]),
            Choice::Given(_) => Err(Stranger::NoMember),
        }
    }

    /// An app of one organisation serves no other.
    pub(crate) fn check_choice(&self, app: &App, corp_id: &str) -> Result<(), Stranger> {
        let is_own = self.serves(app, corp_id) || self.settings.foreign_members_pass;
        if is_own { Ok(()) } else { Err(Stranger::Outsider) }
    }

    pub(crate) fn has_consented(&self, client_id: &str, userid: &str) -> bool {
        self.consents.contains(&(client_id.to_owned(), userid.to_owned()))
    }
}
