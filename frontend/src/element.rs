//! The panel for JavaScript: what `<dingtalk-qr>` shows once the WebAssembly is there.

use std::rc::Rc;

use js_sys::{Array, Function, Object as JsObject, Promise};
#[cfg(target_arch = "wasm32")]
use lol_alloc::{FreeListAllocator, LockedAllocator};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::el::{Rendered, render};
use crate::messages::{Text, Texts};
use crate::method::{self, Method};
use crate::panel::{Cx, Look, panel, theme};
use crate::phase::Phase;
use crate::reactive::Owner;
use crate::task::settled;
use crate::tracked::Tracked;
use crate::use_flow::{FlowOptions, Greeting, Job, Login, UseFlow, use_flow};
use crate::wire::Object;

mod state;

/// A third of the size of the standard one, which shows in a bundle like this; a panel allocates little.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());

/// One panel in a page of JavaScript.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "of JavaScript only")]
pub struct Panel {
    looks: Rc<Looks>,
    flow: UseFlow,
    owner: Owner,
    #[expect(dead_code, reason = "held for its Drop")]
    rendered: Rendered,
}

struct Looks {
    lang: Tracked<String>,
    theme: Tracked<Option<&'static str>>,
    /// In the order of [`Text::all`].
    texts: Tracked<Array>,
}

#[wasm_bindgen]
impl Panel {
    /// Shows a panel in `root`, a node of the page.
    ///
    /// `options`: `{mode, backend, app?, corp_id?, method?, recognise?, auto_refresh?, lang, theme, place, key, token?,
    /// reveal, begun?}`, where `token` is a function that returns a promise of an embed token, `reveal` one that calls `open` of
    /// `reveal.js`, and `begun` a promise of the
    /// answer to a start that the page has made already. `texts` has every text under its key, in the order of [`Text::all`]. `tell` is
    /// called with every state.
    #[wasm_bindgen(constructor)]
    pub fn new(root: &Element, options: &JsValue, texts: &JsObject, tell: Function) -> Self {
        let options = Object::new(options);
        let text = |name| options.optional_text(name).unwrap_or_default();
        let looks = Rc::new(Looks {
            lang: Tracked::new(text("lang")),
            theme: Tracked::new(theme(&text("theme"))),
            texts: Tracked::new(JsObject::values(texts)),
        });
        let (owner, (flow, rendered)) = Owner::of(|| {
            let flow = use_flow(flow_options(&options).on_phase(move |phase| report(&tell, &phase)));
            let cx = Cx::new(flow.parts(), look(&looks, options.field("reveal").unchecked_into()));
            (flow, render(root, panel(cx)))
        });
        Self { looks, flow, owner, rendered }
    }

    /// Changes the language of the texts.
    #[wasm_bindgen(js_name = setTexts)]
    pub fn set_texts(&self, lang: String, texts: &JsObject) {
        self.looks.lang.put(lang);
        self.looks.texts.put(JsObject::values(texts));
    }

    /// Changes the theme: `auto`, `light` or `dark`.
    #[wasm_bindgen(js_name = setTheme)]
    pub fn set_theme(&self, name: &str) {
        self.looks.theme.put(theme(name));
    }

    /// Begins anew.
    pub fn start(&self) {
        self.flow.start();
    }

    /// Gives the flow up.
    pub fn cancel(&self) {
        self.flow.cancel();
    }

    /// Begins a login anew by another door.
    pub fn switch(&self, method: &str) {
        self.flow.switch(Method::from_name(method).decide(&method::user_agent()));
    }
}

/// Every timer, listener and request ends, and a live flow is given up.
impl Drop for Panel {
    fn drop(&mut self) {
        self.owner.end();
    }
}

fn look(looks: &Rc<Looks>, reveal: Function) -> Look {
    let (lang, theme, texts) = (Rc::clone(looks), Rc::clone(looks), Rc::clone(looks));
    Look {
        lang: Box::new(move || lang.lang.get().into()),
        theme: Box::new(move || theme.theme.get()),
        texts: Box::new(move || {
            let texts = texts.texts.get();
            Texts::new(move |text: Text| texts.get(text.index()).as_string().map(Into::into))
        }),
        reveal: Box::new(move |offer| drop(reveal.call1(&JsValue::UNDEFINED, &offer))),
    }
}

fn report(tell: &Function, phase: &Phase) {
    // What the page throws is the page's.
    drop(tell.call1(&JsValue::UNDEFINED, &state::of(phase)));
}

fn flow_options(options: &Object<'_>) -> FlowOptions {
    let text = |name| options.optional_text(name).filter(|text| !text.is_empty());
    let job = if text("mode").as_deref() == Some("login") {
        let greeting =
            if options.field("recognise").is_truthy() { Greeting::Recognise } else { Greeting::Ask };
        let login = Login::default().app(text("app")).corp_id(text("corp_id")).greeting(greeting);
        Job::Login(login.method(Method::from_name(&text("method").unwrap_or_default())))
    } else {
        Job::Registration { app_name: text("app") }
    };
    let mut flow = FlowOptions::of(text("backend").unwrap_or_default(), job);
    flow.place = text("place");
    flow.auto_refresh = options.number("auto_refresh");
    if let Ok(token) = options.field("token").dyn_into::<Function>() {
        flow.token = Some(Rc::new(move || {
            let called = token.call0(&JsValue::UNDEFINED);
            settled(called.map_or_else(|error| Promise::reject(&error), |token| Promise::resolve(&token)))
        }));
    }
    flow.taken_over = text("key").map(|key| (Promise::resolve(&options.field("begun")), key));
    flow
}
