//! What an API key may do (RFC 6749 §3.3).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// One thing that an API key may do. [`Scope::ALL`] lists them; [`Scope::meaning`] says what each opens.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Scope {
    /// `apps:read`
    AppsRead,
    /// `apps:write`
    AppsWrite,
    /// `credentials:read`
    CredentialsRead,
    /// `embed-tokens:write`
    EmbedTokensWrite,
    /// `invitations:read`
    InvitationsRead,
    /// `invitations:write`
    InvitationsWrite,
    /// `messages:read`
    MessagesRead,
    /// `messages:write`
    MessagesWrite,
    /// `organisations:read`
    OrganisationsRead,
    /// `organisations:write`
    OrganisationsWrite,
    /// `registrations:write`
    RegistrationsWrite,
    /// `suites:read`
    SuitesRead,
    /// `suites:write`
    SuitesWrite,
    /// `tickets:redeem`
    TicketsRedeem,
    /// `users:read`
    UsersRead,
    /// `users:write`
    UsersWrite,
}

impl Scope {
    /// Every scope, by name.
    pub const ALL: [Self; 16] = [
        Self::AppsRead,
        Self::AppsWrite,
        Self::CredentialsRead,
        Self::EmbedTokensWrite,
        Self::InvitationsRead,
        Self::InvitationsWrite,
        Self::MessagesRead,
        Self::MessagesWrite,
        Self::OrganisationsRead,
        Self::OrganisationsWrite,
        Self::RegistrationsWrite,
        Self::SuitesRead,
        Self::SuitesWrite,
        Self::TicketsRedeem,
        Self::UsersRead,
        Self::UsersWrite,
    ];

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppsRead => "apps:read",
            Self::AppsWrite => "apps:write",
            Self::CredentialsRead => "credentials:read",
            Self::EmbedTokensWrite => "embed-tokens:write",
            Self::InvitationsRead => "invitations:read",
            Self::InvitationsWrite => "invitations:write",
            Self::MessagesRead => "messages:read",
            Self::MessagesWrite => "messages:write",
            Self::OrganisationsRead => "organisations:read",
            Self::OrganisationsWrite => "organisations:write",
            Self::RegistrationsWrite => "registrations:write",
            Self::SuitesRead => "suites:read",
            Self::SuitesWrite => "suites:write",
            Self::TicketsRedeem => "tickets:redeem",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
        }
    }

    /// Says what it allows, for an operator.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::AppsRead => "list and read apps, without their secrets",
            Self::AppsWrite => "enter, claim, verify and delete apps",
            Self::CredentialsRead => "read the client secrets of apps",
            Self::EmbedTokensWrite => {
                "make embed tokens, with which pages begin registrations and enter apps"
            }
            Self::InvitationsRead => "list invitations",
            Self::InvitationsWrite => "invite people and take invitations back",
            Self::MessagesRead => "read what became of the messages that the key has sent",
            Self::MessagesWrite => "send messages, and take them back",
            Self::OrganisationsRead => "read the departments and members of organisations",
            Self::OrganisationsWrite => "bring organisations up to date, and forget them",
            Self::RegistrationsWrite => "begin registrations",
            Self::SuitesRead => "list third-party apps, their customers and events",
            Self::SuitesWrite => "confirm customers of third-party apps at DingTalk",
            Self::TicketsRedeem => "redeem tickets of people who signed in",
            Self::UsersRead => "read what is known of people",
            Self::UsersWrite => "change and refresh people, sign them out",
        }
    }
}

impl Scope {
    /// Returns whether a key has it for which nothing else was said: what keys could do before scopes were given out one by one.
    pub fn is_usual(self) -> bool {
        match self {
            Self::CredentialsRead
            | Self::MessagesRead
            | Self::MessagesWrite
            | Self::OrganisationsRead
            | Self::OrganisationsWrite
            | Self::SuitesRead
            | Self::SuitesWrite => false,
            Self::AppsRead
            | Self::AppsWrite
            | Self::EmbedTokensWrite
            | Self::InvitationsRead
            | Self::InvitationsWrite
            | Self::RegistrationsWrite
            | Self::TicketsRedeem
            | Self::UsersRead
            | Self::UsersWrite => true,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// The text names no [`Scope`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there is no such scope")]
pub struct UnknownScope;

/// What one API key may do. Written as names with spaces between them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Returns what a key may do for which nothing else was said.
    pub fn usual() -> Self {
        Scope::ALL.into_iter().filter(|scope| scope.is_usual()).collect()
    }

    /// Returns whether it is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Reads what is stored. A name that this version does not know allows nothing.
    pub(super) fn from_stored(text: &str) -> Self {
        text.split(' ').filter_map(|name| name.parse().ok()).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let all: Scopes = Scope::ALL.into_iter().collect();

        assert_eq!(Scopes::from_stored(&all.to_string()), all);
        assert_eq!(Scopes::from_stored(""), Scopes::default());
        assert_eq!(Scopes::from_stored("apps:read *  newer:scope"), [Scope::AppsRead].into_iter().collect());
    }

    #[test]
    fn a_key_from_before_there_were_scopes_has_the_usual_ones() {
        let migration = include_str!("../../migrations/0005_scopes.sql");

        assert!(migration.contains(&format!("DEFAULT '{}'", Scopes::usual())));
    }
}
