//! The relay between a cloud, which talks to DingTalk, and locals in closed networks, which keep the people.
//!
//! A local asks and the cloud answers; nobody ever connects to a local.
//!
//! 1. [`Link`] signs a request with the key that both ends have, and believes an answer only if it is signed as well.
//! 2. [`Relays`] knows the locals of a cloud, lets each request in once ([`Relays::admit`]), and keeps a log for each of them:
//!    what has become of its people and its messages.
//! 3. [`Local`] follows that log by long poll ([`Local::follow`]). It applies what it reads in one transaction with its place in the
//!    log, and the next request says that place: only then the cloud forgets.
//! 4. A message is accepted in the store of the local and sent from there ([`Local::carry`]) under an id that stays the same, so
//!    that the cloud takes it once, however often either side dies.

mod cloud;
mod link;
mod local;
mod messages;
mod signature;
mod wire;

pub use cloud::{Admitted, EventsAsked, NewRelay, RelayError, Relays};
pub use link::{Link, LinkError};
pub use local::{Local, LocalError, Reach, Times};
pub use messages::{AcceptedHere, MessageError};
pub use signature::{Claim, Refusal, WINDOW};
pub(crate) use signature::{ID, NONCE, SIGNATURE, TIMESTAMP};
pub use wire::{
    BeginLogin, BegunLogin, Checked, Event, EventBatch, Happening, LookUp, MemberRecord, MessageAccepted,
    MessageOutcome, MessageSent, PersonRecord, ProveLogin, RecipientBatch, RecipientOutcome, Redemption,
    RefreshPerson, RefusedAnswer, Returned, TicketRedeemed,
};
