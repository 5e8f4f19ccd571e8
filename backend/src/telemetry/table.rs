/// A metric, as `docs/operations.md` lists it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Metric {
    /// Its name, with its unit at the end (Prometheus, "Metric and label naming").
    pub name: &'static str,
    /// What it does.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

/// What a metric does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// It grows, and begins at zero with the process.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts what it saw, by size.
    Histogram,
}

pub(super) const FLOWS_STARTED: &str = "dingtalk_qr_flows_started_total";
pub(super) const FLOW_CHANGES: &str = "dingtalk_qr_flow_changes_total";
pub(super) const FLOW_FAILURES: &str = "dingtalk_qr_flow_failures_total";
pub(super) const UPSTREAM: &str = "dingtalk_qr_upstream_request_duration_seconds";
pub(super) const KEEP: &str = "dingtalk_qr_credentials_keep_duration_seconds";
pub(super) const UNKNOWN_STATUSES: &str = "dingtalk_qr_upstream_unknown_statuses_total";
pub(super) const DELIVERY_ATTEMPTS: &str = "dingtalk_qr_delivery_attempts_total";
pub(super) const MESSAGE_PARTS_SENT: &str = "dingtalk_qr_message_part_attempts_total";
pub(super) const MESSAGE_OUTCOMES: &str = "dingtalk_qr_message_outcomes_total";
pub(super) const PUSHED: &str = "dingtalk_qr_suite_events_total";
pub(super) const HTTP: &str = "dingtalk_qr_http_request_duration_seconds";

/// What `AppState::measure` sets.
pub(crate) mod gauge {
    pub(crate) const FLOWS_LIVE: &str = "dingtalk_qr_flows_live";
    pub(crate) const FLOWS_WATCHED: &str = "dingtalk_qr_flows_watched";
    pub(crate) const FLOW_WAITERS: &str = "dingtalk_qr_flow_waiters";
    pub(crate) const DELIVERIES: &str = "dingtalk_qr_deliveries";
    pub(crate) const OLDEST_DELIVERY: &str = "dingtalk_qr_oldest_pending_delivery_age_seconds";
    pub(crate) const MESSAGE_PARTS: &str = "dingtalk_qr_message_parts";
    pub(crate) const CONNECTIONS: &str = "dingtalk_qr_database_connections";
    pub(crate) const READY: &str = "dingtalk_qr_ready";
    pub(crate) const BUILD: &str = "dingtalk_qr_build_info";
    pub(crate) const STARTED_AT: &str = "process_start_time_seconds";
}

/// Every metric.
pub const METRICS: [Metric; 21] = [
    Metric {
        name: FLOWS_STARTED,
        kind: Kind::Counter,
        labels: &["kind", "method"],
        help: "Flows begun and shown. A repeated start with the same idempotency key is none.",
    },
    Metric {
        name: FLOW_CHANGES,
        kind: Kind::Counter,
        labels: &["kind", "method", "status"],
        help: "Flows that came to a status.",
    },
    Metric {
        name: FLOW_FAILURES,
        kind: Kind::Counter,
        labels: &["kind", "method", "code"],
        help: "Flows that failed, by the error code that the page was told.",
    },
    Metric {
        name: gauge::FLOWS_LIVE,
        kind: Kind::Gauge,
        labels: &["kind"],
        help: "Flows that have not ended, and that this process follows.",
    },
    Metric {
        name: gauge::FLOWS_WATCHED,
        kind: Kind::Gauge,
        labels: &["kind"],
        help: "Flows that have not ended, and for which a page waits here at this moment.",
    },
    Metric {
        name: gauge::FLOW_WAITERS,
        kind: Kind::Gauge,
        labels: &["kind"],
        help: "Requests that wait here for a change of a flow.",
    },
    Metric {
        name: UPSTREAM,
        kind: Kind::Histogram,
        labels: &["operation", "outcome"],
        help: "Calls to DingTalk, from the first byte out to the last byte read.",
    },
    Metric {
        name: KEEP,
        kind: Kind::Histogram,
        labels: &[],
        help: "From DingTalk's answer with credentials, read to its last byte, until they are committed. What dies in between is lost if DingTalk does not repeat it.",
    },
    Metric {
        name: UNKNOWN_STATUSES,
        kind: Kind::Counter,
        labels: &[],
        help: "Answers to a poll with a status that this version does not know; taken as pending.",
    },
    Metric {
        name: gauge::DELIVERIES,
        kind: Kind::Gauge,
        labels: &["sink", "state"],
        help: "Deliveries in the outbox.",
    },
    Metric {
        name: gauge::OLDEST_DELIVERY,
        kind: Kind::Gauge,
        labels: &["sink"],
        help: "Age of the oldest delivery that is pending; 0 if there is none.",
    },
    Metric {
        name: DELIVERY_ATTEMPTS,
        kind: Kind::Counter,
        labels: &["sink", "result"],
        help: "Attempts to deliver.",
    },
    Metric {
        name: gauge::MESSAGE_PARTS,
        kind: Kind::Gauge,
        labels: &["state"],
        help: "Parts of messages that are kept; one call to DingTalk sends a part.",
    },
    Metric {
        name: MESSAGE_PARTS_SENT,
        kind: Kind::Counter,
        labels: &["channel", "result"],
        help: "Attempts to send a part of a message.",
    },
    Metric {
        name: MESSAGE_OUTCOMES,
        kind: Kind::Counter,
        labels: &["channel", "outcome"],
        help: "People for whom a message came to its last outcome.",
    },
    Metric {
        name: PUSHED,
        kind: Kind::Counter,
        labels: &["kind", "outcome"],
        help: "Records that DingTalk pushed to third-party apps: new, or known already.",
    },
    Metric {
        name: HTTP,
        kind: Kind::Histogram,
        labels: &["route", "method", "status"],
        help: "Requests served, up to the head of the answer. A long poll lasts as long as it waits.",
    },
    Metric {
        name: gauge::CONNECTIONS,
        kind: Kind::Gauge,
        labels: &["pool", "state"],
        help: "Connections to the database.",
    },
    Metric {
        name: gauge::READY,
        kind: Kind::Gauge,
        labels: &[],
        help: "1 if /readyz answers 200; with 0 the numbers of the outbox are of earlier.",
    },
    Metric { name: gauge::BUILD, kind: Kind::Gauge, labels: &["version"], help: "1." },
    Metric {
        name: gauge::STARTED_AT,
        kind: Kind::Gauge,
        labels: &[],
        help: "When the process began to serve, in seconds since the Unix epoch.",
    },
];
