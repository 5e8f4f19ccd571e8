//! What is sealed in the store, and how it comes under another key while everybody works on.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::Store;
use crate::secret::{KeyId, OpenError, Sealed, Sealer};

/// A column with sealed values.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// The column that is the key of the table.
    key: &'static str,
    /// The place to which a value is sealed, in SQL: what the module that seals it says.
    place: &'static str,
}

/// Every column with sealed values.
pub const SEALED_COLUMNS: [SealedColumn; 10] = [
    SealedColumn { table: "settings", column: "sealed_value", key: "name", place: "'settings/' || name" },
    SealedColumn { table: "flows", column: "sealed_handle", key: "id", place: "'flows/' || id" },
    SealedColumn { table: "apps", column: "sealed_secret", key: "client_id", place: "'apps/' || client_id" },
    SealedColumn {
        table: "users",
        column: "sealed_refresh_token",
        key: "id",
        place: "'users/' || corp_id || '/' || union_id",
    },
    SealedColumn { table: "messages", column: "sealed_body", key: "id", place: "'messages/' || id" },
    SealedColumn { table: "session_keys", column: "sealed_key", key: "id", place: "'session_keys/' || id" },
    SealedColumn {
        table: "relay_messages",
        column: "sealed_body",
        key: "id",
        place: "'relay_messages/' || id",
    },
    SealedColumn { table: "relays", column: "sealed_key", key: "id", place: "'relays/' || id" },
    SealedColumn { table: "suite_events", column: "sealed_data", key: "id", place: "'suite_events/' || id" },
    SealedColumn {
        table: "suites",
        column: "sealed_ticket",
        key: "client_id",
        place: "'suites/' || client_id",
    },
];

/// How long one process leaves SQLite to others after each transaction: it locks the whole file.
const PAUSE: Duration = Duration::from_millis(20);

/// What one way through the store came to.
#[derive(Clone, Debug, Default)]
pub struct Resealed {
    /// Values that are under the current key by this.
    pub done: u64,
    /// Values that changed while they were looked at, and are as their writer wanted them.
    pub overtaken: u64,
    /// Values under a key that is not known.
    pub locked: u64,
    /// The places of values that do not open, though their key is known.
    pub damaged: Vec<String>,
}

impl Store {
    /// Counts the sealed values by key. `None` is for bytes that are too short to name one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn sealed_values(&self) -> sqlx::Result<BTreeMap<Option<KeyId>, u64>> {
        let mut counts = BTreeMap::new();
        for SealedColumn { table, column, .. } in SEALED_COLUMNS {
            // Version, then the key id.
            let statement = format!(
                "SELECT substr({column}, 2, 4) AS key_id, COUNT(*) AS number FROM {table} \
                 WHERE {column} IS NOT NULL GROUP BY substr({column}, 2, 4)"
            );
            for row in sqlx::query(AssertSqlSafe(statement)).fetch_all(&self.pool).await? {
                let key_id: Vec<u8> = row.try_get("key_id")?;
                let number: i64 = row.try_get("number")?;
                let count = counts.entry(KeyId::from_stored(&key_id)).or_default();
                *count += number.unsigned_abs();
            }
        }
        Ok(counts)
    }

    /// Brings every value under the current key, in small transactions. A value that somebody else changes meanwhile stays as
    /// they want it. May be broken off at any moment and begun again.
    ///
    /// # Errors
    ///
    /// If the database fails. What was done by then is done.
    pub async fn reseal(&self, sealer: &Sealer) -> sqlx::Result<Resealed> {
        let mut sum = Resealed::default();
        for column in SEALED_COLUMNS {
            let mut after = String::new();
            while let Some(last) = self.reseal_some(column, &after, sealer, &mut sum).await? {
                after = last;
                if !self.is_shared() {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        Ok(sum)
    }

    /// Does so with the next few values, and returns the key of the last of them.
    async fn reseal_some(
        &self,
        place: SealedColumn,
        after: &str,
        sealer: &Sealer,
        sum: &mut Resealed,
    ) -> sqlx::Result<Option<String>> {
        let SealedColumn { table, column, key, place } = place;
        // Whoever holds the lock of one row only cannot be in the circle of a deadlock. SQLite has one lock for everything.
        let limit = if self.is_shared() { 1 } else { 100 };
        let select = format!(
            "SELECT {key} AS id, {place} AS place, {column} AS value FROM {table} \
             WHERE {column} IS NOT NULL AND substr({column}, 2, 4) <> $1 AND {key} > $2 ORDER BY {key} LIMIT {limit}"
        );
        let update = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(sealer.current_id().as_bytes())
            .bind(after)
            .fetch_all(&mut *transaction)
            .await?;
        let mut last = None;
        for row in &rows {
            let SealedRow { id, place, value } = SealedRow::try_from(row)?;
            match sealer.open(&place, &value) {
                Ok(secret) => {
                    let updated = sqlx::query(AssertSqlSafe(update.as_str()))
                        .bind(sealer.seal(&place, &secret).as_bytes())
                        .bind(&id)
                        .bind(value.as_bytes())
                        .execute(&mut *transaction)
                        .await?;
                    match updated.rows_affected() {
                        0 => sum.overtaken += 1,
                        _ => sum.done += 1,
                    }
                }
                Err(OpenError::OtherKey) => sum.locked += 1,
                Err(OpenError::Damaged) => sum.damaged.push(place),
            }
            last = Some(id);
        }
        transaction.commit().await?;
        Ok(last)
    }
}

struct SealedRow {
    id: String,
    place: String,
    value: Sealed,
}

impl TryFrom<&AnyRow> for SealedRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            place: row.try_get("place")?,
            value: Sealed::from_stored(row.try_get("value")?),
        })
    }
}
