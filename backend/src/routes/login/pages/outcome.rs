//! How a login ended, told on the phone.

use maud::{Markup, Render as _, html};

use super::layout::{Named, Sign};
use super::texts::Texts;

/// Signed in.
pub(super) fn done(texts: &Texts, site: &str, name: &str) -> Markup {
    let happened = (texts.done)(Named(site), Named(name));
    ending("done", Sign::Tick, texts.done_title, &happened, &texts.done_next.render())
}

/// The person said no: to a code, or, where there is something to try again, on the way of their own browser.
pub(super) fn denied(texts: &Texts, site: &str, retry: Option<&str>) -> Markup {
    let Some(address) = retry else {
        let happened = (texts.denied)(Named(site));
        return ending("denied", Sign::Cross, texts.denied_title, &happened, &texts.denied_next.render());
    };
    let again = html! { a href=(address) { (texts.try_again) } };
    ending("denied", Sign::Cross, texts.denied_title, &(texts.turned_back)(Named(site)), &again)
}

/// The number was another one.
pub(super) fn wrong_number(texts: &Texts, site: &str) -> Markup {
    let happened = (texts.wrong_number)(Named(site));
    ending(
        "wrong-number",
        Sign::Warning,
        texts.wrong_number_title,
        &happened,
        &texts.wrong_number_next.render(),
    )
}

/// The link is of no more use.
pub(super) fn over(texts: &Texts) -> Markup {
    ending("over", Sign::Clock, texts.over_title, &texts.over.render(), &texts.over_next.render())
}

fn ending(page: &str, sign: Sign, title: &str, happened: &Markup, next: &Markup) -> Markup {
    html! {
        main data-page=(page) {
            header {
                (sign)
                h1 { (title) }
                p { (happened) }
            }
            p .next { (next) }
        }
    }
}
