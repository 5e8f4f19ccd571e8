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
    let places = app.saved_to.iter().map(|sink| el("span", "").text(cx.text(place(*sink))));
    let start_again = move || {
        cx.set_by_hand(false);
        cx.start();
    };
    let another = button("dtqr-button", cx.text(Text::Another), start_again);
    vec![
        el("dl", "dtqr-facts").with([
            facts::client_id(cx, &app.client_id),
            facts::fact(cx, Text::ClientSecret)
                .with([el("dd", "").with([el("code", "").text(app.hint.clone())])]),
            facts::fact(cx, Text::SavedTo).with([el("dd", "").with(places)]),
        ]),
        el("ul", "dtqr-notes").with(verdict(app).into_iter().map(|line| el("li", "").text(cx.text(line)))),
        el("p", "dtqr-text dtqr-next").text(cx.text(Text::NextStep)),
        slot("success"),
        el("div", "dtqr-actions dtqr-foot").with([another]),
    ]
}

/// What is wrong or outstanding; where nothing is, whether DingTalk accepts the credentials.
fn verdict(app: &AppSaved) -> Vec<Text> {
    let checked = match (app.verified, app.findings.is_empty()) {
        (true, _) => Some(Text::Verified),
        (false, true) => Some(Text::NotVerified),
        (false, false) => None,
    };
    checked.into_iter().chain(app.findings.iter().map(|code| Text::Failure(*code))).collect()
}

fn place(sink: Sink) -> Text {
    match sink {
        Sink::Store => Text::SinkStore,
        Sink::EnvFile => Text::SinkEnvFile,
        Sink::Unknown => Text::SinkUnknown,
    }
}
