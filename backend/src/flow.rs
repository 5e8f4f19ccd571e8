//! The flow engine: follows attempts that a person finishes on another device.
//!
//! It knows neither DingTalk nor SQL. A kind of flow plugs in as a [`Driver`].
//!
//! 1. [`Engine::start`] admits a flow within the limits, lets the driver begin it, and stores it before anyone hears of it.
//! 2. The poller asks the driver how it stands: one question per flow and interval, however many pages watch
//!    (RFC 8628 §3.5), every 30 s when nobody has watched for a minute, and none once there is nothing more to hear.
//! 3. What it hears goes through [`Course`], which decides; a change is committed to the store and then told.
//!    A far side that is not asked is heard by [`Engine::tell`], and takes the same way.
//! 4. [`Engine::watch`] answers a page at once, or when something changes.
//! 5. A flow that its page gave up ([`Engine::cancel`]) or that was shown long enough is over for the page, but
//!    the handle stays watched until it dies: a late success must not be lost.
//! 6. Of several processes on one store each has some of the flows, and any serves any page (`replica`).

mod change;
mod course;
mod driver;
mod engine;
mod live;
mod poller;
mod replica;
mod start;
mod status;
mod tally;
mod watch;

pub use course::Course;
pub use driver::{Driver, NewFlow, Question, Step, Unheard};
pub use engine::{Engine, Limits};
pub use live::Snapshot;
pub use start::{Start, StartError, Started};
pub use status::{CreatedApp, Failure, Finding, Person, SinkName, Status};
pub use tally::Counts;
pub use watch::FlowError;
