use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::clock::Timestamp;
use crate::store::{Database, Store};

/// A row of `organisation_changes`: something of which an event told.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// The organisation.
    pub corp_id: String,
    /// What it is.
    pub kind: ChangedKind,
    /// Its id.
    pub id: String,
    /// How many events have told of it.
    pub events: i64,
    /// When the last one did.
    pub noted_at: Timestamp,
    /// How often DingTalk was asked since, the attempt under way included.
    pub attempts: i64,
}

/// Of what events tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChangedKind {
    /// A member.
    Member,
    /// A department.
    Department,
}

impl ChangedKind {
    /// Returns the name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Department => "department",
        }
    }

    fn from_stored(name: &str) -> Self {
        if name == "department" { Self::Department } else { Self::Member }
    }
}

macro_rules! take_change {
    ($lock:literal) => {
        concat!(
            "WITH due AS (SELECT corp_id AS due_corp, kind AS due_kind, id AS due_id FROM organisation_changes \
             WHERE due_at <= $1 ORDER BY due_at LIMIT 1 ",
            $lock,
            ") UPDATE organisation_changes SET due_at = $2, attempts = attempts + 1 FROM due \
             WHERE corp_id = due_corp AND kind = due_kind AND id = due_id RETURNING *"
        )
    };
}

impl Store {
    /// Takes a change that is due. Nobody else gets it before `until`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_change(&self, now: Timestamp, until: Timestamp) -> sqlx::Result<Option<ChangeRow>> {
        let statement = match self.database {
            Database::Sqlite => take_change!(""),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => take_change!("FOR UPDATE SKIP LOCKED"),
        };
        let query = sqlx::query(statement).bind(now.as_millis()).bind(until.as_millis());
        query.fetch_optional(&self.writer).await?.as_ref().map(ChangeRow::try_from).transpose()
    }

    /// Returns when the next change can be taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn next_change(&self) -> sqlx::Result<Option<Timestamp>> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(due_at) FROM organisation_changes").fetch_one(&self.pool).await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// Forgets a change that is applied, unless another event has told of it since.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn change_is_over(&self, change: &ChangeRow) -> sqlx::Result<()> {
        sqlx::query(
            "DELETE FROM organisation_changes WHERE corp_id = $1 AND kind = $2 AND id = $3 AND events = $4",
        )
        .bind(&change.corp_id)
        .bind(change.kind.as_str())
        .bind(&change.id)
        .bind(change.events)
        .execute(&self.writer)
        .await
        .map(drop)
    }

    /// Puts a change off, unless another event has told of it since.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn delay_change(&self, change: &ChangeRow, due_at: Timestamp) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE organisation_changes SET due_at = $5 \
             WHERE corp_id = $1 AND kind = $2 AND id = $3 AND events = $4",
        )
        .bind(&change.corp_id)
        .bind(change.kind.as_str())
        .bind(&change.id)
        .bind(change.events)
        .bind(due_at.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }
}

/// Notes that an event has told of something, if its organisation is kept.
pub(in crate::store) async fn note(
    connection: &mut AnyConnection,
    corp_id: &str,
    (kind, id): (ChangedKind, &str),
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO organisation_changes (corp_id, kind, id, noted_at, due_at) \
         SELECT corp_id, $2, $3, $4, $4 FROM organisations WHERE corp_id = $1 \
         ON CONFLICT (corp_id, kind, id) DO UPDATE SET events = organisation_changes.events + 1, \
         noted_at = excluded.noted_at, due_at = excluded.due_at, attempts = 0",
    )
    .bind(corp_id)
    .bind(kind.as_str())
    .bind(id)
    .bind(now.as_millis())
    .execute(connection)
    .await
    .map(drop)
}

impl TryFrom<&AnyRow> for ChangeRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            corp_id: row.try_get("corp_id")?,
            kind: ChangedKind::from_stored(row.try_get("kind")?),
            id: row.try_get("id")?,
            events: row.try_get("events")?,
            noted_at: row.try_get("noted_at").map(Timestamp::from_millis)?,
            attempts: row.try_get("attempts")?,
        })
    }
}
