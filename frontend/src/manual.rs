mod field;
mod progress;

use crate::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::panel::{Cx, button};
use crate::task::spawn;
use field::{error, field, first_field, secret_field};

pub(crate) use progress::Progress;

/// Takes the credentials of an app that exists already.
///
/// The secret stays in its input until it is sent, and is cleared once it is stored.
pub(crate) fn manual_form(cx: Cx) -> El {
    let on_submit = move |event: &Event| {
        event.prevent_default();
        if !is_saving(cx) {
            spawn(submit(cx, dom::target(event)));
        }
    };
    let fault = move |field| move || cx.inside().form.with(|form| form.fault(field));
    let refusal = move || cx.inside().form.with(Progress::refusal);
    let save = move || cx.say(if is_saving(cx) { Text::Saving } else { Text::Save });
    let submit = el("button.button.primary[type=submit]")
        .set("aria-disabled", Words::live(move || is_saving(cx).then_some("true")))
        .text(Words::live(save));
    let back = button("button.button", cx.text(Text::Back), move || cx.set_by_hand(false));
    el("form.form[autocomplete=off][novalidate]")
        .on("submit", on_submit)
        .with(el("p.instruction").with(el("b").text(cx.text(Text::ManualTitle))))
        .with(el("p.text").text(cx.text(Text::ManualBody)))
        .with(first_field(cx, "client_id", Text::ClientId, fault("client_id")))
        .with(secret_field(cx, fault("client_secret")))
        .with(field(cx, "name", Text::AppName, Text::AppNameHint, fault("name")))
        .with(error(cx, "p.error[role=alert]", refusal))
        .with(el("div.actions.column").with(submit).with(back))
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
    form.query_selector(&["[name=", name, "]"].concat()).ok()?.map(JsCast::unchecked_into)
}
