//! What the routes around people need of whoever asks.

use crate::access::Scope;
use crate::routes::access::Need;

#[derive(Debug)]
pub(super) struct InvitationsRead;
#[derive(Debug)]
pub(super) struct InvitationsWrite;
#[derive(Debug)]
pub(super) struct TicketsRedeem;
#[derive(Debug)]
pub(in crate::routes) struct UsersRead;
#[derive(Debug)]
pub(in crate::routes) struct UsersWrite;

impl Need for InvitationsRead {
    const SCOPE: Scope = Scope::InvitationsRead;
}

impl Need for InvitationsWrite {
    const SCOPE: Scope = Scope::InvitationsWrite;
}

impl Need for TicketsRedeem {
    const SCOPE: Scope = Scope::TicketsRedeem;
}

impl Need for UsersRead {
    const SCOPE: Scope = Scope::UsersRead;
}

impl Need for UsersWrite {
    const SCOPE: Scope = Scope::UsersWrite;
}
