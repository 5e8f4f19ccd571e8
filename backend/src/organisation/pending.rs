//! Changes of which events have told: each is applied when DingTalk answers.

use super::patience::Verdict;
use super::runner::{TAKEN_FOR, TakenGuard};
use super::{Change, LookUpError, Organisations};
use crate::causes::Causes;
use crate::store::{ChangeRow, ChangedKind};

/// A change that this process has taken.
pub(super) struct Pending {
    organisations: Organisations,
    row: ChangeRow,
    _guard: TakenGuard,
}

impl Organisations {
    pub(super) async fn take_change(&self) -> sqlx::Result<Option<Pending>> {
        let parts = &self.shared.parts;
        let (now, guard) = (parts.clock.now(), TakenGuard::new(&self.shared.taken));
        let row = parts.store.take_change(now, now + TAKEN_FOR).await?;
        Ok(row.map(|row| Pending { organisations: self.clone(), row, _guard: guard }))
    }
}

impl Pending {
    pub(super) async fn make(self) {
        let shared = &self.organisations.shared;
        let noted = match self.apply().await {
            Ok(()) => shared.parts.store.change_is_over(&self.row).await,
            Err(error) => self.put_off(&error).await,
        };
        if let Err(error) = noted {
            tracing::error!(error = %Causes(&error), "what became of a change cannot be noted");
        }
        // Whoever sleeps until something is due has to hear of it.
        shared.queued.notify_one();
    }

    async fn apply(&self) -> Result<(), LookUpError> {
        let ChangeRow { corp_id, kind, id, .. } = &self.row;
        let change = match kind {
            ChangedKind::Member => Change::Member(id.clone()),
            // DingTalk numbers departments; anything else is none.
            ChangedKind::Department => match id.parse() {
                Ok(id) => Change::Department(id),
                Err(_) => return Ok(()),
            },
        };
        self.organisations.apply(corp_id, &change).await
    }

    /// Tries again later, or gives it up: the next full run sees it anyway.
    async fn put_off(&self, error: &LookUpError) -> sqlx::Result<()> {
        let parts = &self.organisations.shared.parts;
        let now = parts.clock.now();
        let verdict = match error {
            // It stays taken until its time is over.
            LookUpError::Store(_) => return Ok(()),
            LookUpError::NoOrganisation | LookUpError::Find(_) => None,
            LookUpError::Account(error) => {
                Some(Verdict::of(error, self.row.attempts - 1, now.since(self.row.noted_at)))
            }
        };
        match verdict {
            Some(Verdict::Again(wait)) => parts.store.delay_change(&self.row, now + wait).await,
            Some(Verdict::Over(_)) | None => {
                let corp_id = &self.row.corp_id;
                tracing::warn!(error = %Causes(error), organisation.corp_id = corp_id, "a change is not applied");
                parts.store.change_is_over(&self.row).await
            }
        }
    }
}
