mod driver;
mod flow;
mod watch;

use std::rc::Rc;

use dingtalk_qr_shared::AppSaved;
use leptos::prelude::*;

use crate::api::Api;
use crate::connection::{Connection, Link};
use crate::phase::Phase;
use driver::Driver;

/// How [`use_flow`] begins its flow.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FlowOptions {
    /// Base URL of the backend; empty for the page's own origin.
    pub backend: String,
    /// The name under which the backend keeps the app.
    pub app_name: Option<String>,
}

impl FlowOptions {
    /// Returns options for the backend at `backend`.
    #[must_use]
    pub fn new(backend: impl Into<String>) -> Self {
        Self { backend: backend.into(), app_name: None }
    }

    /// Names the app.
    #[must_use]
    pub fn app_name(mut self, name: Option<String>) -> Self {
        self.app_name = name.filter(|name| !name.is_empty());
        self
    }
}

/// A flow and what can be done with it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UseFlow {
    /// Where the flow stands.
    pub phase: Signal<Phase>,
    /// How well we hear about it.
    pub connection: Signal<Connection>,
    /// Seconds until the code expires; nothing while there is no code.
    pub seconds_left: Signal<Option<u32>>,
    /// Seconds for which the code was valid when it came.
    pub lifetime: Signal<u32>,
    /// Begins anew; a live flow is given up first.
    pub start: Callback<()>,
    /// Gives the flow up, here and at the backend.
    pub cancel: Callback<()>,
    /// Ends the flow because the credentials were entered by hand.
    pub saved: Callback<AppSaved>,
}

impl UseFlow {
    /// Returns a flow that stands still: for tests and style guides.
    pub fn still(
        phase: Signal<Phase>,
        connection: Signal<Connection>,
        seconds_left: Signal<Option<u32>>,
    ) -> Self {
        Self {
            phase,
            connection,
            seconds_left,
            lifetime: Signal::stored(600),
            start: Callback::new(|()| ()),
            cancel: Callback::new(|()| ()),
            saved: Callback::new(|_| ()),
        }
    }
}

/// Begins a registration, or goes on with the one this tab began before a reload, and follows it.
///
/// Every timer, listener and request ends with the reactive owner, which also gives the flow up at the backend.
pub fn use_flow(options: FlowOptions) -> UseFlow {
    let driver = Driver::new(Api::new(&options.backend), options.app_name);
    let phase = Signal::from(driver.phase.clone());
    let link: Signal<Link> = Signal::from(driver.link.clone());
    let seconds_left = Signal::from(driver.seconds_left.clone());
    let lifetime = Signal::from(driver.lifetime.clone());
    driver.mount();

    let driver: StoredValue<Rc<Driver>, LocalStorage> = StoredValue::new_local(driver);
    on_cleanup(move || driver.with_value(|driver| driver.unmount()));
    UseFlow {
        phase,
        connection: Memo::new(move |_| link.get().connection()).into(),
        seconds_left,
        lifetime,
        start: Callback::new(move |()| driver.with_value(Driver::restart)),
        cancel: Callback::new(move |()| driver.with_value(Driver::cancel)),
        saved: Callback::new(move |app| driver.with_value(|driver| driver.saved(app))),
    }
}
