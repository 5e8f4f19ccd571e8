//! What the routes around organisations need of whoever asks.

use crate::access::Scope;
use crate::routes::access::Need;

#[derive(Debug)]
pub(super) struct OrganisationsRead;
#[derive(Debug)]
pub(super) struct OrganisationsWrite;

impl Need for OrganisationsRead {
    const SCOPE: Scope = Scope::OrganisationsRead;
}

impl Need for OrganisationsWrite {
    const SCOPE: Scope = Scope::OrganisationsWrite;
}
