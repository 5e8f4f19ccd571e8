use std::cell::Cell;

use dingtalk_qr_shared::LoginMethod;

use crate::connection::Link;
use crate::phase::Phase;
use crate::tracked::Tracked;

/// How a flow stands, for whoever shows it.
pub(crate) struct Standing {
    pub(crate) phase: Tracked<Phase>,
    pub(crate) link: Tracked<Link>,
    /// Until the code expires; nothing while there is no code.
    pub(crate) seconds_left: Tracked<Option<u32>>,
    /// Seconds for which the code was valid when it came.
    pub(crate) lifetime: Cell<u32>,
    /// By which door the person signs in; nothing for a registration.
    pub(crate) method: Tracked<Option<LoginMethod>>,
}

impl Standing {
    pub(super) fn new(phase: Phase, method: Option<LoginMethod>) -> Self {
        Self {
            phase: Tracked::new(phase),
            link: Tracked::default(),
            seconds_left: Tracked::default(),
            lifetime: Cell::new(600),
            method: Tracked::new(method),
        }
    }
}
