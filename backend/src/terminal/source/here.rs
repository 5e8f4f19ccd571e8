use std::path::Path;
use std::time::Duration;

use dingtalk_qr_shared::{AppSaved, ErrorCode, FlowStarted};

use super::super::trouble::Trouble;
use super::{Entered, Seen};
use crate::app::{AppName, Keep, Origin};
use crate::error::RouteError;
use crate::flow::Start;
use crate::registration::Registration;
use crate::routes::{app_saved, flow_started, flow_update};
use crate::secret::{ClientSecret, Presented};
use crate::state::AppState;

/// How long one question waits.
const WAIT: Duration = Duration::from_secs(25);

/// Longer than a call to DingTalk may take.
const LONGEST_END: Duration = Duration::from_secs(20);

/// The engine in this process.
#[derive(Debug)]
pub struct Here(AppState);

impl Here {
    /// Takes the state, which nobody serves.
    pub fn new(state: AppState) -> Self {
        Self(state)
    }

    pub(super) async fn begin(&self, name: Option<&AppName>) -> Result<FlowStarted, Trouble> {
        self.refuse_taken(name, None).await?;
        let flow = self.0.config().flow;
        let start = Start {
            kind: Registration::KIND,
            owner: "terminal".to_owned(),
            peer: "terminal".to_owned(),
            idempotency: None,
            live_per_peer: flow.max_live_per_peer,
            live_per_owner: flow.max_live_per_owner,
        };
        let begun = self.0.registration().begin(name.cloned());
        let started = self.0.engine().start(start, begun).await?;
        Ok(flow_started(&self.0, started)?)
    }

    pub(super) async fn watch(
        &self,
        flow: &FlowStarted,
        known: Option<&str>,
    ) -> Result<Option<Seen>, Trouble> {
        let token = Presented::new(&flow.poll_token);
        let snapshot = self.0.engine().watch(&flow.flow_id, &token, known, WAIT).await?;
        Ok(snapshot.map(|snapshot| Seen {
            tag: snapshot.tag.clone(),
            update: flow_update(snapshot, self.0.clock().now()),
        }))
    }

    pub(super) async fn cancel(&self, flow: &FlowStarted) -> Result<(), Trouble> {
        Ok(self.0.engine().cancel(&flow.flow_id, &Presented::new(&flow.poll_token)).await?)
    }

    pub(super) async fn enter(&self, name: Option<&AppName>, entered: &Entered) -> Result<AppSaved, Trouble> {
        let Entered { client_id, client_secret } = entered;
        self.refuse_taken(name, Some(client_id.as_str())).await?;
        self.0.apps().keep(&Keep { name, client_id, client_secret, origin: Origin::Manual }).await?;
        Ok(app_saved(self.0.apps().settle(client_id.as_str()).await?))
    }

    pub(super) async fn saved(&self, client_id: &str) -> Result<AppSaved, Trouble> {
        Ok(app_saved(self.0.apps().describe(client_id).await?))
    }

    pub(super) async fn secret(&self, app: &AppSaved) -> Result<ClientSecret, Trouble> {
        Ok(self.0.apps().reveal(&app.client_id).await?)
    }

    pub(super) fn folder(&self) -> Option<&Path> {
        let store = &self.0.config().store;
        store.database.is_none().then_some(&store.data_dir)
    }

    pub(super) async fn end(&self) {
        self.0.engine().close();
        self.0.apps().close();
        let ended = async {
            self.0.engine().ended().await;
            self.0.apps().drained().await;
        };
        // What was cut off is in the store, and goes on at the next start.
        drop(tokio::time::timeout(LONGEST_END, ended).await);
    }

    /// Refuses a name that another app than `client_id` has.
    async fn refuse_taken(&self, name: Option<&AppName>, client_id: Option<&str>) -> Result<(), Trouble> {
        let Some(name) = name else { return Ok(()) };
        match self.0.apps().named(name.as_str()).await.map_err(RouteError::from)? {
            Some(app) if Some(app.client_id.as_str()) != client_id => {
                Err(Trouble::of_code(ErrorCode::AppNameTaken))
            }
            _ => Ok(()),
        }
    }
}
