use std::rc::Rc;

use super::{Parts, UseFlow};

/// More for flows that stand still.
impl UseFlow {
    /// Lets an app that is `revealable`, of a flow that stands still, show this as its secret; `""` if it has shown it.
    #[must_use]
    pub fn revealing(self, secret: impl Into<String>) -> Self {
        self.parts().revealed.replace(Some(secret.into()));
        self
    }

    /// Calls `begin` when a flow that stands still is to begin anew.
    #[must_use]
    pub fn on_start(self, begin: impl Fn() + 'static) -> Self {
        self.parts().begin.replace(Some(Rc::new(begin)));
        self
    }
}

impl Parts {
    pub(super) fn start_still(&self) {
        let begin = self.begin.borrow().clone();
        if let Some(begin) = begin {
            begin();
        }
    }
}
