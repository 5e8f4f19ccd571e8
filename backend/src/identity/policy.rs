use std::fmt;

use super::email::{Email, Source};
use crate::store::Newcomers;

/// Who may come in.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Domains of addresses, in lower case; all if it is empty. Made-up addresses pass: who has none was let in by the
    /// organisation of the app.
    pub domains: Vec<String>,
    /// Organisations; all if it is empty.
    pub corp_ids: Vec<String>,
    /// Addresses of administrators, in lower case. They need no invitation.
    pub admins: Vec<String>,
    /// Whether only invited people may come in for the first time.
    pub is_invite_only: bool,
    /// Whether an address that only the person's own profile has makes administrators and finds invitations.
    pub trusts_profiles: bool,
}

/// Why somebody may not come in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The organisation is not among those that may, or DingTalk did not tell it.
    ForeignOrganisation,
    /// The domain of the address is not among those that may.
    EmailDomain,
    /// They are new and have no invitation.
    NotInvited,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForeignOrganisation => "the organisation is not allowed",
            Self::EmailDomain => "the domain of the address is not allowed",
            Self::NotInvited => "not invited",
        })
    }
}

impl Policy {
    pub(super) fn check(&self, corp_id: Option<&str>, email: &Email) -> Result<(), Refusal> {
        let is_allowed = |corp_id: &str| self.corp_ids.iter().any(|allowed| allowed == corp_id);
        if !self.corp_ids.is_empty() && !corp_id.is_some_and(is_allowed) {
            return Err(Refusal::ForeignOrganisation);
        }
        let is_allowed = self.domains.iter().any(|domain| domain == email.domain());
        if !self.domains.is_empty() && !email.is_made_up() && !is_allowed {
            return Err(Refusal::EmailDomain);
        }
        Ok(())
    }

    pub(super) fn is_admin(&self, email: &Email) -> bool {
        self.is_trusted(email) && self.admins.iter().any(|admin| admin.eq_ignore_ascii_case(email.as_str()))
    }

    /// Anybody can write anything into a profile of their own.
    fn is_trusted(&self, email: &Email) -> bool {
        email.source() != Source::Profile || self.trusts_profiles
    }

    pub(super) fn newcomers<'a>(&self, email: &'a Email) -> Newcomers<'a> {
        if !self.is_invite_only || self.is_admin(email) {
            return Newcomers::Welcome;
        }
        let is_good = self.is_trusted(email) && !email.is_made_up();
        Newcomers::Invited { email: is_good.then_some(email.as_str()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_rules_everybody_may_come_in() {
        check(&Policy::default(), None, "a@example.com", Ok(()));
    }

    #[test]
    fn an_organisation_is_allowed_by_name_and_has_to_be_told() {
        let policy = Policy { corp_ids: vec!["ding1".into()], ..Policy::default() };

        check(&policy, Some("ding1"), "a@example.com", Ok(()));
        check(&policy, Some("ding2"), "a@example.com", Err(Refusal::ForeignOrganisation));
        check(&policy, None, "a@example.com", Err(Refusal::ForeignOrganisation));
    }

    #[test]
    fn a_domain_is_allowed_whole_and_made_up_addresses_pass() {
        let policy = Policy { domains: vec!["example.com".into()], ..Policy::default() };

        check(&policy, None, "a@example.com", Ok(()));
        check(&policy, None, "a@notexample.com", Err(Refusal::EmailDomain));
        check(&policy, None, "a@example.com.evil.org", Err(Refusal::EmailDomain));
        check(&policy, None, "", Ok(()));
        check(&policy, None, "a@dingtalk.local", Ok(()));
    }

    #[test]
    fn an_administrator_needs_no_invitation() {
        let policy =
            Policy { admins: vec!["boss@example.com".into()], is_invite_only: true, ..Policy::default() };
        let of = |email| Email::of(Some(email), None, "u");
        let (boss, other) = (of("Boss@example.com"), of("a@example.com"));

        assert_eq!(policy.newcomers(&boss), Newcomers::Welcome);
        assert_eq!(policy.newcomers(&other), Newcomers::Invited { email: Some("a@example.com") });
        assert_eq!(policy.newcomers(&Email::of(None, None, "u")), Newcomers::Invited { email: None });
    }

    #[test]
    fn what_people_say_of_themselves_gives_no_rights_unless_it_is_trusted() {
        let mut policy =
            Policy { admins: vec!["boss@example.com".into()], is_invite_only: true, ..Policy::default() };
        let boss = Email::of(None, Some("boss@example.com"), "u");

        assert!(!policy.is_admin(&boss));
        assert_eq!(policy.newcomers(&boss), Newcomers::Invited { email: None });
        policy.trusts_profiles = true;
        assert!(policy.is_admin(&boss));
        assert_eq!(policy.newcomers(&boss), Newcomers::Welcome);
    }

    #[track_caller]
    fn check(policy: &Policy, corp_id: Option<&str>, email: &str, expected: Result<(), Refusal>) {
        assert_eq!(policy.check(corp_id, &Email::of(Some(email), None, "union")), expected, "{email}");
    }
}
