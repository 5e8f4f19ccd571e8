//! The elements of the panel.
//!
//! Written with leptos's `view!`, where every element and every closure has a type and hence code of its own, the panel
//! would weigh twice as much. Here all elements share one type, and what is behind a closure has one method; in an application
//! of leptos, reactivity, ownership and clean-up stay leptos's.

mod render;
mod words;

use web_sys::{Event, HtmlElement};

pub(crate) use render::{Rendered, render};
pub(crate) use words::Words;

/// An element that is not in the document yet.
///
/// Boxed, so that handing it on is cheap in code.
pub(crate) struct El(Box<Parts>);

struct Parts {
    spec: &'static str,
    parts: Vec<Part>,
}

enum Part {
    Attribute(&'static str, Words),
    Listener(&'static str, Box<dyn Hear>),
    Text(Words),
    Child(El),
    Live(Option<Box<dyn Key>>, Box<dyn Make>),
    Mount(Box<dyn Mount>),
}

/// Hears an event.
pub(crate) trait Hear {
    fn hear(&self, event: &Event);
}

impl<F: Fn(&Event)> Hear for F {
    fn hear(&self, event: &Event) {
        self(event);
    }
}

/// Tells whether children are to be made anew.
pub(crate) trait Key {
    fn key(&self) -> usize;
}

impl<F: Fn() -> usize> Key for F {
    fn key(&self) -> usize {
        self()
    }
}

/// Makes children.
pub(crate) trait Make {
    fn make(&self) -> Vec<El>;
}

impl<F: Fn() -> Vec<El>> Make for F {
    fn make(&self) -> Vec<El> {
        self()
    }
}

/// Is told that the element is in the document.
pub(crate) trait Mount {
    fn mounted(&self, element: HtmlElement);
}

impl<F: Fn(HtmlElement)> Mount for F {
    fn mounted(&self, element: HtmlElement) {
        self(element);
    }
}

/// Returns an element: its tag, its classes and attributes, such as `input.input[name=id][readonly]`.
///
/// Classes are written without their prefix `dtqr-`; without it they are also the names of the element's parts. An
/// attribute comes after the classes; its value is all up to the next `]`.
pub(crate) fn el(spec: &'static str) -> El {
    El(Box::new(Parts { spec, parts: Vec::new() }))
}

impl El {
    fn part(mut self, part: Part) -> Self {
        self.0.parts.push(part);
        self
    }

    /// Sets an attribute; one that follows signals is there while they give a text.
    pub(crate) fn set(self, name: &'static str, value: impl Into<Words>) -> Self {
        self.part(Part::Attribute(name, value.into()))
    }

    /// Calls `listener` at every `event`.
    pub(crate) fn on(self, event: &'static str, listener: impl Hear + 'static) -> Self {
        self.part(Part::Listener(event, Box::new(listener)))
    }

    /// Calls `on_mount` once the element is in the document.
    pub(crate) fn on_mount(self, on_mount: impl Mount + 'static) -> Self {
        self.part(Part::Mount(Box::new(on_mount)))
    }

    /// Adds text; a text node, so that no text can become markup.
    pub(crate) fn text(self, text: impl Into<Words>) -> Self {
        self.part(Part::Text(text.into()))
    }

    /// Adds an element.
    pub(crate) fn with(self, child: Self) -> Self {
        self.part(Part::Child(child))
    }

    /// Adds an element, if there is one.
    pub(crate) fn with_some(self, child: Option<Self>) -> Self {
        if let Some(child) = child { self.with(child) } else { self }
    }

    /// Adds elements that are replaced whenever a signal that `children` reads has changed.
    pub(crate) fn live(self, children: impl Make + 'static) -> Self {
        self.part(Part::Live(None, Box::new(children)))
    }

    /// Adds elements that are replaced whenever `key` gives another value.
    pub(crate) fn live_by(self, key: impl Key + 'static, children: impl Make + 'static) -> Self {
        self.part(Part::Live(Some(Box::new(key)), Box::new(children)))
    }
}
