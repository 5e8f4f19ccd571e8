use std::time::Duration;

use dingtalk_qr_shared::{FlowStarted, FlowState, FlowUpdate};

use super::face::{Connection, End};
use super::trouble::Trouble;
use super::wizard::{Attempt, Wizard};
use super::{Manner, RegisterError};
use crate::clock::Timestamp;

/// For how long a backend may be silent, as DingTalk may.
const PATIENCE: Duration = Duration::from_mins(2);

/// The pauses between questions to a backend that is silent.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How a flow stands, as far as the terminal knows.
struct Standing {
    update: FlowUpdate,
    /// When the code expires.
    deadline: Timestamp,
    tag: Option<String>,
    /// Since when the backend is silent, and how long to wait before it is asked again.
    silence: Option<(Timestamp, Duration)>,
}

impl Wizard {
    /// Follows a flow to its end, and shows how it stands.
    pub(super) async fn follow(&mut self, flow: &FlowStarted) -> Attempt {
        let now = self.clock.now();
        let first =
            FlowUpdate { state: flow.state.clone(), expires_in: flow.expires_in, reconnecting: false };
        let mut standing =
            Standing { deadline: deadline(now, &first), update: first, tag: None, silence: None };
        loop {
            match self.next(flow, &mut standing).await? {
                Some(Ok(state)) => return Ok(self.conclude(state).await),
                Some(Err(end)) => return Ok(Err(end)),
                None => {}
            }
        }
    }

    /// Waits for one answer, or for Ctrl-C. `None` if the flow goes on.
    async fn next(
        &mut self,
        flow: &FlowStarted,
        standing: &mut Standing,
    ) -> Result<Option<Result<FlowState, End>>, RegisterError> {
        let pause_until = self.clock.now() + standing.silence.map_or(Duration::ZERO, |(_, pause)| pause);
        let clock = &self.clock;
        let (source, known) = (&self.source, standing.tag.clone());
        let question = async {
            clock.sleep_until(pause_until).await;
            source.watch(flow, known.as_deref()).await
        };
        tokio::pin!(question);
        let answer = loop {
            let now = clock.now();
            let left = standing.deadline.since(now);
            let connection = if standing.silence.is_some() { Connection::Down } else { Connection::Up };
            let what = self.face.standing(&standing.update, connection);
            self.screen.wait(what, Some((left, &self.face.prospect(&standing.update.state, left))))?;
            tokio::select! {
                biased;
                () = self.interrupts.next() => return Ok(Some(self.leave(flow, standing).await)),
                answer = &mut question => break answer,
                () = clock.sleep_until(now + Duration::from_secs(1)) => {}
            }
        };
        Ok(self.take(answer, standing))
    }

    /// Takes an answer in. `Some` if nothing more is waited for.
    fn take(
        &self,
        answer: Result<Option<super::source::Seen>, Trouble>,
        standing: &mut Standing,
    ) -> Option<Result<FlowState, End>> {
        let now = self.clock.now();
        match answer {
            Ok(seen) => {
                standing.silence = None;
                let seen = seen?;
                standing.deadline = deadline(now, &seen.update);
                standing.tag = Some(seen.tag);
                standing.update = seen.update;
                let state = &standing.update.state;
                // An administrator may take hours, and a script has what it came for.
                let is_enough = self.options.manner == Manner::Silent
                    && matches!(state, FlowState::ApprovalPending { .. });
                (state.is_ended() || is_enough).then(|| Ok(state.clone()))
            }
            Err(trouble @ Trouble::Silent { .. }) => {
                let (since, pause) = standing.silence.unwrap_or((now, FIRST_PAUSE / 2));
                standing.silence = Some((since, (pause * 2).min(LONGEST_PAUSE)));
                (now.since(since) >= PATIENCE).then_some(Err(End::Trouble(trouble)))
            }
            Err(trouble) => Some(Err(End::Trouble(trouble))),
        }
    }

    /// Gives the flow up, unless it has brought an app meanwhile.
    async fn leave(&self, flow: &FlowStarted, standing: &Standing) -> Result<FlowState, End> {
        let last = async {
            // A source that cannot be told keeps the flow until its code expires, which does no harm.
            self.source.cancel(flow).await.ok()?;
            self.source.watch(flow, None).await.ok()?
        };
        let last = tokio::select! {
            seen = last => seen.map(|seen| seen.update.state),
            () = self.interrupts.next() => None,
        };
        let state = last.unwrap_or_else(|| standing.update.state.clone());
        let is_saved = matches!(state, FlowState::ApprovalPending { .. } | FlowState::Created(_));
        if is_saved { Ok(state) } else { Err(End::Interrupted) }
    }
}

fn deadline(now: Timestamp, update: &FlowUpdate) -> Timestamp {
    now + Duration::from_secs(update.expires_in.into())
}
