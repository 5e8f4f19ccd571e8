mod field;
mod progress;

use leptos::prelude::*;
use web_sys::{Element, Event, HtmlInputElement};

use crate::api::Api;
use crate::el::{El, Words, el};
use crate::panel::{Cx, button};
use crate::task::spawn;
use field::{field, secret_field};
use progress::Progress;

/// Takes the credentials of an app that exists already.
///
/// The secret stays in its input until it is sent, and is cleared once it is stored.
pub(crate) fn manual_form(cx: Cx, api: StoredValue<Api>) -> El {
    let progress = RwSignal::new(Progress::default());
    let on_submit = move |event: Event| {
        event.prevent_default();
        if progress.get_untracked() != Progress::Saving {
            let form = event_target::<Element>(&event);
            spawn(submit(cx, api.get_value(), form, progress));
        }
    };
    let fault = move |field| {
        move || progress.with(|progress| progress.fault(field, cx.messages())).unwrap_or_default()
    };
    let refusal = move || progress.with(|progress| progress.refusal(cx.messages())).unwrap_or_default();
    let is_saving = move || progress.with(|progress| *progress == Progress::Saving);
    let save = move || if is_saving() { cx.messages().saving } else { cx.messages().save };
    let submit = el("button", "dtqr-button dtqr-primary")
        .set("type", "submit")
        .set_while("aria-disabled", move || is_saving().then_some("true"))
        .text(Words::live(save));
    el("form", "dtqr-form").set("autocomplete", "off").set("novalidate", "").on("submit", on_submit).with([
        el("p", "dtqr-instruction").with([el("b", "").text(cx.text(|texts| texts.manual_title))]),
        el("p", "dtqr-text").text(cx.text(|texts| texts.manual_body)),
        field(cx, "client_id", |texts| texts.client_id, None, fault("client_id")),
        secret_field(cx, fault("client_secret")),
        field(cx, "name", |texts| texts.app_name, Some(|texts| texts.app_name_hint), fault("name")),
        el("p", "dtqr-error").set("role", "alert").text(Words::live(refusal)),
        el("div", "dtqr-actions dtqr-column").with([
            submit,
            button("dtqr-button", cx.text(|texts| texts.back), move || cx.by_hand.set(false)),
        ]),
    ])
}

async fn submit(cx: Cx, api: Api, form: Element, progress: RwSignal<Progress>) {
    let (id, name) = (text(&form, "client_id"), text(&form, "name"));
    let missing: Vec<_> =
        ["client_id", "client_secret"].into_iter().filter(|name| text(&form, name).is_empty()).collect();
    if !missing.is_empty() {
        return progress.set(Progress::Missing(missing));
    }
    progress.set(Progress::Saving);
    let name = Some(name.as_str()).filter(|name| !name.is_empty());
    match api.save_app(name, &id, &text(&form, "client_secret")).await {
        Ok(app) => {
            if let Some(input) = input(&form, "client_secret") {
                input.set_value("");
            }
            cx.flow.saved.run(app);
        }
        // The form may be gone meanwhile.
        Err(error) => drop(progress.try_set(Progress::Refused(error))),
    }
}

fn text(form: &Element, name: &str) -> String {
    input(form, name).map(|input| input.value().trim().to_owned()).unwrap_or_default()
}

fn input(form: &Element, name: &str) -> Option<HtmlInputElement> {
    use wasm_bindgen::JsCast as _;

    form.query_selector(&format!("[name={name}]")).ok()??.dyn_into().ok()
}
