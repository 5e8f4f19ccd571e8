//! The runs that bring an organisation up to date: one for each organisation, in one place at a time.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::word::{SyncMode, SyncStage, SyncState};
use crate::clock::Timestamp;
use crate::store::{Database, Store};

/// A row of `organisation_syncs`.
#[derive(Clone, Debug)]
pub struct SyncRow {
    /// The organisation.
    pub corp_id: String,
    /// Counts the runs of the organisation.
    pub run: i64,
    /// How thoroughly it looks.
    pub mode: SyncMode,
    /// How it stands.
    pub state: SyncState,
    /// What it does.
    pub stage: SyncStage,
    /// Why it failed, in a word.
    pub failure: Option<String>,
    /// How often DingTalk was asked.
    pub calls: i64,
    /// How many people are new, moved, or known better.
    pub changed: i64,
    /// How many people are gone.
    pub removed: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How many calls failed one after the other.
    pub attempts: i64,
    /// Since when they do.
    pub failing_since: Option<Timestamp>,
    /// When it goes on, unless it is taken.
    pub due_at: Timestamp,
    /// Who has it, or had it last.
    pub holder: Option<String>,
}

/// That a run is ours: whoever takes it next ends that.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The organisation.
    pub corp_id: String,
    /// Which of its runs.
    pub run: i64,
    /// Us.
    pub holder: String,
    /// When it began.
    pub since: Timestamp,
}

/// Takes the first run that is due. Of several processes one gets it, as with deliveries.
macro_rules! take_sync {
    ($lock:literal) => {
        concat!(
            "WITH due AS (SELECT corp_id AS due_id FROM organisation_syncs WHERE state = 'running' AND due_at <= $1 \
             AND taken_until <= $1 AND ($4 IS NULL OR corp_id = $4) ORDER BY due_at LIMIT 1 ",
            $lock,
            ") UPDATE organisation_syncs SET taken_until = $2, holder = $3 FROM due WHERE corp_id = due_id RETURNING *"
        )
    };
}

impl Store {
    /// Begins a run, unless one is under way, and returns the one that is. The organisation is kept from then on.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing has begun.
    pub async fn begin_sync(
        &self,
        corp_id: &str,
        app: &str,
        mode: SyncMode,
        now: Timestamp,
    ) -> sqlx::Result<SyncRow> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO organisations (corp_id, app, created_at) VALUES ($1, $2, $3) \
             ON CONFLICT (corp_id) DO NOTHING",
        )
        .bind(corp_id)
        .bind(app)
        .bind(now.as_millis())
        .execute(&mut *transaction)
        .await?;
        let begun = sqlx::query(
            "INSERT INTO organisation_syncs (corp_id, run, mode, state, stage, started_at, due_at) \
             VALUES ($1, 1, $2, 'running', 'range', $3, $3) ON CONFLICT (corp_id) DO UPDATE SET \
             run = organisation_syncs.run + 1, mode = excluded.mode, state = excluded.state, stage = excluded.stage, \
             failure = NULL, calls = 0, changed = 0, removed = 0, started_at = excluded.started_at, ended_at = NULL, \
             attempts = 0, failing_since = NULL, due_at = excluded.due_at, holder = NULL, taken_until = 0 \
             WHERE organisation_syncs.state <> 'running' RETURNING *",
        )
        .bind(corp_id)
        .bind(mode.as_str())
        .bind(now.as_millis())
        .fetch_optional(&mut *transaction)
        .await?;
        let row = if let Some(row) = begun {
            let named = sqlx::query("UPDATE organisations SET app = $2 WHERE corp_id = $1");
            named.bind(corp_id).bind(app).execute(&mut *transaction).await?;
            row
        } else {
            let under_way = sqlx::query("SELECT * FROM organisation_syncs WHERE corp_id = $1");
            under_way.bind(corp_id).fetch_one(&mut *transaction).await?
        };
        transaction.commit().await?;
        SyncRow::try_from(&row)
    }

    /// Finds the last run of an organisation.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn sync(&self, corp_id: &str) -> sqlx::Result<Option<SyncRow>> {
        let query = sqlx::query("SELECT * FROM organisation_syncs WHERE corp_id = $1").bind(corp_id);
        query.fetch_optional(&self.pool).await?.as_ref().map(SyncRow::try_from).transpose()
    }

    /// Takes a run that is due, of one organisation or of any. Nobody else gets it before `until`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_sync(
        &self,
        corp_id: Option<&str>,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> sqlx::Result<Option<SyncRow>> {
        let statement = match self.database {
            Database::Sqlite => take_sync!(""),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => take_sync!("FOR UPDATE SKIP LOCKED"),
        };
        let query =
            sqlx::query(statement).bind(now.as_millis()).bind(until.as_millis()).bind(holder).bind(corp_id);
        query.fetch_optional(&mut *self.hurry().await?).await?.as_ref().map(SyncRow::try_from).transpose()
    }

    /// Returns when the next run can be taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn next_sync(&self) -> sqlx::Result<Option<Timestamp>> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(CASE WHEN taken_until > due_at THEN taken_until ELSE due_at END) FROM organisation_syncs \
             WHERE state = 'running'",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// Lets a run go, to be taken again from `due_at` on.
    ///
    /// # Errors
    ///
    /// If the database fails; then it can be taken when the time of its holder is over.
    pub async fn release_sync(&self, hold: &Hold, due_at: Timestamp) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE organisation_syncs SET due_at = $4, taken_until = 0 \
             WHERE corp_id = $1 AND run = $2 AND holder = $3 AND state = 'running'",
        )
        .bind(&hold.corp_id)
        .bind(hold.run)
        .bind(&hold.holder)
        .bind(due_at.as_millis())
        .execute(&mut *self.hurry().await?)
        .await
        .map(drop)
    }

    /// Lets a run go whose last call failed at `now`, to be taken again from `due_at` on.
    ///
    /// # Errors
    ///
    /// If the database fails; then it can be taken when the time of its holder is over.
    pub async fn delay_sync(&self, hold: &Hold, now: Timestamp, due_at: Timestamp) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE organisation_syncs SET due_at = $4, taken_until = 0, calls = calls + 1, attempts = attempts + 1, \
             failing_since = COALESCE(failing_since, $5) \
             WHERE corp_id = $1 AND run = $2 AND holder = $3 AND state = 'running'",
        )
        .bind(&hold.corp_id)
        .bind(hold.run)
        .bind(&hold.holder)
        .bind(due_at.as_millis())
        .bind(now.as_millis())
        .execute(&mut *self.hurry().await?)
        .await
        .map(drop)
    }

    /// Notes that a run cannot go on.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn fail_sync(&self, hold: &Hold, failure: &str, now: Timestamp) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE organisation_syncs SET state = 'failed', failure = $4, calls = calls + 1, ended_at = $5 \
             WHERE corp_id = $1 AND run = $2 AND holder = $3 AND state = 'running'",
        )
        .bind(&hold.corp_id)
        .bind(hold.run)
        .bind(&hold.holder)
        .bind(failure)
        .bind(now.as_millis())
        .execute(&mut *self.hurry().await?)
        .await
        .map(drop)
    }

    /// Breaks the run of an organisation off, if one is under way.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn cancel_sync(&self, corp_id: &str, now: Timestamp) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE organisation_syncs SET state = 'cancelled', ended_at = $2 \
             WHERE corp_id = $1 AND state = 'running'",
        )
        .bind(corp_id)
        .bind(now.as_millis())
        .execute(&self.writer)
        .await
        .map(drop)
    }
}

impl TryFrom<&AnyRow> for SyncRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let moment = |column| row.try_get(column).map(Timestamp::from_millis);
        let moment_if_any =
            |column| row.try_get::<Option<i64>, _>(column).map(|time| time.map(Timestamp::from_millis));
        Ok(Self {
            corp_id: row.try_get("corp_id")?,
            run: row.try_get("run")?,
            mode: SyncMode::from_stored(row.try_get("mode")?),
            state: SyncState::from_stored(row.try_get("state")?),
            stage: SyncStage::from_stored(row.try_get("stage")?),
            failure: row.try_get("failure")?,
            calls: row.try_get("calls")?,
            changed: row.try_get("changed")?,
            removed: row.try_get("removed")?,
            started_at: moment("started_at")?,
            ended_at: moment_if_any("ended_at")?,
            attempts: row.try_get("attempts")?,
            failing_since: moment_if_any("failing_since")?,
            due_at: moment("due_at")?,
            holder: row.try_get("holder")?,
        })
    }
}
