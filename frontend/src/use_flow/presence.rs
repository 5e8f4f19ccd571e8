use std::rc::Rc;

use crate::dom::{document, window};

use super::driver::{Driver, send};
use crate::connection::Presence;
use crate::listener::Listener;
use crate::phase::{Event, Phase};

impl Driver {
    /// Follows whether somebody looks at the page, and whether it has a network.
    pub(super) fn listen(self: &Rc<Self>) {
        self.look();
        // `visibilitychange` happens at the document and bubbles to the window.
        let mut listeners: Vec<_> = ["online", "offline", "visibilitychange", "pageshow"]
            .map(|event| {
                let driver = Rc::clone(self);
                Listener::new(event, move |_| {
                    driver.look();
                    driver.run();
                })
            })
            .into();
        let driver = Rc::clone(self);
        listeners.push(Listener::new("pageshow", move |_| driver.came_back()));
        let driver = Rc::clone(self);
        listeners.push(Listener::new("pagehide", move |_| driver.leave()));
        self.listeners.replace(listeners);
    }

    fn look(&self) {
        let page = if !window().navigator().on_line() {
            Presence::Offline
        } else if document().hidden() {
            Presence::Hidden
        } else {
            Presence::Present
        };
        self.set_link(|link| link.page = page);
    }

    /// The browser's "back" shows the page as it was left.
    fn came_back(self: &Rc<Self>) {
        if self.standing.phase.peek(|phase| matches!(phase, Phase::Leaving(None))) {
            self.look_for_session();
        } else {
            self.apply(Event::Return);
        }
    }

    /// Tells the backend that the page may be gone for good; the flow stays resumable. A flow whose person is on the
    /// way to DingTalk goes on meanwhile.
    fn leave(&self) {
        let mut flow = self.flow.borrow_mut();
        let Some(flow) = flow.as_mut() else { return };
        flow.left();
        if flow.goes_on_elsewhere {
            return;
        }
        send(self.api.leave(&flow.ticket));
    }
}
