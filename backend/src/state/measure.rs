use std::time::Duration;

use metrics::gauge;

use super::AppState;
use crate::causes::Causes;
use crate::telemetry::gauge;

/// The longest that the database may take to tell of the outbox.
const PATIENCE: Duration = Duration::from_secs(2);

impl AppState {
    /// Brings up to date what is looked at rather than counted: gauges of flows, outbox and database. Call it before each
    /// look at the metrics.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves some of them as they were.
    pub async fn measure(&self) {
        gauge!(gauge::BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are below 2^53")]
        gauge!(gauge::STARTED_AT).set(self.inner.started_at.as_millis() as f64 / 1000.0);
        for (kind, counts) in self.inner.engine.counts() {
            gauge!(gauge::FLOWS_LIVE, "kind" => kind).set(counts.live);
            gauge!(gauge::FLOWS_WATCHED, "kind" => kind).set(counts.watched);
            gauge!(gauge::FLOW_WAITERS, "kind" => kind).set(counts.waiting);
        }
        for (pool, connections) in self.inner.store.connections() {
            gauge!(gauge::CONNECTIONS, "pool" => pool, "state" => "idle").set(connections.idle);
            gauge!(gauge::CONNECTIONS, "pool" => pool, "state" => "used").set(connections.used);
        }
        let is_ready = self.is_ready().await;
        gauge!(gauge::READY).set(u32::from(is_ready));
        if is_ready {
            self.measure_outbox().await;
            #[cfg(feature = "platform")]
            self.measure_messages().await;
        }
    }

    #[cfg(feature = "platform")]
    async fn measure_messages(&self) {
        match tokio::time::timeout(PATIENCE, self.inner.store.part_counts()).await {
            Ok(Ok(counts)) => {
                for (state, count) in counts {
                    gauge!(gauge::MESSAGE_PARTS, "state" => state.as_str()).set(count);
                }
            }
            Ok(Err(error)) => tracing::error!(error = %Causes(&error), "messages cannot be measured"),
            Err(_) => tracing::error!("messages cannot be measured in time"),
        }
    }

    async fn measure_outbox(&self) {
        let depths = match tokio::time::timeout(PATIENCE, self.inner.store.outbox_depths()).await {
            Ok(Ok(depths)) => depths,
            Ok(Err(error)) => {
                return tracing::error!(error = %Causes(&error), "the outbox cannot be measured");
            }
            Err(_) => return tracing::error!("the outbox cannot be measured in time"),
        };
        for depth in depths {
            for (state, count) in depth.by_state {
                gauge!(gauge::DELIVERIES, "sink" => depth.sink.clone(), "state" => state).set(count);
            }
            let age = depth.pending_since.map_or(Duration::ZERO, |since| self.clock().now().since(since));
            gauge!(gauge::OLDEST_DELIVERY, "sink" => depth.sink).set(age);
        }
    }
}
