//! The face of a flow.

mod action;
mod approval;
mod authenticated;
mod busy;
mod created;
mod cx;
mod ended;
mod face;
mod facts;
mod frame;
mod link;
mod redirect;
mod scan;
mod simulator;
mod status;

use web_sys::Event;

use crate::el::{El, Words, el};
use crate::manual::manual_form;
use crate::messages::Text;
use face::Face;
use simulator::simulator;
use status::status_line;

pub(crate) use action::{TakesFocus, button};
pub(crate) use cx::{Cx, Look, theme};

/// The panel as one element.
pub(crate) fn panel(cx: Cx) -> El {
    let on_focus = move |_: &Event| {
        if let Some(inside) = cx.try_inside()
            && !inside.is_used.replace(true)
        {
            inside.entered.set(inside.flow.standing.seconds_left.now());
        }
    };
    el("section[class=dtqr][part=base]")
        .set("lang", Words::live(move || cx.lang()))
        .set("data-theme", Words::live(move || cx.theme()))
        .on("focusin", on_focus)
        .with(card(cx))
        .with(el("div").live_by(cx.prompt_key(), move || simulator(cx)))
}

fn card(cx: Cx) -> El {
    let face = move || {
        let method = cx.method();
        cx.phase(|phase| Face::of(phase, method, cx.is_by_hand()))
    };
    let top = move || match face() {
        Face::Scan => scan::top(cx),
        Face::Frame => frame::top(cx),
        Face::Redirect => redirect::top(cx),
        Face::ByHand => vec![manual_form(cx)],
        Face::Busy | Face::Approval | Face::Created | Face::Authenticated | Face::Ended => Vec::new(),
    };
    let bottom = move || match face() {
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
    let key = move || face() as usize;
    el("div.card[role=group]")
        .set("aria-label", cx.text_of(Text::Panel, Text::LoginPanel))
        .set("data-job", if cx.is_login() { "login" } else { "registration" })
        .set("data-face", Words::live(move || face().name()))
        .with(slot("logo"))
        .live_by(key, top)
        .with(status_line(cx))
        .live_by(key, bottom)
}

/// A place for the embedder's own content, in a shadow root.
fn slot(name: &'static str) -> El {
    el("slot").set("name", name)
}
