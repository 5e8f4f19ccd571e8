mod answer;
mod driver;
mod flow;
mod frame;
mod login;
mod options;
mod presence;
mod proof;
mod watch;
mod workspace;

use std::rc::Rc;

use dingtalk_qr_shared::{AppSaved, LoginMethod};
use leptos::prelude::*;
use web_sys::HtmlIFrameElement;

use crate::api::Api;
use crate::connection::{Connection, Link};
use crate::phase::Phase;
use driver::Driver;

pub use options::{FlowOptions, Greeting, Job, Login};

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
    /// By which door the person signs in; nothing for a registration.
    pub method: Signal<Option<LoginMethod>>,
    /// Begins anew; a live flow is given up first. For a login by redirect this leaves the page.
    pub start: Callback<()>,
    /// Begins a login anew by another door.
    pub switch: Callback<LoginMethod>,
    /// Gives the flow up, here and at the backend.
    pub cancel: Callback<()>,
    /// Ends the flow because the credentials were entered by hand.
    pub saved: Callback<AppSaved>,
    /// Hands the flow to the backend's page in this frame whenever it asks; for [`LoginMethod::Frame`].
    pub frame: Callback<HtmlIFrameElement>,
}

impl UseFlow {
    /// Returns a registration that stands still: for tests and style guides.
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
            method: Signal::stored(None),
            start: Callback::new(|()| ()),
            switch: Callback::new(|_| ()),
            cancel: Callback::new(|()| ()),
            saved: Callback::new(|_| ()),
            frame: Callback::new(|_| ()),
        }
    }

    /// Makes a login by `method` of a flow that stands still.
    #[must_use]
    pub fn by(self, method: LoginMethod) -> Self {
        Self { method: Signal::stored(Some(method)), ..self }
    }
}

/// Begins a registration or a login, or goes on with the one this tab began before a reload, and follows it.
///
/// A login by redirect begins when [`UseFlow::start`] is called. On a page of the backend's own origin a login ends with
/// a session of this browser; elsewhere with a ticket for the page's own server.
///
/// Every timer, listener and request ends with the reactive owner, which also gives the flow up at the backend.
pub fn use_flow(options: FlowOptions) -> UseFlow {
    let driver = Driver::new(Api::new(&options.backend), options.job.resolve());
    let phase = Signal::from(driver.phase.clone());
    let link: Signal<Link> = Signal::from(driver.link.clone());
    let seconds_left = Signal::from(driver.seconds_left.clone());
    let lifetime = Signal::from(driver.lifetime.clone());
    let method = Signal::from(driver.method.clone());
    driver.mount();

    let driver: StoredValue<Rc<Driver>, LocalStorage> = StoredValue::new_local(driver);
    on_cleanup(move || driver.with_value(|driver| driver.unmount()));
    UseFlow {
        phase,
        connection: Memo::new(move |_| link.get().connection()).into(),
        seconds_left,
        lifetime,
        method,
        start: Callback::new(move |()| driver.with_value(Driver::restart)),
        switch: Callback::new(move |method| driver.with_value(|driver| driver.switch(method))),
        cancel: Callback::new(move |()| driver.with_value(Driver::cancel)),
        saved: Callback::new(move |app| driver.with_value(|driver| driver.saved(app))),
        frame: Callback::new(move |frame| driver.with_value(|driver| driver.serve_frame(frame))),
    }
}
