//! The elements of the panel.
//!
//! Written with leptos's `view!`, where every element and every closure has a type and hence code of its own, the panel
//! weighs half as much again. All elements share one type; reactivity, ownership and clean-up stay leptos's.

mod render;
mod words;

use std::cell::RefCell;

use web_sys::{Event, HtmlElement};

pub(crate) use render::{Rendered, render};
pub(crate) use words::Words;

/// An element that is not in the document yet.
///
/// Boxed, so that handing it on is cheap in code.
pub(crate) struct El(Box<Parts>);

struct Parts {
    tag: Tag,
    attributes: Vec<(&'static str, Value)>,
    listeners: Vec<(&'static str, Listener)>,
    children: Vec<Child>,
    on_mount: Option<Box<dyn FnOnce(HtmlElement)>>,
}

type Listener = Box<dyn FnMut(Event)>;

#[derive(Clone, Copy)]
enum Tag {
    Html(&'static str),
    Svg(&'static str),
}

enum Value {
    Always(Words),
    /// Present while the function gives something.
    Sometimes(Box<dyn Fn() -> Option<&'static str>>),
}

enum Child {
    Element(El),
    Text(Words),
    /// Replaced whenever a signal that the function reads has changed, unless it gives nothing.
    Live(Box<dyn Fn() -> Option<Vec<El>>>),
}

/// Returns an HTML element.
pub(crate) fn el(tag: &'static str, class: &'static str) -> El {
    El::new(Tag::Html(tag), class)
}

/// Returns an SVG element.
pub(crate) fn svg(tag: &'static str, class: &'static str) -> El {
    El::new(Tag::Svg(tag), class)
}

impl El {
    fn new(tag: Tag, class: &'static str) -> Self {
        let mut attributes = Vec::new();
        if !class.is_empty() {
            attributes.push(("class", Value::Always(class.into())));
            attributes.push(("part", Value::Always(class.replace(PREFIX, "").into())));
        }
        Self(Box::new(Parts { tag, attributes, listeners: Vec::new(), children: Vec::new(), on_mount: None }))
    }

    /// Sets an attribute.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<Words>) -> Self {
        self.0.attributes.push((name, Value::Always(value.into())));
        self
    }

    /// Sets an attribute while `value` gives one.
    pub(crate) fn set_while(
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<&'static str> + 'static,
    ) -> Self {
        self.0.attributes.push((name, Value::Sometimes(Box::new(value))));
        self
    }

    /// Calls `listener` at every `event`.
    pub(crate) fn on(mut self, event: &'static str, listener: impl FnMut(Event) + 'static) -> Self {
        self.0.listeners.push((event, Box::new(listener)));
        self
    }

    /// Calls `on_mount` once the element is in the document.
    pub(crate) fn on_mount(mut self, on_mount: impl FnOnce(HtmlElement) + 'static) -> Self {
        self.0.on_mount = Some(Box::new(on_mount));
        self
    }

    /// Adds text; a text node, so that no text can become markup.
    pub(crate) fn text(mut self, text: impl Into<Words>) -> Self {
        self.0.children.push(Child::Text(text.into()));
        self
    }

    /// Adds elements.
    pub(crate) fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.0.children.extend(children.into_iter().map(Child::Element));
        self
    }

    /// Adds elements that are replaced whenever a signal that `children` reads has changed.
    pub(crate) fn live(self, children: impl Fn() -> Vec<Self> + 'static) -> Self {
        self.live_child(Box::new(move || Some(children())))
    }

    /// Adds elements that are replaced whenever `key` gives another value.
    pub(crate) fn live_by<K: PartialEq + 'static>(
        self,
        key: impl Fn() -> K + 'static,
        children: impl Fn(&K) -> Vec<Self> + 'static,
    ) -> Self {
        let last = RefCell::new(None);
        self.live_child(Box::new(move || {
            let key = Some(key());
            if *last.borrow() == key {
                return None;
            }
            let made = key.as_ref().map(&children);
            last.replace(key);
            made
        }))
    }

    fn live_child(mut self, children: Box<dyn Fn() -> Option<Vec<Self>>>) -> Self {
        self.0.children.push(Child::Live(children));
        self
    }
}

/// What every class begins with. The rest is the name of the element's `part`.
const PREFIX: &str = "dtqr-";
