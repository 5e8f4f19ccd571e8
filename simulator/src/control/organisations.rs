//! The controls of organisations: how large they are, and who is where.

use serde::{Deserialize, Serialize};

use super::{Control, ControlError};
use crate::crowd::Crowd;
use crate::organisation::{ORGANISATIONS, Organisation};

/// Fills an organisation: the body of `POST /_sim/organisations`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filling {
    /// Which one.
    pub corp_id: String,
    /// How many people to make up, at most 999 999.
    #[serde(default)]
    pub people: u64,
    /// How many departments there are then, the root included, at most 100 000.
    #[serde(default = "one")]
    pub departments: u64,
    /// Decides who is where.
    #[serde(default)]
    pub seed: u64,
}

fn one() -> u64 {
    1
}

/// An organisation: a row of `GET /_sim/organisations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrganisationSize {
    /// Names it.
    pub corp_id: String,
    /// How many members it has.
    pub people: usize,
    /// How many departments it has, the root included.
    pub departments: usize,
}

/// A department: the body of `PUT /_sim/organisations/{corp_id}/departments/{department_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The department that it is in.
    pub parent_id: u64,
    /// Its name.
    pub name: String,
}

impl Control {
    /// Lists the organisations.
    pub fn organisations(&self) -> Vec<OrganisationSize> {
        ORGANISATIONS.iter().map(|organisation| self.size_of(organisation.corp_id)).collect()
    }

    fn size_of(&self, corp_id: &str) -> OrganisationSize {
        let (people, departments) = self.world().size_of(corp_id);
        OrganisationSize { corp_id: corp_id.to_owned(), people, departments }
    }

    /// Makes departments and people up in the place of those that were there. People who are members already stay, in the root.
    ///
    /// # Errors
    ///
    /// The organisation is unknown, or it would be too large.
    pub fn fill(&self, filling: &Filling) -> Result<OrganisationSize, ControlError> {
        let Some(organisation) = Organisation::find_corp(&filling.corp_id) else {
            return Err(ControlError::Invalid("corp_id: no organisation has it".to_owned()));
        };
        if filling.people > 999_999 {
            return Err(ControlError::Invalid("people: must not be more than 999999".to_owned()));
        }
        if !(1..=100_000).contains(&filling.departments) {
            return Err(ControlError::Invalid("departments: must be from 1 to 100000".to_owned()));
        }
        let Filling { people, departments, seed, .. } = *filling;
        self.world().fill(Crowd { organisation, seed, people, departments });
        Ok(self.size_of(&filling.corp_id))
    }

    /// Lists the ids of the departments of an organisation.
    pub fn department_ids(&self, corp_id: &str) -> Vec<u64> {
        self.world().department_ids(corp_id)
    }

    /// Lists the user ids of those who are in a department, not below it.
    pub fn userids_in(&self, corp_id: &str, department_id: u64) -> Vec<String> {
        self.world().members_of(corp_id, department_id)
    }

    /// Adds a department, renames it, or moves it.
    ///
    /// # Errors
    ///
    /// The organisation or the parent is unknown, or it is the department itself, or below it.
    pub fn put_department(
        &self,
        corp_id: &str,
        department_id: u64,
        placement: Placement,
    ) -> Result<(), ControlError> {
        let Placement { parent_id, name } = placement;
        self.world().put_department(corp_id, department_id, parent_id, name)
    }

    /// Removes a department.
    ///
    /// # Errors
    ///
    /// The organisation is unknown, or the department is not empty.
    pub fn remove_department(&self, corp_id: &str, department_id: u64) -> Result<(), ControlError> {
        self.world().remove_department(corp_id, department_id)
    }

    /// Puts somebody into these departments of an organisation, and no others. Somebody unknown is added.
    ///
    /// # Errors
    ///
    /// The organisation or a department is unknown, or none is named.
    pub fn place(&self, corp_id: &str, userid: &str, departments: Vec<u64>) -> Result<(), ControlError> {
        self.world().place(corp_id, userid, departments)
    }

    /// Takes somebody out of an organisation.
    ///
    /// # Errors
    ///
    /// The organisation is unknown.
    pub fn displace(&self, corp_id: &str, userid: &str) -> Result<(), ControlError> {
        self.world().displace(corp_id, userid)
    }
}
