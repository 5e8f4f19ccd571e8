mod field;
mod progress;

use crate::dom;
use web_sys::{Element, Event, HtmlInputElement};

use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::panel::{Cx, button};
use crate::task::spawn;
use field::{error, field, secret_field};

pub(crate) use progress::Progress;

/// Takes the credentials of an app that exists already.
///
/// The secret stays in its input until it is sent, and is cleared once it is stored.
pub(crate) fn manual_form(cx: Cx) -> El {
    let on_submit = move |event: Event| {
        event.prevent_default();
        if !is_saving(cx) {
            spawn(submit(cx, dom::target(&event)));
        }
    };
    let fault = move |field| move || cx.inside().form.with(|form| form.fault(field));
    let refusal = move || cx.inside().form.with(Progress::refusal);
    let save = move || cx.say(if is_saving(cx) { Text::Saving } else { Text::Save });
    let submit = el("button", "dtqr-button dtqr-primary")
        .set("type", "submit")
        .set_while("aria-disabled", move || is_saving(cx).then_some("true"))
        .text(Words::live(save));
    let back = button("dtqr-button", cx.text(Text::Back), move || cx.set_by_hand(false));
    el("form", "dtqr-form").set("autocomplete", "off").set("novalidate", "").on("submit", on_submit).with([
        el("p", "dtqr-instruction").with([el("b", "").text(cx.text(Text::ManualTitle))]),
        el("p", "dtqr-text").text(cx.text(Text::ManualBody)),
        field(cx, "client_id", Text::ClientId, None, fault("client_id")),
        secret_field(cx, fault("client_secret")),
        field(cx, "name", Text::AppName, Some(Text::AppNameHint), fault("name")),
        error(cx, "p", refusal).set("role", "alert"),
        el("div", "dtqr-actions dtqr-column").with([submit, back]),
    ])
}

fn is_saving(cx: Cx) -> bool {
    cx.inside().form.with(|form| *form == Progress::Saving)
}

async fn submit(cx: Cx, form: Element) {
    let inside = cx.inside();
    let (id, name) = (text(&form, "client_id"), text(&form, "name"));
    let missing: Vec<_> =
        ["client_id", "client_secret"].into_iter().filter(|name| text(&form, name).is_empty()).collect();
    if !missing.is_empty() {
        inside.form.set(Progress::Missing(missing));
        return;
    }
    inside.form.set(Progress::Saving);
    let name = Some(name.as_str()).filter(|name| !name.is_empty());
    match inside.flow.save_app(name, &id, &text(&form, "client_secret")).await {
        Ok(app) => {
            if let Some(input) = input(&form, "client_secret") {
                input.set_value("");
            }
            inside.flow.saved(app);
        }
        Err(error) => drop(inside.form.set(Progress::Refused(error))),
    }
}

fn text(form: &Element, name: &str) -> String {
    input(form, name).map(|input| input.value().trim().to_owned()).unwrap_or_default()
}

fn input(form: &Element, name: &str) -> Option<HtmlInputElement> {
    use wasm_bindgen::JsCast as _;

    form.query_selector(&format!("[name={name}]")).ok()??.dyn_into().ok()
}
