//! Tests of the backend through its router, with a simulated DingTalk behind it and time that moves when told.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod access;
mod canary;
mod contract;
mod layering;
mod limits;
mod live;
mod malformed;
mod manual;
mod matrices;
mod outage;
mod page;
mod process;
mod registration;
mod requests;
mod restart;
mod watching;
