use dingtalk_qr::{Api, ApiError};
use leptos::ev::hashchange;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

const PREFIX: &str = "#setup=";

/// What became of the setup link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Setup {
    /// Its code is being exchanged for a session.
    Opening,
    /// The page was opened without one, or it worked.
    Done,
    /// It has been used before.
    Used,
    /// The backend did not answer; reloading the page tries again.
    Unanswered,
}

/// Exchanges the setup link that the page was opened with, and takes its code out of the address.
pub(super) fn use_setup_link(api: Api) -> Signal<Setup> {
    let setup = RwSignal::new(Setup::Done);
    let exchange = move || {
        let hash = location().hash().unwrap_or_default();
        if let Some(code) = hash.strip_prefix(PREFIX) {
            setup.set(Setup::Opening);
            spawn_local(open(api.clone(), code.to_owned(), setup));
        }
    };
    exchange();
    // Pasting the link into the tab that shows the page changes the fragment and loads nothing.
    let listener = window_event_listener(hashchange, move |_| exchange());
    on_cleanup(move || listener.remove());
    setup.into()
}

async fn open(api: Api, code: String, setup: RwSignal<Setup>) {
    let outcome = match api.open_session(&code).await {
        Ok(()) => Setup::Done,
        Err(ApiError::Problem { .. }) => Setup::Used,
        Err(_) => Setup::Unanswered,
    };
    if outcome != Setup::Unanswered {
        forget_fragment();
    }
    setup.set(outcome);
}

fn forget_fragment() {
    let location = location();
    let address = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    }
}
