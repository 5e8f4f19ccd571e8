//! What messages say: ours to write, DingTalk's words to send.

mod fault;
mod notice;
mod oa;
mod robot;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use fault::ContentFault;
pub use notice::{Notice, Template};
pub use oa::{Oa, OaBody, OaCount, OaHead, OaRow, OaStatus};
pub use robot::RobotContent;

/// Largest work notice, in bytes of DingTalk's JSON (DingTalk's page 发送工作通知).
pub const MOST_NOTICE_BYTES: usize = 2048;

/// A button of a card.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What it says.
    title: String,
    /// Where it leads: http, https, or a link of DingTalk's own.
    url: String,
}

/// How the buttons of a card lie.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ButtonLayout {
    /// One below the other.
    #[default]
    Vertical,
    /// Side by side.
    Horizontal,
}

/// What messages say is between those who write and who read them.
macro_rules! says_nothing {
    ($($name:ident,)+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}

says_nothing! { Button, Notice, Oa, OaBody, OaCount, OaHead, OaRow, OaStatus, RobotContent, Template, }
