use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::recipient::{self, Finding, Outcome};
use super::{MessageRow, NewPart};
use crate::clock::Timestamp;
use crate::store::{Database, Store, relay};

/// A row of `message_parts`.
#[derive(Clone, Debug)]
pub struct PartRow {
    /// The message.
    pub message_id: String,
    /// The place in it, from 1.
    pub number: i64,
    /// To whom it goes: `people`, `departments`, `everybody` or `conversation`.
    pub audience: String,
    /// What names them, unless they are people.
    pub target: String,
    /// How far it is.
    pub state: PartState,
    /// How often it was sent, the attempt under way included.
    pub attempts: i64,
    /// When it was tried first.
    pub tried_since: Option<Timestamp>,
    /// When it may be sent, or looked after.
    pub due_at: Timestamp,
    /// Until when somebody has it.
    pub taken_until: Timestamp,
    /// What DingTalk calls it.
    pub handle: Option<String>,
    /// Since when DingTalk has it.
    pub sent_at: Option<Timestamp>,
    /// Why the last attempt failed, in a word.
    pub last_error: Option<String>,
    /// The departments that DingTalk does not know, with commas between.
    pub invalid_departments: String,
    /// When DingTalk took it back.
    pub recalled_at: Option<Timestamp>,
}

/// How far a part is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum PartState {
    /// It has to be sent.
    Queued,
    /// It is being sent for the first time.
    Sending,
    /// An attempt came to no end that is known: DingTalk may have it.
    Doubtful,
    /// DingTalk has it, and is asked what became of it.
    Sent,
    /// DingTalk has it, and is asked no more.
    Settled,
    /// DingTalk does not take it, or could not be asked for too long.
    Failed,
    /// DingTalk may have it, and nobody will ever know.
    Unknown,
    /// It was wanted back before it was sent.
    Cancelled,
}

/// What one turn made of a part.
#[derive(Clone, Debug)]
pub struct PartTurn {
    /// How far it is now.
    pub state: PartState,
    /// When it is due again.
    pub due_at: Timestamp,
    /// What DingTalk calls it, if that is new.
    pub handle: Option<String>,
    /// Since when DingTalk has it, if that is new.
    pub sent_at: Option<Timestamp>,
    /// Why it failed, in a word.
    pub error: Option<String>,
    /// The departments that DingTalk does not know.
    pub invalid_departments: Vec<i64>,
    /// What becomes of those of whom nothing else is said, if that is known.
    pub others: Option<Outcome>,
    /// What became of whom.
    pub findings: Vec<Finding>,
}

impl PartState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Doubtful,
        Self::Sent,
        Self::Settled,
        Self::Failed,
        Self::Unknown,
        Self::Cancelled,
    ];

    /// Returns whether something is still done with it.
    pub fn is_on_its_way(self) -> bool {
        match self {
            Self::Queued | Self::Sending | Self::Doubtful | Self::Sent => true,
            Self::Settled | Self::Failed | Self::Unknown | Self::Cancelled => false,
        }
    }

    fn from_stored(state: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == state).unwrap_or(Self::Unknown)
    }

    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Doubtful => "doubtful",
            Self::Sent => "sent",
            Self::Settled => "settled",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Takes the first part that is due, and says before anything is sent that it is being sent. Of several processes one gets it.
macro_rules! take_part {
    ($lock:literal) => {
        concat!(
            "WITH due AS (SELECT message_id AS due_id, number AS due_number FROM message_parts \
             WHERE state IN ('queued', 'sending', 'doubtful', 'sent') AND due_at <= $1 AND taken_until <= $1 \
             ORDER BY due_at LIMIT 1 ",
            $lock,
            ") UPDATE message_parts SET taken_until = $2, \
             attempts = attempts + CASE state WHEN 'sent' THEN 0 ELSE 1 END, tried_since = COALESCE(tried_since, $1), \
             state = CASE state WHEN 'queued' THEN 'sending' WHEN 'sending' THEN 'doubtful' ELSE state END \
             FROM due WHERE message_id = due_id AND number = due_number RETURNING *"
        )
    };
}

impl Store {
    /// Takes a part that is due. Nobody else gets it before `until`. One that comes as `Sending` was never tried before; one that
    /// comes as `Doubtful` may have been sent by somebody who died.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn take_part(&self, now: Timestamp, until: Timestamp) -> sqlx::Result<Option<PartRow>> {
        let statement = match self.database {
            Database::Sqlite => take_part!(""),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => take_part!("FOR UPDATE SKIP LOCKED"),
        };
        let query = sqlx::query(statement).bind(now.as_millis()).bind(until.as_millis());
        query.fetch_optional(&self.writer).await?.as_ref().map(PartRow::try_from).transpose()
    }

    /// Returns when the next part can be taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn next_part(&self) -> sqlx::Result<Option<Timestamp>> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(CASE WHEN taken_until > due_at THEN taken_until ELSE due_at END) FROM message_parts \
             WHERE state IN ('queued', 'sending', 'doubtful', 'sent')",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// Notes what the turn for which `part` was taken made of it. Returns `false`, and writes nothing, if somebody else has taken
    /// it since.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was written.
    pub async fn end_turn(&self, part: &PartRow, turn: &PartTurn) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let departments: Vec<_> = turn.invalid_departments.iter().map(i64::to_string).collect();
        let done = sqlx::query(
            "UPDATE message_parts SET state = $4, due_at = $5, taken_until = 0, handle = COALESCE($6, handle), \
             sent_at = COALESCE($7, sent_at), last_error = $8, \
             invalid_departments = CASE WHEN $9 = '' THEN invalid_departments ELSE $9 END \
             WHERE message_id = $1 AND number = $2 AND taken_until = $3",
        )
        .bind(&part.message_id)
        .bind(part.number)
        .bind(part.taken_until.as_millis())
        .bind(turn.state.as_str())
        .bind(turn.due_at.as_millis())
        .bind(&turn.handle)
        .bind(turn.sent_at.map(Timestamp::as_millis))
        .bind(&turn.error)
        .bind(departments.join(","))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(outcome) = turn.others {
            recipient::set_all(&mut transaction, part, outcome).await?;
        }
        recipient::note(&mut transaction, part, &turn.findings).await?;
        if turn.state != part.state || turn.others.is_some() || !turn.findings.is_empty() {
            relay::tell_of_message(&mut transaction, &part.message_id).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes that DingTalk took a part back.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn part_recalled(&self, part: &PartRow, now: Timestamp) -> sqlx::Result<()> {
        sqlx::query("UPDATE message_parts SET recalled_at = $3 WHERE message_id = $1 AND number = $2")
            .bind(&part.message_id)
            .bind(part.number)
            .bind(now.as_millis())
            .execute(&self.writer)
            .await
            .map(drop)
    }

    /// Lists the parts of a message.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn parts_of(&self, message_id: &str) -> sqlx::Result<Vec<PartRow>> {
        let query = sqlx::query("SELECT * FROM message_parts WHERE message_id = $1 ORDER BY number");
        query.bind(message_id).fetch_all(&self.pool).await?.iter().map(PartRow::try_from).collect()
    }

    /// Counts the parts in each state; every state is there.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn part_counts(&self) -> sqlx::Result<BTreeMap<PartState, u32>> {
        let query = sqlx::query("SELECT state, COUNT(*) AS count FROM message_parts GROUP BY state");
        let mut counts: BTreeMap<_, _> = PartState::ALL.map(|state| (state, 0)).into();
        for row in query.fetch_all(&self.pool).await? {
            let count: i64 = row.try_get("count")?;
            let state = PartState::from_stored(row.try_get("state")?);
            counts.insert(state, u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(counts)
    }
}

pub(super) async fn add(
    connection: &mut AnyConnection,
    message: &MessageRow,
    number: i64,
    part: &NewPart,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO message_parts (message_id, number, audience, target, state, due_at) \
         VALUES ($1, $2, $3, $4, 'queued', $5)",
    )
    .bind(&message.id)
    .bind(number)
    .bind(part.audience)
    .bind(&part.target)
    .bind(message.created_at.as_millis())
    .execute(&mut *connection)
    .await?;
    recipient::add(connection, &message.id, number, &part.recipients).await
}

impl TryFrom<&AnyRow> for PartRow {
    type Error = sqlx::Error;

    fn try_from(row: &AnyRow) -> Result<Self, Self::Error> {
        let moment = |column| row.try_get(column).map(Timestamp::from_millis);
        let some =
            |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis));
        Ok(Self {
            message_id: row.try_get("message_id")?,
            number: row.try_get("number")?,
            audience: row.try_get("audience")?,
            target: row.try_get("target")?,
            state: PartState::from_stored(row.try_get("state")?),
            attempts: row.try_get("attempts")?,
            tried_since: some("tried_since")?,
            due_at: moment("due_at")?,
            taken_until: moment("taken_until")?,
            handle: row.try_get("handle")?,
            sent_at: some("sent_at")?,
            last_error: row.try_get("last_error")?,
            invalid_departments: row.try_get("invalid_departments")?,
            recalled_at: some("recalled_at")?,
        })
    }
}
