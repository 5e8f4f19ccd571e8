use dingtalk_qr_shared::FlowId;

use super::name::AppName;
use crate::client_id::ClientId;
use crate::secret::ClientSecret;

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

impl<'a> Origin<'a> {
    /// Returns the sinks that the credentials have to go to; none at all if nobody claims them.
    pub(super) fn sinks<'b>(self, all: &'b [&'static str]) -> Option<&'b [&'static str]> {
        match self {
            Self::Manual | Self::Awaited(_) => Some(all),
            Self::Configured => Some(&[]),
            Self::Late(_) => None,
        }
    }

    pub(super) fn flow_id(self) -> Option<&'a FlowId> {
        match self {
            Self::Manual | Self::Configured => None,
            Self::Awaited(flow_id) | Self::Late(flow_id) => Some(flow_id),
        }
    }
}
