mod answer;
mod driver;
mod flow;
mod frame;
mod login;
mod options;
mod presence;
mod proof;
mod standing;
#[cfg(feature = "leptos")]
mod still;
mod watch;
mod workspace;

#[cfg(feature = "leptos")]
use std::cell::RefCell;
use std::rc::Rc;

use dingtalk_qr_shared::{AppSaved, LoginMethod};
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, HtmlIFrameElement};

use crate::api::ApiError;
use crate::connection::{Connection, Link};
use crate::handle::Handle;
use crate::phase::Phase;
use crate::task::Step;
use crate::wire::{object, optional};
use driver::Driver;
use standing::Standing;

pub use options::{FlowOptions, Greeting, Job, Login};

/// A flow and what can be done with it.
///
/// What it returns is followed by leptos's effects and views, as a signal is.
#[derive(Clone, Copy, Debug)]
pub struct UseFlow(Handle<Parts>);

/// What a [`UseFlow`] stands for.
pub(crate) struct Parts {
    pub(crate) standing: Rc<Standing>,
    /// Missing in a flow that stands still.
    driver: Option<Rc<Driver>>,
    /// The secret that a flow shows which stands still, nothing for one that has shown it.
    #[cfg(feature = "leptos")]
    revealed: RefCell<Option<String>>,
    /// What a flow that stands still does in place of beginning anew.
    #[cfg(feature = "leptos")]
    begin: RefCell<Option<Rc<dyn Fn()>>>,
}

impl UseFlow {
    /// Returns a registration that stands still until it is [shown](Self::show) otherwise: for tests and style guides.
    pub fn still(phase: Phase) -> Self {
        Self::new(Parts::new(Standing::new(phase, None).into(), None))
    }

    /// Makes a login by `method` of a flow that stands still.
    #[must_use]
    pub fn by(self, method: LoginMethod) -> Self {
        self.parts().standing.method.set(Some(method));
        self
    }

    /// Moves a flow that stands still.
    pub fn show(self, phase: Phase) {
        self.parts().standing.phase.set(phase);
    }

    /// Lets a flow that stands still be heard over `connection`.
    #[must_use]
    pub fn over(self, connection: Connection) -> Self {
        self.parts().standing.link.set(Link::from(connection));
        self
    }

    /// Lets the code of a flow that stands still be valid for so many seconds.
    #[must_use]
    pub fn valid_for(self, seconds: u32) -> Self {
        self.parts().standing.seconds_left.set(Some(seconds));
        self
    }

    fn new(parts: Parts) -> Self {
        let end = |parts: &Parts| {
            if let Some(driver) = &parts.driver {
                driver.unmount();
            }
        };
        Self(Handle::ending(parts, end))
    }

    pub(crate) fn parts(self) -> Rc<Parts> {
        self.0.get().expect("a flow is asked about while its owner lives")
    }

    /// Returns where the flow stands.
    pub fn phase(self) -> Phase {
        self.parts().standing.phase.get()
    }

    /// Returns how well we hear about it.
    pub fn connection(self) -> Connection {
        self.parts().connection()
    }

    /// Returns the seconds until the code expires; nothing while there is no code.
    pub fn seconds_left(self) -> Option<u32> {
        self.parts().standing.seconds_left.get()
    }

    /// Returns the seconds for which the code was valid when it came.
    pub fn lifetime(self) -> u32 {
        self.parts().standing.lifetime.get()
    }

    /// Returns by which door the person signs in; nothing for a registration.
    pub fn method(self) -> Option<LoginMethod> {
        self.parts().standing.method.get()
    }

    /// Begins anew; a live flow is given up first. For a login by redirect this leaves the page.
    pub fn start(self) {
        self.parts().start();
    }

    /// Begins a login anew by another door.
    pub fn switch(self, method: LoginMethod) {
        self.parts().switch(method);
    }

    /// Gives the flow up, here and at the backend.
    pub fn cancel(self) {
        self.parts().cancel();
    }

    /// Ends the flow because the credentials were entered by hand.
    pub fn saved(self, app: AppSaved) {
        self.parts().saved(app);
    }

    /// Hands the flow to the backend's page in this frame whenever it asks; for [`LoginMethod::Frame`].
    pub fn serve_frame(self, frame: HtmlIFrameElement) {
        self.parts().serve_frame(frame);
    }
}

impl Parts {
    fn new(standing: Rc<Standing>, driver: Option<Rc<Driver>>) -> Self {
        Self {
            standing,
            driver,
            #[cfg(feature = "leptos")]
            revealed: RefCell::default(),
            #[cfg(feature = "leptos")]
            begin: RefCell::default(),
        }
    }

    pub(crate) fn connection(&self) -> Connection {
        self.standing.link.with(|link| link.connection())
    }

    pub(crate) fn start(&self) {
        if let Some(driver) = &self.driver {
            driver.restart();
        }
        #[cfg(feature = "leptos")]
        self.start_still();
    }

    pub(crate) fn switch(&self, method: LoginMethod) {
        if let Some(driver) = &self.driver {
            driver.switch(method);
        }
    }

    pub(crate) fn cancel(&self) {
        if let Some(driver) = &self.driver {
            driver.cancel();
        }
    }

    pub(crate) fn saved(&self, app: AppSaved) {
        if let Some(driver) = &self.driver {
            driver.saved(app);
        }
    }

    pub(crate) fn serve_frame(&self, frame: HtmlIFrameElement) {
        if let Some(driver) = &self.driver {
            driver.serve_frame(frame);
        }
    }

    /// Returns what `reveal.js` asks for the secret with, in the place of `root`.
    pub(crate) fn offer(&self, root: &HtmlElement) -> JsValue {
        let (url, token) = self.driver.as_ref().and_then(|driver| driver.offer()).unzip();
        object(&[
            ("root", root.into()),
            ("url", optional(url.as_deref())),
            ("token", optional(token.as_deref())),
            #[cfg(feature = "leptos")]
            ("still", optional(self.revealed.borrow().as_deref())),
        ])
    }

    /// Stores credentials that were entered by hand, and tells `done` what came of it.
    pub(crate) fn save_app(&self, app: ByHand, done: Box<dyn FnOnce(Result<AppSaved, ApiError>)>) -> Step {
        let Some(driver) = self.driver.clone() else {
            done(Err(ApiError::Unreachable));
            return Step::End;
        };
        let saver = Rc::clone(&driver);
        driver.with_token(Box::new(move |token| {
            let token = match token {
                Ok(token) => token,
                Err(error) => {
                    done(Err(error));
                    return Step::End;
                }
            };
            let ByHand { name, client_id, client_secret } = app;
            let answer = saver.api.save_app(name.as_deref(), &client_id, &client_secret, token);
            Step::after(
                answer,
                Box::new(move |answer| {
                    done(answer.and_then(|answer| answer.app_saved()));
                    Step::End
                }),
            )
        }))
    }
}

/// Credentials that were entered by hand.
pub(crate) struct ByHand {
    pub(crate) name: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// Begins a registration or a login, or goes on with the one this tab began before a reload, and follows it.
///
/// A login by redirect begins when [`UseFlow::start`] is called. On a page of the backend's own origin a login ends with
/// a session of this browser; elsewhere with a ticket for the page's own server.
///
/// Every timer, listener and request ends with the reactive owner, which also gives the flow up at the backend.
pub fn use_flow(options: FlowOptions) -> UseFlow {
    let driver = Driver::new(options);
    driver.mount();
    UseFlow::new(Parts::new(Rc::clone(&driver.standing), Some(driver)))
}
