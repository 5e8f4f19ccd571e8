//! The departments of the organisations, and who is in which.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::directory::{DirectoryRefusal, Member};
use crate::app::{App, permission};
use crate::clock::Millis;
use crate::control::ControlError;
use crate::crowd::Crowd;
use crate::organisation::{ORGANISATIONS, Organisation};
use crate::people::Person;

/// Id of the department above all others.
const ROOT: u64 = 1;

/// By corp id.
pub(super) type Staffs = BTreeMap<&'static str, Staff>;

/// The departments of one organisation, and who is in which.
#[derive(Debug)]
pub(super) struct Staff {
    organisation: &'static Organisation,
    departments: BTreeMap<u64, (Option<u64>, String)>,
    below: BTreeMap<u64, BTreeSet<u64>>,
    /// By user id. Members who are not here are in the root.
    placed: BTreeMap<String, BTreeSet<u64>>,
    /// The same by department.
    members: BTreeMap<u64, BTreeSet<String>>,
    crowd: Option<Crowd>,
}

/// A department as DingTalk tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Department {
    pub(crate) id: u64,
    pub(crate) parent_id: Option<u64>,
    pub(crate) name: String,
}

/// Some members of a department.
#[derive(Debug)]
pub(crate) struct MemberPage {
    pub(crate) members: Vec<Member>,
    pub(crate) next: Option<usize>,
}

pub(super) fn staffs() -> Staffs {
    ORGANISATIONS.iter().map(|organisation| (organisation.corp_id, Staff::new(organisation))).collect()
}

impl Staff {
    fn new(organisation: &'static Organisation) -> Self {
        let mut staff = Self {
            organisation,
            departments: BTreeMap::new(),
            below: BTreeMap::new(),
            placed: BTreeMap::new(),
            members: BTreeMap::new(),
            crowd: None,
        };
        staff.departments.insert(ROOT, (None, organisation.name.to_owned()));
        staff
    }

    fn fill(&mut self, crowd: Crowd) {
        *self = Self::new(self.organisation);
        for number in 1..crowd.departments {
            let (id, parent, name) = Crowd::department(number);
            self.put(id, parent, name);
        }
        for number in 0..crowd.people {
            self.place(&crowd.userid(number), crowd.departments_of(number));
        }
        self.crowd = Some(crowd);
    }

    fn put(&mut self, id: u64, parent: u64, name: String) {
        if let Some((Some(old), _)) = self.departments.insert(id, (Some(parent), name)) {
            self.below.entry(old).or_default().remove(&id);
        }
        self.below.entry(parent).or_default().insert(id);
    }

    fn place(&mut self, userid: &str, departments: Vec<u64>) {
        self.displace(userid);
        for id in &departments {
            self.members.entry(*id).or_default().insert(userid.to_owned());
        }
        self.placed.insert(userid.to_owned(), departments.into_iter().collect());
    }

    fn displace(&mut self, userid: &str) {
        for id in self.placed.remove(userid).into_iter().flatten() {
            self.members.entry(id).or_default().remove(userid);
        }
    }

    /// Somebody made up who was not taken out.
    fn made_up(&self, userid: &str) -> Option<Person> {
        if self.placed.contains_key(userid) { self.crowd?.person(userid) } else { None }
    }

    fn is_in(&self, id: u64, range: &[u64]) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            if range.contains(&id) {
                return true;
            }
            at = self.departments.get(&id).and_then(|(parent, _)| *parent);
        }
        false
    }

    fn department(&self, id: u64) -> Option<Department> {
        let (parent_id, name) = self.departments.get(&id)?;
        Some(Department { id, parent_id: *parent_id, name: name.clone() })
    }

    fn departments_of(&self, userid: &str) -> Vec<u64> {
        self.placed.get(userid).map_or_else(|| vec![ROOT], |ids| ids.iter().copied().collect())
    }
}

impl World {
    /// Somebody, made up or not.
    pub(crate) fn anybody(&self, userid: &str) -> Option<Cow<'_, Person>> {
        let made_up = || self.staffs.values().find_map(|staff| staff.made_up(userid)).map(Cow::Owned);
        self.person(userid).map(Cow::Borrowed).or_else(made_up)
    }

    pub(crate) fn departments_of(&self, corp_id: &str, userid: &str) -> Vec<u64> {
        self.staffs.get(corp_id).map_or_else(Vec::new, |staff| staff.departments_of(userid))
    }

    /// Whether an app may see a member of its organisation.
    pub(super) fn shows(&self, app: &App, userid: &str) -> bool {
        let Some(staff) = self.staffs.get(app.corp_id.as_str()) else { return false };
        staff.departments_of(userid).iter().any(|id| staff.is_in(*id, &app.visible_departments))
    }

    /// The departments that an app may see, each with what is below it.
    pub(crate) fn range(&self, token: &str, now: Millis) -> Result<Vec<u64>, DirectoryRefusal> {
        Ok(self.caller(token, permission::BASE, now)?.visible_departments.clone())
    }

    pub(crate) fn department(
        &self,
        token: &str,
        id: u64,
        now: Millis,
    ) -> Result<Department, DirectoryRefusal> {
        let app = self.caller(token, permission::DEPARTMENTS, now)?;
        self.visible(app, id)?.department(id).ok_or(DirectoryRefusal::Department)
    }

    pub(crate) fn sub_departments(
        &self,
        token: &str,
        id: u64,
        now: Millis,
    ) -> Result<Vec<Department>, DirectoryRefusal> {
        let app = self.caller(token, permission::DEPARTMENTS, now)?;
        let staff = self.visible(app, id)?;
        let below = staff.below.get(&id).into_iter().flatten();
        Ok(below.filter_map(|id| staff.department(*id)).collect())
    }

    pub(crate) fn department_members(
        &self,
        token: &str,
        id: u64,
        (cursor, size): (usize, usize),
        now: Millis,
    ) -> Result<MemberPage, DirectoryRefusal> {
        let app = self.caller(token, permission::DEPARTMENT_MEMBERS, now)?;
        self.visible(app, id)?;
        let userids = self.members_of(&app.corp_id, id);
        let page = userids.iter().skip(cursor).take(size);
        let members = page.filter_map(|userid| Member::of(self, app, userid).ok()).collect();
        let end = cursor.saturating_add(size);
        Ok(MemberPage { members, next: (end < userids.len()).then_some(end) })
    }

    /// User ids are given whatever the app may see (获取部门用户userid列表).
    pub(crate) fn department_userids(
        &self,
        token: &str,
        id: u64,
        now: Millis,
    ) -> Result<Vec<String>, DirectoryRefusal> {
        let app = self.caller(token, permission::MEMBERS, now)?;
        let staff = self.staffs.get(app.corp_id.as_str()).ok_or(DirectoryRefusal::Department)?;
        staff.department(id).ok_or(DirectoryRefusal::Department)?;
        Ok(self.members_of(&app.corp_id, id))
    }

    pub(crate) fn member_by_mobile(
        &self,
        token: &str,
        mobile: &str,
        now: Millis,
    ) -> Result<Member, DirectoryRefusal> {
        let app = self.caller(token, permission::MEMBER_BY_MOBILE, now)?;
        let known = self.people().iter().find(|person| person.mobile == mobile).map(|person| &person.userid);
        let made_up = || {
            let number: u64 = mobile.strip_prefix("139")?.parse().ok()?;
            let userid = self.staffs.get(app.corp_id.as_str())?.crowd?.userid(number);
            self.anybody(&userid).filter(|person| person.mobile == mobile).map(|_| userid)
        };
        let userid = known.cloned().or_else(made_up).ok_or(DirectoryRefusal::NotInOrganisation)?;
        Member::of(self, app, &userid)
    }

    fn visible(&self, app: &App, id: u64) -> Result<&Staff, DirectoryRefusal> {
        let staff = self.staffs.get(app.corp_id.as_str()).ok_or(DirectoryRefusal::Department)?;
        if !staff.departments.contains_key(&id) {
            return Err(DirectoryRefusal::Department);
        }
        if staff.is_in(id, &app.visible_departments) {
            Ok(staff)
        } else {
            Err(DirectoryRefusal::DepartmentOutOfRange)
        }
    }

    pub(crate) fn members_of(&self, corp_id: &str, id: u64) -> Vec<String> {
        let Some(staff) = self.staffs.get(corp_id) else { return Vec::new() };
        let is_member = |userid: &str| match self.person(userid) {
            Some(person) => person.is_member_of(corp_id),
            None => true,
        };
        let placed = staff.members.get(&id).into_iter().flatten().filter(|userid| is_member(userid));
        let of_root = self.people().iter().filter(|person| {
            id == ROOT && person.is_member_of(corp_id) && !staff.placed.contains_key(&person.userid)
        });
        of_root.map(|person| person.userid.clone()).chain(placed.cloned()).collect()
    }

    /// Those in a department and in all that are below it.
    pub(crate) fn members_below(&self, corp_id: &str, id: u64) -> Vec<String> {
        let Some(staff) = self.staffs.get(corp_id) else { return Vec::new() };
        let below = staff.departments.keys().filter(|other| staff.is_in(**other, &[id]));
        below.flat_map(|id| self.members_of(corp_id, *id)).collect()
    }

    pub(crate) fn fill(&mut self, crowd: Crowd) {
        if let Some(staff) = self.staffs.get_mut(crowd.organisation.corp_id) {
            staff.fill(crowd);
        }
    }

    /// How many members and departments there are.
    pub(crate) fn size_of(&self, corp_id: &str) -> (usize, usize) {
        let Some(staff) = self.staffs.get(corp_id) else { return (0, 0) };
        let made_up = staff.placed.keys().filter(|userid| self.person(userid).is_none()).count();
        let known = self.people().iter().filter(|person| person.is_member_of(corp_id)).count();
        (made_up + known, staff.departments.len())
    }

    pub(crate) fn department_ids(&self, corp_id: &str) -> Vec<u64> {
        self.staffs.get(corp_id).map_or_else(Vec::new, |staff| staff.departments.keys().copied().collect())
    }

    pub(crate) fn put_department(
        &mut self,
        corp_id: &str,
        id: u64,
        parent: u64,
        name: String,
    ) -> Result<(), ControlError> {
        let staff = self.staff_mut(corp_id)?;
        let is_below_itself = staff.is_in(parent, &[id]);
        if id == ROOT || is_below_itself || !staff.departments.contains_key(&parent) {
            return Err(ControlError::Invalid("parent_id: is no department that it can be in".to_owned()));
        }
        staff.put(id, parent, name);
        Ok(())
    }

    /// Removes a department that is empty, as DingTalk demands.
    pub(crate) fn remove_department(&mut self, corp_id: &str, id: u64) -> Result<(), ControlError> {
        let is_empty = self.members_of(corp_id, id).is_empty();
        let staff = self.staff_mut(corp_id)?;
        let has_below = staff.below.get(&id).is_some_and(|below| !below.is_empty());
        if id == ROOT || !is_empty || has_below {
            return Err(ControlError::Invalid("department_id: is not empty".to_owned()));
        }
        if let Some((Some(parent), _)) = staff.departments.remove(&id) {
            staff.below.entry(parent).or_default().remove(&id);
        }
        Ok(())
    }

    /// Puts somebody into these departments, and no others. Somebody unknown is added.
    pub(crate) fn place(
        &mut self,
        corp_id: &str,
        userid: &str,
        departments: Vec<u64>,
    ) -> Result<(), ControlError> {
        let staff = self.staff_mut(corp_id)?;
        if departments.is_empty() || !departments.iter().all(|id| staff.departments.contains_key(id)) {
            return Err(ControlError::Invalid("departments: must name departments".to_owned()));
        }
        let known = self.anybody(userid).map(Cow::into_owned);
        if !known.as_ref().is_some_and(|person| person.is_member_of(corp_id)) {
            let mut person = known.unwrap_or_else(|| Person {
                userid: userid.to_owned(),
                unionid: format!("simUnion{userid}"),
                name: userid.to_owned(),
                nick: userid.to_owned(),
                ..Person::default()
            });
            person.organisations.push(corp_id.to_owned());
            self.put_person(person);
        }
        self.staff_mut(corp_id)?.place(userid, departments);
        Ok(())
    }

    /// Takes somebody out of an organisation.
    pub(crate) fn displace(&mut self, corp_id: &str, userid: &str) -> Result<(), ControlError> {
        if let Some(mut person) = self.person(userid).cloned() {
            person.organisations.retain(|known| known != corp_id);
            self.put_person(person);
        }
        self.staff_mut(corp_id)?.displace(userid);
        Ok(())
    }

    fn staff_mut(&mut self, corp_id: &str) -> Result<&mut Staff, ControlError> {
        let unknown = || ControlError::Invalid(format!("corp_id: no organisation has {corp_id:?}"));
        self.staffs.get_mut(corp_id).ok_or_else(unknown)
    }
}
