use dingtalk_qr_shared::{AppSaved, Sink};
use leptos::prelude::*;

use super::{Cx, button, facts};
use crate::el::{El, el};
use crate::messages::Messages;
use crate::phase::Phase;

/// What exists, where it is, and what to do next.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    cx.flow.phase.with(|phase| if let Phase::Created(app) = phase { summary(cx, app) } else { Vec::new() })
}

fn summary(cx: Cx, app: &AppSaved) -> Vec<El> {
    let texts = cx.messages();
    let places = app.saved_to.iter().map(|sink| el("span", "").text(place(*sink, texts)));
    let start_again = move || {
        cx.by_hand.set(false);
        cx.flow.start.run(());
    };
    vec![
        el("dl", "dtqr-facts").with([
            facts::client_id(cx, &app.client_id),
            facts::fact(cx, |texts| texts.client_secret)
                .with([el("dd", "").with([el("code", "").text(app.hint.clone())])]),
            facts::fact(cx, |texts| texts.saved_to).with([el("dd", "").with(places)]),
        ]),
        el("ul", "dtqr-notes").with(verdict(app, texts).map(|line| el("li", "").text(line))),
        el("p", "dtqr-text dtqr-next").text(texts.next_step),
        el("div", "dtqr-actions dtqr-foot").with([button(
            "dtqr-button",
            cx.text(|texts| texts.another),
            start_again,
        )]),
    ]
}

/// What is wrong or outstanding; where nothing is, whether DingTalk accepts the credentials.
fn verdict(app: &AppSaved, texts: &'static Messages) -> impl Iterator<Item = &'static str> {
    let checked = match (app.verified, app.findings.is_empty()) {
        (true, _) => Some(texts.verified),
        (false, true) => Some(texts.not_verified),
        (false, false) => None,
    };
    checked.into_iter().chain(app.findings.iter().map(|code| (texts.failure)(*code)))
}

fn place(sink: Sink, texts: &'static Messages) -> &'static str {
    match sink {
        Sink::Store => texts.sink_store,
        Sink::EnvFile => texts.sink_env_file,
        Sink::Unknown => texts.sink_unknown,
    }
}
