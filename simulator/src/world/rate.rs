//! How often each call was made in one second.

use std::collections::HashMap;

use super::World;
use crate::clock::Millis;

#[derive(Debug, Default)]
pub(super) struct Rate {
    second: Millis,
    /// By path.
    calls: HashMap<String, u64>,
}

impl World {
    /// Notes a call, and returns whether it is one too many in this second.
    pub(crate) fn is_over_limit(&mut self, path: &str, now: Millis) -> bool {
        let limit = self.settings.calls_per_second;
        if limit == 0 {
            return false;
        }
        if self.rate.second != now / 1000 {
            self.rate = Rate { second: now / 1000, calls: HashMap::new() };
        }
        let calls = self.rate.calls.entry(path.to_owned()).or_default();
        *calls += 1;
        *calls > limit
    }
}
