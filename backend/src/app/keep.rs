use dingtalk_qr_shared::FlowId;
use zeroize::Zeroizing;

use super::outbox::{Event, MESSAGE};
use super::{AppName, Apps, Shared, place};
use crate::client_id::ClientId;
use crate::secret::{ClientSecret, random_id};
use crate::store::{NewApp, NewDelivery};

/// Credentials to keep.
#[derive(Debug)]
pub struct Keep<'a> {
    /// The name that the app should have; its client id if there is none.
    pub name: Option<&'a AppName>,
    /// The public half.
    pub client_id: &'a ClientId,
    /// The secret half.
    pub client_secret: &'a ClientSecret,
    /// Where they come from.
    pub origin: Origin<'a>,
}

/// Where credentials come from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// Somebody typed them.
    Manual,
    /// They were in the configuration, and are where they belong.
    Configured,
    /// A registration that its page waits for.
    Awaited(&'a FlowId),
    /// A registration that nobody waits for any more: they go to the store and no further.
    Late(&'a FlowId),
}

impl Apps {
    /// Keeps credentials for good: when this returns they survive a crash.
    ///
    /// # Errors
    ///
    /// If the database fails; then nothing was kept.
    pub async fn keep(&self, keep: &Keep<'_>) -> sqlx::Result<()> {
        let client_id = keep.client_id.as_str();
        let secret = self.shared.sealer.seal(&place(client_id), keep.client_secret.expose());
        let fallback = AppName::from_client_id(keep.client_id);
        let deliveries = self.messages(keep).await?;
        let app = NewApp {
            client_id,
            name: keep.name.unwrap_or(&fallback).as_str(),
            secret: &secret,
            hint: &keep.client_secret.hint(),
            flow_id: keep.origin.flow_id().map(FlowId::as_str),
            deliveries: deliveries.as_deref(),
        };
        let name = self.shared.store.keep_app(&app, self.shared.clock.now()).await?;
        tracing::info!(app.name = name, app.client_id = client_id, "credentials kept");
        Ok(())
    }

    /// Makes what has to go to the sinks; `None` if nobody claims the app.
    ///
    /// DingTalk tells of one registration several times, and after a crash once more: that is the same message each
    /// time, so its id is made of what it tells.
    async fn messages(&self, keep: &Keep<'_>) -> sqlx::Result<Option<Vec<NewDelivery>>> {
        let (client_id, secret) = (keep.client_id.as_str(), keep.client_secret.expose());
        let Shared { outbox, sealer, store, .. } = self.shared.as_ref();
        Ok(match keep.origin {
            Origin::Awaited(flow_id) => {
                let known = store.deliveries_of(client_id).await?;
                Some(outbox.messages(Event::Registered, |sink| {
                    let told =
                        Zeroizing::new(format!("messages/{}/{flow_id}/{client_id}/{secret}", sink.as_str()));
                    // The master key may have been changed since.
                    let mut ids = known.iter().filter_map(|row| row.id.strip_prefix(MESSAGE));
                    let known = ids.find(|id| sealer.is_token(&told, id));
                    known.map_or_else(|| sealer.token(&told), str::to_owned)
                }))
            }
            Origin::Manual => Some(outbox.messages(Event::Entered, |_| random_id())),
            Origin::Configured => Some(Vec::new()),
            Origin::Late(_) => None,
        })
    }
}

impl<'a> Origin<'a> {
    pub(super) fn flow_id(self) -> Option<&'a FlowId> {
        match self {
            Self::Manual | Self::Configured => None,
            Self::Awaited(flow_id) | Self::Late(flow_id) => Some(flow_id),
        }
    }
}
