mod field;
mod progress;

use std::rc::Rc;

use crate::dom;
use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use crate::el::{El, Words, el};
use crate::messages::Text;
use crate::panel::{Cx, button};
use crate::use_flow::ByHand;
use field::{error, field, first_field, secret_field};

pub(crate) use progress::Progress;

/// Takes the credentials of an app that exists already.
///
/// The secret stays in its input until it is sent, and is cleared once it is stored.
pub(crate) fn manual_form(cx: Cx) -> El {
    let on_submit = move |event: &Event| {
        event.prevent_default();
        if !is_saving(cx) {
            submit(cx, dom::target(event));
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
    cx.inside().form.with(|form| matches!(form, Progress::Saving))
}

fn submit(cx: Cx, form: Element) {
    let inside = cx.inside();
    let read = |name| Some(text(&form, name)).filter(|text| !text.is_empty());
    let (client_id, client_secret) = (read("client_id"), read("client_secret"));
    let (Some(client_id), Some(client_secret)) = (client_id.clone(), client_secret.clone()) else {
        let fields = [("client_id", client_id), ("client_secret", client_secret)];
        let missing = fields.into_iter().filter(|(_, text)| text.is_none()).map(|(name, _)| name);
        inside.form.put(Progress::Missing(missing.collect()));
        return;
    };
    inside.form.put(Progress::Saving);
    let app = ByHand { name: read("name"), client_id, client_secret };
    let flow = Rc::clone(&inside.flow);
    let done = Box::new(move |saved| match saved {
        Ok(app) => {
            if let Some(input) = input(&form, "client_secret") {
                input.set_value("");
            }
            inside.flow.saved(app);
        }
        Err(error) => inside.form.put(Progress::Refused(error)),
    });
    flow.save_app(app, done).run();
}

fn text(form: &Element, name: &str) -> String {
    input(form, name).map(|input| JsString::from(input.value()).trim().into()).unwrap_or_default()
}

fn input(form: &Element, name: &str) -> Option<HtmlInputElement> {
    form.query_selector(&["[name=", name, "]"].concat()).ok()?.map(JsCast::unchecked_into)
}
