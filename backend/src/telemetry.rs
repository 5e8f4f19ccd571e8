//! What is counted and measured, and how.
//!
//! Numbers go through the facade of the crate `metrics`, so whoever runs the process chooses who records them; without a
//! recorder a count costs next to nothing. The program `dingtalk-qr` installs [`prometheus::recorder`]; a host of the router may
//! do the same or keep its own, and calls [`describe`] once and `AppState::measure` before each look.
//!
//! Spans of level DEBUG are what a trace is made of: a request, a turn of a flow, a call to DingTalk. `traces` sends them on.
//!
//! Labels have words of this code as values, and [`METRICS`] lists their names: never an id, a name, an address or a text from
//! outside, so nobody can make the recorder grow.

mod count;
#[cfg(feature = "prometheus")]
pub mod prometheus;
mod table;
mod trace;
#[cfg(feature = "otel")]
pub mod traces;

pub use count::describe;
#[cfg(feature = "platform")]
pub(crate) use count::pushed;
pub(crate) use count::{
    Timer, called, delivery_attempted, flow_changed, flow_started, kept, served, unknown_status,
};
#[cfg(feature = "platform")]
pub(crate) use count::{message_part_sent, message_settled};
pub(crate) use table::gauge;
pub use table::{Kind, METRICS, Metric};
pub(crate) use trace::Traced;
