use dingtalk_qr::{Language, Panel};
use leptos::ev::SubmitEvent;
use leptos::html::Figure;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::super::settings::query;
use super::{Deed, Specimen, login, registration};

/// What the address says about the page.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// `?lang=`
    language: Language,
    /// `?theme=dark`; everything else is light.
    theme: &'static str,
}

/// Returns whether the address is the gallery's.
pub(in super::super) fn is_asked_for() -> bool {
    location().pathname().is_ok_and(|path| path.trim_end_matches('/').ends_with("/gallery"))
}

/// Every state, or those that `?only=` names, separated by commas: `login-` stands for each that begins so.
pub(in super::super) fn page() -> impl IntoView {
    let look = Look {
        language: Language::from_tag(&query("lang").unwrap_or_default()),
        theme: if query("theme").is_some_and(|theme| theme == "dark") { "dark" } else { "light" },
    };
    dress_the_page(look);
    let only = query("only").unwrap_or_default();
    let is_shown =
        |specimen: &&Specimen| only.is_empty() || only.split(',').any(|name| is_named(specimen, name));
    // What is new comes last, so that the pictures of what is known stay as they are.
    let specimens = registration::SPECIMENS.iter().chain(login::SPECIMENS).chain(registration::REVEAL);
    let figures: Vec<_> = specimens.filter(is_shown).map(|specimen| figure(specimen, look)).collect();
    view! {
        <main aria-label="Gallery of the panel">
            <h1>"Gallery of the panel"</h1>
            <div class="gallery">{figures}</div>
        </main>
    }
}

fn is_named(specimen: &Specimen, name: &str) -> bool {
    specimen.slug == name || (name.ends_with('-') && specimen.slug.starts_with(name))
}

/// `?dir=`, `?width=` in pixels, `?text=` in percent, and `?motion=1` for animations.
fn dress_the_page(look: Look) {
    let Some(root) = document().document_element() else { return };
    let root: HtmlElement = root.unchecked_into();
    let motion = if query("motion").is_some() { "all" } else { "none" };
    let direction = query("dir").unwrap_or_else(|| "ltr".to_owned());
    let attributes = [
        ("lang", look.language.tag()),
        ("dir", &direction),
        ("data-theme", look.theme),
        ("data-motion", motion),
    ];
    for (name, value) in attributes {
        drop(root.set_attribute(name, value));
    }
    if let Some(width) = query("width") {
        drop(root.style().set_property("--gallery-width", &format!("{width}px")));
    }
    if let Some(percent) = query("text") {
        drop(root.style().set_property("font-size", &format!("{percent}%")));
    }
}

fn figure(specimen: &'static Specimen, look: Look) -> impl IntoView {
    let Specimen { slug, caption, flow, deed } = specimen;
    let figure = NodeRef::<Figure>::new();
    figure.on_load(move |figure| request_animation_frame(move || act(*deed, &figure)));
    // The browser would leave the page.
    let stay = |event: SubmitEvent| event.prevent_default();
    view! {
        <figure data-state=*slug node_ref=figure on:submit=stay>
            <figcaption lang="en" dir="ltr">{*caption}</figcaption>
            <Panel flow=flow() language=Signal::derive(move || look.language) theme=look.theme.to_owned() />
        </figure>
    }
}

fn act(deed: Deed, figure: &HtmlElement) {
    let presses: &[&str] = match deed {
        Deed::Nothing => &[],
        Deed::OpenForm => &[".dtqr-foot .dtqr-button"],
        Deed::SendEmptyForm => &[".dtqr-foot .dtqr-button", ".dtqr-form [type=submit]"],
    };
    let Some((first, rest)) = presses.split_first() else { return };
    press(figure, first);
    // The form is there once effects have run.
    let figure = figure.clone();
    request_animation_frame(move || rest.iter().for_each(|button| press(&figure, button)));
}

fn press(figure: &HtmlElement, selector: &str) {
    if let Ok(Some(button)) = figure.query_selector(selector) {
        button.unchecked_into::<HtmlElement>().click();
    }
}
