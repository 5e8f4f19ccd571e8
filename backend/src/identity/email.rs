use std::fmt;

/// The domain of made-up addresses. Nobody can receive mail there (RFC 6762 §3 reserves `.local`).
const MADE_UP: &str = "dingtalk.local";

/// A person's address: DingTalk's, else one made up of the union id.
#[derive(Clone, Eq, PartialEq)]
pub struct Email {
    text: String,
    source: Source,
}

/// Where an address comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// The organisation's record of its member.
    Organisation,
    /// What the person has written into their own profile. DingTalk does not say whether it has checked it.
    Profile,
    /// Ourselves.
    MadeUp,
}

impl Email {
    /// Takes the address that the organisation has, else the profile's, else makes one up. An address of a `.local`
    /// domain, which would pass for a made-up one of somebody else, is not believed.
    pub fn of(organisation: Option<&str>, profile: Option<&str>, union_id: &str) -> Self {
        let made_up = || Self { text: format!("{union_id}@{MADE_UP}"), source: Source::MadeUp };
        let of_organisation = || organisation.and_then(|text| Self::real(text, Source::Organisation));
        let of_profile = || profile.and_then(|text| Self::real(text, Source::Profile));
        of_organisation().or_else(of_profile).unwrap_or_else(made_up)
    }

    /// Takes an address of somebody who is invited.
    pub fn invited(text: &str) -> Option<Self> {
        Self::real(text, Source::Organisation)
    }

    /// Takes an address that somebody can really have: one `@`, a domain with a dot, and not of a `.local` domain.
    fn real(text: &str, source: Source) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (name, domain) = text.split_once('@')?;
        let is_plain = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let labels: Vec<&str> = domain.split('.').collect();
        let is_label = |label: &&str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_domain = labels.len() > 1 && labels.iter().all(is_label) && labels.last() != Some(&"local");
        (is_plain && !name.is_empty() && is_domain).then_some(Self { text, source })
    }

    /// Returns the address in lower case; a made-up one as it was made.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether it was made up.
    pub fn is_made_up(&self) -> bool {
        self.source == Source::MadeUp
    }

    /// Returns where it comes from.
    pub(super) fn source(&self) -> Source {
        self.source
    }

    /// Returns what is behind the `@`.
    pub(super) fn domain(&self) -> &str {
        self.text.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_dingtalk_comes_first() {
        check(Some(" Zhang.Wei@Example.com "), "zhang.wei@example.com", false);
    }

    #[test]
    fn without_a_usable_address_one_is_made_up() {
        for email in
            [None, Some(""), Some("  "), Some("nobody"), Some("@example.com"), Some("a@b"), Some("a@b@c.com")]
        {
            check(email, "uNion1@dingtalk.local", true);
        }
        check(Some("a b@example.com"), "uNion1@dingtalk.local", true);
        check(Some("a@example..com"), "uNion1@dingtalk.local", true);
    }

    #[test]
    fn what_the_organisation_says_comes_before_what_the_person_says() {
        let email = Email::of(Some("a@example.com"), Some("boss@example.com"), "u");
        assert_eq!((email.as_str(), email.source()), ("a@example.com", Source::Organisation));

        let email = Email::of(Some("a@dingtalk.local"), Some("boss@example.com"), "u");
        assert_eq!((email.as_str(), email.source()), ("boss@example.com", Source::Profile));
    }

    #[test]
    fn nobody_can_claim_the_made_up_address_of_another() {
        for email in
            ["victim@dingtalk.local", "victim@DingTalk.LOCAL", "x@other.local", "victim@dingtalk.local."]
        {
            check(Some(email), "uNion1@dingtalk.local", true);
        }
    }

    #[track_caller]
    fn check(email: Option<&str>, expected: &str, is_made_up: bool) {
        for email in [Email::of(email, None, "uNion1"), Email::of(None, email, "uNion1")] {
            assert_eq!((email.as_str(), email.is_made_up()), (expected, is_made_up));
        }
    }
}
