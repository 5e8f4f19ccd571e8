use dingtalk_qr_shared::{AppSaved, Sink};

use super::{Cx, button, facts, slot};
use crate::el::{El, el};
use crate::messages::Text;
use crate::phase::Phase;

/// What exists, where it is, and what to do next.
pub(super) fn bottom(cx: Cx) -> Vec<El> {
    cx.phase(|phase| if let Phase::Created(app) = phase { summary(cx, app) } else { Vec::new() })
}

fn summary(cx: Cx, app: &AppSaved) -> Vec<El> {
    let mut places = el("dd");
    for sink in &app.saved_to {
        places = places.with(el("span").text(cx.text(place(*sink))));
    }
    let mut verdicts = el("ul.notes");
    for text in verdict(app) {
        verdicts = verdicts.with(el("li").text(cx.text(text)));
    }
    let start_again = move || {
        cx.set_by_hand(false);
        cx.start();
    };
    let hint = el(if app.revealable { "dd.reveal" } else { "dd" }).with(el("code").text(app.hint.clone()));
    let hint = if app.revealable { hint.on_mount(move |hint| cx.reveal(&hint)) } else { hint };
    let facts = el("dl.facts")
        .with(facts::client_id(cx, &app.client_id))
        .with(facts::fact(cx, Text::ClientSecret, hint))
        .with(facts::fact(cx, Text::SavedTo, places));
    vec![
        facts,
        verdicts,
        el("p.text.next").text(cx.text(Text::NextStep)),
        slot("success"),
        el("div.actions.foot").with(button("button.button", cx.text(Text::Another), start_again)),
    ]
}

/// What is wrong or outstanding; where nothing is, whether DingTalk accepts the credentials.
fn verdict(app: &AppSaved) -> Vec<Text> {
    let mut all = Vec::new();
    if app.verified {
        all.push(Text::Verified);
    } else if app.findings.is_empty() {
        all.push(Text::NotVerified);
    }
    all.extend(app.findings.iter().map(|code| Text::Failure(*code)));
    all
}

fn place(sink: Sink) -> Text {
    match sink {
        Sink::Store => Text::SinkStore,
        Sink::EnvFile => Text::SinkEnvFile,
        Sink::Webhook => Text::SinkWebhook,
        Sink::Unknown => Text::SinkUnknown,
    }
}
