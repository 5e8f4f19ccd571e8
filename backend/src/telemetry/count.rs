use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, histogram};
use tokio::time::Instant;

#[cfg(feature = "platform")]
use super::table::PUSHED;
use super::table::{
    DELIVERY_ATTEMPTS, FLOW_CHANGES, FLOW_FAILURES, FLOWS_STARTED, HTTP, KEEP, Kind, METRICS,
    UNKNOWN_STATUSES, UPSTREAM,
};
#[cfg(feature = "platform")]
use super::table::{MESSAGE_OUTCOMES, MESSAGE_PARTS_SENT};

/// Ways through the funnel: kind, methods, statuses. They begin at zero, so that the first of its kind is an increase.
const FUNNEL: &[(&str, &[&str], &[&str])] = &[
    (
        "registration",
        &["qr"],
        &["creating", "approval_pending", "created", "denied", "expired", "cancelled", "failed"],
    ),
    #[cfg(feature = "login")]
    (
        "login",
        &["qr", "redirect", "frame", "workspace"],
        &["scanned", "authenticated", "denied", "expired", "cancelled", "failed"],
    ),
];

/// Tells the recorder what there is. Call it once, when the recorder is installed.
pub fn describe() {
    for metric in METRICS {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.help),
            Kind::Gauge => describe_gauge!(metric.name, metric.help),
            Kind::Histogram => describe_histogram!(metric.name, metric.help),
        }
    }
    for (kind, methods, statuses) in FUNNEL.iter().copied() {
        for method in methods {
            counter!(FLOWS_STARTED, "kind" => kind, "method" => *method).absolute(0);
            for status in statuses {
                counter!(FLOW_CHANGES, "kind" => kind, "method" => *method, "status" => *status).absolute(0);
            }
        }
    }
    counter!(UNKNOWN_STATUSES).absolute(0);
}

/// A flow was begun and stored.
pub(crate) fn flow_started(kind: &'static str, method: &'static str) {
    counter!(FLOWS_STARTED, "kind" => kind, "method" => method).increment(1);
}

/// A flow came to another status; with `failed`, by which code.
pub(crate) fn flow_changed(
    kind: &'static str,
    method: &'static str,
    status: &'static str,
    code: Option<&'static str>,
) {
    counter!(FLOW_CHANGES, "kind" => kind, "method" => method, "status" => status).increment(1);
    if let Some(code) = code {
        counter!(FLOW_FAILURES, "kind" => kind, "method" => method, "code" => code).increment(1);
    }
}

/// DingTalk was called.
pub(crate) fn called(operation: &'static str, outcome: &'static str, timer: Timer) {
    histogram!(UPSTREAM, "operation" => operation, "outcome" => outcome).record(timer.elapsed());
}

/// Credentials were committed; `timer` began when DingTalk's answer had been read.
pub(crate) fn kept(timer: Timer) {
    histogram!(KEEP).record(timer.elapsed());
}

/// DingTalk used a word that is not known.
pub(crate) fn unknown_status() {
    counter!(UNKNOWN_STATUSES).increment(1);
}

/// An attempt to deliver has ended.
pub(crate) fn delivery_attempted(sink: &'static str, result: &'static str) {
    counter!(DELIVERY_ATTEMPTS, "sink" => sink, "result" => result).increment(1);
}

/// An attempt to send a part of a message has ended.
#[cfg(feature = "platform")]
pub(crate) fn message_part_sent(channel: &'static str, result: &'static str) {
    counter!(MESSAGE_PARTS_SENT, "channel" => channel, "result" => result).increment(1);
}

/// A message came to the same outcome for so many people.
#[cfg(feature = "platform")]
pub(crate) fn message_settled(channel: &'static str, outcome: &'static str, people: u64) {
    counter!(MESSAGE_OUTCOMES, "channel" => channel, "outcome" => outcome).increment(people);
}

/// DingTalk pushed a record to a third-party app.
#[cfg(feature = "platform")]
pub(crate) fn pushed(kind: &'static str, outcome: &'static str) {
    counter!(PUSHED, "kind" => kind, "outcome" => outcome).increment(1);
}

/// A request was answered. `route` is the template of the route.
pub(crate) fn served(route: String, method: &'static str, status: u16, timer: Timer) {
    let class = match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    histogram!(HTTP, "route" => route, "method" => method, "status" => class).record(timer.elapsed());
}

/// Measures how long something takes. Of the machine, whatever the clock of the flows says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timer(Instant);

impl Timer {
    /// Starts.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
