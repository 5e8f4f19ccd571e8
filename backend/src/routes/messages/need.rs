//! What the routes around messages need of whoever asks.

use crate::access::Scope;
use crate::routes::access::Need;

#[derive(Debug)]
pub(in crate::routes) struct MessagesRead;
#[derive(Debug)]
pub(in crate::routes) struct MessagesWrite;

impl Need for MessagesRead {
    const SCOPE: Scope = Scope::MessagesRead;
}

impl Need for MessagesWrite {
    const SCOPE: Scope = Scope::MessagesWrite;
}
