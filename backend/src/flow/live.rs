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
const RECENT: Duration = Duration::from_mins(1);

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
    pub(super) watchers: usize,
    pub(super) seen_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    /// When its turn is; `None` while it has it, or has none.
    pub(super) due: Option<Timestamp>,
}

impl Live {
    pub(super) fn new(row: FlowRow, id: FlowId, handle: Sealed, course: Course, now: Timestamp) -> Self {
        let (told, _) = watch::channel(Snapshot::of(&course));
        let inner = Inner { course, watchers: 0, seen_at: now, ended_at: None, due: None };
        Self {
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
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that holds this lock can panic half-way through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
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
