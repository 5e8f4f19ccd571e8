//! What customers' people, departments and rights have come to, as DingTalk told it.

use serde_json::Value;

use super::{Suite, SuiteError, Suites, event_place};
use crate::clock::Timestamp;
use crate::store::SuiteEventRow;

/// Something that DingTalk has told of a customer.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place among the events of the app. A record that changes gets a new one.
    pub number: i64,
    /// The organisation; empty where it is of none.
    pub corp_id: String,
    /// What it is about.
    pub kind: String,
    /// DingTalk's number for that.
    pub biz_type: Option<i64>,
    /// DingTalk's name of the record.
    pub biz_id: String,
    /// What DingTalk says, without its secrets.
    pub data: Value,
    /// When it came.
    pub received_at: Timestamp,
}

/// Some events, oldest first.
#[derive(Debug)]
pub struct EventPage {
    /// They.
    pub events: Vec<Event>,
    /// The number behind which the next page begins; the same as before if there was nothing.
    pub next: i64,
}

impl Suites {
    /// Lists the events of a third-party app behind a number.
    ///
    /// # Errors
    ///
    /// If the database fails, or an event cannot be opened.
    pub async fn events(&self, suite: &Suite, after: i64, limit: u32) -> Result<EventPage, SuiteError> {
        let rows = self.shared.store.suite_events(&suite.client_id, after, limit).await?;
        let events = rows.into_iter().map(|row| self.opened(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(EventPage { next: events.last().map_or(after, |event| event.number), events })
    }

    fn opened(&self, row: SuiteEventRow) -> Result<Event, SuiteError> {
        let data = self.shared.sealer.open(&event_place(&row.id), &row.data).map_err(SuiteError::Sealed)?;
        Ok(Event {
            number: row.number,
            corp_id: row.corp_id,
            kind: row.kind,
            biz_type: row.biz_type,
            biz_id: row.biz_id,
            data: serde_json::from_str(&data).unwrap_or_default(),
            received_at: row.received_at,
        })
    }
}
