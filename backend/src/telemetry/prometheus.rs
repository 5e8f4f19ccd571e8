//! A recorder for Prometheus.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use super::table::{HTTP, KEEP, UPSTREAM};

/// The media type of what the recorder's handle renders.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// From a read of memory up to a long poll, in seconds.
const HTTP_BUCKETS: [f64; 7] = [0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 30.0];

/// Up to the time after which a call is given up, in seconds.
const UPSTREAM_BUCKETS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// Storing takes milliseconds, unless the database is away.
const KEEP_BUCKETS: [f64; 7] = [0.001, 0.0025, 0.005, 0.01, 0.05, 1.0, 30.0];

/// Makes a recorder with buckets that suit. Install it as the process's own by `metrics::set_global_recorder`, then call
/// [`describe`](super::describe). Its handle has to be rendered, or kept up, every few seconds: it collects samples until then.
///
/// # Panics
///
/// Never: it would without buckets.
pub fn recorder() -> PrometheusRecorder {
    let buckets = [(HTTP, &HTTP_BUCKETS[..]), (KEEP, &KEEP_BUCKETS), (UPSTREAM, &UPSTREAM_BUCKETS)];
    let builder = buckets.into_iter().try_fold(PrometheusBuilder::new(), |builder, (name, buckets)| {
        builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)
    });
    builder.expect("there are buckets").build_recorder()
}
