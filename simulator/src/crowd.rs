//! People and departments made up by number, so that an organisation can be large and take little room.

use crate::organisation::Organisation;
use crate::people::Person;

/// Departments directly below the root, and below each other one.
const BRANCHES: u64 = 8;

/// Departments in which every fourth person is, so that some are large.
const LARGE: u64 = 20;

/// Id of the department before the first that is made up; DingTalk's are numbers of nine digits.
const FIRST_ID: u64 = 100_000_000;

/// The people and departments made up for one organisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) organisation: &'static Organisation,
    pub(crate) seed: u64,
    pub(crate) people: u64,
    /// The root included.
    pub(crate) departments: u64,
}

impl Crowd {
    /// Id, parent and name of the department of a number from 1 on; 0 is the root.
    pub(crate) fn department(number: u64) -> (u64, u64, String) {
        let parent = Self::department_id((number - 1) / BRANCHES);
        (Self::department_id(number), parent, format!("Department {number}"))
    }

    fn department_id(number: u64) -> u64 {
        if number == 0 { 1 } else { FIRST_ID + number }
    }

    /// The departments that a person is in: one, and every fiftieth person two.
    pub(crate) fn departments_of(&self, number: u64) -> Vec<u64> {
        let chance = mixed(self.seed, number);
        let range = if chance.is_multiple_of(4) { LARGE.min(self.departments) } else { self.departments };
        let first = (chance >> 8) % range;
        let second = (chance >> 40) % self.departments;
        let is_in_two = (chance >> 2).is_multiple_of(50) && second != first;
        let numbers = if is_in_two { vec![first, second] } else { vec![first] };
        numbers.into_iter().map(Self::department_id).collect()
    }

    pub(crate) fn userid(&self, number: u64) -> String {
        format!("{}{number:06}", self.organisation.id)
    }

    /// The person of a user id that [`Self::userid`] gave.
    pub(crate) fn person(&self, userid: &str) -> Option<Person> {
        let number: u64 = userid.strip_prefix(self.organisation.id)?.parse().ok()?;
        if number >= self.people || userid != self.userid(number) {
            return None;
        }
        Some(Person {
            userid: userid.to_owned(),
            unionid: format!("simUnion{userid}"),
            nick: format!("Person {number}"),
            name: format!("Person {number}"),
            mobile: format!("139{number:08}"),
            state_code: "86".to_owned(),
            email: Some(format!("{userid}@example.com")),
            avatar: format!("https://static.example.com/{userid}.png"),
            job_number: format!("N{number:06}"),
            hired_date: Some(1_577_808_000_000 + number * 86_400),
            title: "Employee".to_owned(),
            organisations: vec![self.organisation.corp_id.to_owned()],
            ..Person::default()
        })
    }
}

/// `SplitMix64`: the same in every run.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Crowd;
    use crate::organisation::Organisation;

    fn crowd() -> Crowd {
        let organisation = Organisation::find("school").unwrap();
        Crowd { organisation, seed: 7, people: 1000, departments: 50 }
    }

    #[test]
    fn everybody_is_somewhere_and_a_few_are_in_two_places() {
        let departments: Vec<_> = (0..1000).map(|number| crowd().departments_of(number)).collect();

        assert!(departments.iter().all(|ids| !ids.is_empty()));
        let in_two = departments.iter().filter(|ids| ids.len() == 2).count();
        assert!((5..60).contains(&in_two), "{in_two}");
    }

    #[test]
    fn people_are_found_by_the_ids_that_they_were_given() {
        let last = crowd().userid(999);

        assert_eq!(crowd().person(&last).unwrap().mobile, "13900000999");
        for unknown in ["school001000", "school1", "studio000001", "school", "schoolx"] {
            assert_eq!(crowd().person(unknown), None, "{unknown}");
        }
    }
}
