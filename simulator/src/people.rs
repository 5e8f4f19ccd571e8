//! The people of the simulated DingTalk.
//!
//! Five are there from the start, under these user ids; [`Control::put_person`](crate::Control::put_person) adds and
//! changes people.

use serde::{Deserialize, Serialize};

use crate::organisation::{SCHOOL_CORP_ID, STUDIO_CORP_ID};

/// Zhang Wei, member of the studio. Everything DingTalk can say of a person is there.
pub const ZHANG_WEI: &str = "zhangwei";
/// Li Na, administrator of the studio.
pub const LI_NA: &str = "lina";
/// Wang Fang, member of the studio and of the school, and administrator of the school.
pub const WANG_FANG: &str = "wangfang";
/// Zhao Lei, member of the studio, without e-mail and with an empty avatar.
pub const ZHAO_LEI: &str = "zhaolei";
/// Chen Jing, member of the school only: an outsider to the studio and its apps.
pub const CHEN_JING: &str = "chenjing";

/// A person with a DingTalk account: a row of `GET /_sim/people`.
///
/// At DingTalk an employee has another `userid` in each organisation; here it is the same in all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// Id of the employee.
    pub userid: String,
    /// Id of the person, the same for every app.
    pub unionid: String,
    /// Name the person chose.
    pub nick: String,
    /// Name in the organisation's directory.
    pub name: String,
    /// Mobile number without the country code.
    pub mobile: String,
    /// Country code of the mobile number, such as `86`.
    pub state_code: String,
    /// E-mail address; `None` leaves it out of every answer.
    pub email: Option<String>,
    /// URL of a picture, may be empty. A path, beginning with `/`, is one of the simulator's own.
    pub avatar: String,
    /// Employee number.
    pub job_number: String,
    /// First day of work, milliseconds since 1970.
    pub hired_date: Option<u64>,
    /// Job title.
    pub title: String,
    /// Corp ids of the organisations the person is a member of.
    pub organisations: Vec<String>,
    /// Corp ids of those among them that the person administers.
    pub administers: Vec<String>,
    /// Whether the person is the boss.
    pub boss: bool,
    /// Whether the person is in senior mode.
    pub senior: bool,
    /// `visitor` of the profile; DingTalk does not say what it means.
    pub visitor: bool,
}

impl Person {
    pub(crate) fn is_member_of(&self, corp_id: &str) -> bool {
        self.organisations.iter().any(|organisation| organisation == corp_id)
    }

    pub(crate) fn is_administrator_of(&self, corp_id: &str) -> bool {
        self.administers.iter().any(|organisation| organisation == corp_id)
    }

    /// The id that one app knows the person by.
    pub(crate) fn open_id(&self, client_id: &str) -> String {
        let [first, second] = ["1", "2"].map(|salt| fnv1a(&[salt, client_id, &self.userid]));
        format!("simO{first:016x}{second:016x}")
    }

    /// `138****0001`, as third-party apps see it.
    pub(crate) fn masked_mobile(&self) -> String {
        let digits: Vec<char> = self.mobile.chars().collect();
        let shows = |index| index < 3 || index + 4 >= digits.len();
        digits.iter().enumerate().map(|(index, digit)| if shows(index) { *digit } else { '*' }).collect()
    }
}

/// The people who are there from the start.
pub(crate) fn existing() -> Vec<Person> {
    vec![
        Person {
            boss: true,
            senior: true,
            ..person(ZHANG_WEI, "ZhangWei", ["Wei", "张伟", "Lead Designer"], &[STUDIO_CORP_ID], 1)
        },
        Person {
            administers: vec![STUDIO_CORP_ID.to_owned()],
            ..person(LI_NA, "LiNa", ["Na", "李娜", "Office Manager"], &[STUDIO_CORP_ID], 2)
        },
        Person {
            administers: vec![SCHOOL_CORP_ID.to_owned()],
            ..person(WANG_FANG, "WangFang", ["Fang", "王芳", "Teacher"], &[STUDIO_CORP_ID, SCHOOL_CORP_ID], 3)
        },
        Person {
            email: None,
            avatar: String::new(),
            ..person(ZHAO_LEI, "ZhaoLei", ["Lei", "赵磊", "Engineer"], &[STUDIO_CORP_ID], 4)
        },
        person(CHEN_JING, "ChenJing", ["Jing", "陈静", "Librarian"], &[SCHOOL_CORP_ID], 5),
    ]
}

fn person(
    userid: &str,
    latin: &str,
    [nick, name, title]: [&str; 3],
    organisations: &[&str],
    number: u64,
) -> Person {
    Person {
        userid: userid.to_owned(),
        unionid: format!("simUnion{latin}000{number}iEiE"),
        nick: nick.to_owned(),
        name: name.to_owned(),
        mobile: format!("1380000000{number}"),
        state_code: "86".to_owned(),
        email: Some(format!("{userid}@example.com")),
        avatar: format!("/avatars/{userid}.svg"),
        job_number: format!("E00{number}"),
        // 2020-01-01 in Beijing, and a day later for each.
        hired_date: Some(1_577_808_000_000 + (number - 1) * 86_400_000),
        title: title.to_owned(),
        organisations: organisations.iter().map(|&corp_id| corp_id.to_owned()).collect(),
        ..Person::default()
    }
}

/// FNV-1a, 64 bit: the same in every run, unlike the standard library's hashes.
fn fnv1a(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{Person, existing};

    #[test]
    fn a_person_has_another_open_id_in_every_app() {
        let [first, second] = [&existing()[0], &existing()[1]].map(|person| person.open_id("dinga"));

        assert_ne!(first, second);
        assert_ne!(first, existing()[0].open_id("dingb"));
        assert_eq!(first, existing()[0].open_id("dinga"));
    }

    #[track_caller]
    fn check(mobile: &str, expected: &str) {
        let person = Person { mobile: mobile.to_owned(), ..Person::default() };
        assert_eq!(person.masked_mobile(), expected);
    }

    #[test]
    fn a_masked_number_shows_its_ends() {
        check("13800000001", "138****0001");
        check("1234567", "1234567");
        check("", "");
    }
}
