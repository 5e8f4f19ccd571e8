use std::collections::BTreeMap;

use sqlx::{AnyPool, Row as _};

use super::{DeliveryState, Store};
use crate::clock::Timestamp;

/// What of the outbox is for one sink.
#[derive(Clone, Debug)]
pub struct OutboxDepth {
    /// The sink.
    pub sink: String,
    /// How many deliveries are in each state; every state is there.
    pub by_state: BTreeMap<&'static str, u32>,
    /// Since when the oldest of the pending ones is tried.
    pub pending_since: Option<Timestamp>,
}

/// The connections of a pool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Connections {
    /// Those that nobody uses.
    pub idle: u32,
    /// The others.
    pub used: u32,
}

impl Store {
    /// Counts the deliveries of each sink that ever had one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn outbox_depths(&self) -> sqlx::Result<Vec<OutboxDepth>> {
        let rows = sqlx::query(
            "SELECT sink, state, COUNT(*) AS count, MIN(tried_since) AS since FROM deliveries GROUP BY sink, state",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut depths = BTreeMap::new();
        for row in rows {
            let sink: String = row.try_get("sink")?;
            let state = DeliveryState::from_stored(row.try_get("state")?);
            let count: i64 = row.try_get("count")?;
            let depth = depths.entry(sink.clone()).or_insert_with(|| OutboxDepth::none(sink));
            depth.by_state.insert(state.as_str(), u32::try_from(count).unwrap_or(u32::MAX));
            if state == DeliveryState::Pending {
                depth.pending_since = Some(Timestamp::from_millis(row.try_get("since")?));
            }
        }
        Ok(depths.into_values().collect())
    }

    /// Returns the connections of each pool, by its name.
    pub fn connections(&self) -> Vec<(&'static str, Connections)> {
        if self.is_shared() {
            vec![("both", Connections::of(&self.pool))]
        } else {
            vec![("read", Connections::of(&self.pool)), ("write", Connections::of(&self.writer))]
        }
    }
}

impl OutboxDepth {
    fn none(sink: String) -> Self {
        let by_state = DeliveryState::ALL.map(|state| (state.as_str(), 0)).into();
        Self { sink, by_state, pending_since: None }
    }
}

impl Connections {
    fn of(pool: &AnyPool) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { idle, used: pool.size().saturating_sub(idle) }
    }
}
