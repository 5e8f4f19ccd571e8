use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dingtalk_qr_shared::FlowId;
use tokio::sync::watch;

use super::course::{Attendance, Course};
use super::status::Status;
use crate::clock::Timestamp;
use crate::secret::{Sealed, digest};
use crate::store::FlowRow;

/// A page that was here within this time counts as watching.
pub(super) const RECENT: Duration = Duration::from_mins(1);

/// How long a settled flow stays in memory for its page.
pub(super) const LINGER: Duration = Duration::from_mins(5);

/// How long the process from which a flow was taken may still be at work on the last answer that it got.
const AFTERMATH: Duration = Duration::from_mins(1);

/// What a page can see of a flow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot {
    /// Where it stands.
    pub status: Status,
    /// Whether the far side is silent.
    pub is_reconnecting: bool,
    /// The end of what the page waits for.
    pub deadline: Timestamp,
    /// The same for the same content; for `ETag` (RFC 9110 §8.8.3).
    pub tag: String,
}

impl Snapshot {
    pub(super) fn of(course: &Course) -> Self {
        let status = course.status.clone();
        let is_reconnecting = course.is_reconnecting();
        let json = serde_json::to_string(&status).unwrap_or_default();
        let mut tag = digest(&[&json, if is_reconnecting { "silent" } else { "" }]);
        tag.truncate(16);
        Self { status, is_reconnecting, deadline: course.deadline(), tag }
    }
}

/// A flow in memory.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) id: FlowId,
    pub(super) kind: String,
    pub(super) owner: String,
    pub(super) peer: String,
    pub(super) idempotency: Option<String>,
    pub(super) subject: String,
    pub(super) handle: Sealed,
    /// Held while a change is stored and told, so that changes come one after the other.
    pub(super) writing: tokio::sync::Mutex<()>,
    pub(super) told: watch::Sender<Snapshot>,
    inner: Mutex<Inner>,
}

/// What changes.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) course: Course,
    /// How often the stored flow was changed, as far as this process knows.
    pub(super) version: i64,
    /// Whether the store says that the far side is silent.
    pub(super) is_stored_silent: bool,
    /// Whether this process gives it its turns. Otherwise another one does, and this one has pages that watch it.
    pub(super) is_ours: bool,
    /// When this process took it over from another one.
    pub(super) taken_at: Option<Timestamp>,
    pub(super) watchers: usize,
    pub(super) seen_at: Timestamp,
    /// When the process that has the flow was told of a watcher here.
    pub(super) announced_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    /// When its turn is; `None` while it has it, or has none.
    pub(super) due: Option<Timestamp>,
}

impl Live {
    /// Takes a flow from the store; `None` if it is settled, or nobody can read it.
    pub(super) fn load(mut row: FlowRow, is_ours: bool, now: Timestamp) -> Option<Self> {
        let Ok(id) = FlowId::try_from(row.id.clone()) else {
            tracing::error!(flow.id = row.id, "stored flow cannot be read");
            return None;
        };
        let mut course = Course::load(&row, now)?;
        let handle = row.handle.take()?;
        if !is_ours {
            course.hear_of_silence(row.is_silent, now);
        }
        let (told, _) = watch::channel(Snapshot::of(&course));
        let inner = Inner {
            course,
            version: row.version,
            is_stored_silent: row.is_silent,
            is_ours,
            taken_at: None,
            watchers: 0,
            seen_at: now,
            announced_at: Timestamp::default(),
            ended_at: None,
            due: None,
        };
        Some(Self {
            id,
            kind: row.kind,
            owner: row.owner,
            peer: row.peer,
            idempotency: row.idempotency,
            subject: row.subject,
            handle,
            writing: tokio::sync::Mutex::new(()),
            told,
            inner: Mutex::new(inner),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that holds this lock can panic half-way through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the pages where the flow stands now.
    pub(super) fn tell(&self) {
        let snapshot = Snapshot::of(&self.lock().course);
        self.told.send_if_modified(|told| {
            let is_new = told.tag != snapshot.tag || told.deadline != snapshot.deadline;
            *told = snapshot;
            is_new
        });
    }
}

impl Inner {
    /// Returns whether another process may have got an answer that it has not stored yet.
    pub(super) fn is_in_doubt(&self, now: Timestamp) -> bool {
        self.taken_at.is_some_and(|taken_at| now.since(taken_at) < AFTERMATH)
    }

    pub(super) fn attendance(&self, now: Timestamp) -> Attendance {
        if self.watchers > 0 {
            Attendance::Watched
        } else if now.since(self.seen_at) < RECENT {
            Attendance::Recent
        } else {
            Attendance::Unattended
        }
    }
}
