use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::ChangedKind;
use super::Store;
use super::customer::{CustomerChange, change_customer};
use super::organisation::change;
use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A row of `suites`.
#[derive(Clone, Debug)]
pub struct SuiteRow {
    /// What DingTalk pushed last.
    pub ticket: Option<Sealed>,
    /// When, by its clock.
    pub ticket_pushed_at: Option<Timestamp>,
    /// The number of the newest event.
    pub last_event: i64,
}

/// What [`Store::note_suite_event`] writes.
#[derive(Clone, Copy, Debug)]
pub struct NewSuiteEvent<'a> {
    /// The third-party app.
    pub client_id: &'a str,
    /// Names the record: the same one has the same id.
    pub id: &'a str,
    /// The organisation.
    pub corp_id: &'a str,
    /// What it is about.
    pub kind: &'a str,
    /// DingTalk's number for that.
    pub biz_type: Option<i64>,
    /// DingTalk's name of the record.
    pub biz_id: &'a str,
    /// What DingTalk says.
    pub data: &'a Sealed,
    /// Tells whether that is news.
    pub digest: &'a str,
    /// When it was sent, by DingTalk's clock.
    pub pushed_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// Events that came before are deleted.
    pub horizon: Timestamp,
    /// What it changes about the customer.
    pub change: Option<CustomerChange<'a>>,
    /// The member or department of which it tells.
    pub of: Option<(ChangedKind, &'a str)>,
}

/// A row of `suite_events`.
#[derive(Clone, Debug)]
pub struct SuiteEventRow {
    /// Names the record.
    pub id: String,
    /// Its place among the events of the app.
    pub number: i64,
    /// The organisation.
    pub corp_id: String,
    /// What it is about.
    pub kind: String,
    /// DingTalk's number for that.
    pub biz_type: Option<i64>,
    /// DingTalk's name of the record.
    pub biz_id: String,
    /// What DingTalk says.
    pub data: Sealed,
    /// When it came.
    pub received_at: Timestamp,
}

impl Store {
    /// Makes a row for a third-party app, unless there is one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn add_suite(&self, client_id: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO suites (client_id) VALUES ($1) ON CONFLICT (client_id) DO NOTHING")
            .bind(client_id)
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Reads what is known of a third-party app.
    ///
    /// # Errors
    ///
    /// If the database fails, or has no such app (`RowNotFound`).
    pub async fn suite(&self, client_id: &str) -> sqlx::Result<SuiteRow> {
        let query = sqlx::query("SELECT * FROM suites WHERE client_id = $1").bind(client_id);
        SuiteRow::try_from(&query.fetch_one(&self.pool).await?)
    }

    /// Keeps a ticket, and returns whether it was none older than the one before.
    ///
    /// # Errors
    ///
    /// If the database fails; then the one before is still there.
    pub async fn keep_suite_ticket(
        &self,
        client_id: &str,
        ticket: &Sealed,
        pushed_at: Timestamp,
    ) -> sqlx::Result<bool> {
        sqlx::query(
            "UPDATE suites SET sealed_ticket = $2, ticket_pushed_at = $3 \
             WHERE client_id = $1 AND (ticket_pushed_at IS NULL OR ticket_pushed_at <= $3)",
        )
        .bind(client_id)
        .bind(ticket.as_bytes())
        .bind(pushed_at.as_millis())
        .execute(&self.writer)
        .await
        .map(|done| done.rows_affected() == 1)
    }

    /// Notes an event and what it changes, in one transaction. Returns `false`, and changes nothing, if it is known, or if
    /// something newer is known of the same record.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn note_suite_event(&self, event: &NewSuiteEvent<'_>) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        if !insert_event(&mut transaction, event).await? {
            transaction.rollback().await?;
            return Ok(false);
        }
        if let Some(change) = event.change {
            change_customer(&mut transaction, event, change).await?;
        }
        if let Some(of) = event.of {
            change::note(&mut transaction, event.corp_id, of, event.received_at).await?;
        }
        sqlx::query("DELETE FROM suite_events WHERE client_id = $1 AND received_at < $2")
            .bind(event.client_id)
            .bind(event.horizon.as_millis())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Lists the events of a third-party app behind a number, oldest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn suite_events(
        &self,
        client_id: &str,
        after: i64,
        limit: u32,
    ) -> sqlx::Result<Vec<SuiteEventRow>> {
        let query = sqlx::query(
            "SELECT * FROM suite_events WHERE client_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(client_id)
        .bind(after)
        .bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(SuiteEventRow::try_from).collect()
    }
}

async fn insert_event(connection: &mut AnyConnection, event: &NewSuiteEvent<'_>) -> sqlx::Result<bool> {
    let number: i64 = sqlx::query_scalar(
        "UPDATE suites SET last_event = last_event + 1 WHERE client_id = $1 RETURNING last_event",
    )
    .bind(event.client_id)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO suite_events (id, client_id, number, corp_id, kind, biz_type, biz_id, sealed_data, digest, \
         pushed_at, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET number = excluded.number, kind = excluded.kind, \
         sealed_data = excluded.sealed_data, digest = excluded.digest, pushed_at = excluded.pushed_at, \
         received_at = excluded.received_at \
         WHERE suite_events.digest <> excluded.digest AND suite_events.pushed_at <= excluded.pushed_at",
    )
    .bind(event.id)
    .bind(event.client_id)
    .bind(number)
    .bind(event.corp_id)
    .bind(event.kind)
    .bind(event.biz_type)
    .bind(event.biz_id)
    .bind(event.data.as_bytes())
    .bind(event.digest)
    .bind(event.pushed_at.as_millis())
    .bind(event.received_at.as_millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
}

impl TryFrom<&AnyRow> for SuiteRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let ticket: Option<Vec<u8>> = row.try_get("sealed_ticket")?;
        Ok(Self {
            ticket: ticket.map(Sealed::from_stored),
            ticket_pushed_at: row.try_get::<Option<i64>, _>("ticket_pushed_at")?.map(Timestamp::from_millis),
            last_event: row.try_get("last_event")?,
        })
    }
}

impl TryFrom<&AnyRow> for SuiteEventRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            corp_id: row.try_get("corp_id")?,
            kind: row.try_get("kind")?,
            biz_type: row.try_get("biz_type")?,
            biz_id: row.try_get("biz_id")?,
            data: Sealed::from_stored(row.try_get("sealed_data")?),
            received_at: row.try_get("received_at").map(Timestamp::from_millis)?,
        })
    }
}
