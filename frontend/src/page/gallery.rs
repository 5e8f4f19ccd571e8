//! Every state of the panel on one page, standing still: to be looked at, and for the tests of looks and accessibility.

mod login;
mod prompts;
mod registration;
mod view;

use dingtalk_qr::UseFlow;

pub(super) use view::{is_asked_for, page};

/// A panel that stands still.
struct Specimen {
    /// Names the panel in addresses, tests and files of screenshots.
    slug: &'static str,
    /// Says what it shows.
    caption: &'static str,
    flow: fn() -> UseFlow,
    /// What is done with it at first.
    deed: Deed,
}

/// What a person would do before the panel looks like this.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Deed {
    Nothing,
    /// Opens the form for credentials.
    OpenForm,
    /// Opens it and sends it empty.
    SendEmptyForm,
}

impl Specimen {
    const fn new(slug: &'static str, caption: &'static str, flow: fn() -> UseFlow) -> Self {
        Self { slug, caption, flow, deed: Deed::Nothing }
    }

    const fn after(mut self, deed: Deed) -> Self {
        self.deed = deed;
        self
    }
}
