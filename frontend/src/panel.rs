//! The face of a flow.

mod action;
mod approval;
mod authenticated;
mod busy;
mod created;
mod ended;
mod face;
mod facts;
mod frame;
mod link;
mod redirect;
mod scan;
mod simulator;
mod status;

use std::sync::Arc;

use dingtalk_qr_shared::{ErrorCode, LoginMethod};
use leptos::prelude::*;

use crate::api::Api;
use crate::el::{El, Rendered, Words, el, render};
use crate::manual::manual_form;
use crate::messages::{Language, Messages};
use crate::phase::{Phase, Prompt};
use crate::use_flow::UseFlow;
use face::Face;
use simulator::simulator;
use status::status_line;

pub(crate) use action::button;

/// Picks a text.
pub(crate) type Text = fn(&Messages) -> &'static str;

/// What every part of the panel reads and does.
#[derive(Clone, Copy)]
pub(crate) struct Cx {
    pub(crate) flow: UseFlow,
    pub(crate) by_hand: RwSignal<bool>,
    /// Apart from the phase, so that the code is drawn once.
    pub(crate) prompt: Memo<Option<Arc<Prompt>>>,
    /// Whether the focus has ever been in the panel.
    pub(crate) is_used: StoredValue<bool>,
    language: Signal<Language>,
    /// `light` or `dark`, where somebody has chosen.
    theme: MaybeProp<String>,
}

impl Cx {
    /// Returns the texts in the language of the moment.
    pub(crate) fn messages(self) -> &'static Messages {
        self.language.get().messages()
    }

    /// Returns a text that follows the language.
    pub(crate) fn text(self, pick: Text) -> Words {
        Words::live(move || pick(self.messages()))
    }

    /// Returns the text for the kind of flow that this is.
    fn text_of(self, registration: Text, login: Text) -> Words {
        self.text(if self.is_login() { login } else { registration })
    }

    /// Returns whether this is a login; a panel is one or the other for good.
    fn is_login(self) -> bool {
        self.flow.method.get_untracked().is_some()
    }

    /// Returns what went wrong and what to do about it.
    fn failure(self, code: ErrorCode) -> &'static str {
        let texts = self.messages();
        if code == ErrorCode::CredentialsRejected && self.is_login() {
            texts.login.credentials_rejected
        } else {
            (texts.failure)(code)
        }
    }

    /// A button that begins a login anew by another door.
    fn switch(self, label: Text, method: LoginMethod) -> El {
        button("dtqr-button", self.text(label), move || self.flow.switch.run(method))
    }
}

/// Shows `flow`: the face of [`DingTalkQr`](crate::DingTalkQr), for a flow of your own.
#[component]
pub fn Panel(
    /// What to show.
    flow: UseFlow,
    /// Where credentials entered by hand go.
    api: Api,
    /// The language of the texts.
    #[prop(into)]
    language: Signal<Language>,
    /// `auto`, `light` or `dark`.
    #[prop(optional, into)]
    theme: MaybeProp<String>,
) -> impl IntoView {
    let cx = Cx {
        flow,
        by_hand: RwSignal::new(false),
        prompt: Memo::new(move |_| flow.phase.with(Phase::prompt)),
        is_used: StoredValue::new(false),
        language,
        theme,
    };
    let api = StoredValue::new(api);
    let root = NodeRef::new();
    let rendered: StoredValue<Vec<Rendered>, _> = StoredValue::new_local(Vec::new());
    root.on_load(move |root: web_sys::HtmlElement| {
        rendered.set_value(content(cx, api).into_iter().map(|el| render(&root, el)).collect());
    });
    view! {
        <section
            class="dtqr"
            node_ref=root
            lang=move || language.get().tag()
            data-theme=move || theme.get()
            on:focusin=move |_| cx.is_used.set_value(true)
        ></section>
    }
}

fn content(cx: Cx, api: StoredValue<Api>) -> [El; 2] {
    let face = Memo::new(move |_| {
        let method = cx.flow.method.get();
        cx.flow.phase.with(|phase| Face::of(phase, method, cx.by_hand.get()))
    });
    let top = move || match face.get() {
        Face::Scan => scan::top(cx),
        Face::Frame => frame::top(cx),
        Face::Redirect => redirect::top(cx),
        Face::ByHand => vec![manual_form(cx, api)],
        Face::Busy | Face::Approval | Face::Created | Face::Authenticated | Face::Ended => Vec::new(),
    };
    let bottom = move || match face.get() {
        Face::Scan => scan::bottom(cx),
        Face::Frame => frame::bottom(cx),
        Face::Redirect => redirect::bottom(cx),
        Face::Busy => busy::bottom(cx),
        Face::Approval => approval::bottom(cx),
        Face::Created => created::bottom(cx),
        Face::Authenticated => authenticated::bottom(cx),
        Face::Ended => ended::bottom(cx),
        Face::ByHand => Vec::new(),
    };
    let card = el("div", "dtqr-card")
        .set("role", "group")
        .set("aria-label", cx.text_of(|texts| texts.panel, |texts| texts.login.panel))
        .set("data-job", if cx.is_login() { "login" } else { "registration" })
        .set_while("data-face", move || Some(face.get().name()))
        .live(top)
        .with([status_line(cx)])
        .live(bottom);
    [card, el("div", "").live(move || simulator(cx))]
}
