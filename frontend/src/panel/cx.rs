use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use dingtalk_qr_shared::{ErrorCode, LoginMethod};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use super::action::TakesFocus;
use super::button;
use crate::clipboard::Copied;
use crate::el::{El, Words};
use crate::handle::Handle;
use crate::manual::Progress;
use crate::messages::{Text, Texts};
use crate::phase::{Phase, Prompt};
use crate::tracked::Tracked;
use crate::use_flow::Parts;

/// What every part of the panel reads and does.
#[derive(Clone, Copy)]
pub(crate) struct Cx(Handle<Inside>);

pub(crate) struct Inside {
    pub(crate) flow: Rc<Parts>,
    look: Look,
    /// Whether the form for credentials is open.
    by_hand: Tracked<bool>,
    /// Whether it has just been closed.
    closed_form: Cell<bool>,
    pub(crate) form: Tracked<Progress>,
    pub(crate) is_secret_shown: Tracked<bool>,
    /// The copy button that was pressed last, by its label, and what came of it.
    pub(crate) copied: Tracked<Option<(Text, Copied)>>,
    pub(crate) copied_timer: RefCell<Option<Timeout>>,
    /// Whether the focus has ever been in the panel.
    pub(crate) is_used: Cell<bool>,
    /// Seconds for which the code was valid when the focus first came in.
    pub(crate) entered: Tracked<Option<u32>>,
}

/// What the page decides about the panel's looks; each may be followed by effects.
pub(crate) struct Look {
    pub(crate) texts: Box<dyn Fn() -> Texts>,
    /// BCP 47 tag of the texts.
    pub(crate) lang: Box<dyn Fn() -> Cow<'static, str>>,
    /// `light` or `dark`, where somebody has chosen.
    pub(crate) theme: Box<dyn Fn() -> Option<&'static str>>,
    /// Offers the secret of a new app, as `reveal.js` does.
    pub(crate) reveal: Box<dyn Fn(JsValue)>,
}

/// Returns the theme of this name; none for the user's setting.
pub(crate) fn theme(name: &str) -> Option<&'static str> {
    ["light", "dark"].into_iter().find(|theme| *theme == name)
}

impl Cx {
    pub(crate) fn new(flow: Rc<Parts>, look: Look) -> Self {
        Self(Handle::new(Inside {
            flow,
            look,
            by_hand: Tracked::default(),
            closed_form: Cell::default(),
            form: Tracked::default(),
            is_secret_shown: Tracked::default(),
            copied: Tracked::default(),
            copied_timer: RefCell::default(),
            is_used: Cell::default(),
            entered: Tracked::default(),
        }))
    }

    pub(crate) fn inside(self) -> Rc<Inside> {
        self.0.get().expect("what asks ends with the panel")
    }

    /// Returns nothing once the panel is gone.
    pub(crate) fn try_inside(self) -> Option<Rc<Inside>> {
        self.0.get()
    }

    /// Returns a text that follows the language.
    pub(crate) fn text(self, text: Text) -> Words {
        Words::live(move || self.say(text))
    }

    /// Returns a text in the language of the moment.
    pub(crate) fn say(self, text: Text) -> Cow<'static, str> {
        self.texts().get(text)
    }

    /// Returns a text with a value in the language of the moment.
    pub(crate) fn fill(self, text: Text, value: &str) -> String {
        self.texts().fill(text, value)
    }

    fn texts(self) -> Texts {
        (self.inside().look.texts)()
    }

    pub(crate) fn lang(self) -> Cow<'static, str> {
        (self.inside().look.lang)()
    }

    pub(crate) fn theme(self) -> Option<&'static str> {
        (self.inside().look.theme)()
    }

    /// Returns the text for the kind of flow that this is.
    pub(super) fn text_of(self, registration: Text, login: Text) -> Words {
        self.text(if self.is_login() { login } else { registration })
    }

    pub(super) fn phase<U>(self, read: impl FnOnce(&Phase) -> U) -> U {
        self.inside().flow.standing.phase.with(read)
    }

    /// Returns what there is to scan or to open.
    pub(super) fn prompt(self) -> Option<Arc<Prompt>> {
        self.phase(Phase::prompt)
    }

    /// Returns a function that gives another number for every prompt, and 0 for none.
    pub(super) fn prompt_key(self) -> impl Fn() -> usize {
        let last = RefCell::new((0, None));
        move || {
            let Some(prompt) = self.prompt() else { return 0 };
            let (number, known) = &mut *last.borrow_mut();
            if !known.as_ref().is_some_and(|known| Arc::ptr_eq(known, &prompt)) {
                *number += 1;
                *known = Some(prompt);
            }
            *number
        }
    }

    pub(super) fn method(self) -> Option<LoginMethod> {
        self.inside().flow.standing.method.get()
    }

    /// Returns whether this is a login; a panel is one or the other for good.
    pub(super) fn is_login(self) -> bool {
        self.inside().flow.standing.method.now().is_some()
    }

    pub(crate) fn is_by_hand(self) -> bool {
        self.inside().by_hand.get()
    }

    /// Opens or closes the form for credentials.
    pub(crate) fn set_by_hand(self, open: bool) {
        let inside = self.inside();
        inside.form.put(Progress::default());
        inside.is_secret_shown.set(false);
        inside.closed_form.set(!open);
        inside.by_hand.set(open);
    }

    /// The button that opens the form; it takes the focus back when the form was closed.
    pub(super) fn by_hand(self) -> El {
        let open = button("button.button", self.text(Text::ByHand), move || self.set_by_hand(true));
        if self.inside().closed_form.take() { TakesFocus::IfUsed.on(self, open) } else { open }
    }

    /// Offers the secret of the new app in the place of `hint`.
    pub(super) fn reveal(self, hint: &HtmlElement) {
        if let Some(inside) = self.try_inside() {
            (inside.look.reveal)(inside.flow.offer(hint));
        }
    }

    pub(super) fn start(self) {
        self.inside().flow.start();
    }

    /// Returns what went wrong and what to do about it.
    pub(super) fn failure(self, code: ErrorCode) -> Cow<'static, str> {
        let is_own = code == ErrorCode::CredentialsRejected && self.is_login();
        self.say(if is_own { Text::LoginCredentialsRejected } else { Text::Failure(code) })
    }

    /// A button that begins a login anew by another door.
    pub(super) fn switch(self, label: Text, method: LoginMethod) -> El {
        button("button.button", self.text(label), move || self.inside().flow.switch(method))
    }

    /// A button that gives the flow up.
    pub(super) fn cancel(self) -> El {
        button("button.button", self.text(Text::Cancel), move || self.inside().flow.cancel())
    }
}
