//! What the routes around third-party apps need of whoever asks.

use crate::access::Scope;
use crate::routes::access::Need;

#[derive(Debug)]
pub(super) struct SuitesRead;
#[derive(Debug)]
pub(super) struct SuitesWrite;

impl Need for SuitesRead {
    const SCOPE: Scope = Scope::SuitesRead;
}

impl Need for SuitesWrite {
    const SCOPE: Scope = Scope::SuitesWrite;
}
