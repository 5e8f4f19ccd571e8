//! The face of a flow.

mod action;
mod approval;
mod created;
mod ended;
mod facts;
mod link;
mod scan;
mod simulator;
mod status;

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::Api;
use crate::el::{El, Rendered, Words, el, render};
use crate::manual::manual_form;
use crate::messages::{Language, Messages};
use crate::phase::{Phase, Prompt};
use crate::use_flow::UseFlow;
use simulator::simulator;
use status::status_line;

pub(crate) use action::button;

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
}

impl Cx {
    /// Returns the texts in the language of the moment.
    pub(crate) fn messages(self) -> &'static Messages {
        self.language.get().messages()
    }

    /// Returns a text that follows the language.
    pub(crate) fn text(self, pick: fn(&Messages) -> &'static str) -> Words {
        Words::live(move || pick(self.messages()))
    }
}

/// The arrangement of the panel; within one, only texts and details change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Face {
    Scan,
    Approval,
    Created,
    Ended,
    ByHand,
}

impl Face {
    fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Approval => "approval",
            Self::Created => "created",
            Self::Ended => "ended",
            Self::ByHand => "by-hand",
        }
    }

    fn of(phase: &Phase, by_hand: bool) -> Self {
        match phase {
            Phase::ApprovalPending { .. } => Self::Approval,
            Phase::Created(_) => Self::Created,
            _ if by_hand => Self::ByHand,
            Phase::Starting | Phase::Ready(_) | Phase::Creating(_) | Phase::Expired(_) => Self::Scan,
            Phase::Denied { .. } | Phase::Cancelled | Phase::Failed(_) | Phase::OperatorRequired => {
                Self::Ended
            }
        }
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
    let face = Memo::new(move |_| cx.flow.phase.with(|phase| Face::of(phase, cx.by_hand.get())));
    let top = move || match face.get() {
        Face::Scan => scan::top(cx),
        Face::ByHand => vec![manual_form(cx, api)],
        Face::Approval | Face::Created | Face::Ended => Vec::new(),
    };
    let bottom = move || match face.get() {
        Face::Scan => scan::bottom(cx),
        Face::Approval => approval::bottom(cx),
        Face::Created => created::bottom(cx),
        Face::Ended => ended::bottom(cx),
        Face::ByHand => Vec::new(),
    };
    let card = el("div", "dtqr-card")
        .set("role", "group")
        .set("aria-label", cx.text(|texts| texts.panel))
        .set_while("data-face", move || Some(face.get().name()))
        .live(top)
        .with([status_line(cx)])
        .live(bottom);
    [card, el("div", "").live(move || simulator(cx))]
}
