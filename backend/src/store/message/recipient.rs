use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::{NewRecipient, PartRow};
use crate::store::Store;

/// How many rows one statement writes.
const AT_ONCE: usize = 100;

/// A row of `message_recipients`.
#[derive(Clone, Debug)]
pub struct RecipientRow {
    /// The part that goes to them.
    pub part: i64,
    /// Names them in the organisation.
    pub staff_id: String,
    /// Names them here, if they were named so.
    pub user_id: Option<String>,
    /// Names them to the embedder, if they were named so.
    pub external_id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// DingTalk's code for it, where there is one.
    pub code: Option<i64>,
}

/// What became of a message for one person.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Outcome {
    /// Nothing is known yet.
    Pending,
    /// DingTalk took it for them.
    Accepted,
    /// They have it and have not read it.
    Unread,
    /// They have read it.
    Read,
    /// The organisation does not know them, or they may not see the app.
    Invalid,
    /// They had the same today already, so it was kept from them.
    Duplicate,
    /// They had too many today already, so it was kept from them.
    DailyLimit,
    /// There were too many at once, so it was kept from them.
    FlowControlled,
    /// It was kept from them for another reason.
    Forbidden,
    /// It could not be sent.
    Failed,
    /// DingTalk took it for them and never spoke of them again.
    Dropped,
    /// It may have been sent, and nobody will ever know.
    Unknown,
    /// It was wanted back before it was sent.
    Cancelled,
}

/// What became of a message for somebody, and DingTalk's code for it, 0 where there is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Who.
    pub staff_id: String,
    /// What.
    pub outcome: Outcome,
    /// The code.
    pub code: i64,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 13] = [
        Self::Pending,
        Self::Accepted,
        Self::Unread,
        Self::Read,
        Self::Invalid,
        Self::Duplicate,
        Self::DailyLimit,
        Self::FlowControlled,
        Self::Forbidden,
        Self::Failed,
        Self::Dropped,
        Self::Unknown,
        Self::Cancelled,
    ];

    fn from_stored(outcome: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == outcome).unwrap_or(Self::Unknown)
    }

    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Invalid => "invalid",
            Self::Duplicate => "duplicate",
            Self::DailyLimit => "daily_limit",
            Self::FlowControlled => "flow_controlled",
            Self::Forbidden => "forbidden",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns whether time changes nothing about it.
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::Accepted | Self::Unread | Self::Dropped => false,
            Self::Read
            | Self::Invalid
            | Self::Duplicate
            | Self::DailyLimit
            | Self::FlowControlled
            | Self::Forbidden
            | Self::Failed
            | Self::Unknown
            | Self::Cancelled => true,
        }
    }
}

impl Store {
    /// Lists the people of a part, whatever became of it for them.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn recipients_of_part(&self, part: &PartRow) -> sqlx::Result<Vec<RecipientRow>> {
        let query = sqlx::query(
            "SELECT * FROM message_recipients WHERE message_id = $1 AND part = $2 ORDER BY staff_id",
        )
        .bind(&part.message_id)
        .bind(part.number);
        query.fetch_all(&self.pool).await?.iter().map(RecipientRow::try_from).collect()
    }

    /// Lists the people of a message, those behind `after`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn recipients(
        &self,
        message_id: &str,
        (part, staff_id): (i64, &str),
        limit: u32,
    ) -> sqlx::Result<Vec<RecipientRow>> {
        let query = sqlx::query(
            "SELECT * FROM message_recipients WHERE message_id = $1 AND (part > $2 OR (part = $2 AND staff_id > $3)) \
             ORDER BY part, staff_id LIMIT $4",
        )
        .bind(message_id)
        .bind(part)
        .bind(staff_id)
        .bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(RecipientRow::try_from).collect()
    }

    /// Counts what became of a message, outcome by outcome.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn outcome_counts(&self, message_id: &str) -> sqlx::Result<BTreeMap<Outcome, i64>> {
        let query = sqlx::query(
            "SELECT outcome, COUNT(*) AS count FROM message_recipients WHERE message_id = $1 GROUP BY outcome",
        );
        let rows = query.bind(message_id).fetch_all(&self.pool).await?;
        let count = |row: &AnyRow| {
            Ok((Outcome::from_stored(row.try_get("outcome")?), row.try_get::<i64, _>("count")?))
        };
        rows.iter().map(count).collect()
    }
}

pub(super) async fn add(
    connection: &mut AnyConnection,
    message_id: &str,
    part: i64,
    recipients: &[NewRecipient],
) -> sqlx::Result<()> {
    for some in recipients.chunks(AT_ONCE) {
        let statement = format!(
            "INSERT INTO message_recipients (message_id, part, outcome, staff_id, user_id, external_id) VALUES {}",
            values("$1, $2, 'pending'", 2, 3, some.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(statement)).bind(message_id).bind(part);
        for recipient in some {
            query = query.bind(&recipient.staff_id).bind(&recipient.user_id).bind(&recipient.external_id);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes the same of everybody in a part.
pub(super) async fn set_all(
    connection: &mut AnyConnection,
    part: &PartRow,
    outcome: Outcome,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE message_recipients SET outcome = $3, code = 0 WHERE message_id = $1 AND part = $2")
        .bind(&part.message_id)
        .bind(part.number)
        .bind(outcome.as_str())
        .execute(connection)
        .await
        .map(drop)
}

/// Notes what became of whom. Who was not known to be in the part is now.
pub(super) async fn note(
    connection: &mut AnyConnection,
    part: &PartRow,
    findings: &[Finding],
) -> sqlx::Result<()> {
    for some in findings.chunks(AT_ONCE) {
        let statement = format!(
            "INSERT INTO message_recipients (message_id, part, staff_id, outcome, code) VALUES {} \
             ON CONFLICT (message_id, part, staff_id) DO UPDATE SET outcome = excluded.outcome, code = excluded.code",
            values("$1, $2", 2, 3, some.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(statement)).bind(&part.message_id).bind(part.number);
        for finding in some {
            query = query.bind(&finding.staff_id).bind(finding.outcome.as_str()).bind(finding.code);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Writes rows of parameters: the same `head` in each, then `width` of its own, numbered from behind `first`.
fn values(head: &str, first: usize, width: usize, rows: usize) -> String {
    let row = |row: usize| {
        let columns = (1..=width).map(|column| format!(", ${}", first + row * width + column));
        format!("({head}{})", columns.collect::<String>())
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

impl TryFrom<&AnyRow> for RecipientRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            part: row.try_get("part")?,
            staff_id: row.try_get("staff_id")?,
            user_id: row.try_get("user_id")?,
            external_id: row.try_get("external_id")?,
            outcome: Outcome::from_stored(row.try_get("outcome")?),
            code: Some(row.try_get("code")?).filter(|code| *code != 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_parameters_are_numbered_through() {
        assert_eq!(values("$1", 1, 2, 2), "($1, $2, $3), ($1, $4, $5)");
    }
}
